"""Genuine AfterShip trackings become their golden reports; spoiled ones name the place."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.aftership import read_tracking
from mappings.carriers.aftership.tables import SLUG, TAG, carrier_of, slug_of, status_of
from mappings.carriers.aftership.tracking import Listed, registration, tracking_in
from mappings.documents import decode
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"

CHECKPOINT = {
    "checkpoint_time": "2026-01-02T03:04:05-05:00",
    "tag": "InTransit",
    "subtag": "InTransit_003",
    "message": "Arrived",
}
TRACKING = {"tracking_number": "1", "slug": "ups", "active": True, "checkpoints": [CHECKPOINT]}


def read(**fields):
    (report,) = read_tracking(msgspec.json.encode(TRACKING | fields))
    return report


def golden(name):
    return msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])


def test_each_tracking_of_the_genuine_list_becomes_its_golden_report(contracts):
    listed = decode((contracts / "aftership" / "samples" / "get-trackings.json").read_bytes(), Listed)
    reports = tuple(report for each in listed.data.trackings for report in read_tracking(bytes(each)))
    assert reports == golden("get-trackings")


def test_an_expired_tracking_has_no_event_of_its_own(contracts):
    _, expired, _ = golden("get-trackings")
    assert (expired.events, expired.watching) == ((), False)


@pytest.mark.parametrize(
    ("tag", "subtag", "status"),
    [
        ("InTransit", "InTransit_002", TrackingStatus.PICKED_UP),
        ("InTransit", "InTransit_007", TrackingStatus.IN_TRANSIT),
        ("Exception", "Exception_010", TrackingStatus.RETURNING),
        ("Exception", "Exception_011", TrackingStatus.RETURNED),
        ("Exception", "Exception_013", TrackingStatus.LOST),
        ("Exception", "Exception_018", TrackingStatus.EXCEPTION),
        ("Delivered", "Delivered_005", TrackingStatus.DELIVERED),
        ("Delivered", "", TrackingStatus.DELIVERED),
        ("Delivered", "Exception_013", TrackingStatus.UNKNOWN),
        ("Teleported", "Teleported_001", TrackingStatus.UNKNOWN),
        ("", "", TrackingStatus.UNKNOWN),
    ],
)
def test_a_subtag_refines_its_tag_and_no_other(tag, subtag, status):
    assert status_of(tag, subtag) is status


def test_every_tag_has_a_status():
    assert {status_of(tag, f"{tag}_099") for tag in TAG.codes} == set(TAG.codes.values())


@pytest.mark.parametrize("vocabulary", ["tag", "subtag"])
def test_every_code_of_the_sheet_is_read_as_it_says(status_map, vocabulary):
    sheet = status_map("aftership", vocabulary)
    read_as = {code: str(status_of(code.partition("_")[0], code if "_" in code else "")) for code in sheet}
    assert read_as == sheet


def test_a_time_without_zone_stays_the_couriers_text():
    event = read(checkpoints=[CHECKPOINT | {"checkpoint_time": "2018-07-31T06:00:00"}]).events[0]
    assert (event.occurred_at, event.local_text) == (None, "2018-07-31T06:00:00")


def test_an_event_of_unknown_time_stays_behind_the_one_before_it():
    times = ["2026-01-02T03:00:00Z", "2026-01-02T09:00:00", "2026-01-01T03:00:00Z"]
    checkpoints = [CHECKPOINT | {"checkpoint_time": time, "message": time} for time in times]
    assert [event.description for event in read(checkpoints=checkpoints).events] == [times[2], *times[:2]]


def test_the_reference_comes_back_and_watching_ends():
    report = read(order_id="R-1", active=False)
    assert (report.reference, report.watching) == ("R-1", False)


@pytest.mark.parametrize("checkpoints", [None, []])
def test_a_tracking_without_checkpoints_has_no_events(checkpoints):
    assert read(checkpoints=checkpoints).events == ()


def test_only_updates_hold_a_tracking_to_read():
    assert tracking_in(b'{"event":"tracking_update","msg":{"id":"x"}}') == b'{"id":"x"}'
    assert tracking_in(b'{"event":"edd_revise","msg":{"id":"x"}}') is None


def test_a_parcel_is_registered_with_what_is_known():
    parcel = Parcel(carrier="zto", tracking_number="73100196611386", reference="R-1")
    assert registration(parcel) == {
        "tracking_number": "73100196611386",
        "slug": "zto-express",
        "order_id": "R-1",
    }
    assert registration(Parcel(carrier="", tracking_number="1")) == {"tracking_number": "1"}


@pytest.mark.parametrize("carrier", [*SLUG.codes.values(), "hong-kong-post"])
def test_carrier_names_survive_the_round_trip(carrier):
    assert carrier_of(slug_of(carrier)) == carrier


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"{}", "$.tracking_number"),
        (msgspec.json.encode(TRACKING | {"tracking_number": ""}), "$.tracking_number"),
        (msgspec.json.encode(TRACKING | {"checkpoints": [{}]}), "$.checkpoints[0].checkpoint_time"),
        (
            msgspec.json.encode(TRACKING | {"checkpoints": [CHECKPOINT | {"checkpoint_time": "soon"}]}),
            "$.checkpoints[0].checkpoint_time",
        ),
    ],
)
def test_a_spoiled_tracking_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path


def test_a_deleted_trackings_answer_is_a_tracking_without_news(contracts):
    """The answer to a deletion, which we never ask for, has the shape of the older API."""
    document = (contracts / "aftership" / "samples" / "delete-trackings.json").read_bytes()
    with pytest.raises(MappingError):
        read_tracking(document)
