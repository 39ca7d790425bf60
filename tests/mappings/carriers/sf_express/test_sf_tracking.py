"""Genuine SF Express documents become the golden reports; spoiled ones name the place."""

from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import TrackingReport, TrackingStatus
from mappings.carriers.sf_express import read_tracking
from mappings.carriers.sf_express.answer import read_result
from mappings.carriers.sf_express.pushes import Scan
from mappings.carriers.sf_express.tables import FIRST_STATUS, ORDER_STATE, ROUTE_STATUS
from mappings.carriers.sf_express.tracking import PushKind, query_routes, read_push, split_routes, status_of
from mappings.errors import MappingError

EXPECTED = Path(__file__).parent / "expected"

ROUTE = {
    "mailno": "SF1",
    "orderid": "R-1",
    "acceptTime": "2025-05-26 09:55:52",
    "acceptAddress": "深圳市",
    "remark": "已收取",
    "opCode": "50",
    "id": "1",
}

XML = (
    '<?xml version="1.0" encoding="UTF-8"?><Request service="RoutePushService" lang="zh-CN"><Body>'
    '<WaybillRoute id="1" mailno="SF1" orderid="R-1" acceptTime="2025-05-26 09:56:25" acceptAddress="郑州市"'
    ' remark="快件到达 &lt;郑州&gt;" opCode="31"/>'
    '<WaybillRoute id="2" mailno="SF2" acceptTime="2025-05-26 09:55:52" remark="已收取" opCode="50"/>'
    "</Body></Request>"
)


def push(*routes):
    return msgspec.json.encode({"Body": {"WaybillRoute": list(routes)}})


def golden(name):
    return msgspec.json.decode((EXPECTED / f"{name}.json").read_bytes(), type=tuple[TrackingReport, ...])


@pytest.mark.parametrize(
    "name",
    [
        "route-push-30",
        "route-push-31",
        "route-push-50",
        "order-state-push-04-40001",
        "order-state-push-04-40037",
    ],
)
def test_genuine_pushes_become_their_golden_reports(contracts, name):
    document = (contracts / "sf-express" / "samples" / f"{name}.json").read_bytes()
    assert read_tracking(document) == golden(name)


def test_the_genuine_route_answer_is_split_and_becomes_its_golden_report(contracts):
    answer = (contracts / "sf-express" / "samples" / "search-routes-response.json").read_bytes()
    ((number, document),) = split_routes(read_result(answer).data)
    assert number == "SF1011603494291"
    assert read_tracking(document) == golden("search-routes-response")


def test_routes_of_several_waybills_are_grouped_and_sorted_oldest_first():
    later = ROUTE | {"acceptTime": "2025-05-27 08:00:00", "opCode": "31"}
    reports = read_tracking(push(later, ROUTE | {"mailno": "SF2", "orderid": None}, ROUTE))
    assert [(r.tracking_number, r.reference) for r in reports] == [("SF1", "R-1"), ("SF2", "")]
    assert [event.code for event in reports[0].events] == ["50", "31"]


def test_scans_of_one_second_keep_their_order():
    reports = read_tracking(push(ROUTE, ROUTE | {"opCode": "30"}))
    assert [event.code for event in reports[0].events] == ["50", "30"]


@pytest.mark.parametrize("wrap", [str.encode, lambda xml: urlencode({"content": xml}).encode()])
def test_xml_pushes_are_read_bare_and_in_a_form(wrap):
    reports = read_tracking(wrap(XML))
    assert [r.tracking_number for r in reports] == ["SF1", "SF2"]
    assert reports[0].events[0].description == "快件到达 <郑州>"
    assert reports[0].events[0].occurred_at.isoformat() == "2025-05-26T09:56:25+08:00"


@pytest.mark.parametrize("field", ["content", "msgData"])
def test_json_pushes_are_read_in_a_form(field):
    assert read_tracking(urlencode({field: push(ROUTE).decode()}).encode()) == read_tracking(push(ROUTE))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (push(ROUTE), PushKind.ROUTES),
        (XML.encode(), PushKind.XML_ROUTES),
        (push(), PushKind.ROUTES),
        (b'{"orderState":[]}', PushKind.ORDER_STATES),
    ],
)
def test_each_kind_of_push_is_told_apart(body, kind):
    assert read_push(body).kind is kind


