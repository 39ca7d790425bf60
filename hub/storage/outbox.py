"""The outbox: what must leave the hub is a row here first, in the transaction that decided it.

Delivery: *claim* (transaction 1: lease, epoch, `sent_at`) → call outside of any transaction → *record*
(transaction 2, only `where lease_epoch = mine`). A row whose lease ran out after `sent_at` was set is in
doubt: it may have been done, so it is read back and not repeated blindly. Messages of one subject (one
consignment) leave in order; a cancellation withdraws an unsent booking and never waits behind a parked one.
Parcels of one order are told one after the other, because the last one says that the order is complete.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import msgspec

from hub.clock import NewId, micros
from hub.domain.effects import Effect, Send, Verb, Withdraw
from hub.domain.order import Order, order_of
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import outbox
from mappings.canonical import Campaign, StockLevel
from mappings.structs import FrozenStruct

IN_TURN = (
    "o.id = (SELECT min(e.id) FROM outbox e WHERE e.state = 'open' AND e.subject = o.subject)"
    " AND (o.verb <> 'push_fulfilment' OR o.id = (SELECT min(e.id) FROM outbox e"
    " WHERE e.state = 'open' AND e.verb = 'push_fulfilment' AND e.order_id = o.order_id))"
)
"""Condition on a row `o`: nothing that must leave before it is still open."""

FLOW_PAUSED = "c.paused_flows LIKE CASE o.verb WHEN 'push_stock' THEN '%stock%' ELSE '%push%' END"
"""Condition on a row `o` and its connection `c`."""

MAY_LEAVE = (
    f"'active' = (SELECT CASE WHEN {FLOW_PAUSED} THEN 'paused' ELSE c.status END FROM connections c"
    " WHERE c.id = o.connection_id)"
    " AND 'active' = (SELECT g.status FROM connections g WHERE g.id = o.gate_connection_id)"
)
"""Condition on a row `o`: its connection is active with that flow, and so is its gate. Neither this nor
`IN_TURN` is a join, so that rows are read in the order of the index, and no further than the limit, whatever
statistics say."""


_IS_OPEN = "outbox.state || '' = 'open'"
"""No index serves it, so that rows are found by their ids: with old statistics the planner takes open rows
for few, and would read a whole backlog for each batch."""


class Message(FrozenStruct):
    """A claimed row. `in_doubt`: an earlier attempt may have been done at the platform."""

    id: str
    connection_id: str
    verb: Verb
    order_id: str
    subject: str
    document: str
    attempts: int
    epoch: int
    in_doubt: bool


class Verdict(FrozenStruct):
    """What became of a claimed message. `state` open means: again at `not_before`; `doubt` keeps the mark
    that it may have been done; `unspent`: nothing was tried, so the attempt does not count."""

    message: Message
    state: str
    outcome: str = ""
    error: str = ""
    not_before: datetime | None = None
    doubt: bool = False
    unspent: bool = False


class Outbox:
    """`lease` must exceed the client's total deadline plus the longest read-back delay."""

    def __init__(self, new_id: NewId, lease: timedelta) -> None:
        self._new_id = new_id
        self._lease = lease

    def apply(self, uow: UnitOfWork, effects: Sequence[Effect], now: datetime) -> None:
        """Write `Send` and `Withdraw` effects, in their order: what is withdrawn within the batch that would
        have sent it is never written."""
        withdrawn: list[str] = []
        sends: list[Send] = []
        for effect in effects:
            if isinstance(effect, Send):
                sends.append(effect)
            elif isinstance(effect, Withdraw):
                withdrawn.append(effect.consignment_id)
                sends = [each for each in sends if each.consignment_id != effect.consignment_id]
        self._withdraw(uow, withdrawn, now)
        at = micros(now)
        insert(uow, outbox, [self._row(send, at) for send in sends])
        for connection_id in dict.fromkeys(send.connection_id for send in sends):
            uow.wake("work_outbox", connection_id)

    def _row(self, send: Send, at: int) -> tuple[object, ...]:
        return self._fresh(
            send.connection_id,
            send.gate_connection_id,
            send.verb,
            send.order_id,
            send.consignment_id,
            "",
            micros(send.not_before) if send.not_before else at,
            at,
        )

    def _fresh(
        self,
        connection_id: str,
        gate_id: str,
        verb: Verb,
        order_id: str | None,
        subject: str,
        document: str,
        not_before: int,
        at: int,
    ) -> tuple[object, ...]:
        return (
            self._new_id(),
            connection_id,
            gate_id,
            verb.value,
            order_id,
            subject,
            document,
            "open",
            "",
            0,
            not_before,
            0,
            0,
            None,
            "",
            at,
            None,
        )

    def put_stock(
        self, uow: UnitOfWork, levels: Mapping[str, Mapping[str, StockLevel]], now: datetime
    ) -> None:
        """Connection id → listing id → level. At most one unsent message per connection: newer levels
        replace older ones in it, so that a store which is away comes back to one message."""
        waiting = {
            row.connection_id: row
            for row in uow.all(
                f"SELECT o.id, o.connection_id, o.document FROM {keys(uow, c='text')}"
                " JOIN outbox o ON o.connection_id = k.c AND o.verb = 'push_stock' AND o.state = 'open'"
                f" AND o.sent_at IS NULL{' FOR UPDATE OF o' if uow.is_postgres else ''}",
                keys=packed([{"c": each} for each in levels]),
            )
        }
        merged = []
        for connection_id, news in levels.items():
            if row := waiting.get(connection_id):
                known = {each.listing_id: each for each in read_levels(row.document)}
                merged.append({"id": row.id, "d": write_levels(known | dict(news))})
        if merged:
            uow.change(
                f"UPDATE outbox SET document = k.d FROM {keys(uow, id='text', d='text')}"
                " WHERE outbox.id = k.id",
                keys=packed(merged),
            )
        at = micros(now)
        insert(
            uow,
            outbox,
            [
                self._fresh(each, each, Verb.PUSH_STOCK, None, f"stock:{each}", write_levels(news), at, at)
                for each, news in levels.items()
                if each not in waiting
            ],
        )
        for connection_id in levels:
            uow.wake("work_outbox", connection_id)

    def put_campaigns(self, uow: UnitOfWork, verb: Verb, told: Mapping[str, Campaign], now: datetime) -> None:
        """Connection id → campaign. What was not sent yet of the same campaign is withdrawn: the newest wish
        counts."""
        subjects = {
            connection_id: f"campaign {each.campaign_id}@{connection_id}"
            for connection_id, each in told.items()
        }
        self._withdraw(uow, list(subjects.values()), now)
        at = micros(now)
        insert(
            uow,
            outbox,
            [
                self._fresh(
                    each, each, verb, None, subjects[each], msgspec.json.encode(campaign).decode(), at, at
                )
                for each, campaign in told.items()
            ],
        )
        for connection_id in told:
            uow.wake("work_outbox", connection_id)

    def _withdraw(self, uow: UnitOfWork, subjects: Sequence[str], now: datetime) -> None:
        if subjects:
            uow.change(
                "UPDATE outbox SET state = 'withdrawn', done_at = :now WHERE state IN ('open', 'parked')"
                " AND (sent_at IS NULL OR outcome = 'refused')"
                f" AND subject IN (SELECT k.s FROM {keys(uow, s='text')})",
                now=micros(now),
                keys=packed([{"s": each} for each in subjects]),
            )

    def sent_subjects(self, uow: UnitOfWork, order_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Order id → consignments whose booking may have reached a carrier. Locks the rows, so that no
        worker starts sending one while it is being decided about."""
        if not order_ids:
            return {}
        lock = " FOR UPDATE OF o" if uow.is_postgres else ""
        rows = uow.all(
            f"SELECT o.order_id, o.subject, o.sent_at, o.state, o.outcome FROM {keys(uow, id='text')}"
            f" JOIN outbox o ON o.order_id = k.id WHERE o.verb = 'book'{lock}",
            keys=packed([{"id": each} for each in order_ids]),
        )
        found: dict[str, set[str]] = {}
        for row in rows:
            if row.sent_at is not None and row.outcome != "refused":
                found.setdefault(row.order_id, set()).add(row.subject)
        return {order_id: frozenset(subjects) for order_id, subjects in found.items()}

    def sent_bookings(self, uow: UnitOfWork, orders: Collection[Order]) -> dict[str, frozenset[str]]:
        """Order id → its consignments whose booking may have reached a carrier, also as part of a parcel that
        they share."""
        passengers = (each.booked_as for order in orders for each in order.consignments if each.is_passenger)
        ids = {order.order_id for order in orders} | {order_of(each) for each in passengers}
        sent = frozenset(chain.from_iterable(self.sent_subjects(uow, sorted(ids)).values()))
        return {
            order.order_id: frozenset(
                each.consignment_id for each in order.consignments if each.booked_as in sent
            )
            for order in orders
        }

    def asking(self, uow: UnitOfWork, subjects: Sequence[str]) -> set[str]:
        """Those of these consignments for which a carrier has still to be asked for its quote."""
        rows = uow.all(
            f"SELECT DISTINCT o.subject FROM {keys(uow, s='text')} JOIN outbox o"
            " ON o.subject = k.s AND o.state = 'open' AND o.verb = 'quote'",
            keys=packed([{"s": each} for each in sorted(set(subjects))]),
        )
        return {row.subject for row in rows}

    def claim(
        self, uow: UnitOfWork, connection_id: str, limit: int, now: datetime, lease_now: int
    ) -> list[Message]:
        """Due messages of an active connection whose gate is open too, each in its turn."""
        skip = " FOR UPDATE OF o SKIP LOCKED" if uow.is_postgres else ""
        rows = uow.all(
            "SELECT o.id, o.connection_id, o.verb, o.order_id, o.subject, o.document, o.attempts,"
            " o.lease_epoch, o.sent_at FROM outbox o"
            " WHERE o.state = 'open' AND o.connection_id = :connection AND o.not_before <= :now"
            f" AND o.lease_until <= :lease_now AND {MAY_LEAVE} AND {IN_TURN}"
            f" ORDER BY o.not_before, o.id LIMIT :limit{skip}",
            connection=connection_id,
            now=micros(now),
            lease_now=lease_now,
            limit=limit,
        )
        if rows:
            uow.change(
                "UPDATE outbox SET lease_until = :until, lease_epoch = lease_epoch + 1, sent_at = :now,"
                f" attempts = attempts + 1 WHERE id IN (SELECT k.id FROM {keys(uow, id='text')})",
                until=lease_now + self._lease // timedelta(microseconds=1),
                now=micros(now),
                keys=packed([{"id": row.id} for row in rows]),
            )
        return [_message(row) for row in rows]

    def record(self, uow: UnitOfWork, verdicts: Sequence[Verdict], now: datetime) -> set[str]:
        """Write verdicts of messages that are still ours; returns the ids of those that were."""
        if not verdicts:
            return set()
        at = micros(now)
        kinds = {
            "id": "text",
            "epoch": "integer",
            "state": "text",
            "outcome": "text",
            "error": "text",
            "not_before": "bigint",
            "sent_at": "bigint",
            "done_at": "bigint",
            "unspent": "integer",
        }
        rows = uow.all(
            "UPDATE outbox SET state = k.state, outcome = k.outcome, last_error = k.error,"
            " not_before = k.not_before, sent_at = k.sent_at, done_at = k.done_at, lease_until = 0,"
            f" attempts = attempts - k.unspent FROM {keys(uow, **kinds)} WHERE outbox.id = k.id"
            f" AND {_IS_OPEN} AND outbox.lease_epoch = k.epoch RETURNING outbox.id",
            keys=packed(
                [_verdict_row(each, at) for each in sorted(verdicts, key=lambda each: each.message.id)]
            ),
        )
        return {row.id for row in rows}

    def due_connections(self, uow: UnitOfWork, now: datetime, lease_now: int) -> list[str]:
        """Connections with something to send now (for the sweep)."""
        rows = uow.all(
            "SELECT DISTINCT o.connection_id FROM outbox o WHERE o.state = 'open' AND o.not_before <= :now"
            f" AND o.lease_until <= :lease_now AND {MAY_LEAVE} AND {IN_TURN} ORDER BY o.connection_id",
            now=micros(now),
            lease_now=lease_now,
        )
        return [row.connection_id for row in rows]

    def replay(self, uow: UnitOfWork, ids: Sequence[str], now: datetime) -> int:
        """Send parked messages again. What may have been done stays in doubt and is read back first; what was
        refused was not done."""
        changed = uow.change(
            "UPDATE outbox SET state = 'open', outcome = '', attempts = 0, not_before = :now, done_at = NULL,"
            " sent_at = CASE WHEN outcome = 'refused' THEN NULL ELSE sent_at END"
            f" WHERE state = 'parked' AND id IN (SELECT k.id FROM {keys(uow, id='text')})",
            now=micros(now),
            keys=packed([{"id": each} for each in ids]),
        )
        uow.wake("sweep")
        return changed

    def dismiss(self, uow: UnitOfWork, ids: Sequence[str], now: datetime) -> int:
        """A person sets parked messages aside: they will not be sent. Not a booking or its cancellation that
        may have reached the carrier: what became of it is to be read back (`replay`)."""
        return uow.change(
            "UPDATE outbox SET state = 'withdrawn', done_at = :now WHERE state = 'parked'"
            " AND (sent_at IS NULL OR outcome = 'refused' OR verb NOT IN ('book', 'cancel_booking'))"
            f" AND id IN (SELECT k.id FROM {keys(uow, id='text')})",
            now=micros(now),
            keys=packed([{"id": each} for each in ids]),
        )


read_levels = msgspec.json.Decoder(tuple[StockLevel, ...]).decode


def write_levels(levels: Mapping[str, StockLevel]) -> str:
    """The document of a stock message, in the order of listing ids."""
    return msgspec.json.encode([levels[each] for each in sorted(levels)]).decode()


def _message(row: Any) -> Message:
    id_, connection_id, verb, order_id, subject, document, attempts, epoch, sent_at = row
    return Message(
        id=id_,
        connection_id=connection_id,
        verb=Verb(verb),
        order_id=order_id or "",
        subject=subject,
        document=document,
        attempts=attempts + 1,
        epoch=epoch + 1,
        in_doubt=sent_at is not None,
    )


def _verdict_row(each: Verdict, at: int) -> dict[str, object]:
    is_open = each.state == "open"
    keeps_mark = each.doubt or not is_open
    return {
        "id": each.message.id,
        "epoch": each.message.epoch,
        "state": each.state,
        "outcome": each.outcome,
        "error": each.error[:500],
        "not_before": micros(each.not_before) if each.not_before else at,
        "sent_at": at if keeps_mark else None,
        "done_at": None if is_open else at,
        "unspent": int(each.unspent),
    }
