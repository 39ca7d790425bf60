"""The recorded Shippo track becomes its golden report; spoiled ones name the place."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.shippo import read_tracking
from mappings.carriers.shippo.tables import CARRIER, STATUS, carrier_of, status_of, token_of
from mappings.carriers.shippo.tracking import registration, track_in
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
SAMPLE = "track-get-delivered-response"

SCAN = {
    "status": "TRANSIT",
    "substatus": {"code": "package_departed", "text": "", "action_required": False},
    "status_details": "Departed",
    "status_date": "2026-01-02T03:04:05Z",
    "location": {"city": "Oakland", "state": "CA", "zip": "94615", "country": "US"},
}
TRACK = {"carrier": "usps", "tracking_number": "1", "tracking_status": SCAN, "tracking_history": [SCAN]}


def read(**fields):
    (report,) = read_tracking(msgspec.json.encode(TRACK | fields))
    return report


def test_the_recorded_track_becomes_its_golden_report(contracts):
    document = (contracts / "shippo" / "samples" / f"{SAMPLE}.json").read_bytes()
    expected = msgspec.json.decode(
        (EXPECTED / f"{SAMPLE}.json").read_bytes(), type=tuple[TrackingReport, ...]
    )
    assert read_tracking(document) == expected


def test_the_time_of_a_scan_is_the_places_own_whatever_its_z_says():
    (event,) = read().events
    assert (event.occurred_at, event.local_text) == (None, "2026-01-02T03:04:05")


def test_the_present_status_is_told_once_or_ends_the_history():
    assert len(read().events) == 1
    newer = SCAN | {"status": "DELIVERED", "substatus": None, "status_details": "Delivered"}
    assert [event.status for event in read(tracking_status=newer).events] == [
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.DELIVERED,
    ]


@pytest.mark.parametrize(
    ("status", "substatus", "meaning"),
    [
        ("TRANSIT", "", TrackingStatus.IN_TRANSIT),
        ("TRANSIT", "package_accepted", TrackingStatus.PICKED_UP),
        ("TRANSIT", "package_teleported", TrackingStatus.IN_TRANSIT),
        ("RETURNED", "", TrackingStatus.RETURNED),
        ("RETURNED", "return_to_sender", TrackingStatus.RETURNING),
        ("FAILURE", "package_lost", TrackingStatus.LOST),
        ("FAILURE", "", TrackingStatus.EXCEPTION),
        ("UNKNOWN", "other", TrackingStatus.UNKNOWN),
        ("TELEPORTED", "", TrackingStatus.UNKNOWN),
    ],
)
def test_a_substatus_that_is_known_refines_the_status(status, substatus, meaning):
    assert status_of(status, substatus) is meaning


def test_every_status_has_a_meaning():
    assert all(status_of(status, "") is meaning for status, meaning in STATUS.codes.items())


def test_every_code_of_the_sheet_is_read_as_it_says(status_map):
    statuses = status_map("shippo", "tracking_status.status")
    assert {code: str(status_of(code, "")) for code in statuses} == statuses
    substatuses = status_map("shippo", "substatus.code")
    assert {code: str(status_of("", code)) for code in substatuses} == substatuses


@pytest.mark.parametrize("history", [None, []])
def test_a_number_that_was_never_seen_has_no_events(history):
    assert read(tracking_status=None, tracking_history=history).events == ()


@pytest.mark.parametrize("field", ["substatus", "status_details", "status_date", "location"])
def test_a_scan_may_say_little(field):
    scan = SCAN | {field: None}
    (event,) = read(tracking_status=None, tracking_history=[scan]).events
    assert event.status is TrackingStatus.IN_TRANSIT


def test_only_updates_hold_a_track():
    assert track_in(b'{"event":"track_updated","test":false,"data":{"a":1}}') == b'{"a":1}'
    assert track_in(b'{"event":"transaction_updated","data":{"a":1}}') is None


def test_a_parcel_is_registered_under_our_reference():
    parcel = Parcel(carrier="dhl", tracking_number="1", reference="R-1")
    assert registration(parcel) == {"carrier": "dhl_express", "tracking_number": "1", "metadata": "R-1"}


@pytest.mark.parametrize("carrier", [*CARRIER.codes.values(), "canada_post"])
def test_carrier_names_survive_the_round_trip(carrier):
    assert carrier_of(token_of(carrier)) == carrier


def test_a_providers_name_is_its_token_in_other_letters():
    assert [carrier_of(name) for name in ("USPS", "DHL Express", "Canada Post")] == [
        "usps",
        "dhl",
        "canada_post",
    ]


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"{}", "$.tracking_number"),
        (msgspec.json.encode(TRACK | {"tracking_number": ""}), "$.tracking_number"),
        (msgspec.json.encode(TRACK | {"tracking_history": [{}]}), "$.tracking_history[0].status"),
        (b"Not Found", "$"),
    ],
)
def test_a_spoiled_track_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path in (path, "$.tracking_history[...].status")
