"""Genuine JD Logistics pushes become the golden reports."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.jdl import read_tracking
from mappings.carriers.jdl.booking import Terms
from mappings.carriers.jdl.tracking import query, subscription
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
SCAN = {"waybillCode": "JDVE1", "operationTime": "2026-03-02 16:00:00", "state": "200001", "category": 420}
PARCEL = Parcel(carrier="jdl", tracking_number="JDVE1", telephone_tail="1234")


def listed(*scans):
    return msgspec.json.encode({"collectorName": "张三", "traceDetails": list(scans)})


def event(**changes):
    (report,) = read_tracking(msgspec.json.encode(SCAN | changes))
    return report.events[0]


@pytest.mark.parametrize("name", sorted(each.stem for each in EXPECTED.glob("*.json")))
def test_genuine_pushes_become_their_golden_reports(contracts, name):
    document = (contracts / "jdl" / "samples" / f"{name}.json").read_bytes()
    golden = (EXPECTED / f"{name}.json").read_bytes()
    assert read_tracking(document) == msgspec.json.decode(golden, type=tuple[TrackingReport, ...])


def test_all_genuine_pushes_have_a_golden_report(contracts):
    samples = {each.stem for each in (contracts / "jdl" / "samples").glob("trace-push-*.json")}
    assert samples == {each.stem for each in EXPECTED.glob("*.json")}


def test_traces_are_grouped_by_waybill_and_sorted():
    later = SCAN | {"operationTime": "2026-03-03 16:00:00", "state": "10034"}
    reports = read_tracking(listed(later, SCAN | {"waybillCode": "JDVE2"}, SCAN))
    assert [report.tracking_number for report in reports] == ["JDVE1", "JDVE2"]
    assert [it.status for it in reports[0].events] == [TrackingStatus.PICKED_UP, TrackingStatus.DELIVERED]


@pytest.mark.parametrize("document", [b"null", b'{"traceDetails":[]}', b'{"traceDetails":null}'])
def test_no_traces_are_no_report(document):
    assert read_tracking(document) == ()


@pytest.mark.parametrize(
    ("state", "category", "status", "code"),
    [
        ("200051", 440, TrackingStatus.AVAILABLE_FOR_PICKUP, "200051"),
        ("999999", 440, TrackingStatus.OUT_FOR_DELIVERY, "999999"),
        (None, "510", TrackingStatus.DELIVERED, "510"),
        ("999999", 999, TrackingStatus.UNKNOWN, "999999"),
        (None, None, TrackingStatus.UNKNOWN, ""),
    ],
)
def test_the_fine_code_speaks_before_the_coarse_one(state, category, status, code):
    found = event(state=state, category=category)
    assert (found.status, found.code) == (status, code)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (b'{"operationTime":"2026-03-02 16:00:00"}', "$.waybillCode"),
        (msgspec.json.encode(SCAN | {"operationTime": "soon"}), "$.operationTime"),
        (listed(SCAN, SCAN | {"operationTime": ""}), "$.traceDetails[1].operationTime"),
        (b"<html>", "$"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(document, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(document)
    assert caught.value.path == path


def test_queries_and_subscriptions_name_the_customer():
    named = {"waybillCode": "JDVE1", "orderOrigin": 1, "customerCode": "C"}
    assert msgspec.json.decode(query(PARCEL, Terms(customer_code="C"))) == [named]
    watched = msgspec.json.decode(subscription(PARCEL, Terms(customer_code="C")))
    assert watched == [{**named, "mobile": "1234"}]
