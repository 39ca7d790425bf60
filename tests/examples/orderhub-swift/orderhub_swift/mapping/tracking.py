"""Swift's reports → `TrackingReport`. Scans come newest first, times carry their offset."""

from mappings.canonical import TrackingEvent, TrackingReport, TrackingStatus
from mappings.documents import WireDocument, decode, instant

from orderhub_swift.mapping.tables import SCANS


class SwiftScan(WireDocument):
    at: str
    code: str
    text: str = ""
    place: str | None = None


class SwiftReport(WireDocument):
    number: str
    reference: str = ""
    scans: list[SwiftScan]


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """One report speaks of one parcel."""
    report = decode(document, SwiftReport)
    events = [_event(scan, f"$.scans[{position}].at") for position, scan in enumerate(report.scans)]
    events.reverse()
    events.sort(key=lambda event: event.occurred_at.timestamp() if event.occurred_at else 0)
    return (
        TrackingReport(
            carrier="swift",
            tracking_number=report.number,
            reference=report.reference,
            events=tuple(events),
        ),
    )


def _event(scan: SwiftScan, path: str) -> TrackingEvent:
    return TrackingEvent(
        occurred_at=instant(scan.at, path),
        status=SCANS.get(scan.code, TrackingStatus.UNKNOWN),
        code=scan.code,
        description=scan.text,
        location=scan.place or "",
    )
