"""17TRACK → reports: items of `gettrackinfo`, and pushes.

Events come newest first, and per provider: the post of the origin and that of the destination tell the same
scans twice.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.track17.tables import carrier_of, key_of, status_of
from mappings.documents import WireDocument, decode, zoned_or_local
from mappings.errors import MappingError

STOPPED = "TRACKING_STOPPED"
ASKS_FOR_TELEPHONE = frozenset({"sf-express", "zto"})
"""Carriers whose `param` is the end of a telephone on the label (*unverified*)."""


class _RawTime(WireDocument):
    date: str | None = None
    time: str | None = None


class _Event(WireDocument):
    """`time_utc` is 17TRACK's conversion; `time_iso` has an offset guessed from the place."""

    time_utc: str | None = None
    time_iso: str | None = None
    time_raw: _RawTime | None = None
    description: str | None = None
    location: str | None = None
    stage: str | None = None
    sub_status: str | None = None


class _Provider(WireDocument):
    events: tuple[_Event, ...] | None = None


class _Tracking(WireDocument):
    providers: tuple[_Provider, ...] | None = None


class _LatestStatus(WireDocument):
    status: str | None = None
    sub_status: str | None = None


class _TrackInfo(WireDocument):
    latest_status: _LatestStatus | None = None
    tracking: _Tracking | None = None


class _Parcel(WireDocument):
    """`tag` is what we registered."""

    number: str
    carrier: int = 0
    tag: str | None = None
    track_info: _TrackInfo | None = None


class _Document(WireDocument):
    """A push (`event`, `data`), or else the parcel itself."""

    event: str | None = None
    data: _Parcel | None = None


def item_of(parcel: Parcel) -> dict[str, Any]:
    """How every method names a parcel."""
    key = key_of(parcel.carrier)
    return {"number": parcel.tracking_number, **({"carrier": key} if key else {})}


def registration(parcel: Parcel) -> dict[str, Any]:
    """`register`: without a carrier 17TRACK guesses it from the number."""
    item = item_of(parcel)
    if parcel.reference:
        item["tag"] = parcel.reference
    if parcel.carrier in ASKS_FOR_TELEPHONE and parcel.telephone_tail:
        item["param"] = parcel.telephone_tail
    return item


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """One parcel, asked for or pushed. That tracking stopped is told without events."""
    push = decode(document, _Document)
    if push.event is None:
        return (_report(decode(document, _Parcel), "$", watching=True),)
    if push.data is None:
        raise MappingError("$.data", "is missing")
    return (_report(push.data, "$.data", watching=push.event != STOPPED),)


def _report(parcel: _Parcel, path: str, *, watching: bool) -> TrackingReport:
    if not parcel.number:
        raise MappingError(f"{path}.number", "is empty")
    info = parcel.track_info or _TrackInfo()
    return TrackingReport(
        carrier=carrier_of(parcel.carrier),
        tracking_number=parcel.number,
        reference=parcel.tag or "",
        events=_completed(oldest_first(_events(info, f"{path}.track_info")), info),
        watching=watching,
    )


def _events(info: _TrackInfo, path: str) -> Iterator[TrackingEvent]:
    """Each scan once, whoever tells it; of equal times the one listed first is the newer."""
    told: set[tuple[datetime | None, str]] = set()
    for number, provider in enumerate((info.tracking and info.tracking.providers) or ()):
        listed = list(enumerate(provider.events or ()))
        for position, each in reversed(listed):
            event = _event(each, f"{path}.tracking.providers[{number}].events[{position}]")
            if (scan := (event.occurred_at, event.description)) not in told:
                told.add(scan)
                yield event


def _event(event: _Event, path: str) -> TrackingEvent:
    moment, local = None, ""
    if event.time_utc:
        moment, local = zoned_or_local(event.time_utc, f"{path}.time_utc")
    elif event.time_iso:
        moment, local = zoned_or_local(event.time_iso, f"{path}.time_iso")
    elif event.time_raw:
        local = f"{event.time_raw.date or ''} {event.time_raw.time or ''}".strip()
    stage, sub_status = event.stage or "", event.sub_status or ""
    return TrackingEvent(
        occurred_at=moment,
        local_text=local,
        status=status_of(stage, sub_status),
        code=sub_status or stage,
        description=event.description or "",
        location=event.location or "",
    )


def _completed(events: tuple[TrackingEvent, ...], info: _TrackInfo) -> tuple[TrackingEvent, ...]:
    """Many events say nothing but a text; of the newest the parcel's own status then speaks."""
    if not events or events[-1].code or info.latest_status is None:
        return events
    code = info.latest_status.sub_status or info.latest_status.status or ""
    status = status_of("", code)
    if status is TrackingStatus.UNKNOWN:
        return events
    return (*events[:-1], replace(events[-1], status=status, code=code))
