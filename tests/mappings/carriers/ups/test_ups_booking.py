"""Shipment requests become UPS's bodies; genuine answers become bookings and prices."""

from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import CargoItem, PostalAddress, ShipmentRequest
from mappings.carriers.ups.booking import (
    Rates,
    Shipped,
    Terms,
    Voided,
    booking_of,
    quotes,
    rate_body,
    ship_body,
)
from mappings.documents import decode
from mappings.errors import MappingError

HERE = PostalAddress(
    name="Elizabeth Swan",
    telephone="+1 310 555-0100",
    country="US",
    province_code="CA",
    city="Redondo Beach",
    street=("179 N Harbor Dr", "Apt 2"),
    postal_code="90277-1234",
)
REQUEST = ShipmentRequest(
    reference="R-1",
    sender=HERE,
    recipient=HERE,
    cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
    weight_grams=454,
)
TERMS = Terms(shipper_number="A1B2C3")
GERMAN = PostalAddress(
    company="Tee GmbH", country="DE", city="Bremen", street=("Am Wall 1",), postal_code="28195"
)


@pytest.fixture
def sample(contracts):
    return lambda name: (contracts / "ups" / "samples" / f"{name}.json").read_bytes()


def changed(**fields):
    return msgspec.structs.replace(REQUEST, **fields)


def shipment_of(request):
    return ship_body(request, TERMS)["ShipmentRequest"]["Shipment"]


def test_inside_the_united_states_pounds_and_the_reference_belong_to_the_parcel():
    shipment = shipment_of(REQUEST)
    (package,) = shipment["Package"]
    assert package["PackageWeight"]["Weight"] == "1.1"
    assert package["PackageWeight"]["UnitOfMeasurement"]["Code"] == "LBS"
    assert package["ReferenceNumber"] == [{"Value": "R-1"}] and "ReferenceNumber" not in shipment


def test_elsewhere_kilograms_and_the_reference_belong_to_the_shipment():
    shipment = shipment_of(changed(sender=GERMAN, recipient=GERMAN))
    (package,) = shipment["Package"]
    assert package["PackageWeight"]["Weight"] == "0.5"
    assert shipment["ReferenceNumber"] == [{"Value": "R-1"}] and "ReferenceNumber" not in package


def test_a_party_has_up_to_three_lines_and_digits_alone():
    party = shipment_of(REQUEST)["ShipTo"]
    assert party["Phone"] == {"Number": "13105550100"}
    assert party["Address"]["AddressLine"] == ["179 N Harbor Dr", "Apt 2"]
    assert party["Address"]["PostalCode"] == "902771234"


def test_the_account_is_billed_and_shipping_from_it():
    shipment = shipment_of(REQUEST)
    assert shipment["Shipper"]["ShipperNumber"] == "A1B2C3"
    (charge,) = shipment["PaymentInformation"]["ShipmentCharge"]
    assert charge == {"Type": "01", "BillShipper": {"AccountNumber": "A1B2C3"}}


def test_rates_are_asked_with_another_word_for_packaging():
    (package,) = rate_body(REQUEST, TERMS)["RateRequest"]["Shipment"]["Package"]
    assert package["PackagingType"] == {"Code": "02"} and "Packaging" not in package


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"weight_grams": None}, "$.weight_grams"),
        ({"weight_grams": 10**7}, "$.weight_grams"),
        ({"reference": "R" * 36}, "$.reference"),
        ({"recipient": GERMAN}, "$.recipient.country"),
        ({"recipient": msgspec.structs.replace(HERE, province_code="")}, "$.recipient.province_code"),
        ({"recipient": msgspec.structs.replace(HERE, name="")}, "$.recipient.name"),
        ({"sender": msgspec.structs.replace(HERE, city="")}, "$.sender.city"),
        ({"sender": msgspec.structs.replace(HERE, street=("long " * 30,))}, "$.sender.street"),
    ],
)
def test_what_cannot_be_expressed_is_refused_before_anything_is_sent(fields, path):
    with pytest.raises(MappingError) as caught:
        ship_body(changed(**fields), TERMS)
    assert caught.value.path == path


@pytest.mark.parametrize("name", ["shipment-shipment-response", "return-shipment-shipment-response"])
def test_a_genuine_shipment_is_a_booking_whether_it_has_a_parcel_or_a_list(sample, name):
    booking = booking_of(decode(sample(name), Shipped), REQUEST, TERMS)
    assert booking.tracking_number == booking.carrier_order_id == "1ZXXXXXXXXXXXXXXXX"
    assert booking.label_url.startswith("data:image/png;base64,")
    assert (booking.carrier, booking.service) == ("ups", "03")


def test_a_shipment_without_parcels_is_no_booking():
    empty = b'{"ShipmentResponse":{"ShipmentResults":{"PackageResults":[]}}}'
    with pytest.raises(MappingError, match="tracking number"):
        booking_of(decode(empty, Shipped), REQUEST, TERMS)


def test_a_genuine_void_is_done(sample):
    assert decode(sample("shipment-shipment-cancel-response"), Voided).is_done


@pytest.mark.parametrize(
    ("name", "cheapest", "price", "currency", "days"),
    [
        ("rate-rate-response", "11", "132.84", "CAD", 6),
        ("rate-frrate-response", "11", "11.25", "EUR", 1),
        ("rate-rate-response-with-total-charges", "11", "13.54", "CAD", 3),
        ("rate-rate-response-with-missing-amount", "11", "13.54", "CAD", 3),
    ],
)
def test_genuine_rates_are_negotiated_prices_with_taxes(sample, name, cheapest, price, currency, days):
    first, *others = quotes(decode(sample(name), Rates))
    assert (first.service, first.price.amount, first.price.currency) == (cheapest, Decimal(price), currency)
    assert first.transit_days == days
    assert len({it.service for it in (first, *others)}) == len(others) + 1


def test_a_service_without_any_amount_has_no_price():
    rated = {"Service": {"Code": "03"}, "TotalCharges": {"CurrencyCode": "USD"}}
    document = msgspec.json.encode({"RateResponse": {"RatedShipment": rated}})
    assert quotes(decode(document, Rates)) == []


def test_a_price_that_is_none_is_refused():
    charge = {"CurrencyCode": "USD", "MonetaryValue": "NaN"}
    rated = {"Service": {"Code": "03"}, "TotalCharges": charge}
    document = msgspec.json.encode({"RateResponse": {"RatedShipment": [rated]}})
    with pytest.raises(MappingError, match="not a possible amount"):
        quotes(decode(document, Rates))
