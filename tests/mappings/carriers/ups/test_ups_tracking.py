"""Genuine UPS answers and pushes become their golden reports; spoiled ones name the place."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.ups import read_tracking
from mappings.carriers.ups.tables import STATUS, TYPE, status_of
from mappings.carriers.ups.tracking import Document, Subscribed, find_package, subscription
from mappings.documents import decode
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"

SCAN = {
    "gmtDate": "20260102",
    "gmtTime": "03:04:05",
    "date": "20260101",
    "time": "220405",
    "status": {"type": "I", "code": "AR", "statusCode": "010", "description": "Arrived"},
}
PUSH = {
    "trackingNumber": "1Z1",
    "gmtActivityDate": "20260102",
    "gmtActivityTime": "030405",
    "activityStatus": {"type": "I", "code": "AR", "descriptionCode": "010", "description": "Arrived"},
}


def answer(*scans, **package):
    parcel = {"trackingNumber": "1Z1", "activity": scans, **package}
    return msgspec.json.encode({"trackResponse": {"shipment": [{"package": [parcel]}]}})


def pushed(**fields):
    status = PUSH["activityStatus"] | fields.pop("status", {})
    (report,) = read_tracking(msgspec.json.encode(PUSH | fields | {"activityStatus": status}))
    return report


@pytest.mark.parametrize("name", ["tracking-tracking-response", "trackalert-webhook-1"])
def test_a_genuine_document_becomes_its_golden_report(contracts, name):
    expected = msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])
    assert read_tracking((contracts / "ups" / "samples" / f"{name}.json").read_bytes()) == expected


def test_every_code_of_the_sheet_is_read_as_it_says(status_map):
    codes = status_map("ups", 'statusCode (3 digits, zero padded in responses: "003" = 3)')
    assert {code: str(meaning) for code, meaning in STATUS.codes.items()} == dict(codes)
    types = status_map("ups", "activity.status.type")
    assert {code: str(meaning) for code, meaning in TYPE.codes.items()} == dict(types)


@pytest.mark.parametrize(
    ("kind", "code", "meaning"),
    [
        ("X", "010", TrackingStatus.IN_TRANSIT),
        ("X", "", TrackingStatus.EXCEPTION),
        ("X", "999", TrackingStatus.EXCEPTION),
        ("I", "000", TrackingStatus.UNKNOWN),
        ("Q", "999", TrackingStatus.UNKNOWN),
    ],
)
def test_three_digits_say_more_than_the_class(kind, code, meaning):
    assert status_of(kind, code) is meaning


def test_a_scan_is_the_instant_that_its_gmt_fields_say():
    (report,) = read_tracking(answer(SCAN))
    assert report.events[0].occurred_at.isoformat() == "2026-01-02T03:04:05+00:00"


def test_a_scan_without_them_keeps_its_local_text():
    (report,) = read_tracking(answer({it: SCAN[it] for it in ("date", "time", "status")}))
    assert (report.events[0].occurred_at, report.events[0].local_text) == (None, "20260101 220405")


def test_scans_are_turned_to_oldest_first_and_told_once():
    earlier = SCAN | {"gmtTime": "01:00:00"}
    (report,) = read_tracking(answer(SCAN, earlier, SCAN))
    assert [event.occurred_at.hour for event in report.events] == [1, 3]


def test_an_answer_without_parcels_is_no_report():
    warning = {"shipment": [{"warnings": [{"code": "TW0001", "message": "not found"}]}]}
    assert read_tracking(msgspec.json.encode({"trackResponse": warning})) == ()


def test_answers_and_pushes_tell_equal_events():
    assert read_tracking(answer(SCAN))[0].events == pushed().events


@pytest.mark.parametrize(
    ("fields", "meaning"),
    [
        ({"status": {"type": "D", "descriptionCode": None}}, TrackingStatus.OUT_FOR_DELIVERY),
        (
            {"status": {"type": "D", "descriptionCode": None}, "actualDeliveryDate": "20260102"},
            TrackingStatus.DELIVERED,
        ),
        ({"status": {"type": "D", "descriptionCode": "072"}}, TrackingStatus.OUT_FOR_DELIVERY),
        ({"status": {"code": "OT", "descriptionCode": 17}}, TrackingStatus.OUT_FOR_DELIVERY),
        ({"status": {"type": "X", "descriptionCode": "036"}}, TrackingStatus.RETURNING),
        ({"status": {"type": "Q", "descriptionCode": "999"}}, TrackingStatus.UNKNOWN),
    ],
)
def test_a_pushed_delivery_is_one_only_with_its_day(fields, meaning):
    assert pushed(**fields).events[0].status is meaning


def test_a_pushed_update_is_no_event():
    assert pushed(status={"type": "U", "code": "UP"}).events == ()


def test_a_parcel_is_found_under_its_reference_unless_it_was_voided():
    voided = SCAN | {"status": {"type": "MV", "code": "VP", "statusCode": "007"}}
    under = {"referenceNumber": [{"type": "PACKAGE", "number": "R-1"}]}
    assert find_package(decode(answer(SCAN, **under), Document), "R-1").tracking_number == "1Z1"
    assert find_package(decode(answer(SCAN, **under), Document), "R-2") is None
    assert find_package(decode(answer(voided, **under), Document), "R-1") is None


@pytest.mark.parametrize("name", ["CompleteSuccess", "PartialSuccess"])
def test_a_genuine_subscription_names_what_was_taken(contracts, name):
    document = (contracts / f"ups/samples/trackalert-subscribe-response-{name}Example.json").read_bytes()
    assert decode(document, Subscribed).valid_tracking_numbers == ("1Z1234567891234556",)


def test_a_subscription_names_one_parcel():
    assert subscription(Parcel(carrier="ups", tracking_number="1Z1"))["trackingNumberList"] == ["1Z1"]


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"", "$"),
        (b"{}", "$.trackingNumber"),
        (msgspec.json.encode(PUSH | {"activityStatus": None}), "$.activityStatus"),
        (msgspec.json.encode(PUSH | {"gmtActivityTime": "soon"}), "$.gmtActivityDate"),
        (answer(SCAN, trackingNumber=""), "$.trackResponse.shipment[0].package[0].trackingNumber"),
        (
            answer(SCAN, SCAN | {"gmtTime": "later"}),
            "$.trackResponse.shipment[0].package[0].activity[1].gmtDate",
        ),
    ],
)
def test_a_spoiled_document_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path
