"""The genuine Kdniao answer becomes the golden report; what the contract allows beside it is read too."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.kdniao import read_tracking
from mappings.carriers.kdniao.tables import STATUS, full_province
from mappings.carriers.kdniao.tracking import query, subscription
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
TRACE = {"AcceptTime": "2026-03-02 10:00:00", "AcceptStation": "已揽收", "Action": "1"}


def document(*traces, **fields):
    usual = {"LogisticCode": "YT1", "ShipperCode": "YTO", "Success": True, "Traces": list(traces)}
    return msgspec.json.encode(usual | fields)


def statuses(body):
    return [event.status for event in read_tracking(body)[0].events]


def test_the_genuine_answer_lists_everything_twice_and_becomes_its_golden_report(contracts):
    body = (contracts / "kdniao" / "samples" / "track-8001-response.json").read_bytes()
    golden = msgspec.json.decode(
        (EXPECTED / "track-8001-response.json").read_bytes(), type=tuple[TrackingReport, ...]
    )
    assert read_tracking(body) == golden


def test_a_push_speaks_of_several_parcels_with_our_references():
    entries = [
        {"LogisticCode": "YT1", "ShipperCode": "YTO", "Callback": "R-1", "Traces": [TRACE]},
        {"LogisticCode": "78", "ShipperCode": "ZTO", "CallBack": "R-2", "Traces": None},
        {"LogisticCode": "XX", "ShipperCode": "HTKY", "OrderCode": "R-3"},
    ]
    reports = read_tracking(msgspec.json.encode({"Count": "3", "Data": entries}))
    assert [(r.carrier, r.reference, len(r.events)) for r in reports] == [
        ("yto", "R-1", 1),
        ("zto", "R-2", 0),
        ("HTKY", "R-3", 0),
    ]


def test_events_are_sorted_and_equal_ones_are_one():
    later = TRACE | {"AcceptTime": "2026-03-02 11:00:00", "Action": "204"}
    assert statuses(document(later, TRACE, later)) == [TrackingStatus.PICKED_UP, TrackingStatus.IN_TRANSIT]


def test_a_newer_trace_wins_over_the_state_of_the_parcel():
    returned = TRACE | {"AcceptTime": "2026-03-03 10:00:00", "Action": "406"}
    body = document(TRACE, returned, State="3", StateEx="301")
    assert statuses(body)[-1] is TrackingStatus.RETURNED


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"State": "2", "StateEx": "211"}, TrackingStatus.AVAILABLE_FOR_PICKUP),
        ({"State": "3", "StateEx": "no such"}, TrackingStatus.DELIVERED),
        ({"State": 3}, TrackingStatus.DELIVERED),
        ({"State": "x"}, TrackingStatus.UNKNOWN),
        ({}, TrackingStatus.UNKNOWN),
    ],
)
def test_a_newest_trace_without_a_known_code_has_the_state_of_the_parcel(fields, expected):
    assert statuses(document(TRACE, TRACE | {"AcceptStation": "?", "Action": None}, **fields))[-1] is expected


def test_an_unknown_code_stays_unknown_and_is_kept():
    (report,) = read_tracking(document(TRACE | {"Action": 999}))
    assert (report.events[0].status, report.events[0].code) == (TrackingStatus.UNKNOWN, "999")


def test_cross_border_times_carry_their_zone():
    foreign = TRACE | {"AcceptTime": "2024-06-28T11:23:51", "Timezone": "-05:00"}
    (event,) = read_tracking(document(foreign))[0].events
    assert event.occurred_at.isoformat() == "2024-06-28T11:23:51-05:00"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (document(TRACE | {"AcceptTime": "soon"}), "$.Traces[0].AcceptTime"),
        (document(TRACE | {"Timezone": "EST"}), "$.Traces[0].AcceptTime"),
        (document(LogisticCode=""), "$.LogisticCode"),
        (b'{"Success":false,"Reason":"x"}', "$.LogisticCode"),
        (b'{"Data":[{"ShipperCode":"YTO"}]}', "$.Data[0].LogisticCode"),
        (b"<html>", "$"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(body, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(body)
    assert caught.value.path == path


def test_queries_and_subscriptions_name_the_company_in_the_vendors_words():
    parcel = Parcel(carrier="jtexpress", tracking_number="JT1", reference="R-1", telephone_tail="1234")
    asked, watched = msgspec.json.decode(query(parcel)), msgspec.json.decode(subscription(parcel))
    assert (asked["ShipperCode"], asked["CustomerName"]) == ("JTSD", "1234")
    assert (watched["LogisticCode"], watched["Callback"]) == ("JT1", "R-1")


def test_every_status_but_the_placeholders_has_a_code():
    assert set(STATUS.codes.values()) == set(TrackingStatus)


@pytest.mark.parametrize(
    ("given", "full"),
    [
        ("广东", "广东省"),
        ("广东省", "广东省"),
        ("上海市", "上海"),
        ("新疆", "新疆维吾尔自治区"),
        ("内蒙古自治区", "内蒙古自治区"),
        ("香港", "香港特别行政区"),
    ],
)
def test_provinces_are_written_in_full(given, full):
    assert full_province(given) == full
