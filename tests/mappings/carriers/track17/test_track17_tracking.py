"""The genuine push of 17TRACK becomes its golden report; spoiled ones name the place."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.track17 import read_tracking
from mappings.carriers.track17.answers import read_answer
from mappings.carriers.track17.tables import CARRIER, STAGE, STATUS, carrier_of, key_of, status_of
from mappings.carriers.track17.tracking import item_of, registration
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
SAMPLE = "webhook-tracking-updated-ups-delivered"

EVENT = {
    "time_utc": "2026-01-02T03:04:05Z",
    "time_iso": "2026-01-01T19:04:05-08:00",
    "description": "Departed",
    "stage": "Departure",
}


def parcel_document(*events, latest=None, providers=None, **fields):
    providers = [{"events": list(events)}] if providers is None else providers
    info = {"latest_status": latest, "tracking": {"providers": providers}}
    return msgspec.json.encode({"number": "1", "carrier": 100002, "track_info": info} | fields)


def read(*events, **fields):
    (report,) = read_tracking(parcel_document(*events, **fields))
    return report


def test_the_genuine_push_becomes_its_golden_report(contracts):
    document = (contracts / "17track" / "samples" / f"{SAMPLE}.json").read_bytes()
    expected = msgspec.json.decode(
        (EXPECTED / f"{SAMPLE}.json").read_bytes(), type=tuple[TrackingReport, ...]
    )
    assert read_tracking(document) == expected


@pytest.mark.parametrize(
    ("stage", "sub_status", "status"),
    [
        ("Departure", "", TrackingStatus.IN_TRANSIT),
        ("", "InTransit_PickedUp", TrackingStatus.PICKED_UP),
        ("", "InTransit_CustomsProcessing", TrackingStatus.IN_TRANSIT),
        ("", "InTransit_NewWord", TrackingStatus.IN_TRANSIT),
        ("", "Exception_Returned", TrackingStatus.RETURNED),
        ("", "Exception_Other", TrackingStatus.EXCEPTION),
        ("AvailableForPickup", "", TrackingStatus.AVAILABLE_FOR_PICKUP),
        ("Delivered", "Teleported_Other", TrackingStatus.DELIVERED),
        ("Teleported", "", TrackingStatus.UNKNOWN),
        ("", "", TrackingStatus.UNKNOWN),
    ],
)
def test_a_sub_status_is_finer_than_a_stage(stage, sub_status, status):
    assert status_of(stage, sub_status) is status


def test_every_status_and_stage_has_a_meaning():
    assert all(status_of("", status) is meaning for status, meaning in STATUS.codes.items())
    assert all(status_of(stage, "") is meaning for stage, meaning in STAGE.codes.items())


@pytest.mark.parametrize("vocabulary", ["latest_status.status", "latest_status.sub_status"])
def test_every_status_of_the_sheet_is_read_as_it_says(status_map, vocabulary):
    sheet = status_map("17track", vocabulary)
    assert {code: str(status_of("", code)) for code in sheet} == sheet


def test_every_stage_of_the_sheet_is_read_as_it_says(status_map):
    sheet = status_map("17track", "events[].stage / milestone.key_stage")
    assert {code: str(status_of(code, "")) for code in sheet} == sheet


def test_two_providers_tell_one_scan_once():
    posts = [{"events": [EVENT]}, {"events": [EVENT | {"stage": "Arrival"}, EVENT | {"description": "X"}]}]
    assert [event.description for event in read(providers=posts).events] == ["Departed", "X"]


def test_events_are_oldest_first_and_of_equal_times_the_one_listed_first_is_the_newer():
    first = EVENT | {"time_utc": "2026-01-01T00:00:00Z", "description": "A"}
    events = read(EVENT | {"description": "C"}, EVENT | {"description": "B"}, first).events
    assert [event.description for event in events] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("times", "moment", "text"),
    [
        ({}, "2026-01-02T03:04:05+00:00", ""),
        ({"time_utc": None}, "2026-01-01T19:04:05-08:00", ""),
        ({"time_utc": None, "time_iso": "2026-01-01T19:04:05"}, None, "2026-01-01T19:04:05"),
        (
            {"time_utc": None, "time_iso": None, "time_raw": {"date": "2026-01-01", "time": "19:04"}},
            None,
            "2026-01-01 19:04",
        ),
        ({"time_utc": None, "time_iso": None}, None, ""),
    ],
)
def test_the_converted_time_is_preferred_and_none_is_invented(times, moment, text):
    event = read(EVENT | times).events[0]
    assert (event.occurred_at and event.occurred_at.isoformat(), event.local_text) == (moment, text)


def test_the_newest_event_that_says_only_a_text_is_read_from_the_parcels_status():
    silent = EVENT | {"stage": None}
    latest = {"status": "Exception", "sub_status": "Exception_Lost"}
    report = read(silent, EVENT | {"time_utc": "2026-01-01T00:00:00Z", "stage": None}, latest=latest)
    assert [event.status for event in report.events] == [TrackingStatus.UNKNOWN, TrackingStatus.LOST]
    assert report.events[-1].code == "Exception_Lost"


def test_the_newest_events_own_stage_wins_against_the_parcels_status():
    latest = {"status": "Exception", "sub_status": "Exception_Other"}
    event = read(EVENT | {"stage": "AvailableForPickup"}, latest=latest).events[-1]
    assert event.status is TrackingStatus.AVAILABLE_FOR_PICKUP


def test_that_tracking_stopped_ends_the_watch_without_events():
    (report,) = read_tracking(
        b'{"event":"TRACKING_STOPPED","data":{"number":"1","carrier":3011,"tag":"R-1"}}'
    )
    assert (report.watching, report.events, report.reference) == (False, (), "R-1")
    assert report.carrier == "ems-china-post"


def test_a_parcel_is_named_with_its_carriers_key_if_there_is_one():
    assert item_of(Parcel(carrier="ups", tracking_number="1Z")) == {"number": "1Z", "carrier": 100002}
    assert item_of(Parcel(carrier="dhl", tracking_number="1")) == {"number": "1"}
    assert item_of(Parcel(carrier="190008", tracking_number="1")) == {"number": "1", "carrier": 190008}


def test_a_telephone_is_given_only_where_the_carrier_asks_for_it():
    known = {"tracking_number": "SF1", "reference": "R-1", "telephone_tail": "1234"}
    assert registration(Parcel(carrier="sf-express", **known)) == {
        "number": "SF1",
        "tag": "R-1",
        "param": "1234",
    }
    assert "param" not in registration(Parcel(carrier="ups", **known))


@pytest.mark.parametrize("key", CARRIER.codes)
def test_carrier_keys_survive_the_round_trip_or_are_left_to_17track(key):
    assert key_of(carrier_of(int(key))) in (int(key), None)


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"{}", "$.number"),
        (b'{"event":"TRACKING_UPDATED"}', "$.data"),
        (b'{"event":"TRACKING_UPDATED","data":{"carrier":1}}', "$.data.number"),
        (parcel_document(number=""), "$.number"),
        (
            parcel_document(EVENT, EVENT | {"time_utc": "soon"}),
            "$.track_info.tracking.providers[0].events[1].time_utc",
        ),
    ],
)
def test_a_spoiled_document_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path


def test_an_answer_has_two_lists_and_both_may_be_missing():
    answer = read_answer(
        b'{"code":0,"data":{"accepted":[{"number":"1"}],"rejected":[{"number":"2","error":{"code":-1}}]}}'
    )
    assert answer.accepted == (b'{"number":"1"}',)
    assert [rejection.error.code for rejection in answer.rejected] == [-1]
    empty = read_answer(b'{"code":-18010002,"data":{"errors":[{"code":-18010002,"message":"no"}]}}')
    assert (empty.accepted, empty.rejected, empty.message, empty.is_success) == ((), (), "no", False)
