"""Genuine EasyPost trackers and events become their golden reports; spoiled ones name the place."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.easypost import read_tracking
from mappings.carriers.easypost.tables import CARRIER, carrier_of, name_of, status_of
from mappings.carriers.easypost.tracking import Trackers, tracker_body, tracker_in
from mappings.documents import decode
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
PARCEL = Parcel(carrier="usps", tracking_number="EZ1000000001")

DETAIL = {"datetime": "2026-01-02T03:04:05Z", "status": "in_transit", "message": "Departed"}
TRACKER = {"tracking_code": "1", "carrier": "UPS", "tracking_details": [DETAIL]}


@pytest.fixture
def sample(contracts):
    return lambda name: (contracts / "easypost" / "samples" / f"{name}.json").read_bytes()


def read(**fields):
    (report,) = read_tracking(msgspec.json.encode(TRACKER | fields))
    return report


def golden(name):
    return msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])


@pytest.mark.parametrize(
    "name",
    [
        "live-tracker-create-0",
        "live-tracker-retrieve-batch-0",
        "tracking-tracking-response",
        "docs-trackers-create",
    ],
)
def test_a_genuine_tracker_becomes_its_golden_report(sample, name):
    assert read_tracking(sample(name)) == golden(name)


@pytest.mark.parametrize("name", ["webhook-body-exact-bytes", "docs-event-body"])
def test_a_genuine_event_holds_the_tracker_that_becomes_its_golden_report(sample, name):
    assert read_tracking(tracker_in(sample(name))) == golden(name)


@pytest.mark.parametrize("name", ["docs-trackers-list", "live-tracker-retrieve-batch-1"])
def test_a_genuine_list_holds_the_parcels_tracker(sample, name):
    (tracker,) = decode(sample(name), Trackers).trackers
    assert read_tracking(bytes(tracker)) == golden(name)


def test_an_event_without_its_result_or_about_something_else_brings_nothing(sample):
    assert tracker_in(sample("docs-events-retrieve")) is None
    assert tracker_in(b'{"description":"refund.successful","result":{"id":"rfnd_1"}}') is None


@pytest.mark.parametrize(
    ("status", "detail", "meaning"),
    [
        ("failure", "", TrackingStatus.DELIVERY_ATTEMPTED),
        ("failure", "lost", TrackingStatus.LOST),
        ("error", "damaged", TrackingStatus.EXCEPTION),
        ("error", "", TrackingStatus.UNKNOWN),
        ("in_transit", "lost", TrackingStatus.IN_TRANSIT),
        ("return_to_sender", "return", TrackingStatus.RETURNING),
        ("teleported", "", TrackingStatus.UNKNOWN),
    ],
)
def test_a_detail_says_what_a_failure_is_about_and_nothing_else(status, detail, meaning):
    assert status_of(status, detail) is meaning


def test_every_code_of_the_sheet_is_read_as_it_says(status_map):
    sheet = status_map("easypost", "tracker.status / tracking_details[].status")
    assert {code: str(status_of(code, "")) for code in sheet} == sheet


def test_a_time_without_zone_stays_the_carriers_text():
    event = read(tracking_details=[DETAIL | {"datetime": "2026-01-02T03:04:05"}]).events[0]
    assert (event.occurred_at, event.local_text) == (None, "2026-01-02T03:04:05")


def test_events_are_sorted_and_told_once():
    earlier = DETAIL | {"datetime": "2026-01-01T00:00:00Z", "message": "Picked up"}
    events = read(tracking_details=[DETAIL, earlier, DETAIL]).events
    assert [event.description for event in events] == ["Picked up", "Departed"]


@pytest.mark.parametrize("details", [None, []])
def test_a_tracker_without_scans_has_no_events(details):
    assert read(tracking_details=details).events == ()


@pytest.mark.parametrize("carrier", [*CARRIER.codes.values(), "CanadaPost"])
def test_carrier_names_survive_the_round_trip(carrier):
    assert carrier_of(name_of(carrier)) == carrier


def test_a_tracker_is_asked_for_in_the_vendors_words():
    assert tracker_body(PARCEL) == {"tracker": {"tracking_code": "EZ1000000001", "carrier": "USPS"}}


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"{}", "$.tracking_code"),
        (msgspec.json.encode(TRACKER | {"tracking_code": ""}), "$.tracking_code"),
        (msgspec.json.encode(TRACKER | {"tracking_details": [{}]}), "$.tracking_details[0].datetime"),
        (
            msgspec.json.encode(TRACKER | {"tracking_details": [DETAIL, DETAIL | {"datetime": "soon"}]}),
            "$.tracking_details[1].datetime",
        ),
        (b"", "$"),
    ],
)
def test_a_spoiled_tracker_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path
