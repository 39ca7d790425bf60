"""MyDHL's genuine answers become reports, bookings and prices; requests become its bodies and queries."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from mappings.canonical import CargoItem, PostalAddress, ShipmentRequest, TrackingReport, TrackingStatus
from mappings.carriers.dhl_express import read_tracking
from mappings.carriers.dhl_express.booking import (
    Rates,
    Shipped,
    Terms,
    booking_of,
    quotes,
    rate_query,
    reference_query,
    ship_body,
)
from mappings.carriers.dhl_express.tables import CHECKPOINT
from mappings.carriers.dhl_express.tracking import Found, numbers_under
from mappings.documents import decode
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HERE = PostalAddress(
    name="Grete Tee",
    telephone="+49 421 1234567",
    country="DE",
    city="Bremen",
    street=("Am Wall 1", "Hinterhaus"),
    postal_code="28195",
)
REQUEST = ShipmentRequest(
    reference="R-1",
    sender=HERE,
    recipient=HERE,
    cargo=(CargoItem(sku="A", title=" Tea", quantity=1),),
    weight_grams=454,
)
TERMS = Terms(account_number="123456789", length=Decimal(30), width=Decimal(20), height=Decimal(10))
CHECKED = {"date": "2026-01-02", "time": "03:04:05", "GMTOffset": "+01:00", "typeCode": "PL"}


@pytest.fixture
def sample(contracts):
    return lambda name: (contracts / "dhl" / "samples" / f"mydhl-{name}.json").read_bytes()


def changed(**fields):
    return msgspec.structs.replace(REQUEST, **fields)


def read(*events):
    document = {"shipmentTrackingNumber": 9356579890, "status": "Success", "events": events}
    (report,) = read_tracking(msgspec.json.encode(document))
    return report


def test_a_genuine_answer_becomes_its_golden_report(sample):
    expected = msgspec.json.decode(
        (EXPECTED / "tracking-tracking-response.json").read_bytes(), type=tuple[TrackingReport, ...]
    )
    (document,) = decode(sample("tracking-tracking-response"), Found).documents
    assert read_tracking(document) == expected


def test_every_checkpoint_of_the_sheet_is_read_as_it_says(status_map):
    sheet = status_map("dhl", "express checkpoint codes (MyDHL events[].typeCode, XML PI EventCode)")
    assert {code: str(meaning) for code, meaning in CHECKPOINT.codes.items()} == dict(sheet)


def test_the_query_s_status_says_nothing_about_the_parcel():
    report = read(CHECKED | {"typeCode": "??"})
    assert (report.tracking_number, report.events[0].status) == ("9356579890", TrackingStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("offset", "instant", "text"),
    [("+09:00", "2026-01-02T03:04:05+09:00", ""), (None, None, "2026-01-02T03:04:05")],
)
def test_an_offset_is_kept_and_none_is_invented(offset, instant, text):
    (event,) = read(CHECKED | {"GMTOffset": offset}).events
    assert (event.occurred_at and event.occurred_at.isoformat(), event.local_text) == (instant, text)


def test_shipments_are_known_by_our_reference():
    ours = {"shipmentTrackingNumber": "7", "shipperReferences": [{"value": "R-1"}]}
    documents = [msgspec.json.encode(it) for it in ({"shipmentTrackingNumber": "8"}, ours)]
    assert list(numbers_under("R-1", documents)) == ["7"]
    assert list(numbers_under("R-2", documents)) == []


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"", "$"),
        (b"{}", "$.shipmentTrackingNumber"),
        (b'{"shipmentTrackingNumber":""}', "$.shipmentTrackingNumber"),
        (
            msgspec.json.encode(
                {"shipmentTrackingNumber": "7", "events": [CHECKED, CHECKED | {"date": "x"}]}
            ),
            "$.events[1].date",
        ),
    ],
)
def test_a_spoiled_shipment_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path


def test_a_shipment_is_tendered_an_hour_from_now_with_a_blank_before_the_zone():
    body = ship_body(REQUEST, TERMS, NOW)
    assert body["plannedShippingDateAndTime"] == "2026-03-02T09:00:00 GMT+00:00"
    assert body["customerReferences"] == [{"value": "R-1", "typeCode": "CU"}]
    (package,) = body["content"]["packages"]
    assert package["weight"] == Decimal("0.5") and package["dimensions"]["length"] == 30
    assert body["content"]["description"] == "Tea"


def test_a_party_has_three_lines_and_both_names():
    party = ship_body(REQUEST, TERMS, NOW)["customerDetails"]["receiverDetails"]
    assert party["postalAddress"]["addressLine2"] == "Hinterhaus"
    assert party["contactInformation"]["companyName"] == party["contactInformation"]["fullName"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"weight_grams": 0}, "$.weight_grams"),
        ({"reference": "R" * 36}, "$.reference"),
        ({"recipient": msgspec.structs.replace(HERE, country="US")}, "$.recipient.country"),
        ({"recipient": msgspec.structs.replace(HERE, telephone="")}, "$.recipient.telephone"),
        ({"sender": msgspec.structs.replace(HERE, street=())}, "$.sender.street"),
    ],
)
def test_what_cannot_be_expressed_is_refused_before_anything_is_sent(fields, path):
    with pytest.raises(MappingError) as caught:
        ship_body(changed(**fields), TERMS, NOW)
    assert caught.value.path == path


def test_prices_are_asked_for_by_place_and_size():
    query = rate_query(REQUEST, TERMS, NOW)
    assert (query["weight"], query["length"], query["plannedShippingDate"]) == ("0.5", "30", "2026-03-02")
    with pytest.raises(MappingError):
        rate_query(changed(recipient=msgspec.structs.replace(HERE, city="")), TERMS, NOW)


def test_a_reference_is_looked_for_among_the_last_days():
    query = reference_query("R-1", "123456789", NOW)
    assert (query["dateRangeFrom"], query["dateRangeTo"]) == ("2026-02-23", "2026-03-03")


def test_a_genuine_shipment_is_a_booking(sample):
    booking = booking_of(decode(sample("shipment-shipment-response"), Shipped), REQUEST, TERMS)
    assert (booking.tracking_number, booking.service) == ("9356579890", "N")
    assert booking.label_url.startswith("data:application/pdf;base64,JVBERi0x")
    with pytest.raises(MappingError, match="shipmentTrackingNumber"):
        booking_of(decode(b"{}", Shipped), REQUEST, TERMS)


def test_genuine_rates_are_prices_of_the_bill(sample):
    found = quotes(decode(sample("rate-rate-response"), Rates))
    assert [(it.service, it.price.amount, it.price.currency) for it in found] == [
        ("P", Decimal("25.99"), "USD"),
        ("Y", Decimal("35.99"), "USD"),
    ]


def test_days_on_the_way_are_told():
    prices = [{"currencyType": "BILLC", "price": 9, "priceCurrency": "EUR"}]
    delivery = {"totalTransitDays": 3}
    product = {"productCode": "P", "totalPrice": prices, "deliveryCapabilities": delivery}
    (found,) = quotes(decode(msgspec.json.encode({"products": [product]}), Rates))
    assert (found.transit_days, found.price.amount) == (3, Decimal(9))


@pytest.mark.parametrize("price", [{"price": 0, "priceCurrency": "EUR"}, {"price": 7}])
def test_a_product_without_a_price_is_not_offered(price):
    document = msgspec.json.encode({"products": [{"productCode": "P", "totalPrice": [price]}]})
    assert quotes(decode(document, Rates)) == []


def test_of_several_currencies_the_bill_s_counts():
    prices = [
        {"currencyType": "BASEC", "priceCurrency": "USD", "price": 9},
        {"currencyType": "BILLC", "priceCurrency": "EUR", "price": 8},
    ]
    document = msgspec.json.encode({"products": [{"productCode": "P", "totalPrice": prices}]})
    (quote,) = quotes(decode(document, Rates))
    assert (quote.price.amount, quote.price.currency) == (Decimal(8), "EUR")
