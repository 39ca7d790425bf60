"""Genuine USPS answers become reports, bookings and prices; requests become its bodies."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from mappings.canonical import CargoItem, PostalAddress, ShipmentRequest, TrackingReport, TrackingStatus
from mappings.carriers.usps import read_tracking
from mappings.carriers.usps.booking import (
    Cancelled,
    Label,
    Payment,
    Rates,
    Terms,
    booking_of,
    label_body,
    payment_body,
    quotes,
    rate_body,
)
from mappings.carriers.usps.tables import EVENT
from mappings.documents import decode
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
TODAY = date(2026, 3, 2)
HERE = PostalAddress(
    name="Elizabeth Ann Swan",
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
TERMS = Terms(
    crid="1",
    mid="2",
    manifest_mid="3",
    account_number="4",
    account_type="EPS",
    length=Decimal(12),
    width=Decimal(9),
    height=Decimal(4),
)
SCAN = {"eventType": "Arrived", "eventCode": "10", "eventTimestamp": "2026-01-02T03:04:00"}


@pytest.fixture
def sample(contracts):
    return lambda name: (contracts / "usps" / "samples" / f"{name}.json").read_bytes()


def changed(**fields):
    return msgspec.structs.replace(REQUEST, **fields)


def named(name="", company=""):
    recipient = msgspec.structs.replace(HERE, name=name, company=company)
    return label_body(changed(recipient=recipient), TERMS, TODAY)["toAddress"]


def read(*events):
    document = {"trackingNumber": "94", "trackingEvents": events}
    (report,) = read_tracking(msgspec.json.encode(document))
    return report


@pytest.mark.parametrize("name", ["tracking-tracking-response", "vendor-tracking-detail-2023"])
def test_a_genuine_answer_becomes_its_golden_report(sample, name):
    expected = msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])
    assert read_tracking(sample(name)) == expected


def test_the_legacy_summary_is_not_what_we_ask_for(sample):
    with pytest.raises(MappingError) as caught:
        read_tracking(sample("vendor-tracking-summary-legacy-shape"))
    assert caught.value.path == "$.trackingNumber"


def test_every_code_of_the_sheet_is_read_as_it_says(status_map):
    numbers = status_map("usps", "eventCode (Publication 199 appendices G-4 and G-5)")
    letters = status_map("usps", "eventCode, alphabetic domestic codes seen in genuine payloads")
    assert {code: str(meaning) for code, meaning in EVENT.codes.items()} == {**numbers, **letters}


@pytest.mark.parametrize(
    ("fields", "instant", "text"),
    [
        ({"GMTTimestamp": "2026-01-02T08:04:40Z"}, "2026-01-02T08:04:40+00:00", ""),
        ({}, None, "2026-01-02T03:04:00"),
        ({"eventTimestamp": "2026-01-02T03:04:00Z"}, None, "2026-01-02T03:04:00"),
    ],
)
def test_a_local_time_is_local_even_with_a_z(fields, instant, text):
    (event,) = read(SCAN | fields).events
    assert (event.occurred_at and event.occurred_at.isoformat(), event.local_text) == (instant, text)


def test_a_code_that_nobody_knows_is_unknown():
    assert read(SCAN | {"eventCode": "ZZ"}).events[0].status is TrackingStatus.UNKNOWN


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"", "$"),
        (b"{}", "$.trackingNumber"),
        (b'{"trackingNumber":""}', "$.trackingNumber"),
        (
            msgspec.json.encode({"trackingNumber": "9", "trackingEvents": [SCAN, {"GMTTimestamp": "x"}]}),
            "$.trackingEvents[1].GMTTimestamp",
        ),
    ],
)
def test_a_spoiled_answer_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path


def test_a_label_is_for_one_piece_in_pounds_and_inches():
    package = label_body(REQUEST, TERMS, TODAY)["packageDescription"]
    assert (package["weight"], package["length"]) == (Decimal("1.1"), Decimal(12))
    assert (package["mailClass"], package["rateIndicator"]) == ("USPS_GROUND_ADVANTAGE", "SP")
    assert package["mailingDate"] == "2026-03-02"
    long = label_body(changed(reference="R" * 40), TERMS, TODAY)["packageDescription"]
    assert long["customerReference"][0]["referenceNumber"] == "R" * 30


def test_a_person_has_two_names_and_a_single_name_is_written_as_a_firm():
    assert named("Elizabeth Ann Swan")["firstName"] == "Elizabeth Ann"
    assert named("Elizabeth Ann Swan")["lastName"] == "Swan"
    assert named("Cher") | {"firm": "Cher"} == named("Cher") and "firstName" not in named("Cher")
    assert named("Cher", "Tea Inc.")["firm"] == "Tea Inc."


def test_a_zip_code_has_five_digits_and_four_more():
    party = label_body(REQUEST, TERMS, TODAY)["toAddress"]
    assert (party["ZIPCode"], party["ZIPPlus4"], party["secondaryAddress"]) == ("90277", "1234", "Apt 2")


def test_prices_are_asked_for_all_classes():
    body = rate_body(REQUEST, TERMS, TODAY)
    assert (body["originZIPCode"], body["weight"]) == ("90277", Decimal("1.1")) and "mailClass" not in body


def test_who_pays_owns_the_labels():
    assert [it["roleName"] for it in payment_body(TERMS)["roles"]] == ["PAYER", "LABEL_OWNER"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"weight_grams": None}, "$.weight_grams"),
        ({"recipient": msgspec.structs.replace(HERE, postal_code="902")}, "$.recipient.postal_code"),
        ({"recipient": msgspec.structs.replace(HERE, province_code="")}, "$.recipient.province_code"),
        ({"recipient": msgspec.structs.replace(HERE, country="DE")}, "$.recipient.country"),
        (
            {
                "sender": msgspec.structs.replace(HERE, country="DE"),
                "recipient": msgspec.structs.replace(HERE, country="DE"),
            },
            "$.recipient.country",
        ),
        ({"sender": msgspec.structs.replace(HERE, street=())}, "$.sender.street"),
    ],
)
def test_what_cannot_be_expressed_is_refused_before_anything_is_sent(fields, path):
    with pytest.raises(MappingError) as caught:
        label_body(changed(**fields), TERMS, TODAY)
    assert caught.value.path == path


def test_genuine_metadata_are_a_booking(sample):
    booking = booking_of(decode(sample("vendor-label-metadata-part"), Label), REQUEST, TERMS)
    assert (booking.tracking_number, booking.service) == ("X" * 22, "USPS_GROUND_ADVANTAGE")
    wrapped = b'{"labelMetadata":{"trackingNumber":"94"},"labelImage":"JVBERg=="}'
    assert booking_of(decode(wrapped, Label), REQUEST, TERMS).label_url.endswith("JVBERg==")
    with pytest.raises(MappingError, match="trackingNumber"):
        booking_of(decode(b"{}", Label), REQUEST, TERMS)


def test_genuine_payments_and_cancellations_are_read(sample):
    assert decode(sample("vendor-payment-authorization-response"), Payment).payment_authorization_token
    assert decode(sample("shipment-shipment-cancel-response"), Cancelled).status == "CANCELED"


def test_genuine_prices_are_the_cheapest_of_their_class(sample):
    (quote,) = quotes(decode(sample("vendor-total-rates-response"), Rates))
    assert (quote.service, quote.price.amount, quote.price.currency) == (
        "PARCEL_SELECT",
        Decimal("5.84"),
        "USD",
    )


def priced(price, **rate):
    return {"totalBasePrice": price, "rates": [{"mailClass": "A", **rate}]}


def test_a_price_for_mail_that_is_brought_nearer_is_not_ours():
    options = [priced(1, destinationEntryFacilityType="DESTINATION_DELIVERY_UNIT"), priced(3), priced(2)]
    (quote,) = quotes(decode(msgspec.json.encode({"rateOptions": options}), Rates))
    assert quote.price.amount == Decimal(2)


def test_an_option_without_rates_is_no_offer():
    options = [{"totalBasePrice": 1, "rates": []}]
    assert quotes(decode(msgspec.json.encode({"rateOptions": options}), Rates)) == []
