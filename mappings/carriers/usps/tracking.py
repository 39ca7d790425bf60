"""USPS tracking answers (Tracking v3, `expand=DETAIL`) → reports.

Source: tracking.yaml (3.2.6) and genuine answers, read 2026-11-24. `eventTimestamp` is local, even where it
is written with a Z; the true instant is `GMTTimestamp`, which older answers lack.
"""

import msgspec

from mappings.canonical import TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.usps.tables import EVENT
from mappings.documents import WireDocument, decode, zoned_or_local
from mappings.errors import MappingError
from mappings.rating import Place


class _Event(WireDocument, rename="camel"):
    """A country that is null is the United States."""

    event_type: str | None = None
    event_code: str | None = None
    event_timestamp: str | None = None
    gmt_timestamp: str | None = msgspec.field(default=None, name="GMTTimestamp")
    event_city: str | None = None
    event_state: str | None = None
    event_zip: str | None = msgspec.field(default=None, name="eventZIP")
    event_country: str | None = None


class Answer(WireDocument, rename="camel"):
    tracking_number: str
    tracking_events: tuple[_Event, ...] | None = None


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    answer = decode(document, Answer)
    if not answer.tracking_number:
        raise MappingError("$.trackingNumber", "is empty")
    newest_first = [
        _event(event, f"$.trackingEvents[{position}].GMTTimestamp")
        for position, event in enumerate(answer.tracking_events or ())
    ]
    events = oldest_first(reversed(newest_first))
    return (TrackingReport(carrier="usps", tracking_number=answer.tracking_number, events=events),)


def _event(event: _Event, path: str) -> TrackingEvent:
    moment, local = None, (event.event_timestamp or "").removesuffix("Z")
    if event.gmt_timestamp:
        moment, local = zoned_or_local(event.gmt_timestamp, path)
    code, country = event.event_code or "", event.event_country or "US"
    place = Place(city=event.event_city, state=event.event_state, zip=event.event_zip, country=country)
    return TrackingEvent(
        occurred_at=moment,
        local_text=local,
        status=EVENT.get(code, TrackingStatus.UNKNOWN),
        code=code,
        description=event.event_type or "",
        location=str(place) if event.event_city else "",
    )
