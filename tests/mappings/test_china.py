"""What Chinese domestic carriers have in common."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from mappings.canonical import CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.china import beijing_text, is_mobile, require_domestic, street_line
from mappings.errors import MappingError

ADDRESS = PostalAddress(
    name="王五",
    telephone="13800001234",
    country="CN",
    province="广东省",
    city="深圳市",
    street=("", "科技园", "1 号"),
)
REQUEST = ShipmentRequest(
    reference="R-1",
    sender=ADDRESS,
    recipient=ADDRESS,
    cargo=(CargoItem(sku="A", title="茶", quantity=1),),
)


def refused(request, **limits):
    with pytest.raises(MappingError) as caught:
        require_domestic(request, **limits)
    return caught.value.path


def test_an_instant_is_written_as_the_clock_in_beijing_shows_it():
    assert beijing_text(datetime(2026, 3, 2, 16, 30, 5, tzinfo=UTC)) == "2026-03-03 00:30:05"


@pytest.mark.parametrize(
    ("telephone", "expected"),
    [("13800001234", True), ("0755-1234567", False), ("23800001234", False), ("1380000123x", False)],
)
def test_mobile_numbers_are_told_from_landlines(telephone, expected):
    assert is_mobile(telephone) is expected


def test_a_complete_domestic_request_is_carried():
    require_domestic(REQUEST)
    require_domestic(replace(REQUEST, parcels=3), most_parcels=3)


@pytest.mark.parametrize("name", ["name", "telephone", "province", "city"])
@pytest.mark.parametrize("side", ["sender", "recipient"])
def test_whoever_cannot_be_reached_is_named(side, name):
    assert refused(replace(REQUEST, **{side: replace(ADDRESS, **{name: ""})})) == f"$.{side}.{name}"


@pytest.mark.parametrize(
    ("changes", "limits", "path"),
    [
        ({"reference": "x" * 65}, {}, "$.reference"),
        ({"reference": "xx"}, {"longest_reference": 1}, "$.reference"),
        ({"recipient": replace(ADDRESS, masked=True)}, {}, "$.recipient"),
        ({"recipient": replace(ADDRESS, country="HK")}, {}, "$.recipient.country"),
        ({"sender": replace(ADDRESS, street=("",))}, {}, "$.sender.street"),
        ({"cargo": ()}, {}, "$.cargo"),
        ({"parcels": 2}, {}, "$.parcels"),
        ({"parcels": 0}, {"most_parcels": 9}, "$.parcels"),
        ({"weight_grams": 0}, {}, "$.weight_grams"),
        (
            {"collect_on_delivery": Money(amount=Decimal(1), currency="HKD")},
            {},
            "$.collect_on_delivery.currency",
        ),
    ],
)
def test_what_no_domestic_carrier_can_do_is_refused(changes, limits, path):
    assert refused(replace(REQUEST, **changes), **limits) == path


def test_the_street_is_one_line():
    assert street_line(ADDRESS) == "科技园 1 号"
