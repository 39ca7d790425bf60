"""Answers of the REST API, as far as the connector reads them itself."""

import re
from itertools import islice

import msgspec

from mappings.documents import WireDocument
from mappings.errors import MappingError
from mappings.parcels import RecordedParcel
from mappings.stores.woocommerce.wire import MetaDocument, Number

MOST_STARTS = 20
_START = re.compile(rb"[{\[]")


class ErrorAnswer(WireDocument):
    """A refusal. `code` is a number where the plug-in threw a plain exception."""

    code: str | int
    message: str = ""


class OrderStatus(WireDocument):
    status: str


class WebhookAnswer(WireDocument):
    """A webhook; its secret is never told."""

    id: Number
    topic: str
    status: str
    delivery_url: str


class WebhookBody(WireDocument):
    """What every post about an order holds; after a deletion there is nothing else."""

    id: Number


class FulfilmentAnswer(WireDocument):
    """A core fulfilment: items, carrier and number are meta data."""

    id: Number
    meta_data: tuple[MetaDocument, ...] = ()


class FulfilledItem(WireDocument):
    item_id: Number
    qty: int


class TrackingAnswer(WireDocument):
    """A tracking of the Shipment Tracking extension."""

    tracking_id: str
    tracking_number: str


class NoteAnswer(WireDocument):
    id: Number
    note: str


class WrittenObject(WireDocument):
    """One object of a batch: written, or refused inside the success."""

    id: Number = 0
    error: ErrorAnswer | None = None


class BatchAnswer(WireDocument):
    update: tuple[WrittenObject, ...] = ()


class KnownParcel(RecordedParcel):
    """A parcel as the shop knows it."""

    meta_data: tuple[MetaDocument, ...] = ()


def fulfilled(answer: FulfilmentAnswer) -> KnownParcel:
    """Raises `MappingError` where nobody can tell what is in the parcel."""
    meta = {one.key: one.value for one in answer.meta_data}
    try:
        items = msgspec.convert(meta.get("_items") or [], list[FulfilledItem], strict=False)
    except msgspec.ValidationError:
        raise MappingError("$.meta_data", "holds _items that are no list of lines and units") from None
    return KnownParcel(
        id=str(answer.id),
        tracking_number=str(meta.get("_tracking_number") or ""),
        quantities={str(item.item_id): item.qty for item in items},
        meta_data=answer.meta_data,
    )


def tracked(answer: TrackingAnswer) -> KnownParcel:
    return KnownParcel(id=answer.tracking_id, tracking_number=answer.tracking_number)


def readable(content: bytes) -> bytes:
    """JSON without the PHP notices that a badly set up site prints before it; unchanged if there is none."""
    if content[:1] in (b"{", b"["):
        return content
    for start in islice(_START.finditer(content), MOST_STARTS):
        rest = content[start.start() :]
        try:
            msgspec.json.decode(rest)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            continue
        return rest
    return content
