"""The story of one order from the first byte to the last, in time order and in words that a clerk knows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.clock import from_micros
from hub.domain.effects import Verb
from hub.domain.order import Consignment, Order, Reason, Stage
from hub.storage import queries
from hub.storage.database import UnitOfWork
from hub.storage.queries import InboxItem, OutboxItem
from mappings.structs import FrozenStruct

_reasons = msgspec.json.Decoder(tuple[Reason, ...]).decode

OpenText = Callable[[bytes, str], str]
"""(sealed text, consignment id) → what the carrier wrote."""


class StoryLine(FrozenStruct):
    """Something that happened. `kind`: document, decision, parcel, message, tracking or case; `reference`
    is the id of the row behind it."""

    at: datetime
    kind: str
    text: str
    actor: str = ""
    reasons: tuple[Reason, ...] = ()
    reference: str = ""


KINDS = ("document", "decision", "parcel", "message", "tracking", "case")
"""What happened at the same instant is told in this order."""

STEPS: Mapping[str, str] = {
    "audit": "checked",
    "allocate": "stock sought",
    "release": "released for shipping",
    "quote": "prices compared",
    "book": "booked with the carrier",
    "cancel_booking": "booking taken back",
    "change": "changed on the platform",
    "track": "news of the parcel",
    "tell": "told to the store",
    "ship": "shipped by hand",
    "hand_over": "handed over to the carrier",
    "renumber": "number corrected",
    "split": "divided into parcels",
    "join": "put into one parcel",
    "refuse": "refused by its location",
    "reallocate": "allocated anew",
    "readmit": "location admitted again",
    "hold": "stopped by a person",
    "release_hold": "let go by a person",
    "arm": "connection armed",
}

STAGES: Mapping[Stage, str] = {
    Stage.RECEIVED: "to be checked again",
    Stage.ON_HOLD: "on hold",
    Stage.APPROVED: "may be fulfilled",
    Stage.BACKORDERED: "waits for stock",
    Stage.ALLOCATED: "stock reserved",
    Stage.RELEASED: "waits for the carrier",
    Stage.DISPATCHED: "on its way",
    Stage.CLOSED: "closed",
    Stage.CANCELLED: "cancelled",
}

ERRANDS: Mapping[Verb, str] = {
    Verb.QUOTE: "ask {connection} what parcel {subject} would cost",
    Verb.BOOK: "book parcel {subject} with {connection}",
    Verb.CANCEL_BOOKING: "have {connection} take back the booking of {subject}",
    Verb.SUBSCRIBE: "have {connection} report where {subject} is",
    Verb.PUSH_FULFILMENT: "tell {connection} that {subject} left",
    Verb.PUSH_STATUS: "tell {connection} how far {subject} got",
    Verb.PUSH_STOCK: "tell {connection} what is available",
    Verb.RUN_CAMPAIGN: "have {connection} run {subject}",
    Verb.END_CAMPAIGN: "have {connection} end {subject}",
}

_READ: Mapping[str, str] = {
    "new": "it waits to be read",
    "done": "it was read",
    "superseded": "it was set aside",
    "unmatched": "it waits for its parcel",
    "parked": "it could not be read",
}


def tell(uow: UnitOfWork, order: Order, now: datetime, open_text: OpenText | None = None) -> list[StoryLine]:
    """Everything that is known of an order. Without `open_text` the carriers' own words stay sealed."""
    numbers = [each.tracking_number for each in order.consignments if each.tracking_number]
    documents = queries.inbox_of_order(uow, order.connection_id, order.sales.external_id, numbers)
    messages = queries.outbox_of_order(uow, order.order_id, now)
    decisions = _decisions(uow, order.order_id)
    lines = [
        *(_document(each) for each in documents),
        *decisions,
        *_parcels(order, messages, decisions),
        *(line for each in messages for line in _message(each)),
        *_tracking(uow, order.consignments, open_text),
        *_cases(uow, order.order_id),
    ]
    return sorted(lines, key=lambda line: (line.at, KINDS.index(line.kind)))


def _document(item: InboxItem) -> StoryLine:
    read = _READ.get(item.state, item.state)
    why = ": ".join(part for part in (item.path, item.reason) if part)
    text = f"{item.connection} sent {item.topic} {item.external_id}, revision {item.revision}; {read}"
    return StoryLine(
        at=item.received_at, kind="document", text=f"{text} ({why})" if why else text, reference=item.id
    )


