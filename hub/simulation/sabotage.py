"""Deliberate sabotages: each takes one safeguard out of the hub, and each must turn an invariant red.

A checker that was never seen red is no checker. Every sabotage names the faults under which it hurts and is
caught if one of a few seeds shows a violation (most do with the first).
"""

import contextlib
import dataclasses
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from connectors.kit import OutcomeUnknown, Transient
from connectors.kit import http as client
from connectors.kit.twin import Fault
from hub import registry
from hub.domain import audit, changes, dispatch, outward, tracking
from hub.domain.effects import Send, Verb
from hub.domain.order import Parcel
from hub.domain.policies import StorePolicy, TellAt
from hub.domain.stock import StockBook, StockRow
from hub.jobs import outbox as outbox_job
from hub.jobs import pull as pull_job
from hub.jobs.table import JOBS
from hub.simulation import run
from hub.simulation.faults import WEBHOOKS, all_faults
from hub.storage import inbox as inbox_storage
from hub.storage import levels
from hub.storage.inbox import Inbox
from hub.storage.outbox import Outbox
from hub.storage.tables import inbox as inbox_table
from hub.storage.tables import stock as stock_table

Apply = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Sabotage:
    """`faults` are the ones under which the missing safeguard shows; `worst` ones run in every test."""

    name: str
    apply: Apply
    faults: tuple[str, ...] = ()
    strength: float = 1.0
    worst: bool = False


@dataclass(frozen=True)
class Caught:
    """Which invariant fell with which seed; `violation` empty: nobody noticed."""

    sabotage: Sabotage
    seed: int
    violation: str


def attempt(sabotage: Sabotage, seeds: Sequence[int], orders: int = 40, days: float = 1.0) -> Caught:
    """Run the sabotaged hub with one seed after the other until an invariant falls that stands with the same
    seed and faults in the hub as it is."""
    faults = all_faults(sabotage.faults, sabotage.strength)
    for seed in seeds:
        with sabotage.apply():
            report = run.simulate(seed, orders, days, faults=faults)
        if report.violation and _stands(seed, orders, days, sabotage.faults, sabotage.strength):
            return Caught(sabotage, seed, report.violation)
    return Caught(sabotage, -1, "")


@cache
def _stands(seed: int, orders: int, days: float, faults: tuple[str, ...], strength: float) -> bool:
    """The control: does the hub without sabotage hold?"""
    return run.simulate(seed, orders, days, faults=all_faults(faults, strength)).holds


@contextlib.contextmanager
def _instead(owner: Any, name: str, value: Any) -> Iterator[None]:
    """`owner.name` is something else for a while."""
    former = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, former)


def _replacing(owner: Any, name: str, value: Any) -> Apply:
    return lambda: _instead(owner, name, value)


@contextlib.contextmanager
def _without_constraint(table: Any, kind: str) -> Iterator[None]:
    dropped = [each for each in table.constraints if type(each).__name__ == kind]
    table.constraints.difference_update(dropped)
    try:
        yield
    finally:
        table.constraints.update(dropped)


@contextlib.contextmanager
def _inbox_without_identity() -> Iterator[None]:
    with (
        _without_constraint(inbox_table, "UniqueConstraint"),
        _instead(Inbox, "_latest", lambda self, uow, arrivals: {}),
        _instead(inbox_storage, "_revision", lambda arrival, digest, latest: digest.hex()[:16]),
    ):
        yield


@contextlib.contextmanager
def _ignore_reserved() -> Iterator[None]:
    honest = StockBook.__init__

    def blind(self: StockBook, rows: Sequence[StockRow], *escrow: Any) -> None:
        honest(self, [msgspec.structs.replace(row, reserved=0) for row in rows], *escrow)

    with _without_constraint(stock_table, "CheckConstraint"), _instead(StockBook, "__init__", blind):
        yield


@contextlib.contextmanager
def _done_before_sent() -> Iterator[None]:
    claim = Outbox.claim

    def claim_and_finish(self: Outbox, uow: Any, *args: Any) -> Any:
        messages = claim(self, uow, *args)
        for message in messages:
            uow.change("UPDATE outbox SET state = 'done', outcome = 'done' WHERE id = :id", id=message.id)
        return messages

    with _instead(Outbox, "claim", claim_and_finish), _instead(Outbox, "record", _record_anyway):
        yield


