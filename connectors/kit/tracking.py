"""Tracking documents as deliveries: of one number per call, of a list of parcels, of a push."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from connectors.kit.messages import Delivery, Receipt, Topic, WebhookReply
from connectors.kit.translation import reading
from mappings.canonical import Parcel, TrackingReport
from mappings.errors import MappingError

Read = Callable[[bytes], Sequence[TrackingReport]]


async def track_each(
    parcels: Sequence[Parcel], ask: Callable[[Parcel], Awaitable[bytes]], read: Read
) -> Sequence[Delivery]:
    """One call per parcel; its whole answer is the document. Without events there is no news; an answer about
    another parcel is `UnexpectedPayload`."""
    deliveries = []
    for parcel in parcels:
        content = await ask(parcel)
        with reading("the tracking answer"):
            reports = read(content)
            if any(
                report.tracking_number.casefold() != parcel.tracking_number.casefold() for report in reports
            ):
                raise MappingError("$", "names another parcel")
        if any(report.events for report in reports):
            deliveries.append(_delivery(parcel.tracking_number, content))
    return deliveries


def news_of(parcel: Parcel, documents: Iterable[bytes], read: Read) -> Delivery | None:
    """The one of these documents, each about one parcel, that is about this one; null if there is none, or
    none with events. Carriers use their numbers again: the parcel's carrier decides, unless only one document
    speaks of the number."""
    with reading("the tracking answer"):
        reports = [(report, document) for document in documents for report in read(document)]
    same = [it for it in reports if it[0].tracking_number == parcel.tracking_number and it[0].events]
    fitting = [it for it in same if it[0].carrier == parcel.carrier] or same[: len(same) == 1]
    return _delivery(parcel.tracking_number, fitting[0][1]) if fitting else None


def tracking_receipt(document: bytes, read: Read, reply: WebhookReply) -> Receipt:
    """A verified push. One that names no parcel brings nothing, and is acknowledged all the same."""
    with reading("the push"):
        reports = read(document)
    number = next((report.tracking_number for report in reports), "")
    return Receipt(deliveries=(_delivery(number, document),) if number else (), reply=reply)


def _delivery(number: str, document: bytes) -> Delivery:
    return Delivery(topic=Topic.TRACKING, external_id=number, document=document)
