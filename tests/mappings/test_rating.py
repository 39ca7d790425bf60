"""What a price needs, what a label has room for, and which borders need papers."""

from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import CargoItem, Money, PostalAddress, RateQuote, ShipmentRequest
from mappings.customs import needs_declaration
from mappings.errors import MappingError
from mappings.labels import inline_label
from mappings.rating import (
    Place,
    address_fields,
    cheapest_first,
    require_addressable,
    require_rateable,
    street_lines,
    telephone_digits,
    weight_in,
)

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


def placed(*street, district=""):
    return msgspec.structs.replace(HERE, street=street, district=district)


def test_a_street_that_fits_stays_as_it_was_written():
    assert street_lines(HERE, "$", lines=2, longest=20) == ["179 N Harbor Dr", "Apt 2"]
    assert street_lines(placed("Am Wall 1", district="Mitte"), "$", lines=2, longest=20) == [
        "Am Wall 1",
        "Mitte",
    ]


def test_a_long_street_is_broken_between_words_and_nothing_is_lost():
    lines = street_lines(placed("179 North Harbor Drive Apartment 2"), "$", lines=3, longest=14)
    assert lines == ["179 North", "Harbor Drive", "Apartment 2"]


@pytest.mark.parametrize("street", [(), ("", " "), ("a" * 15,), ("aaaa " * 10,)])
def test_a_street_that_is_missing_or_does_not_fit_is_refused(street):
    with pytest.raises(MappingError) as caught:
        street_lines(placed(*street), "$.sender", lines=2, longest=14)
    assert caught.value.path == "$.sender.street"


@pytest.mark.parametrize(
    ("unit", "grams", "weight"),
    [("LB", 454, "1.1"), ("LB", 1, "0.1"), ("KG", 1000, "1.0"), ("KG", 1001, "1.1")],
)
def test_weights_are_tenths_rounded_up(unit, grams, weight):
    assert str(weight_in(unit, grams)) == weight


@pytest.mark.parametrize(("field", "path"), [("name", "$.name"), ("city", "$.city")])
def test_a_party_has_a_name_and_a_city(field, path):
    with pytest.raises(MappingError) as caught:
        require_addressable(
            msgspec.structs.replace(HERE, **({"name": "A"} | {field: ""})), "$", with_states=()
        )
    assert caught.value.path == path


def test_a_state_is_wanted_where_there_are_states():
    here = msgspec.structs.replace(HERE, name="A")
    require_addressable(here, "$", with_states={"CA"})
    with pytest.raises(MappingError, match="province_code"):
        require_addressable(here, "$", with_states={"US"})


def test_a_telephone_is_fifteen_digits_at_most():
    assert telephone_digits("+1 (310) 555-0100") == "13105550100"
    assert telephone_digits("1" * 20) == "1" * 15


def test_a_label_in_the_answer_is_an_address_with_the_label_in_it():
    assert inline_label("pdf", "JVBERg==") == "data:application/pdf;base64,JVBERg=="
    assert inline_label("ZPL", "XlhB") == "data:application/octet-stream;base64,XlhB"
    assert inline_label("PDF", None) == ""
