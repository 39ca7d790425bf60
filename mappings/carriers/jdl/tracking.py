"""JD Logistics tracking: answers of trace/query and pushes of one event each → reports. All times are Beijing
wall-clock."""

import msgspec

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.jdl.booking import CARRIER, NOTHING, Terms, customer
from mappings.carriers.jdl.tables import CATEGORY, STATE
from mappings.china import BEIJING
from mappings.documents import WireDocument, decode, json_text, local_time


class _Scan(WireDocument, rename="camel"):
    """One event, asked for or pushed. Couriers' names and telephones stay in the document."""

    waybill_code: str
    operation_time: str
    order_id: str | None = None
    state: str | int | None = None
    category: int | str | None = None
    operation_title: str | None = None
    operation_remark: str | None = None
    operate_site: str | None = None
    route_city_name: str | None = None


class _Traces(WireDocument, rename="camel"):
    """`data` of a query; a push has no such field."""

    trace_details: tuple[_Scan, ...] | msgspec.UnsetType | None = msgspec.UNSET


def query(parcel: Parcel, terms: Terms) -> str:
    """`orders/trace/query`."""
    return json_text([{"waybillCode": parcel.tracking_number, **customer(terms)}])


def subscription(parcel: Parcel, terms: Terms) -> str:
    """`orders/trace/subscribe`; `mobile` holds the last digits of the recipient's telephone."""
    wanted = {"waybillCode": parcel.tracking_number, "mobile": parcel.telephone_tail}
    return json_text([{**wanted, **customer(terms)}])


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """`data` of a query → one report per waybill; a push → its one event, with our reference."""
    scans = None if document == NOTHING else decode(document, _Traces).trace_details
    if scans is msgspec.UNSET:
        pushed = decode(document, _Scan)
        return (_report(pushed.waybill_code, (_event(pushed, "$"),), pushed.order_id or ""),)
    events: dict[str, list[TrackingEvent]] = {}
    for place, scan in enumerate(scans or ()):
        events.setdefault(scan.waybill_code, []).append(_event(scan, f"$.traceDetails[{place}]"))
    return tuple(_report(number, oldest_first(found)) for number, found in events.items())


def _report(number: str, events: tuple[TrackingEvent, ...], reference: str = "") -> TrackingReport:
    return TrackingReport(carrier=CARRIER, tracking_number=number, reference=reference, events=events)


def _event(scan: _Scan, path: str) -> TrackingEvent:
    state, category = str(scan.state or ""), str(scan.category or "")
    coarse = CATEGORY.get(category, TrackingStatus.UNKNOWN)
    return TrackingEvent(
        occurred_at=local_time(scan.operation_time, BEIJING, f"{path}.operationTime"),
        status=STATE.get(state, coarse),
        code=state or category,
        description=scan.operation_remark or scan.operation_title or "",
        location=scan.route_city_name or scan.operate_site or "",
    )
