"""ZTO tracking: answers of the track query and the `data` of pushes → reports.

Queries answer with the whole list in no promised order and with epoch milliseconds (read as Beijing
wall-clock where text comes instead). Pushes tell one event each, out of order, in Beijing wall-clock.
"""

from datetime import UTC, datetime, timedelta

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.zto.booking import CARRIER
from mappings.carriers.zto.tables import ACTION, SCAN_TYPE
from mappings.china import BEIJING
from mappings.documents import WireDocument, decode, json_text, local_time
from mappings.errors import MappingError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Site(WireDocument):
    name: str | None = None
    city: str | None = None


class _Scan(WireDocument, rename="camel"):
    """One entry of a query. The operator's name and telephone stay unread."""

    bill_code: str
    scan_type: str | int
    scan_date: int | str
    scan_site: _Site | None = None
    desc: str | None = None


class _Document(WireDocument, rename="camel"):
    """A query's answer (`status`, `result`), or the `data` of a push."""

    status: bool | None = None
    result: tuple[_Scan, ...] | None = None
    bill_code: str | None = None
    action: str | None = None
    action_time: str | None = None
    city: str | None = None
    facility_name: str | None = None
    desc: str | None = None


def query(parcel: Parcel) -> str:
    """Track query and subscription alike: `mobilePhone` holds the last digits of either telephone."""
    return json_text({"billCode": parcel.tracking_number, "mobilePhone": parcel.telephone_tail})


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """A query's answer → one report per waybill; a push → its one event."""
    shape = decode(document, _Document)
    if shape.status is None:
        return (_pushed(shape),)
    events: dict[str, list[TrackingEvent]] = {}
    for place, scan in enumerate(shape.result or ()):
        events.setdefault(scan.bill_code, []).append(_event(scan, f"$.result[{place}].scanDate"))
    return tuple(_report(number, oldest_first(found)) for number, found in events.items())


def _report(number: str, events: tuple[TrackingEvent, ...]) -> TrackingReport:
    return TrackingReport(carrier=CARRIER, tracking_number=number, events=events)


def _event(scan: _Scan, path: str) -> TrackingEvent:
    site = scan.scan_site or _Site()
    return TrackingEvent(
        occurred_at=_moment(str(scan.scan_date), path),
        status=SCAN_TYPE.get(str(scan.scan_type), TrackingStatus.UNKNOWN),
        code=str(scan.scan_type),
        description=scan.desc or "",
        location=site.city or site.name or "",
    )


def _moment(text: str, path: str) -> datetime:
    if not text.isdecimal():
        return local_time(text, BEIJING, path)
    try:
        return (EPOCH + timedelta(milliseconds=int(text))).astimezone(BEIJING)
    except (OverflowError, ValueError):
        raise MappingError(path, "is not a possible time") from None


def _pushed(push: _Document) -> TrackingReport:
    for name, value in (("billCode", push.bill_code), ("action", push.action)):
        if not value:
            raise MappingError(f"$.{name}", "is missing, and this is no answer to a query either")
    action = push.action or ""
    event = TrackingEvent(
        occurred_at=local_time(push.action_time or "", BEIJING, "$.actionTime"),
        status=ACTION.get(action, TrackingStatus.UNKNOWN),
        code=action,
        description=push.desc or "",
        location=push.city or push.facility_name or "",
    )
    return _report(push.bill_code or "", (event,))
