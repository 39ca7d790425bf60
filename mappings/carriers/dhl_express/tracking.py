"""MyDHL tracking answers → reports; a document is one of `shipments`.

Source: MyDHL API 3.1.1 (OpenAPI), read 2026-11-24. A shipment's own `status` is that of the query.
"""

from collections.abc import Iterator, Sequence

import msgspec

from mappings.canonical import TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.carriers.dhl_express.tables import CHECKPOINT
from mappings.documents import WireDocument, decode, zoned_or_local
from mappings.errors import MappingError


class _Area(WireDocument):
    description: str | None = None


class _Checkpoint(WireDocument, rename="camel"):
    """`GMTOffset` may be missing: then date and time are those of the place."""

    date: str
    time: str = "00:00:00"
    gmt_offset: str | None = msgspec.field(default=None, name="GMTOffset")
    type_code: str | None = None
    description: str | None = None
    service_area: tuple[_Area, ...] | None = None


class _Reference(WireDocument):
    value: str | int | None = None


class _Shipment(WireDocument, rename="camel"):
    shipment_tracking_number: str | int
    events: tuple[_Checkpoint, ...] | None = None
    shipper_references: tuple[_Reference, ...] | None = None


class Found(WireDocument):
    shipments: tuple[msgspec.Raw, ...] | None = None

    @property
    def documents(self) -> Sequence[bytes]:
        return [bytes(each) for each in self.shipments or ()]


def numbers_under(reference: str, documents: Sequence[bytes]) -> Iterator[str]:
    """Shipments that carry this reference of ours."""
    for document in documents:
        shipment = decode(document, _Shipment)
        if any(str(it.value) == reference for it in shipment.shipper_references or ()):
            yield str(shipment.shipment_tracking_number)


def read_tracking(document: bytes) -> tuple[TrackingReport, ...]:
    shipment = decode(document, _Shipment)
    number = str(shipment.shipment_tracking_number)
    if not number:
        raise MappingError("$.shipmentTrackingNumber", "is empty")
    newest_first = [_event(it, f"$.events[{place}].date") for place, it in enumerate(shipment.events or ())]
    events = oldest_first(reversed(newest_first))
    return (TrackingReport(carrier="dhl", tracking_number=number, events=events),)


def _event(checkpoint: _Checkpoint, path: str) -> TrackingEvent:
    stamp = f"{checkpoint.date}T{checkpoint.time}{checkpoint.gmt_offset or ''}"
    moment, local = zoned_or_local(stamp, path)
    code = checkpoint.type_code or ""
    return TrackingEvent(
        occurred_at=moment,
        local_text=local,
        status=CHECKPOINT.get(code, TrackingStatus.UNKNOWN),
        code=code,
        description=checkpoint.description or "",
        location=", ".join(it.description for it in checkpoint.service_area or () if it.description),
    )
