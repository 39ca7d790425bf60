"""FedEx tracking results (Track v1) → reports; a document is one of `completeTrackResults`.

Source: track-v1.json of ShipStream/fedex-rest-php-sdk, read 2026-11-24. Scans come newest first, each with
the offset of its place; the oldest one of some results has none, and is then a local time of unknown zone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.fedex.tables import DELIVERED, RETURNS, status_of
from mappings.documents import WireDocument, decode, zoned_or_local
from mappings.errors import MappingError
from mappings.rating import Place

REACH = timedelta(days=7)
"""A shipment without an answer is looked for among those that were to leave in so many days."""


class _Location(WireDocument, rename="camel"):
    city: str | None = None
    state_or_province_code: str | None = None
    postal_code: str | None = None
    country_code: str | None = None

    def __str__(self) -> str:
        state, code = self.state_or_province_code, self.postal_code
        return str(Place(city=self.city, state=state, zip=code, country=self.country_code))


class _Scan(WireDocument, rename="camel"):
    date: str
    event_type: str | None = None
    derived_status_code: str | None = None
    event_description: str | None = None
    exception_description: str | None = None
    scan_location: _Location | None = None


class _Result(WireDocument, rename="camel"):
    """One shipment under the number. `error` instead of scans: nothing is known."""

    scan_events: tuple[_Scan, ...] | None = None


class _Complete(WireDocument, rename="camel"):
    tracking_number: str
    track_results: tuple[_Result, ...] | None = None


class _Output(WireDocument, rename="camel"):
    complete_track_results: tuple[msgspec.Raw, ...] | None = None


class Answer(WireDocument):
    """Of everything that tracks: by number or by reference."""

    output: _Output

    @property
    def documents(self) -> Sequence[bytes]:
        return [bytes(each) for each in self.output.complete_track_results or ()]


def numbers_body(parcels: Sequence[Parcel]) -> dict[str, Any]:
    """`POST /track/v1/trackingnumbers`: at most 30 in one call."""
    wanted = [{"trackingNumberInfo": {"trackingNumber": it.tracking_number}} for it in parcels]
    return {"includeDetailedScans": True, "trackingInfo": wanted}


def reference_body(reference: str, account_number: str, now: datetime) -> dict[str, Any]:
    """`POST /track/v1/referencenumbers`: shipments of the last days under a reference of ours."""
    about = {
        "type": "CUSTOMER_REFERENCE",
        "value": reference,
        "accountNumber": account_number,
        "shipDateBegin": (now - REACH).date().isoformat(),
        "shipDateEndDate": (now + timedelta(days=1)).date().isoformat(),
    }
    return {"includeDetailedScans": True, "referencesInformation": about}


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """Numbers are used again, so that one may have several shipments: the one scanned last counts."""
    found = decode(document, _Complete)
    if not found.tracking_number:
        raise MappingError("$.trackingNumber", "is empty")
    journeys = [
        _journey(result, f"$.trackResults[{position}]")
        for position, result in enumerate(found.track_results or ())
    ]
    events = max(journeys, key=_last_scan, default=())
    return (TrackingReport(carrier="fedex", tracking_number=found.tracking_number, events=events),)


def is_cancelled(report: TrackingReport) -> bool:
    return bool(report.events) and report.events[-1].status is TrackingStatus.CANCELLED


def _last_scan(events: Sequence[TrackingEvent]) -> datetime:
    return max((it.occurred_at for it in events if it.occurred_at), default=_NEVER)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _journey(result: _Result, place: str) -> tuple[TrackingEvent, ...]:
    """A delivery after the parcel turned back is one to its sender."""
    newest_first = [
        _event(scan, f"{place}.scanEvents[{position}].date")
        for position, scan in enumerate(result.scan_events or ())
    ]
    events, goes_back = list(oldest_first(reversed(newest_first))), False
    for position, event in enumerate(events):
        goes_back = goes_back or event.code in RETURNS
        if goes_back and event.code == DELIVERED:
            events[position] = msgspec.structs.replace(event, status=TrackingStatus.RETURNED)
    return tuple(events)


def _event(scan: _Scan, path: str) -> TrackingEvent:
    moment, local = zoned_or_local(scan.date, path)
    told = (scan.event_description, scan.exception_description)
    return TrackingEvent(
        occurred_at=moment,
        local_text=local,
        status=status_of(scan.event_type or "", scan.derived_status_code or ""),
        code=scan.event_type or "",
        description=": ".join(words for words in told if words),
        location=str(scan.scan_location or ""),
    )
