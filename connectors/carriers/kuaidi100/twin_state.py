"""What the Kuaidi100 twin remembers: waybills, their scans, and who watches them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec

from connectors.carriers.kuaidi100.signing import sign_push
from mappings.canonical import TrackingStatus

BEIJING = timezone(timedelta(hours=8))

SCANS: Mapping[TrackingStatus, tuple[str, str, str]] = {
    TrackingStatus.PICKED_UP: ("103", "揽收", "【深圳南山公司】已揽收"),
    TrackingStatus.IN_TRANSIT: ("1002", "干线", "【深圳转运中心】已发出"),
    TrackingStatus.OUT_FOR_DELIVERY: ("5", "派件", "【成都高新公司】派件中"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("206", "派件异常", "无法联系收件人，改日再派"),
    TrackingStatus.DELIVERED: ("301", "本人签收", "已签收"),
    TrackingStatus.RETURNING: ("6", "退回", "快件退回中"),
    TrackingStatus.RETURNED: ("4", "退签", "退件已签收"),
    TrackingStatus.LOST: ("202", "更新超时", "长时间未更新"),
}
"""statusCode, status name and text per step. There is no code for a lost parcel: its news are overdue."""

ENDS = frozenset({TrackingStatus.DELIVERED, TrackingStatus.RETURNED})


@dataclass(kw_only=True)
class Waybill:
    """One e-waybill; `entries` oldest first."""

    order_id: str
    number: str
    sub_numbers: tuple[str, ...]
    company: str
    company_order: str
    tails: frozenset[str]
    booked_at: datetime
    collects: Decimal
    status: TrackingStatus = TrackingStatus.PRE_TRANSIT
    state: str = "101"
    cancelled: bool = False
    entries: list[dict[str, Any]] = field(default_factory=list)

    def scan(self, at: datetime, status: TrackingStatus) -> None:
        code, name, text = SCANS[status]
        self.status = TrackingStatus.EXCEPTION if status is TrackingStatus.LOST else status
        self.state = code
        time = at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        self.entries.append(
            {
                "time": time,
                "ftime": time,
                "context": text,
                "areaCode": "CN440300000000",
                "areaName": "广东,深圳市",
                "status": name,
                "location": "",
                "statusCode": code,
            }
        )

    def result(self) -> dict[str, Any]:
        """A query's success, and `lastResult` of a push: complete, newest first."""
        return {
            "message": "ok",
            "nu": self.number,
            "ischeck": "1" if self.status is TrackingStatus.DELIVERED else "0",
            "com": self.company,
            "status": "200",
            "state": self.state,
            "condition": "F00",
            "data": self.entries[::-1],
            "isLoop": False,
        }

    def order_data(self) -> dict[str, Any]:
        """`data` of the booking; the same in every repetition."""
        return {
            "taskId": f"{self.number}-TASK",
            "kuaidinum": self.number,
            "childNum": ",".join(self.sub_numbers),
            "returnNum": "",
            "label": f"https://label.example/{self.number}",
            "bulkpen": "510-01",
            "kdComOrderNum": self.company_order,
        }


@dataclass(kw_only=True)
class Watch:
    """A subscription: where to push, and with which salt."""

    number: str
    company: str
    callback: str
    salt: str
    since: datetime

    def push(self, status: str, message: str, last_result: dict[str, Any]) -> bytes:
        """The form that is posted to the callback."""
        param = msgspec.json.encode(
            {
                "status": status,
                "billstatus": "",
                "message": message,
                "autoCheck": "0",
                "comOld": "",
                "comNew": "",
                "lastResult": last_result,
            }
        ).decode()
        return urlencode({"sign": sign_push(param, self.salt), "param": param}).encode()

    def nothing_found(self) -> dict[str, Any]:
        """`lastResult` of a number that no carrier ever told of."""
        return {
            "message": "查询无结果",
            "nu": self.number,
            "com": self.company,
            "ischeck": "0",
            "status": "201",
            "state": "0",
            "data": [],
        }
