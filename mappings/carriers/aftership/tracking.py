"""AfterShip trackings → reports. Checkpoints come oldest first; their times have an offset, or are local."""

import msgspec

from mappings.canonical import Parcel, TrackingEvent, TrackingReport, oldest_first
from mappings.carriers.aftership.tables import carrier_of, slug_of, status_of
from mappings.documents import WireDocument, decode, zoned_or_local
from mappings.errors import MappingError

UPDATE = "tracking_update"


class _Checkpoint(WireDocument):
    checkpoint_time: str
    tag: str | None = None
    subtag: str | None = None
    message: str | None = None
    location: str | None = None
    city: str | None = None
    state: str | None = None
    country_region: str | None = None


class _Tracking(WireDocument):
    """`active` is false once AfterShip stopped asking the carrier; `order_id` is what we registered."""

    tracking_number: str
    slug: str | None = None
    order_id: str | None = None
    active: bool | None = None
    checkpoints: tuple[_Checkpoint, ...] | None = None


class _Trackings(WireDocument):
    trackings: tuple[msgspec.Raw, ...]


class Listed(WireDocument):
    """`GET /trackings`."""

    data: _Trackings


class _Push(WireDocument):
    event: str
    msg: msgspec.Raw


def registration(parcel: Parcel) -> dict[str, str]:
    """`POST /trackings`. Without a slug AfterShip guesses the courier."""
    body = {
        "tracking_number": parcel.tracking_number,
        "slug": slug_of(parcel.carrier),
        "order_id": parcel.reference,
    }
    return {name: value for name, value in body.items() if value}


def tracking_in(push: bytes) -> bytes | None:
    """The tracking of an update; null for other events (a new estimate, a courier that says nothing yet)."""
    content = decode(push, _Push)
    return bytes(content.msg) if content.event == UPDATE else None


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """One tracking, as listed or as the `msg` of a push."""
    tracking = decode(document, _Tracking)
    if not tracking.tracking_number:
        raise MappingError("$.tracking_number", "is empty")
    events = [_event(checkpoint, place) for place, checkpoint in enumerate(tracking.checkpoints or ())]
    return (
        TrackingReport(
            carrier=carrier_of(tracking.slug or ""),
            tracking_number=tracking.tracking_number,
            reference=tracking.order_id or "",
            events=oldest_first(events),
            watching=tracking.active is not False,
        ),
    )


def _event(checkpoint: _Checkpoint, position: int) -> TrackingEvent:
    moment, local = zoned_or_local(checkpoint.checkpoint_time, f"$.checkpoints[{position}].checkpoint_time")
    tag, subtag = checkpoint.tag or "", checkpoint.subtag or ""
    places = (checkpoint.city, checkpoint.state, checkpoint.country_region)
    return TrackingEvent(
        occurred_at=moment,
        local_text=local,
        status=status_of(tag, subtag),
        code=subtag or tag,
        description=checkpoint.message or "",
        location=checkpoint.location or ", ".join(place for place in places if place),
    )
