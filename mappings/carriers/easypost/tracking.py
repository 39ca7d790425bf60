"""EasyPost trackers → reports.

Details come oldest first, times as UTC or with the offset of the place; of some carriers they are local times
stamped Z all the same (*unverified*).
"""

import msgspec

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, oldest_first
from mappings.carriers.easypost.tables import carrier_of, name_of, status_of
from mappings.documents import WireDocument, decode, zoned_or_local
from mappings.errors import MappingError
from mappings.rating import Place


class _Detail(WireDocument):
    datetime: str
    status: str | None = None
    status_detail: str | None = None
    message: str | None = None
    tracking_location: Place | None = None


class _Tracker(WireDocument):
    tracking_code: str
    carrier: str | None = None
    tracking_details: tuple[_Detail, ...] | None = None


class Trackers(WireDocument):
    """A list of trackers, newest first."""

    trackers: tuple[msgspec.Raw, ...]


_NOTHING = msgspec.Raw(b"null")


class _Event(WireDocument):
    """What is pushed. `result` is the thing that `description` («tracker.updated») speaks of."""

    description: str
    result: msgspec.Raw = _NOTHING


def tracker_body(parcel: Parcel) -> dict[str, dict[str, str]]:
    """Follow this parcel; a tracker that exists for the pair is given back."""
    return {"tracker": {"tracking_code": parcel.tracking_number, "carrier": name_of(parcel.carrier)}}


def tracker_in(push: bytes) -> bytes | None:
    """The tracker in a pushed event; null for events about something else (batches, refunds, invoices)."""
    event = decode(push, _Event)
    is_tracker = event.description.startswith("tracker.") and bytes(event.result) != b"null"
    return bytes(event.result) if is_tracker else None


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """One Tracker, as an answer or as the `result` of an event."""
    tracker = decode(document, _Tracker)
    if not tracker.tracking_code:
        raise MappingError("$.tracking_code", "is empty")
    events = [_event(detail, position) for position, detail in enumerate(tracker.tracking_details or ())]
    return (
        TrackingReport(
            carrier=carrier_of(tracker.carrier or ""),
            tracking_number=tracker.tracking_code,
            events=oldest_first(events),
        ),
    )


def _event(detail: _Detail, position: int) -> TrackingEvent:
    moment, local = zoned_or_local(detail.datetime, f"$.tracking_details[{position}].datetime")
    status, fine = detail.status or "", detail.status_detail or ""
    return TrackingEvent(
        occurred_at=moment,
        local_text=local,
        status=status_of(status, fine),
        code=f"{status}/{fine}" if fine else status,
        description=detail.message or "",
        location=str(detail.tracking_location or ""),
    )
