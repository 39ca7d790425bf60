"""What a price needs, what a label has room for, and which borders need papers."""

from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import CargoItem, Money, PostalAddress, RateQuote, ShipmentRequest
from mappings.customs import needs_declaration
from mappings.errors import MappingError
from mappings.rating import Place, address_fields, cheapest_first, require_rateable

HERE = PostalAddress(country="US", city="Redondo Beach", street=("179 N Harbor Dr", "", "Apt 2"))
REQUEST = ShipmentRequest(
    reference="R-1",
    sender=HERE,
    recipient=HERE,
    cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
    weight_grams=454,
)


def test_an_ordinary_request_can_be_rated():
    require_rateable(REQUEST, longest_reference=3)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"reference": "R-10"}, "$.reference"),
        ({"recipient": msgspec.structs.replace(HERE, masked=True)}, "$.recipient"),
        ({"parcels": 0}, "$.parcels"),
        ({"parcels": 2}, "$.parcels"),
        ({"weight_grams": None}, "$.weight_grams"),
        ({"weight_grams": -1}, "$.weight_grams"),
        ({"collect_on_delivery": Money(amount=Decimal(1), currency="USD")}, "$.collect_on_delivery"),
        ({"recipient": msgspec.structs.replace(HERE, country="CA")}, "$.recipient.country"),
    ],
)
def test_what_cannot_be_rated_is_named_with_its_path(fields, path):
    with pytest.raises(MappingError) as caught:
        require_rateable(msgspec.structs.replace(REQUEST, **fields), longest_reference=3)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("origin", "destination", "needed"),
    [("US", "US", False), ("DE", "FR", False), ("US", "CA", True), ("DE", "CH", True), ("GB", "IE", True)],
)
def test_a_border_needs_a_declaration_unless_a_customs_union_spans_it(origin, destination, needed):
    assert needs_declaration(origin, destination) is needed


def test_a_label_has_two_lines_for_the_street_and_nothing_empty():
    assert address_fields(HERE, "$.sender") == {
        "street1": "179 N Harbor Dr",
        "street2": "Apt 2",
        "city": "Redondo Beach",
        "country": "US",
    }
    with_district = msgspec.structs.replace(HERE, street=("Main St 1",), district="South Bay", company="Acme")
    fields = address_fields(with_district, "$.sender")
    assert (fields["street2"], fields["name"], fields["company"]) == ("South Bay", "Acme", "Acme")
    with pytest.raises(MappingError) as caught:
        address_fields(msgspec.structs.replace(HERE, street=("",)), "$.sender")
    assert caught.value.path == "$.sender.street"


def test_a_province_is_told_by_its_code_if_it_has_one():
    named = msgspec.structs.replace(HERE, province="California")
    assert address_fields(named, "$")["state"] == "California"
    assert address_fields(msgspec.structs.replace(named, province_code="CA"), "$")["state"] == "CA"


def test_a_place_is_told_from_small_to_large():
    assert str(Place(city="Oakland", state="CA", country="US")) == "Oakland, CA, US"
    assert str(Place()) == ""


def test_quotes_come_cheapest_first_and_always_in_the_same_order():
    prices = (("b", "2"), ("a", "2"), ("c", "1.5"))
    quotes = [
        RateQuote(carrier="x", service=name, price=Money(amount=Decimal(price), currency="USD"))
        for name, price in prices
    ]
    assert [quote.service for quote in cheapest_first(quotes)] == ["c", "a", "b"]