def test_xml_with_a_document_type_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + XML.partition("?>")[2]
    with pytest.raises(MappingError, match="document type"):
        read_tracking(bomb.encode())


@pytest.mark.parametrize("body", [b"<Request", b"<a/>", b"\xff", b"", b"content=", b'{"a":1}', b"x=%FF"])
def test_rubbish_is_a_mapping_error_or_no_report(body):
    try:
        assert read_tracking(body) == ()
    except MappingError as error:
        assert error.path.startswith("$")


@pytest.mark.parametrize("field", ["mailno", "acceptTime", "opCode"])
def test_a_missing_field_is_named_with_its_path(field):
    route = {name: value for name, value in ROUTE.items() if name != field}
    with pytest.raises(MappingError) as caught:
        read_tracking(push(ROUTE, route))
    assert caught.value.path == f"$.Body.WaybillRoute[1].{field}"


def test_a_missing_field_in_xml_is_named_with_its_path():
    with pytest.raises(MappingError) as caught:
        read_tracking(XML.replace(' mailno="SF2"', "").encode())
    assert caught.value.path == "$.Body.WaybillRoute[1].mailno"


def test_an_unreadable_time_is_named_with_its_path():
    with pytest.raises(MappingError) as caught:
        read_tracking(push(ROUTE | {"acceptTime": "yesterday"}))
    assert caught.value.path == "$.Body.WaybillRoute[0].acceptTime"


@pytest.mark.parametrize(
    ("code", "remark", "status"),
    [
        ("44", "正在分配最近的收派员", TrackingStatus.IN_TRANSIT),
        ("44", "快件正在派送途中,请您准备签收", TrackingStatus.OUT_FOR_DELIVERY),
        ("44", None, TrackingStatus.IN_TRANSIT),
        ("80", "已签收", TrackingStatus.DELIVERED),
        ("648", "快件已退回", TrackingStatus.RETURNING),
        ("9999", "已签收", TrackingStatus.DELIVERED),
        ("9999", "快件派送途中,请您准备签收", TrackingStatus.OUT_FOR_DELIVERY),
        ("9999", "派件中", TrackingStatus.OUT_FOR_DELIVERY),
        ("9999", "快件已转寄", TrackingStatus.RETURNING),
        ("9999", "已放入丰巢", TrackingStatus.AVAILABLE_FOR_PICKUP),
        ("9999", "something new", TrackingStatus.UNKNOWN),
    ],
)
def test_status_follows_the_code_then_the_remark(code, remark, status):
    assert status_of(Scan(accept_time="", op_code=code, remark=remark)) is status


def test_an_unknown_code_falls_back_on_the_first_status_code_and_keeps_its_own():
    routes = [ROUTE | {"opCode": "9999", "remark": "?", "firstStatusCode": "1"}]
    (report,) = read_tracking(msgspec.json.encode({"mailNo": "SF1", "routes": routes}))
    assert (report.events[0].status, report.events[0].code) == (TrackingStatus.PICKED_UP, "9999")


def test_an_unknown_order_state_stays_unknown():
    state = {
        "waybillNo": "SF1",
        "orderStateCode": "99-1",
        "lastTime": "",
        "createTm": "2025-05-23 15:12:58",
    }
    (report,) = read_tracking(msgspec.json.encode({"orderState": [state]}))
    assert report.events[0].status is TrackingStatus.UNKNOWN


@given(st.text(max_size=8), st.text(max_size=30))
def test_no_code_and_no_remark_ever_raise(code, remark):
    assert isinstance(status_of(Scan(accept_time="", op_code=code, remark=remark)), TrackingStatus)


def test_tables_name_only_codes_as_text_and_their_source():
    for table in (ROUTE_STATUS, FIRST_STATUS, ORDER_STATE):
        assert table.source and table.read_on
        assert all(isinstance(code, str) for code in table.codes)


def test_a_number_without_routes_is_left_out():
    data = b'{"routeResps":[{"mailNo":"SF1","routes":[]},{"mailNo":"SF2","routes":null}]}'
    assert split_routes(data) == ()


def test_telephone_tails_are_sent_once_and_only_if_known():
    query = msgspec.json.decode(query_routes(["SF1", "SF2", "SF3"], ["1234", "", "1234"]))
    assert query["checkPhoneNo"] == "1234"
    assert query["trackingNumber"] == ["SF1", "SF2", "SF3"]
