"""Genuine answers of DHL's divisions become their golden reports; spoiled ones name the place."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import TrackingReport, TrackingStatus
from mappings.carriers.dhl import read_tracking
from mappings.carriers.dhl.tables import STATUS, WORDS, status_of
from mappings.carriers.dhl.tracking import Found
from mappings.documents import decode
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
EVENT = {"timestamp": "2026-01-02T03:04:05+01:00", "statusCode": "transit", "status": "Sorted"}


def read(**fields):
    return read_tracking(msgspec.json.encode({"id": "1", "events": [EVENT]} | fields))


@pytest.mark.parametrize("name", sorted(path.stem for path in EXPECTED.glob("*.json")))
def test_a_genuine_answer_becomes_its_golden_reports(contracts, name):
    expected = msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])
    found = decode((contracts / "dhl" / "samples" / f"{name}.json").read_bytes(), Found)
    assert tuple(report for it in found.documents for report in read_tracking(it)) == expected


def test_every_code_of_the_sheet_is_read_as_it_says(status_map):
    codes = status_map("dhl", "unified: status.statusCode")
    assert {code: str(meaning) for code, meaning in STATUS.codes.items()} == dict(codes)
    words = status_map(
        "dhl",
        "unified: refinement by events[].status / description"
        " (upper case keys are Parcel NL, others parcel-de English text)",
    )
    assert {word: str(WORDS.codes[word]) for word in words} == dict(words)


@pytest.mark.parametrize(
    ("code", "words", "meaning"),
    [
        ("transit", "DELIVERED_AT_SHIPPER", TrackingStatus.RETURNED),
        ("pre-transit", "DELIVERED", TrackingStatus.DELIVERED),
        ("transit", "Sorted", TrackingStatus.IN_TRANSIT),
        (None, "DEPARTED", TrackingStatus.IN_TRANSIT),
        ("teleported", None, TrackingStatus.UNKNOWN),
    ],
)
def test_words_mean_more_than_a_code_that_lags_behind(code, words, meaning):
    assert status_of(code, words) is meaning


def test_a_shipment_is_told_under_its_number_and_its_pieces(contracts):
    reports = read(details={"pieceIds": ["JD1", "JD2", "1"]})
    assert [it.tracking_number for it in reports] == ["1", "JD1", "JD2"]
    assert reports[0].events == reports[2].events


def test_a_number_may_be_one():
    assert read(id=7777777770)[0].tracking_number == "7777777770"


@pytest.mark.parametrize(
    ("stamp", "instant", "text"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00", ""),
        ("2026-01-02T03:04:05-05:00", "2026-01-02T03:04:05-05:00", ""),
        ("2026-01-02T03:04:05", None, "2026-01-02T03:04:05"),
    ],
)
def test_an_offset_is_kept_and_none_is_invented(stamp, instant, text):
    (event,) = read(events=[EVENT | {"timestamp": stamp}])[0].events
    assert (event.occurred_at and event.occurred_at.isoformat(), event.local_text) == (instant, text)


def test_without_events_the_status_is_the_only_one():
    assert len(read(events=[], status=EVENT)[0].events) == 1
    assert read(events=None)[0].events == ()


def test_an_event_without_its_hour_is_left_out():
    assert read(events=[{"statusCode": "transit"}])[0].events == ()


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (b"", "$"),
        (b"{}", "$.id"),
        (b'{"id":""}', "$.id"),
        (
            msgspec.json.encode({"id": "1", "events": [EVENT, EVENT | {"timestamp": "soon"}]}),
            "$.events[1].timestamp",
        ),
    ],
)
def test_a_spoiled_shipment_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path