def _decisions(uow: UnitOfWork, order_id: str) -> list[StoryLine]:
    rows = uow.all(
        "SELECT sequence, step, stage, reasons, actor, inbox_id, at FROM decisions"
        " WHERE order_id = :order_id ORDER BY sequence",
        order_id=order_id,
    )
    return [
        StoryLine(
            at=from_micros(row.at),
            kind="decision",
            text=f"{STEPS.get(row.step, row.step)}: {STAGES[Stage(row.stage)]}",
            actor=row.actor,
            reasons=_reasons(row.reasons),
            reference=row.inbox_id or "",
        )
        for row in rows
    ]


def _parcels(
    order: Order, messages: Sequence[OutboxItem], decisions: Sequence[StoryLine]
) -> Iterable[StoryLine]:
    """A parcel is planned with its first message; one without a carrier with the last decision before it."""
    for parcel in order.consignments:
        planned = [each.created_at for each in messages if each.subject == parcel.consignment_id]
        allocated = [each.at for each in decisions if each.text.startswith(STEPS["allocate"])]
        at = min(planned, default=max(allocated, default=None))
        if at is not None:
            text = f"parcel {parcel.consignment_id} planned: {contents(parcel)}"
            yield _line(at, "parcel", text, parcel.consignment_id)
        if parcel.handed_over_at is not None:
            number = f" as {parcel.carrier} {parcel.tracking_number}" if parcel.tracking_number else ""
            text = f"parcel {parcel.consignment_id} left {parcel.location_id}{number}"
            yield _line(parcel.handed_over_at, "parcel", text, parcel.consignment_id)


def _line(at: datetime, kind: str, text: str, reference: str) -> StoryLine:
    return StoryLine(at=at, kind=kind, text=text, reference=reference)


def contents(parcel: Consignment) -> str:
    """What is in it, and from where."""
    goods = ", ".join(f"{part.quantity} × {part.sku}" for part in parcel.lines)
    return f"{goods} from {parcel.location_id}"


def _message(item: OutboxItem) -> Iterable[StoryLine]:
    errand = ERRANDS[Verb(item.verb)].format(subject=item.subject, connection=item.connection)
    yield StoryLine(at=item.created_at, kind="message", text=f"to do: {errand}", reference=item.id)
    attempts = f" at attempt {item.attempts}" if item.attempts > 1 else ""
    error = f": {item.last_error}" if item.last_error else ""
    match item.state, item.outcome:
        case "done", "done":
            text = f"done{attempts}: {errand}"
        case "withdrawn", _:
            text = f"not wanted any more: {errand}"
        case "done" | "parked", "refused":
            text = f"refused{attempts}: {errand}{error}"
        case "parked", _:
            text = f"given up after {item.attempts} attempts, outcome unknown: {errand}{error}"
        case _:
            tried = f" ({item.attempts} attempts{error})" if item.attempts else ""
            text = f"still to do{tried}: {errand}; waits for: {item.waits_for}"
    at = item.done_at or item.sent_at or item.created_at
    yield StoryLine(at=at, kind="message", text=text, reference=item.id)


def _tracking(
    uow: UnitOfWork, parcels: Sequence[Consignment], open_text: OpenText | None
) -> Iterable[StoryLine]:
    for parcel in parcels:
        rows = uow.all(
            "SELECT occurred_at, status, code, description, location, seen_at FROM tracking_events"
            " WHERE consignment_id = :id ORDER BY occurred_at, seen_at, identity",
            id=parcel.consignment_id,
        )
        yield from (_event(row, parcel, open_text) for row in rows)


def _event(row: Any, parcel: Consignment, open_text: OpenText | None) -> StoryLine:
    at = from_micros(row.occurred_at if row.occurred_at is not None else row.seen_at)
    where = f" in {row.location}" if row.location else ""
    code = f" (code {row.code})" if row.code else ""
    when = "" if row.occurred_at is not None else ", at a time that the carrier does not say"
    text = f"{parcel.carrier} {parcel.tracking_number}: {row.status.replace('_', ' ')}{where}{code}{when}"
    if open_text:
        text += f": {open_text(bytes(row.description), parcel.consignment_id)}"
    return _line(at, "tracking", text, parcel.consignment_id)


def _cases(uow: UnitOfWork, order_id: str) -> Iterable[StoryLine]:
    for case in queries.cases(uow, order_id=order_id, limit=100):
        text = f"a person has to look ({case.kind.replace('_', ' ')}, {case.status}): {case.reason}"
        yield _line(case.opened_at, "case", text, case.id)
