"""What carrying a parcel costs, by zone and weight."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.freight import FreightTemplate, FreightZone, price
from hub.domain.reach import reach, spot_of, within
from mappings.canonical import PostalAddress

BEVERLY_HILLS = PostalAddress(country="US", province_code="CA", city="Beverly Hills", postal_code="90210")
BUFFALO = PostalAddress(country="US", province="New York", province_code="NY", postal_code="14201")
SHENZHEN = PostalAddress(country="CN", province="广东省", city="深圳市", district="南山区")


def zone(*areas, first=1000, price="8", **more):
    fields = {name: Decimal(value) if isinstance(value, str) else value for name, value in more.items()}
    return FreightZone(
        areas=tuple(map(reach, areas)), first_grams=first, first_price=Decimal(price), **fields
    )


def template(*zones):
    return FreightTemplate(name="ground", currency="USD", zones=zones)


def test_begun_steps_are_paid_in_full():
    ground = template(zone("US", step_grams=500, step_price="1.5"))

    prices = [price(ground, BUFFALO, grams) for grams in (0, 1000, 1001, 1500, 1501)]

    assert prices == [Decimal(each) for each in ("8", "8", "9.5", "9.5", "11.0")]


def test_the_first_zone_that_holds_the_address_counts():
    ground = template(zone("US:902", price="3"), zone("US/CA", price="5"), zone("US"))

    assert [price(ground, each, 1) for each in (BEVERLY_HILLS, BUFFALO, SHENZHEN)] == [3, 8, None]


def test_a_flat_price_carries_nothing_heavier():
    assert price(template(zone("*")), BUFFALO, 1001) is None


def test_a_weight_that_nobody_knows_has_no_price():
    assert price(template(zone("*")), BUFFALO, None) is None


def test_a_price_stays_between_the_least_and_the_most():
    ground = template(zone("*", first=1, price="1", step_grams=1, step_price="1", least="3", most="5"))

    assert [price(ground, BUFFALO, grams) for grams in (1, 4, 9)] == [3, 4, 5]


@given(
    first=st.integers(1, 5000),
    step=st.integers(1, 3000),
    amounts=st.tuples(*[st.decimals(0, 500, places=2)] * 2),
    weights=st.tuples(st.integers(0, 60_000), st.integers(0, 60_000)),
)
def test_prices_rise_with_the_weight_in_whole_steps_to_the_cent(first, step, amounts, weights):
    ground = template(
        zone("*", first=first, price=str(amounts[0]), step_grams=step, step_price=str(amounts[1]))
    )
    light, heavy = sorted(weights)

    cheap, dear = price(ground, BUFFALO, light), price(ground, BUFFALO, heavy)

    assert amounts[0] <= cheap <= dear
    steps = next(each for each in range(60_001) if first + each * step >= heavy)
    assert dear == amounts[0] + steps * amounts[1]
    assert dear.as_tuple().exponent >= -2


@pytest.mark.parametrize(
    ("text", "spot", "is_in"),
    [
        ("CN/广东", SHENZHEN, True),
        ("CN/440000/深圳", SHENZHEN, True),
        ("CN/CN-GD/深圳市/南山区", SHENZHEN, True),
        ("CN/浙江", SHENZHEN, False),
        ("us/ca:9 02", BEVERLY_HILLS, True),
        ("US/US-CA:903", BEVERLY_HILLS, False),
        (":142", BUFFALO, True),
        ("*", BUFFALO, True),
    ],
)
def test_an_area_is_read_as_people_write_it(text, spot, is_in):
    assert bool(within([reach(text)], spot_of(spot))) is is_in


@pytest.mark.parametrize("text", ["CN", "US/CA", "US//Buffalo", "US:902", "*", ":142"])
def test_an_area_is_written_as_it_is_read(text):
    assert str(reach(text)) == text


@pytest.mark.parametrize("text", ["", "a/b/c/d/e"])
def test_what_is_no_area_is_refused_with_the_way_to_write_it(text):
    with pytest.raises(ValueError, match="COUNTRY/PROVINCE"):
        reach(text)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"areas": []}, "name the areas"),
        ({"first_grams": 0}, "at least 1"),
        ({"first_price": "-1"}, "must not be negative"),
        ({"most": "NaN"}, "must not be negative"),
        ({"least": "2", "most": "1"}, "must not be above"),
        ({"setp_grams": 1}, "setp_grams"),
    ],
)
def test_a_zone_that_cannot_be_meant_is_refused_with_its_path(fields, why):
    wrong = {"areas": [{}], "first_grams": 1, "first_price": "1"} | fields

    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.convert({"name": "x", "currency": "USD", "zones": [wrong]}, FreightTemplate)
