"""YTO tracking: track queries (a list of scans, oldest first) and status pushes (XML) → reports.

All times are Beijing wall-clock; pushes write them carelessly (`2017-05-1 14:28:31.0 CST`, which is China's).
"""

import re
from datetime import datetime

import msgspec

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.yto.booking import CARRIER, reference_of
from mappings.carriers.yto.pushes import read_push
from mappings.carriers.yto.tables import STATUS
from mappings.china import BEIJING
from mappings.documents import WireDocument, decode, json_text, local_time
from mappings.errors import MappingError

_CARELESS_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(?: CST)?", re.ASCII
)


class _Scan(WireDocument, rename="camel"):
    waybill_no: str = msgspec.field(name="waybill_No")
    upload_time: str = msgspec.field(name="upload_Time")
    info_content: str | None = None
    process_info: str | None = None
    city: str | None = None


class _NothingFound(WireDocument):
    """`{"map":{"YT…":[]},"code":"1001","success":"true"}`."""

    map: dict[str, msgspec.Raw]


def query(parcel: Parcel) -> str:
    """`track_query_adapter`, one number per call."""
    return json_text({"NUMBER": parcel.tracking_number})


def subscription(parcel: Parcel, client_id: str) -> str:
    """`subscribe_adapter`; accepted also while no push address is set in YTO's console."""
    wanted = json_text({"clientId": client_id, "waybillNo": parcel.tracking_number})
    return json_text({"client_id": client_id, "msg_type": "online", "logistics_interface": wanted})


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """A query's list → one report per waybill; «nothing found» → none; a status push → its one event."""
    start = document.lstrip()[:1]
    if start == b"<":
        return _pushed(document)
    if start == b"{":
        decode(document, _NothingFound)
        return ()
    events: dict[str, list[TrackingEvent]] = {}
    for place, scan in enumerate(decode(document, tuple[_Scan, ...])):
        events.setdefault(scan.waybill_no, []).append(_event(scan, f"$[{place}].upload_Time"))
    return tuple(
        TrackingReport(carrier=CARRIER, tracking_number=number, events=oldest_first(found))
        for number, found in events.items()
    )


def _event(scan: _Scan, path: str) -> TrackingEvent:
    return TrackingEvent(
        occurred_at=local_time(scan.upload_time, BEIJING, path),
        status=STATUS.get(scan.info_content or "", TrackingStatus.UNKNOWN),
        code=scan.info_content or "",
        description=scan.process_info or "",
        location=scan.city or "",
    )


def _pushed(document: bytes) -> tuple[TrackingReport, ...]:
    """`mailNo` is missing before the waybill is printed: such a push says nothing about a parcel yet, but
    names our order."""
    push = read_push(document)
    if push.get("infoType", "STATUS") != "STATUS":
        return ()
    code = push.get("infoContent", "")
    if not code:
        raise MappingError("$.infoContent", "is missing")
    event = TrackingEvent(
        occurred_at=_careless(push.get("acceptTime", ""), "$.acceptTime"),
        status=STATUS.get(code, TrackingStatus.UNKNOWN),
        code=code,
        description=push.get("remark", ""),
    )
    report = TrackingReport(
        carrier=CARRIER,
        tracking_number=push.get("mailNo", ""),
        reference=reference_of(push.get("txLogisticID", "")),
        events=(event,),
    )
    return (report,)


def _careless(text: str, path: str) -> datetime:
    match = _CARELESS_TIME.fullmatch(text.strip())
    usual = "{}-{:0>2}-{:0>2} {:0>2}:{:0>2}:{:0>2}".format(*match.groups()) if match else text
    return local_time(usual, BEIJING, path)
