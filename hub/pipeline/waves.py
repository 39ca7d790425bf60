"""Waves: orders that wait are planned together, then let go page by page through the usual books.

Planning holds no lock while it solves. When the plan is applied each order is audited again and reserves what
is there then: the guarded stock rows are the arbiter, and an order whose units went away is allocated alone.
A wave that was broken off leaves the rest of its orders waiting for the next one.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.domain.order import Order, Parcel, Stage
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot, WavePlan
from hub.domain.waves.batch import Batch, batch
from hub.domain.waves.stored import packed, unpacked
from hub.domain.waves.verify import complaints
from hub.domain.waves.wave import solve
from hub.pipeline.books import Books
from hub.pipeline.resume import PAGE, decide_again
from hub.storage import products, waves
from hub.storage.database import UnitOfWork
from hub.storage.waves import Kept, Plan, Proof, Tally
from mappings.structs import FrozenStruct


class Planned(FrozenStruct):
    """A wave that was solved."""

    kept: Kept
    proof: Proof


def collect(
    books: Books, uow: UnitOfWork, store_ids: Sequence[str], limit: int, now: datetime
) -> tuple[Batch, list[str]]:
    """What the oldest waiting orders ask, and their ids."""
    ids = waves.waiting(uow, store_ids, limit)
    stored = books.orders.by_ids(uow, ids, locked=False)
    orders = [stored[each].order for each in ids]
    snapshot = books.snapshots.load(uow, now, known=orders)
    weights = products.weights(uow, {sku for order in orders for sku in order.skus.values()})
    return batch(orders, snapshot, weights), ids


def planned(asked: Batch, ids: Sequence[str], wave_id: str, actor: str, now: datetime) -> Planned:
    """Solve it. Raises `solver.NotSolved`."""
    certificate = solve(asked.problem)
    kept = Kept(
        wave_id=wave_id,
        at=now,
        actor=actor,
        orders=len(ids),
        cost=certificate.cost,
        lower_bound=certificate.lower_bound,
        solver=certificate.solver,
        digest=certificate.problem,
    )
    plan: Plan = {**{order_id: {} for order_id in ids}, **asked.plan(certificate.plan)}
    return Planned(kept=kept, proof=Proof(plan=plan, certificate=certificate, problem=packed(asked.problem)))


def let_go(books: Books, uow: UnitOfWork, wave: Planned, ids: Sequence[str], now: datetime) -> Tally:
    """Take a page of the wave's orders along the route."""
    plan = WavePlan(wave_id=wave.kept.wave_id, orders={each: wave.proof.plan.get(each, {}) for each in ids})
    decided = decide_again(books, uow, ids, _again, now, actor=wave.kept.actor, wave=plan)
    released = [each for each in decided if each.stage is Stage.RELEASED]
    kept = sum(_places(each) == plan.orders[each.order_id] for each in released)
    return Tally(as_planned=kept, alone=len(released) - kept, waiting=len(ids) - len(released))


def _places(order: Order) -> dict[str, str]:
    """Line id → location that sends it, of parcels that have not left."""
    parcels = (each for each in order.consignments if each.stage is Parcel.RELEASED)
    return {part.line_id: parcel.location_id for parcel in parcels for part in parcel.lines}


def pages(wave: Planned) -> list[Sequence[str]]:
    """Ids of its orders; none without a whole plan goes before one that has units planned for it."""
    plan = wave.proof.plan
    found: list[Sequence[str]] = []
    for has_plan in (True, False):
        ids = sorted(order_id for order_id, lines in plan.items() if bool(lines) is has_plan)
        found += [ids[start : start + PAGE] for start in range(0, len(ids), PAGE)]
    return found


def _again(order: Order, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
    """Whoever took an order on since it was collected was first."""
    if order.stage is Stage.APPROVED:
        order = msgspec.structs.replace(order, stage=Stage.RECEIVED)
    return Outcome(step="again", order=order)


def checked(kept: Kept, proof: Proof) -> list[str]:
    """What is wrong with a stored wave, found without a solver; empty: nothing."""
    certificate = proof.certificate
    told = (kept.digest, kept.cost, kept.lower_bound)
    if told != (certificate.problem, certificate.cost, certificate.lower_bound):
        return ["what is listed of it is not what its certificate says"]
    return complaints(unpacked(proof.problem), certificate)
