"""DHL's unified tracking answers → reports; a document is one of `shipments`.

Source: Shipment Tracking Unified as in genuine answers of netresearch/dhl-sdk-api-unified-tracking, read
2026-11-24. Timestamps have an offset, a Z, or nothing: then they are local times of the place.
"""

from collections.abc import Sequence

import msgspec

from mappings.canonical import TrackingEvent, TrackingReport, oldest_first
from mappings.carriers.dhl.tables import status_of
from mappings.documents import WireDocument, decode, zoned_or_local
from mappings.errors import MappingError
from mappings.rating import Place


class _Address(WireDocument, rename="camel"):
    country_code: str | None = None
    postal_code: str | None = None
    address_locality: str | None = None


class _Location(WireDocument):
    address: _Address | None = None

    def __str__(self) -> str:
        address = self.address or _Address()
        return str(
            Place(city=address.address_locality, zip=address.postal_code, country=address.country_code)
        )


class _Event(WireDocument, rename="camel"):
    """Without its hour it is of no use, and left out."""

    timestamp: str | None = None
    status_code: str | None = None
    status: str | None = None
    description: str | None = None
    location: _Location | None = None


class _Details(WireDocument, rename="camel"):
    piece_ids: tuple[str, ...] | None = None


class _Shipment(WireDocument):
    """`id` is text or a number. `events` come newest first; some have none beside their `status`."""

    id: str | int
    status: _Event | None = None
    events: tuple[_Event, ...] | None = None
    details: _Details | None = None


class Found(WireDocument):
    """An answer, or a push of a division that tells shipments: they may be several under one reference."""

    shipments: tuple[msgspec.Raw, ...] | None = None

    @property
    def documents(self) -> Sequence[bytes]:
        return [bytes(each) for each in self.shipments or ()]


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    """A report under the shipment's number, and under each of its pieces', which people ask for as well."""
    shipment = decode(document, _Shipment)
    if shipment.id == "":
        raise MappingError("$.id", "is empty")
    told = shipment.events or ((shipment.status,) if shipment.status else ())
    newest_first = [
        _event(event, f"$.events[{position}].timestamp")
        for position, event in enumerate(told)
        if event.timestamp
    ]
    events = oldest_first(reversed(newest_first))
    pieces = (shipment.details and shipment.details.piece_ids) or ()
    numbers = dict.fromkeys((str(shipment.id), *pieces))
    return tuple(TrackingReport(carrier="dhl", tracking_number=it, events=events) for it in numbers if it)


def _event(event: _Event, path: str) -> TrackingEvent:
    moment, local = zoned_or_local(event.timestamp or "", path)
    words = dict.fromkeys(it for it in (event.status, event.description) if it)
    return TrackingEvent(
        occurred_at=moment,
        local_text=local,
        status=status_of(event.status_code, event.status),
        code=event.status_code or "",
        description=": ".join(words),
        location=str(event.location or ""),
    )
