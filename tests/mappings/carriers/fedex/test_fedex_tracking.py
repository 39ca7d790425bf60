"""Genuine FedEx results become their golden reports; spoiled ones name the place."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.fedex import read_tracking
from mappings.carriers.fedex.tables import status_of
from mappings.carriers.fedex.tracking import Answer, is_cancelled, numbers_body, reference_body
from mappings.documents import decode
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
SCAN = {
    "date": "2026-01-02T03:04:05-06:00",
    "eventType": "AR",
    "derivedStatusCode": "IT",
    "eventDescription": "Arrived",
}


def result(*scans):
    return {"scanEvents": list(scans)}


def read(*results):
    (report,) = read_tracking(msgspec.json.encode({"trackingNumber": "7", "trackResults": results}))
    return report


def scan(kind, day):
    return SCAN | {"eventType": kind, "date": f"2026-01-{day:02d}T12:00:00-06:00"}


@pytest.mark.parametrize("name", ["tracking-tracking-response", "tracking-duplicate-tracking-response"])
def test_genuine_results_become_their_golden_reports(contracts, name):
    expected = msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])
    answer = decode((contracts / "fedex" / "samples" / f"{name}.json").read_bytes(), Answer)
    assert tuple(report for it in answer.documents for report in read_tracking(it)) == expected


def test_every_code_of_the_sheet_is_read_as_it_says(status_map):
    sheet = status_map("fedex", "scanEvents.eventType / latestStatusDetail.code")
    assert {code: str(status_of(code, "")) for code in sheet} == dict(sheet)


@pytest.mark.parametrize(
    ("event", "derived", "meaning"),
    [
        ("ZZ", "DL", TrackingStatus.DELIVERED),
        ("", "PU", TrackingStatus.PICKED_UP),
        ("DE", "DL", TrackingStatus.DELIVERY_ATTEMPTED),
        ("ZZ", "ZZ", TrackingStatus.UNKNOWN),
    ],
)
def test_a_scan_s_own_code_comes_before_the_derived_one(event, derived, meaning):
    assert status_of(event, derived) is meaning


def test_of_two_shipments_under_one_number_the_one_scanned_last_counts():
    older, newer = result(scan("DL", 3)), result(scan("OD", 5), scan("PU", 4))
    for order in ((older, newer), (newer, older)):
        assert [event.code for event in read(*order).events] == ["PU", "OD"]


def test_a_delivery_after_the_parcel_turned_back_is_its_return():
    events = read(result(scan("DL", 4), scan("AR", 3), scan("RS", 2), scan("DE", 1))).events
    assert [str(event.status) for event in events] == [
        "delivery_attempted",
        "returning",
        "in_transit",
        "returned",
    ]


def test_a_scan_keeps_its_own_offset_and_one_without_stays_text():
    events = read(result(SCAN, SCAN | {"date": "2026-01-01T00:00:00", "eventType": "OC"})).events
    assert {(str(it.occurred_at), it.local_text) for it in events} == {
        ("2026-01-02 03:04:05-06:00", ""),
        ("None", "2026-01-01T00:00:00"),
    }


def test_a_number_without_scans_has_no_events():
    assert read({"error": {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND"}}).events == ()
    assert read().events == ()


def test_a_cancelled_shipment_is_known_by_its_newest_scan():
    assert is_cancelled(read(result(scan("CA", 2), scan("OC", 1))))
    assert not is_cancelled(read(result(scan("PU", 3), scan("CA", 2))))
    assert not is_cancelled(read())


def test_what_is_asked_names_parcels_or_a_reference():
    (wanted,) = numbers_body([Parcel(carrier="fedex", tracking_number="7")])["trackingInfo"]
    assert wanted == {"trackingNumberInfo": {"trackingNumber": "7"}}
    body = reference_body("R-1", "123456789", datetime(2026, 3, 10, tzinfo=UTC))
    assert body["includeDetailedScans"] is True, "a cancellation is known by its scans"
    about = body["referencesInformation"]
    assert (about["value"], about["shipDateBegin"], about["shipDateEndDate"]) == (
        "R-1",
        "2026-03-03",
        "2026-03-11",
    )


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"", "$"),
        (b"{}", "$.trackingNumber"),
        (b'{"trackingNumber":""}', "$.trackingNumber"),
        (
            msgspec.json.encode({"trackingNumber": "7", "trackResults": [result({})]}),
            "$.trackResults[0].scanEvents[0].date",
        ),
        (
            msgspec.json.encode(
                {"trackingNumber": "7", "trackResults": [result(), result(SCAN | {"date": "x"})]}
            ),
            "$.trackResults[1].scanEvents[0].date",
        ),
    ],
)
def test_a_spoiled_result_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path
