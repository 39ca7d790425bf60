"""Genuine Kuaidi100 documents become the golden reports; spoiled ones name the place."""

from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.kuaidi100 import read_tracking
from mappings.carriers.kuaidi100.tables import COMPANY, carrier_of, company_of, status_of
from mappings.carriers.kuaidi100.tracking import query, subscription
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"

ENTRY = {"ftime": "2026-01-02 03:04:05", "context": "已揽收", "statusCode": "1", "areaName": "广东,深圳市"}
RESULT = {"nu": "YT1", "com": "yuantong", "state": "1", "status": "200", "data": [ENTRY]}


def push(**fields):
    param = msgspec.json.encode({"status": "polling", "lastResult": RESULT} | fields).decode()
    return urlencode({"sign": "x", "param": param}).encode()


def read(**fields):
    (report,) = read_tracking(msgspec.json.encode(RESULT | fields))
    return report


def golden(name):
    return msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])


def test_the_genuine_query_answer_becomes_its_golden_report(contracts):
    document = (contracts / "kuaidi100" / "samples" / "query-response-resultv2-4.json").read_bytes()
    assert read_tracking(document) == golden("query-response-resultv2-4")


def test_the_genuine_push_becomes_its_golden_report(contracts):
    form = msgspec.json.decode((contracts / "kuaidi100" / "samples" / "push-form.json").read_bytes())
    assert read_tracking(urlencode(form).encode()) == golden("push-form")
    assert read_tracking(form["param"].encode()) == golden("push-form")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("0", TrackingStatus.IN_TRANSIT),
        ("1001", TrackingStatus.IN_TRANSIT),
        ("1003", TrackingStatus.IN_TRANSIT),
        ("10", TrackingStatus.IN_TRANSIT),
        ("13", TrackingStatus.EXCEPTION),
        ("14", TrackingStatus.DELIVERY_ATTEMPTED),
        ("304", TrackingStatus.DELIVERED),
        ("401", TrackingStatus.CANCELLED),
        ("399", TrackingStatus.DELIVERED),
        ("599", TrackingStatus.OUT_FOR_DELIVERY),
        ("999", TrackingStatus.UNKNOWN),
        ("1009", TrackingStatus.UNKNOWN),
        ("15", TrackingStatus.UNKNOWN),
        ("", TrackingStatus.UNKNOWN),
    ],
)
def test_three_digits_fall_back_on_the_first_and_others_never(code, status):
    assert status_of(code) is status


@given(st.text(max_size=6))
def test_no_code_ever_raises(code):
    assert isinstance(status_of(code), TrackingStatus)


def test_the_newest_events_unknown_code_is_read_from_the_parcels_state():
    older = ENTRY | {"ftime": "2026-01-01 00:00:00", "statusCode": "x"}
    report = read(state="3", data=[ENTRY | {"statusCode": "y"}, older])
    assert [(e.code, e.status) for e in report.events] == [
        ("x", TrackingStatus.UNKNOWN),
        ("y", TrackingStatus.DELIVERED),
    ]


def test_events_are_oldest_first_and_equal_times_are_turned_round():
    report = read(data=[ENTRY | {"statusCode": "103"}, ENTRY, ENTRY | {"ftime": "2026-01-05 00:00:00"}])
    assert [event.code for event in report.events] == ["1", "103", "1"]


def test_times_are_beijing_and_fall_back_on_the_other_field():
    report = read(data=[{"time": "2026-01-02 03:04:05", "status": "派件"}])
    assert report.events[0].occurred_at.isoformat() == "2026-01-02T03:04:05+08:00"
    assert report.events[0].status is TrackingStatus.OUT_FOR_DELIVERY


@pytest.mark.parametrize(
    ("status", "com_new", "watching"),
    [
        ("polling", "", True),
        ("updateall", None, True),
        ("shutdown", "", False),
        ("abort", "", False),
        ("abort", "zhongtong", True),
    ],
)
def test_watching_ends_unless_only_the_company_was_wrong(status, com_new, watching):
    (report,) = read_tracking(push(status=status, comNew=com_new))
    assert report.watching is watching


def test_a_corrected_company_is_the_carrier():
    (report,) = read_tracking(push(autoCheck="1", comOld="yuantong", comNew="zhongtong"))
    assert report.carrier == "zto"


def test_a_second_leg_is_a_report_of_its_own():
    reports = read_tracking(push(destResult=RESULT | {"nu": "RR1", "com": "usps"}))
    assert [(r.carrier, r.tracking_number) for r in reports] == [("yto", "YT1"), ("usps", "RR1")]


@pytest.mark.parametrize("data", [None, []])
def test_a_push_without_events_has_none(data):
    (report,) = read_tracking(push(lastResult=RESULT | {"data": data}))
    assert report.events == ()


@pytest.mark.parametrize("carrier", [*COMPANY.codes.values(), "annengwuliu"])
def test_carrier_names_survive_the_round_trip(carrier):
    assert carrier_of(company_of(carrier)) == carrier


@pytest.mark.parametrize(
    ("spoiled", "path"),
    [
        (msgspec.json.encode({"nu": "YT1"}), "$.com"),
        (b'{"status":"polling"}', "$.lastResult"),
        (push(lastResult={"com": "yuantong"}), "$.lastResult.nu"),
        (push(lastResult=RESULT | {"data": [ENTRY, {"context": "?"}]}), "$.lastResult.data[1].ftime"),
        (push(lastResult=RESULT | {"data": [ENTRY | {"ftime": "soon"}]}), "$.lastResult.data[0].ftime"),
        (b"param=%FF", "$"),
        (b"param=", "$"),
        (b"", "$"),
    ],
)
def test_a_spoiled_document_is_named_with_its_path(spoiled, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(spoiled)
    assert caught.value.path == path


def test_queries_and_subscriptions_use_the_vendors_company():
    parcel = Parcel(carrier="yto", tracking_number="YT9693083639795")
    assert query(parcel) == (
        '{"com":"yuantong","num":"YT9693083639795","phone":"","from":"","to":"",'
        '"resultv2":"4","show":"0","order":"desc"}'
    )
    wanted = msgspec.json.decode(subscription(parcel, "https://hub.example/h", "k", "s", True))
    assert (wanted["company"], wanted["key"]) == ("yuantong", "k")
    assert wanted["parameters"]["autoCom"] == "1"