_record = Outbox.record


def _record_anyway(self: Outbox, uow: Any, verdicts: Any, now: Any) -> set[str]:
    """As if nobody else had claimed, ended or withdrawn the messages meanwhile."""
    for each in verdicts:
        uow.change(
            "UPDATE outbox SET state = 'open', lease_epoch = :epoch WHERE id = :id",
            epoch=each.message.epoch,
            id=each.message.id,
        )
    return _record(self, uow, verdicts, now)


@contextlib.contextmanager
def _no_lease() -> Iterator[None]:
    """Claiming leaves no trace: whoever comes next takes the same rows."""
    claim = Outbox.claim

    def look(self: Outbox, uow: Any, *args: Any) -> Any:
        messages = claim(self, uow, *args)
        for message in messages:
            uow.change(
                "UPDATE outbox SET lease_until = 0, sent_at = NULL WHERE id = :id",
                id=message.id,
            )
        return messages

    with _instead(Outbox, "claim", look), _instead(Outbox, "record", _record_anyway):
        yield


@contextlib.contextmanager
def _bookmark_first() -> Iterator[None]:
    """The bookmark moves in one transaction, the page follows in another."""
    turn = pull_job._turn

    def eager(hub: Any, connection_id: str, page: Any, before: str, after: str) -> Any:
        def move(uow: Any) -> bool:
            moved: bool = hub.books.connections.turn_page(uow, connection_id, before=before, after=after)
            return moved

        moved, _ = hub.database.transact(move)
        if not moved:
            return lambda uow: False
        return turn(hub, connection_id, page, after, after)

    with _instead(pull_job, "_turn", eager):
        yield


@contextlib.contextmanager
def _plugins(**changed: Any) -> Iterator[None]:
    load = registry.load

    def loaded() -> Any:
        found = load()
        return dataclasses.replace(
            found,
            stores={name: dataclasses.replace(each, **changed) for name, each in found.stores.items()},
            carriers={name: dataclasses.replace(each, **changed) for name, each in found.carriers.items()},
        )

    with _instead(registry, "load", loaded):
        yield


@contextlib.contextmanager
def _windows_with_gaps() -> Iterator[None]:
    """A cursor that takes what is later than its bookmark and some more."""
    module = importlib.import_module(registry.load().stores["taobao"].connector.__module__)
    windows = module.windows

    def gaps(start: Any, *args: Any, **options: Any) -> Any:
        options["overlap"] = timedelta(0)
        return windows(start + timedelta(minutes=15), *args, **options)

    with _instead(module, "windows", gaps):
        yield


@contextlib.contextmanager
def _retried_writes() -> Iterator[None]:
    named = client._named

    def hopeful(error: Exception, where: str, write: bool) -> Any:
        found = named(error, where, write)
        return Transient(str(found)) if isinstance(found, OutcomeUnknown) else found

    with _instead(client, "_named", hopeful):
        yield


def _nothing_given_back(order: Any, consignment: Any, snapshot: Any) -> Any:
    return order.with_consignment(dispatch.replace(consignment, stage=Parcel.CANCELLED)), ()


def _taken_back_in_the_books(order: Any, consignment: Any, snapshot: Any, *, is_sent: bool) -> Any:
    return dispatch.give_back(order, consignment, snapshot)


def _by_arrival(status: Any, status_at: Any, events: Any) -> Any:
    for event in events:
        status, status_at = event.status, event.occurred_at or status_at
    return status, status_at


@contextlib.contextmanager
def _told_at_once() -> Iterator[None]:
    """Every store is told when the parcel is booked, whatever its policy says."""
    booked = dispatch.booked

    def eager(order: Any, consignment_id: str, booking: Any, snapshot: Any) -> Any:
        policy = StorePolicy(tell_at=TellAt.BOOKED)
        policies = dict.fromkeys(snapshot.policies, policy)
        return booked(order, consignment_id, booking, dataclasses.replace(snapshot, policies=policies))

    delivered = importlib.import_module("hub.pipeline.delivered")
    with _instead(delivered, "booked", eager):
        yield


class _Never(Exception):
    """Nobody raises it."""


def _rules_without(rule: audit.Rule) -> Apply:
    return _replacing(audit, "RULES", tuple(each for each in audit.RULES if each is not rule))


def _give_up_at_once(hub: Any, message: Any, error: Any) -> Any:
    return outbox_job._given_up(message, str(error))


