"""Shipment requests become EasyPost's bodies; genuine shipments become prices and bookings."""

from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.easypost.booking import (
    Shipment,
    Shipments,
    Terms,
    booking_of,
    cheapest,
    complaints,
    quotes,
    shipment_body,
)
from mappings.documents import decode
from mappings.errors import MappingError

HERE = PostalAddress(
    name="Elizabeth Swan",
    country="US",
    province="California",
    province_code="CA",
    city="Redondo Beach",
    street=("179 N Harbor Dr", "Apt 2"),
    postal_code="90277",
)
REQUEST = ShipmentRequest(
    reference="R-1",
    order_number="N-1",
    sender=HERE,
    recipient=HERE,
    cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
    weight_grams=454,
)

BOUGHT = [
    "live-shipment-buy-1",
    "live-shipment-refund-0",
    "docs-shipments-buy",
    "docs-shipments-one-call-buy",
    "docs-shipments-label",
    "docs-shipping-refund-refund",
    "shipment-buy-shipment-response",
    "shipment-cancel-shipment-response",
    "shipment-shipment-response-with-fee",
]
RATED = [
    "live-shipment-create-0",
    "live-shipment-buy-0",
    "docs-shipments-create",
    "docs-shipments-retrieve",
    "docs-returns-create",
    "shipment-shipment-response",
]


@pytest.fixture
def shipment(contracts):
    return lambda name: decode((contracts / "easypost" / "samples" / f"{name}.json").read_bytes(), Shipment)


def changed(**fields):
    return msgspec.structs.replace(REQUEST, **fields)


def test_a_request_is_rated_in_ounces_rounded_up():
    body = shipment_body(REQUEST, Terms())["shipment"]
    assert body["parcel"] == {"weight": Decimal("16.1")}
    assert body["reference"] == "R-1"
    assert body["options"] == {"label_format": "PDF", "print_custom_1": "N-1"}
    assert "carrier_accounts" not in body


def test_an_address_has_two_lines_and_the_states_code():
    address = shipment_body(REQUEST, Terms())["shipment"]["to_address"]
    assert (address["street1"], address["street2"], address["state"]) == ("179 N Harbor Dr", "Apt 2", "CA")
    assert "phone" not in address


def test_the_settings_terms_are_sent():
    terms = Terms(label_format="ZPL", package="FlatRateEnvelope", carrier_accounts="ca_1, ca_2")
    body = shipment_body(REQUEST, terms)["shipment"]
    assert body["parcel"]["predefined_package"] == "FlatRateEnvelope"
    assert (body["options"]["label_format"], body["carrier_accounts"]) == ("ZPL", ["ca_1", "ca_2"])


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"weight_grams": None}, "$.weight_grams"),
        ({"weight_grams": 0}, "$.weight_grams"),
        ({"parcels": 2}, "$.parcels"),
        ({"collect_on_delivery": Money(amount=Decimal(1), currency="USD")}, "$.collect_on_delivery"),
        ({"recipient": msgspec.structs.replace(HERE, masked=True)}, "$.recipient"),
        ({"recipient": msgspec.structs.replace(HERE, country="CA")}, "$.recipient.country"),
        ({"sender": msgspec.structs.replace(HERE, street=())}, "$.sender.street"),
    ],
)
def test_what_cannot_be_expressed_is_refused_before_anything_is_sent(fields, path):
    with pytest.raises(MappingError) as caught:
        shipment_body(changed(**fields), Terms())
    assert caught.value.path == path


@pytest.mark.parametrize("name", BOUGHT)
def test_a_genuine_purchase_is_a_booking(shipment, name):
    bought = shipment(name)
    booking = booking_of(bought, "R-1")
    assert booking.tracking_number == bought.tracking_code
    assert booking.carrier_order_id == bought.id
    assert booking.label_url.startswith("https://")
    assert booking.service == f"{bought.selected_rate.carrier}/{bought.selected_rate.service}"


@pytest.mark.parametrize("name", RATED)
def test_a_genuine_rating_is_prices_and_no_booking(shipment, name):
    rated = shipment(name)
    prices = [quote.price.amount for quote in quotes(rated)]
    assert prices == sorted(Decimal(str(rate.rate)) for rate in rated.rates) and len(prices) > 1
    with pytest.raises(MappingError, match="not bought"):
        booking_of(rated, "R-1")


def test_a_genuine_list_holds_the_purchase(contracts):
    page = decode((contracts / "easypost" / "samples" / "docs-shipments-list.json").read_bytes(), Shipments)
    assert booking_of(page.shipments[0], "R-1").tracking_number == "9405500208303109884168"
    assert page.has_more


@pytest.mark.parametrize("name", ["rate-rate-response", "rate-service-collision-response"])
def test_a_price_without_currency_is_refused(shipment, name):
    with pytest.raises(MappingError) as caught:
        shipment(name)
    assert caught.value.path == "$.rates[0].currency"


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("", "USPS/GroundAdvantage"),
        ("Priority", "USPS/Priority"),
        ("USPS/Express", "USPS/Express"),
        ("UPS/Priority", None),
    ],
)
def test_the_cheapest_rate_of_the_service_is_bought(shipment, service, name):
    rate = cheapest(shipment("live-shipment-create-0"), service)
    assert (rate and rate.name) == name


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1e30"])
def test_a_price_that_is_none_is_refused(price):
    rate = {"id": "r", "carrier": "USPS", "service": "Priority", "rate": price, "currency": "USD"}
    shipment = decode(msgspec.json.encode({"id": "s", "rates": [rate, rate]}), Shipment)
    for read in (quotes, lambda it: cheapest(it, "")):
        with pytest.raises(MappingError, match="not a possible amount"):
            read(shipment)


def test_carriers_that_gave_no_rate_say_why(shipment):
    assert complaints(shipment("shipment-shipment-response-with-fee")).startswith("Toll: business_unit=")
