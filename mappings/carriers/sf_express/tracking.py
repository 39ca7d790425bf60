"""SF Express tracking: route queries, route pushes (JSON, XML, form) and order state pushes → reports.

All times are Beijing wall-clock without an offset. Route lists are oldest first; they are sorted anyway.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum

import msgspec

from mappings.canonical import TrackingEvent, TrackingReport, TrackingStatus
from mappings.carriers.sf_express.booking import CARRIER, text
from mappings.carriers.sf_express.pushes import RouteScan, Scan, read_xml_scans, unwrapped
from mappings.carriers.sf_express.tables import (
    COURIER_ASSIGNMENT,
    FIRST_STATUS,
    ON_THE_LAST_VEHICLE,
    ORDER_STATE,
    REMARK_STATUS,
    ROUTE_STATUS,
)
from mappings.documents import WireDocument, decode, local_time
from mappings.errors import MappingError
from mappings.structs import FrozenStruct

BEIJING = timezone(timedelta(hours=8))
MOST_NUMBERS = 10


class _OrderState(WireDocument, rename="camel"):
    """One entry of an order state push. The courier's name and telephone stay in the document."""

    order_no: str | None = None
    waybill_no: str
    order_state_code: str
    order_state_desc: str | None = None
    last_time: str | None = None
    create_tm: str | None = None


class _PushBody(WireDocument):
    waybill_route: tuple[RouteScan, ...] = msgspec.field(name="WaybillRoute")


class _Document(WireDocument, rename="camel"):
    """Every JSON shape at once: a query's entry (`mailNo`, `routes`), a route push, an order state push."""

    mail_no: str | None = None
    routes: tuple[Scan, ...] | None = None
    body: _PushBody | None = msgspec.field(name="Body", default=None)
    order_state: tuple[_OrderState, ...] | None = None


class PushKind(StrEnum):
    """What SF posts; each kind wants its own acknowledgement."""

    ROUTES = "routes"
    XML_ROUTES = "xml_routes"
    ORDER_STATES = "order_states"


class Push(FrozenStruct):
    """A push as far as its receiver must know it; `number` is the first waybill, empty in an empty push."""

    kind: PushKind
    number: str


def query_routes(numbers: Sequence[str], telephone_tails: Iterable[str]) -> str:
    """`EXP_RECE_SEARCH_ROUTES` by waybill; `telephone_tails` prove the right to look."""
    tails = ",".join(sorted({tail for tail in telephone_tails if tail}))
    return text(
        {
            "language": "zh-CN",
            "trackingType": "1",
            "trackingNumber": list(numbers),
            "methodType": "1",
            "checkPhoneNo": tails,
        }
    )


class _RouteList(WireDocument, rename="camel"):
    route_resps: tuple[msgspec.Raw, ...] = ()


class _Routes(WireDocument, rename="camel"):
    mail_no: str
    routes: tuple[Scan, ...] | None = None


def split_routes(data: bytes) -> tuple[tuple[str, bytes], ...]:
    """`msgData` of a route query → (number, its slice as it came). Numbers without routes are left out:
    an empty list means «no news» as well as «no permission»."""
    slices = [bytes(entry) for entry in decode(data, _RouteList).route_resps]
    entries = [(decode(document, _Routes), document) for document in slices]
    return tuple((entry.mail_no, document) for entry, document in entries if entry.routes)


def read_push(body: bytes) -> Push:
    """What was posted, in any of SF's forms. Raises `MappingError` when it cannot be read in full."""
    content = unwrapped(body)
    if content.startswith(b"<"):
        kind = PushKind.XML_ROUTES
    else:
        kind = (
            PushKind.ORDER_STATES if decode(content, _Document).order_state is not None else PushKind.ROUTES
        )
    reports = read_tracking(body)
    return Push(kind=kind, number=reports[0].tracking_number if reports else "")


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """Any shape of SF Express → one report per waybill, in the order in which they are first mentioned."""
    content = unwrapped(document)
    if content.startswith(b"<"):
        return _grouped(read_xml_scans(content), "$.Body.WaybillRoute")
    shape = decode(content, _Document)
    if shape.body is not None:
        return _grouped(shape.body.waybill_route, "$.Body.WaybillRoute")
    if shape.order_state is not None:
        return tuple(_state_report(state, f"$.orderState[{i}]") for i, state in enumerate(shape.order_state))
    if shape.mail_no is None:
        raise MappingError("$.mailNo", "is missing, and this is no push either")
    return (_report(shape.mail_no, "", _events(shape.routes or (), "$.routes")),)


def _grouped(scans: Sequence[RouteScan], path: str) -> tuple[TrackingReport, ...]:
    by_number: dict[str, list[TrackingEvent]] = {}
    references: dict[str, str] = {}
    for scan, event in zip(scans, _events(scans, path), strict=True):
        by_number.setdefault(scan.mailno, []).append(event)
        references[scan.mailno] = references.get(scan.mailno) or scan.orderid or ""
    return tuple(_report(number, references[number], events) for number, events in by_number.items())


def _report(number: str, reference: str, events: Iterable[TrackingEvent]) -> TrackingReport:
    return TrackingReport(
        carrier=CARRIER,
        tracking_number=number,
        reference=reference,
        events=tuple(sorted(events, key=_moment)),
    )


def _moment(event: TrackingEvent) -> datetime:
    assert event.occurred_at is not None
    return event.occurred_at


def _events(scans: Sequence[Scan], path: str) -> list[TrackingEvent]:
    return [
        TrackingEvent(
            occurred_at=local_time(scan.accept_time, BEIJING, f"{path}[{position}].acceptTime"),
            status=status_of(scan),
            code=scan.op_code,
            description=scan.remark or "",
            location=scan.accept_address or "",
        )
        for position, scan in enumerate(scans)
    ]


def status_of(scan: Scan) -> TrackingStatus:
    """opCode first; where no table knows it, what the remark says, then the newer first status code."""
    remark = scan.remark or ""
    if scan.op_code == COURIER_ASSIGNMENT and any(words in remark for words in ON_THE_LAST_VEHICLE):
        return TrackingStatus.OUT_FOR_DELIVERY
    if known := ROUTE_STATUS.codes.get(scan.op_code):
        return known
    if said := next((status for words, status in REMARK_STATUS if words in remark), None):
        return said
    return FIRST_STATUS.get(scan.first_status_code or "", TrackingStatus.UNKNOWN)


def _state_report(state: _OrderState, path: str) -> TrackingReport:
    """`lastTime` may be empty; `createTm` then says when SF entered the state."""
    when, field = (state.last_time, "lastTime") if state.last_time else (state.create_tm or "", "createTm")
    event = TrackingEvent(
        occurred_at=local_time(when, BEIJING, f"{path}.{field}"),
        status=ORDER_STATE.get(state.order_state_code, TrackingStatus.UNKNOWN),
        code=state.order_state_code,
        description=state.order_state_desc or "",
    )
    return _report(state.waybill_no, state.order_no or "", [event])
