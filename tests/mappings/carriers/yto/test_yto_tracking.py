"""Genuine YTO documents become the golden reports; careless ones are read as far as they mean something."""

from pathlib import Path

import msgspec
import pytest

from mappings.canonical import Parcel, TrackingReport, TrackingStatus
from mappings.carriers.yto import read_tracking
from mappings.carriers.yto.pushes import read_push
from mappings.carriers.yto.tracking import subscription
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"
SCAN = {"waybill_No": "YT1", "upload_Time": "2021-06-19 17:19:42", "infoContent": "GOT"}
PUSH = {"mailNo": "YT1", "infoType": "STATUS", "infoContent": "GOT", "acceptTime": "2026-03-02 16:00:00"}


def listed(*scans):
    return msgspec.json.encode(scans)


def pushed(**changes):
    fields = {name: value for name, value in (PUSH | changes).items() if value is not None}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<UpdateInfo>{inner}</UpdateInfo>".encode()


def sample(contracts, name):
    return (contracts / "yto" / "samples" / name).read_bytes()


@pytest.mark.parametrize("name", ["track-query-response.json", "status-push-updateinfo.xml"])
def test_genuine_documents_become_their_golden_reports(contracts, name):
    golden = (EXPECTED / f"{name.rpartition('.')[0]}.json").read_bytes()
    assert read_tracking(sample(contracts, name)) == msgspec.json.decode(
        golden, type=tuple[TrackingReport, ...]
    )


def test_the_genuine_answer_that_found_nothing_is_no_report(contracts):
    assert read_tracking(sample(contracts, "track-query-empty-response.json")) == ()


def test_scans_of_several_waybills_are_grouped_and_sorted():
    later = SCAN | {"upload_Time": "2021-06-20 08:00:00", "infoContent": "TMS_RETURN"}
    reports = read_tracking(listed(later, SCAN | {"waybill_No": "YT2"}, SCAN))
    assert [report.tracking_number for report in reports] == ["YT1", "YT2"]
    assert [event.status for event in reports[0].events] == [
        TrackingStatus.PICKED_UP,
        TrackingStatus.RETURNING,
    ]


@pytest.mark.parametrize("code", ["RETURN", "", None])
def test_a_code_that_nobody_knows_stays_unknown(code):
    (report,) = read_tracking(listed(SCAN | {"infoContent": code}))
    assert (report.events[0].status, report.events[0].code) == (TrackingStatus.UNKNOWN, code or "")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2017-05-1 14:28:31.0 CST", "2017-05-01T14:28:31+08:00"),
        ("2026-03-02 16:00:00", "2026-03-02T16:00:00+08:00"),
        (" 2026-3-2 6:0:0.123 ", "2026-03-02T06:00:00+08:00"),
    ],
)
def test_careless_times_are_read_as_beijing_time(text, moment):
    (report,) = read_tracking(pushed(acceptTime=text))
    assert report.events[0].occurred_at.isoformat() == moment


def test_a_push_names_our_reference_as_we_know_it():
    (report,) = read_tracking(pushed(txLogisticID="orderhub-R-1"))
    assert report.reference == "R-1"


def test_a_push_about_something_else_than_a_status_is_no_report():
    assert read_tracking(pushed(infoType="WEIGHT")) == ()


def test_only_elements_below_the_root_are_fields():
    document = b"<UpdateInfo>x<mailNo>YT<b>9</b>1&lt;</mailNo><a/></UpdateInfo>"
    assert read_push(document) == {"mailNo": "YT1<", "a": ""}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (pushed(infoContent=None), "$.infoContent"),
        (pushed(acceptTime="soon"), "$.acceptTime"),
        (pushed(acceptTime="2026-13-45 16:00:00"), "$.acceptTime"),
        (b"<UpdateInfo", "$"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><UpdateInfo><mailNo>&a;</mailNo></UpdateInfo>', "$"),
        (b"{}", "$.map"),
        (listed(SCAN, {"waybill_No": "YT1"}), "$[1].upload_Time"),
        (listed(SCAN | {"upload_Time": "soon"}), "$[0].upload_Time"),
        (b"", "$"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(body, path):
    with pytest.raises(MappingError) as caught:
        read_tracking(body)
    assert caught.value.path == path


def test_a_subscription_is_json_inside_json():
    content = msgspec.json.decode(subscription(Parcel(carrier="yto", tracking_number="YT1"), "K1"))
    assert (content["client_id"], content["msg_type"]) == ("K1", "online")
    assert content["logistics_interface"] == '{"clientId":"K1","waybillNo":"YT1"}'