async def _no_sweep(hub: Any) -> list[Any]:
    return []


@contextlib.contextmanager
def _cancellations_overlooked() -> Iterator[None]:
    facts = changes._facts

    def blind(sales: Any) -> Any:
        return dispatch.replace(facts(sales), cancelled=False, wanted=(), payable=True)

    with _instead(changes, "_facts", blind):
        yield


def _one_unit_each(consignment: Any) -> Any:
    return [dispatch.replace(line, quantity=1) for line in _line_quantities(consignment)]


_line_quantities = outward._line_quantities


@contextlib.contextmanager
def _no_tracking_subscription_and_no_asking() -> Iterator[None]:
    """Nobody asks where parcels are: pushes alone, which get lost, would have to tell."""

    async def idle(hub: Any, key: str) -> None:
        return None

    with _instead(run, "JOBS", {**JOBS, "track": idle}):
        yield


@contextlib.contextmanager
def _no_cancel_message() -> Iterator[None]:
    apply = Outbox.apply

    def forgetful(self: Outbox, uow: Any, effects: Sequence[Any], now: Any) -> None:
        kept = [e for e in effects if not (isinstance(e, Send) and e.verb is Verb.CANCEL_BOOKING)]
        apply(self, uow, kept, now)

    with _instead(Outbox, "apply", forgetful):
        yield


_TIMEOUTS = (Fault.TIMEOUT_AFTER, Fault.TIMEOUT_BEFORE)

SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage("inbox without unique index and look-up", _inbox_without_identity, WEBHOOKS, worst=True),
    Sabotage("marked done before it is sent", _done_before_sent, ("crash",), worst=True),
    Sabotage("claims without a lease", _no_lease, ("race", "lost_wake"), 2, worst=True),
    Sabotage(
        "records whatever its epoch",
        _replacing(Outbox, "record", _record_anyway),
        ("stall", Fault.THROTTLE, *_TIMEOUTS),
        1.5,
    ),
    Sabotage(
        "takes no answer for a refusal",
        _replacing(outbox_job, "OutcomeUnknown", _Never),
        (Fault.TIMEOUT_AFTER,),
        worst=True,
    ),
    Sabotage("retries writes in the client", _retried_writes, (Fault.TIMEOUT_AFTER,), 2, worst=True),
    Sabotage("reads back at once", lambda: _plugins(read_back_after=timedelta(0)), _TIMEOUTS, 1.5),
    Sabotage("bookmark before the page", _bookmark_first, ("crash", Fault.DROP_WEBHOOK), 2, worst=True),
    Sabotage("cursor leaves gaps, no overlap", _windows_with_gaps, (Fault.DROP_WEBHOOK,), 2, worst=True),
    Sabotage(
        "forgets to release reservations", _replacing(dispatch, "give_back", _nothing_given_back), worst=True
    ),
    Sabotage("sells what is reserved", _ignore_reserved, worst=True),
    Sabotage("tells at booking", _told_at_once, worst=True),
    Sabotage("tracking by arrival", _replacing(tracking, "progress", _by_arrival), WEBHOOKS),
    Sabotage(
        "takes bookings back in its books only", _replacing(changes, "take_back", _taken_back_in_the_books)
    ),
    Sabotage("never sends a cancellation", _no_cancel_message),
    Sabotage("overlooks cancellations and changes", _cancellations_overlooked),
    Sabotage("ships what is not paid", _rules_without(audit._payment_suffices)),
    Sabotage("ships duplicates", _rules_without(audit._is_no_duplicate)),
    Sabotage("ships masked receivers with anybody", _rules_without(audit._receiver_can_be_reached)),
    Sabotage("tells one unit of each line", _replacing(outward, "_line_quantities", _one_unit_each)),
    Sabotage(
        "parks at the first failure",
        _replacing(outbox_job, "_again", _give_up_at_once),
        (Fault.THROTTLE,),
        1.5,
    ),
    Sabotage("never sweeps", _replacing(run, "due_work", _no_sweep), ("lost_wake",)),
    Sabotage(
        "leaves the store's own count alone", _replacing(levels, "sold_there", lambda uow, ids, now: None)
    ),
    Sabotage("never asks for parcels", _no_tracking_subscription_and_no_asking, (Fault.DROP_WEBHOOK,)),
)
