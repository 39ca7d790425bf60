"""Genuine ZTO pushes become the golden reports; queries and pushes keep their own words."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.zto import read_tracking
from mappings.carriers.zto.tracking import query
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
SCAN = {"billCode": "73", "scanType": "收件", "scanDate": 1747897595000, "desc": "已揽收"}
PUSH = {"billCode": "73", "action": "GOT", "actionTime": "2025-05-22 15:06:35"}


def answer(*scans):
    return msgspec.json.encode({"status": True, "statusCode": "SYS000", "result": list(scans)})


def pushed(**changes):
    return msgspec.json.encode(PUSH | changes)


@pytest.mark.parametrize("name", sorted(each.stem for each in EXPECTED.glob("*.json")))
def test_genuine_pushes_become_their_golden_reports(contracts, name):
    form = msgspec.json.decode((contracts / "zto" / "samples" / f"{name}.json").read_bytes())
    golden = (EXPECTED / f"{name}.json").read_bytes()
    assert read_tracking(form["data"].encode()) == msgspec.json.decode(
        golden, type=tuple[TrackingReport, ...]
    )


def test_a_query_is_sorted_and_its_milliseconds_are_beijing_time():
    later = SCAN | {"scanDate": "1747901195000", "scanType": "发件", "scanSite": {"city": "深圳市"}}
    (report,) = read_tracking(answer(later, SCAN))
    first, second = report.events
    assert first.occurred_at.isoformat() == "2025-05-22T15:06:35+08:00"
    assert (second.status, second.code, second.location) == (TrackingStatus.IN_TRANSIT, "发件", "深圳市")


def test_text_instead_of_milliseconds_is_read_too():
    (report,) = read_tracking(answer(SCAN | {"scanDate": "2025-05-22 15:06:35"}))
    assert report.events[0].occurred_at.isoformat() == "2025-05-22T15:06:35+08:00"


@pytest.mark.parametrize(
    ("word", "asked", "pushed_"),
    [
        ("ARRIVAL", TrackingStatus.AVAILABLE_FOR_PICKUP, TrackingStatus.IN_TRANSIT),
        ("DEPARTURE", TrackingStatus.EXCEPTION, TrackingStatus.IN_TRANSIT),
        ("SIGNED", TrackingStatus.DELIVERED, TrackingStatus.DELIVERED),
        ("no such code", TrackingStatus.UNKNOWN, TrackingStatus.UNKNOWN),
    ],
)
def test_the_same_word_means_different_things_in_queries_and_pushes(word, asked, pushed_):
    assert read_tracking(answer(SCAN | {"scanType": word}))[0].events[0].status is asked
    assert read_tracking(pushed(action=word))[0].events[0].status is pushed_


@pytest.mark.parametrize("result", ["null", "[]"])
def test_an_answer_without_scans_is_no_report(result):
    assert read_tracking(f'{{"status":true,"result":{result}}}'.encode()) == ()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (pushed(action=""), "$.action"),
        (pushed(billCode=None), "$.billCode"),
        (pushed(actionTime="soon"), "$.actionTime"),
        (answer(SCAN, {"billCode": "73", "scanType": "收件"}), "$.result[1].scanDate"),
        (answer(SCAN | {"scanDate": 10**18}), "$.result[0].scanDate"),
        (answer(SCAN | {"scanDate": "soon"}), "$.result[0].scanDate"),
        (b"{}", "$.billCode"),
        (b"<html>", "$"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(body, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(body)
    assert caught.value.path == path


def test_queries_name_the_last_digits_of_a_telephone():
    parcel = Parcel(carrier="zto", tracking_number="73", telephone_tail="1234")
    assert query(parcel) == '{"billCode":"73","mobilePhone":"1234"}'
