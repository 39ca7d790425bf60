"""What the SF Express twin remembers: waybills, their scans, and the texts SF writes about them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

import msgspec

from mappings.canonical import TrackingStatus

BEIJING = timezone(timedelta(hours=8))
ROUTES_PER_PUSH = 10

SCANS: Mapping[TrackingStatus, tuple[str, str]] = {
    TrackingStatus.PICKED_UP: ("50", "顺丰速运 已收取快件"),
    TrackingStatus.IN_TRANSIT: ("31", "快件到达 【深圳宝安中转场】"),
    TrackingStatus.OUT_FOR_DELIVERY: ("204", "快件交给【张三】，正在派送途中"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("70", "派送不成功，改日再派"),
    TrackingStatus.DELIVERED: ("80", "已签收，感谢使用顺丰"),
    TrackingStatus.RETURNING: ("648", "快件已退回，新单号见备注"),
}
"""opCode and remark per step. A return travels under another waybill, so this one ends with 648; a lost
parcel simply falls silent."""


@dataclass(kw_only=True)
class Waybill:
    """One order and its parcels."""

    order_id: str
    number: str
    sub_numbers: Sequence[str]
    tails: frozenset[str]
    booked_at: datetime
    quantities: Mapping[str, int]
    collects: Decimal
    filter_result: int
    confirmed_at: datetime
    status: TrackingStatus = TrackingStatus.PRE_TRANSIT
    cancelled: bool = False
    routes: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, now: datetime) -> dict[str, Any]:
        """`msgData` of create and search."""
        checked = self.filter_result == 1 and now >= self.confirmed_at
        numbers = [(1, self.number), *((2, number) for number in self.sub_numbers)] if self.number else []
        return {
            "orderId": self.order_id,
            "originCode": "755",
            "destCode": "020",
            "filterResult": 2 if checked else self.filter_result,
            "remark": "2" if self.filter_result == 3 else "",
            "waybillNoInfoList": [
                {"waybillType": kind, "waybillNo": number, "boxNo": None} for kind, number in numbers
            ],
            "routeLabelInfo": [{"code": "1000", "routeLabelData": {"destRouteLabel": "020W-F0-CK"}}],
        }

    def scan(self, at: datetime, status: TrackingStatus) -> dict[str, Any] | None:
        """Enter a scan; null where SF writes none for such a step."""
        if status not in SCANS:
            return None
        self.status = status
        code, remark = SCANS[status]
        route = {
            "acceptTime": beijing_text(at),
            "acceptAddress": "深圳市",
            "remark": remark,
            "opCode": code,
        }
        self.routes.append(route)
        return route


def beijing_text(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def route_pushes(routes: Sequence[dict[str, Any]], form: bool) -> Iterator[tuple[str, bytes]]:
    """Content type and body of pushes with at most ten routes each, several waybills mixed."""
    for start in range(0, len(routes), ROUTES_PER_PUSH):
        batch = routes[start : start + ROUTES_PER_PUSH]
        if form:
            yield "application/x-www-form-urlencoded;charset=UTF-8", _xml_form(batch)
        else:
            yield "application/json", msgspec.json.encode({"Body": {"WaybillRoute": batch}})


def _xml_form(routes: Sequence[dict[str, Any]]) -> bytes:
    rows = "".join(
        "<WaybillRoute "
        + " ".join(f"{name}={quoteattr(value)}" for name, value in route.items() if value is not None)
        + "/>"
        for route in routes
    )
    xml = f'<Request service="RoutePushService" lang="zh-CN"><Body>{rows}</Body></Request>'
    return urlencode({"content": xml}).encode()


def order_state_push(waybill: Waybill, code: str, words: str, at: datetime, request_id: str) -> bytes:
    """The order state push of one step."""
    state = {
        "orderNo": waybill.order_id,
        "waybillNo": waybill.number,
        "orderStateCode": code,
        "orderStateDesc": words,
        "empCode": "500003",
        "empPhone": "",
        "netCode": "755FG",
        "lastTime": beijing_text(at),
        "bookTime": "",
        "carrierCode": "SF",
        "createTm": beijing_text(at),
    }
    timestamp = str(int(at.astimezone(UTC).timestamp() * 1000))
    return msgspec.json.encode({"requestId": request_id, "timestamp": timestamp, "orderState": [state]})


def acknowledged(push: bytes, answer: bytes) -> bool:
    """Each form of push wants its own words; anything else is repeated."""
    if push.startswith(b"content="):
        return b"<Head>OK</Head>" in answer
    try:
        words = msgspec.json.decode(answer, type=dict[str, Any])
    except msgspec.MsgspecError:
        return False
    if b'"orderState"' in push:
        return words.get("success") == "true" and words.get("code") == "0"
    return words.get("return_code") == "0000"
