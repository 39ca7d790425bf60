"""Kdniao tracking: answers of 8001 and pushes of 102 → reports; bodies of queries and subscriptions.

Lists come complete, oldest first by default, and may hold an entry twice. Times are Beijing wall-clock unless
a trace names its `Timezone` (cross-border, in the form `2024-06-28T11:23:51` with `-05:00`).
"""

from datetime import datetime

from msgspec.structs import replace

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.kdniao.tables import STATUS, carrier_of, shipper_of
from mappings.china import BEIJING
from mappings.documents import WireDocument, decode, instant, json_text, local_time
from mappings.errors import MappingError


class _Trace(WireDocument, rename="pascal"):
    """One scan. `Action` is missing in the older, free interface (1002)."""

    accept_time: str
    accept_station: str | None = None
    location: str | None = None
    action: str | int | None = None
    timezone: str | None = None


class _Parcel(WireDocument, rename="pascal"):
    """An answer of 8001, or one entry of a push's `Data`. The courier's name and telephone stay unread."""

    logistic_code: str
    shipper_code: str
    order_code: str | None = None
    callback: str | None = None
    call_back: str | None = None
    state: str | int | None = None
    state_ex: str | int | None = None
    traces: tuple[_Trace, ...] | None = None


class _Push(WireDocument, rename="pascal"):
    data: tuple[_Parcel, ...] | None = None


def query(parcel: Parcel) -> str:
    """8001. `CustomerName` holds the last digits of a telephone, which SF, ZTO and KYE ask for."""
    return json_text(
        {
            "OrderCode": "",
            "ShipperCode": shipper_of(parcel.carrier),
            "LogisticCode": parcel.tracking_number,
            "CustomerName": parcel.telephone_tail,
            "Sort": 0,
        }
    )


def subscription(parcel: Parcel) -> str:
    """8008. `Callback` comes back in every push; where pushes go is set in the vendor's console."""
    return json_text(
        {
            "ShipperCode": shipper_of(parcel.carrier),
            "LogisticCode": parcel.tracking_number,
            "CustomerName": parcel.telephone_tail,
            "Callback": parcel.reference,
        }
    )


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """An answer of 8001, or the `RequestData` of a push, which may speak of several parcels."""
    push = decode(document, _Push)
    if push.data is None:
        return (_report(decode(document, _Parcel), "$"),)
    return tuple(_report(parcel, f"$.Data[{position}]") for position, parcel in enumerate(push.data))


def _report(parcel: _Parcel, path: str) -> TrackingReport:
    if not parcel.logistic_code:
        raise MappingError(f"{path}.LogisticCode", "is empty")
    return TrackingReport(
        carrier=carrier_of(parcel.shipper_code),
        tracking_number=parcel.logistic_code,
        reference=parcel.callback or parcel.call_back or parcel.order_code or "",
        events=_events(parcel, f"{path}.Traces"),
    )


def _events(parcel: _Parcel, path: str) -> tuple[TrackingEvent, ...]:
    """Oldest first, each once. Where the newest trace has no known code, the state of the parcel speaks; the
    other way round the newest trace wins, because `State` may lag behind it."""
    traces = enumerate(parcel.traces or ())
    found = list(oldest_first(_event(trace, f"{path}[{place}]") for place, trace in traces))
    if found and found[-1].status is TrackingStatus.UNKNOWN:
        found[-1] = replace(found[-1], status=_state(parcel))
    return tuple(found)


def _state(parcel: _Parcel) -> TrackingStatus:
    fine = STATUS.get(str(parcel.state_ex or ""), TrackingStatus.UNKNOWN)
    return fine if fine is not TrackingStatus.UNKNOWN else STATUS.get(str(parcel.state or ""), fine)


def _moment(trace: _Trace, path: str) -> datetime:
    if trace.timezone:
        return instant(trace.accept_time.replace(" ", "T") + trace.timezone, f"{path}.AcceptTime")
    return local_time(trace.accept_time.replace("T", " "), BEIJING, f"{path}.AcceptTime")


def _event(trace: _Trace, path: str) -> TrackingEvent:
    code = "" if trace.action is None else str(trace.action)
    return TrackingEvent(
        occurred_at=_moment(trace, path),
        status=STATUS.get(code, TrackingStatus.UNKNOWN),
        code=code,
        description=trace.accept_station or "",
        location=trace.location or "",
    )
