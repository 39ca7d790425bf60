"""Shipment requests become FedEx's bodies; genuine answers become bookings and prices."""

from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import CargoItem, PostalAddress, ShipmentRequest
from mappings.carriers.fedex.booking import (
    Cancelled,
    Rates,
    Shipped,
    Terms,
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
    postal_code="90277",
)
REQUEST = ShipmentRequest(
    reference="R-1",
    sender=HERE,
    recipient=HERE,
    cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
    weight_grams=454,
)
TERMS = Terms(account_number="123456789")
GERMAN = PostalAddress(
    company="Tee GmbH",
    telephone="0421 123 45 67",
    country="DE",
    province_code="HB",
    city="Bremen",
    street=("Am Wall 1",),
    postal_code="28195",
)


@pytest.fixture
def sample(contracts):
    return lambda name: (contracts / "fedex" / "samples" / f"{name}.json").read_bytes()


def changed(**fields):
    return msgspec.structs.replace(REQUEST, **fields)


def test_a_parcel_carries_our_reference_and_its_weight_in_pounds():
    shipment = ship_body(REQUEST, TERMS)["requestedShipment"]
    (line,) = shipment["requestedPackageLineItems"]
    assert line["weight"] == {"units": "LB", "value": Decimal("1.1")}
    assert line["customerReferences"] == [{"customerReferenceType": "CUSTOMER_REFERENCE", "value": "R-1"}]


def test_elsewhere_a_parcel_is_weighed_in_kilograms_and_has_no_state():
    shipment = ship_body(changed(sender=GERMAN, recipient=GERMAN), TERMS)["requestedShipment"]
    assert shipment["requestedPackageLineItems"][0]["weight"] == {"units": "KG", "value": Decimal("0.5")}
    assert "stateOrProvinceCode" not in shipment["shipper"]["address"]
    assert shipment["shipper"]["contact"] == {"companyName": "Tee GmbH", "phoneNumber": "04211234567"}


@pytest.mark.parametrize(("kind", "stock"), [("PDF", "PAPER_4X6"), ("ZPLII", "STOCK_4X6")])
def test_printer_languages_are_for_label_stock(kind, stock):
    terms = Terms(account_number="123456789", label_format=kind)
    label = ship_body(REQUEST, terms)["requestedShipment"]["labelSpecification"]
    assert label == {"labelStockType": stock, "imageType": kind}


def test_prices_are_asked_for_without_names():
    shipment = rate_body(REQUEST, TERMS)["requestedShipment"]
    assert shipment["recipient"] == {
        "address": {
            "city": "Redondo Beach",
            "stateOrProvinceCode": "CA",
            "postalCode": "90277",
            "countryCode": "US",
        }
    }
    assert "serviceType" not in shipment


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"weight_grams": None}, "$.weight_grams"),
        ({"reference": "R" * 41}, "$.reference"),
        ({"recipient": GERMAN}, "$.recipient.country"),
        ({"recipient": msgspec.structs.replace(HERE, telephone="555")}, "$.recipient.telephone"),
        ({"sender": msgspec.structs.replace(HERE, province_code="")}, "$.sender.province_code"),
        ({"sender": msgspec.structs.replace(HERE, street=())}, "$.sender.street"),
    ],
)
def test_what_cannot_be_expressed_is_refused_before_anything_is_sent(fields, path):
    with pytest.raises(MappingError) as caught:
        ship_body(changed(**fields), TERMS)
    assert caught.value.path == path


@pytest.mark.parametrize("name", ["shipment-shipment-response", "return-shipment-shipment-response"])
def test_a_genuine_shipment_is_a_booking(sample, name):
    booking = booking_of(decode(sample(name), Shipped), REQUEST)
    assert (booking.tracking_number, booking.service) == ("794953535000", "STANDARD_OVERNIGHT")
    assert booking.label_url.startswith("data:application/pdf;base64,")


def test_a_label_may_be_an_address_or_a_document_of_the_shipment():
    paper = {"contentType": "MERGED_LABEL_DOCUMENTS", "docType": "PDF", "url": "https://label.example"}
    made = {"serviceType": "S", "pieceResponses": [{"trackingNumber": "7"}], "shipmentDocuments": [paper]}
    document = msgspec.json.encode({"output": {"transactionShipments": [made]}})
    booking = booking_of(decode(document, Shipped), REQUEST)
    assert (booking.tracking_number, booking.label_url) == ("7", "https://label.example")


@pytest.mark.parametrize("shipments", [[], [{"serviceType": "S"}]])
def test_a_shipment_without_a_number_is_no_booking(shipments):
    document = msgspec.json.encode({"output": {"transactionShipments": shipments}})
    with pytest.raises(MappingError, match="tracking number"):
        booking_of(decode(document, Shipped), REQUEST)


def test_a_genuine_cancellation_is_done(sample):
    assert decode(sample("shipment-shipment-cancel-response"), Cancelled).output.cancelled_shipment


@pytest.mark.parametrize(
    ("name", "count", "service", "price", "currency", "days"),
    [
        ("rate-rate-response", 1, "FEDEX_EXPRESS_SAVER", "38.54", "USD", None),
        ("rate-intl-rate-response", 6, "FEDEX_GROUND", "535.68", "CAD", 4),
    ],
)
def test_genuine_rates_are_the_account_s_prices(sample, name, count, service, price, currency, days):
    found = quotes(decode(sample(name), Rates))
    first = found[0]
    assert len(found) == count and first.service == service and first.transit_days == days
    assert (first.price.amount, first.price.currency) == (Decimal(price), currency)


def rates(**rated):
    reply = {"serviceType": "S", "ratedShipmentDetails": [rated]}
    return decode(msgspec.json.encode({"output": {"rateReplyDetails": [reply]}}), Rates)


def test_a_service_without_a_price_is_left_out():
    assert quotes(rates(rateType="ACCOUNT", currency="USD")) == []


def test_a_price_without_currency_is_refused():
    with pytest.raises(MappingError, match="without currency"):
        quotes(rates(rateType="ACCOUNT", totalNetCharge=1.5))
