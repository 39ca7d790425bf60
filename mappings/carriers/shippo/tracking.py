"""Shippo tracks → reports.

The history is oldest first. `status_date` is stamped Z, but is the local time of the scan (in the recorded
parcel by eight hours), so it stays a text.
"""

import msgspec

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, oldest_first
from mappings.carriers.shippo.tables import carrier_of, status_of, token_of
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.rating import Place

UPDATED = "track_updated"


class _Substatus(WireDocument):
    code: str | None = None


class _Scan(WireDocument):
    status: str
    substatus: _Substatus | None = None
    status_details: str | None = None
    status_date: str | None = None
    location: Place | None = None


class _Track(WireDocument):
    """`tracking_status` is null for a number that was never seen; `metadata` is what we registered."""

    tracking_number: str
    carrier: str | None = None
    metadata: str | None = None
    tracking_status: _Scan | None = None
    tracking_history: tuple[_Scan, ...] | None = None


class _Push(WireDocument):
    event: str
    data: msgspec.Raw


def registration(parcel: Parcel) -> dict[str, str]:
    """`POST /tracks`; answers with what is known already."""
    return {
        "carrier": token_of(parcel.carrier),
        "tracking_number": parcel.tracking_number,
        "metadata": parcel.reference,
    }


def track_in(push: bytes) -> bytes | None:
    """The track of an update; null for other events (transactions, batches)."""
    content = decode(push, _Push)
    return bytes(content.data) if content.event == UPDATED else None


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """One track, as an answer or as the `data` of a push. The present status usually ends the history."""
    track = decode(document, _Track)
    if not track.tracking_number:
        raise MappingError("$.tracking_number", "is empty")
    present = (track.tracking_status,) if track.tracking_status else ()
    return (
        TrackingReport(
            carrier=carrier_of(track.carrier or ""),
            tracking_number=track.tracking_number,
            reference=track.metadata or "",
            events=oldest_first(_event(scan) for scan in (*(track.tracking_history or ()), *present)),
        ),
    )


def _event(scan: _Scan) -> TrackingEvent:
    substatus = (scan.substatus.code if scan.substatus else None) or ""
    return TrackingEvent(
        local_text=(scan.status_date or "").removesuffix("Z"),
        status=status_of(scan.status, substatus),
        code=substatus or scan.status,
        description=scan.status_details or "",
        location=str(scan.location or ""),
    )
