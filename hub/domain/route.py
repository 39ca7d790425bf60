"""READ THIS FIRST: the way of an order through the hub.

    received ─audit▶ approved ─allocate▶ allocated ─release▶ released ─▶ dispatched ─▶ closed
        └▶ on_hold (person, or a new fact)  └▶ backordered (stock)

`advance` takes an order as far as it can go on what the snapshot shows. It is pure: no step can reach the
network, the disk, a clock or dice. A step that leaves the order in its stage waits there: `approved` for the
store's next wave (`allocation.py`). Stages without a step wait: `on_hold` for a person or a changed document
(`changes.py`), `backordered` for stock, `released` for the carrier (`dispatch.py`), `dispatched` for
delivery (`tracking.py`).
"""

from collections.abc import Callable, Mapping

from hub.domain.allocation import allocate_step
from hub.domain.audit import audit_step
from hub.domain.automation import automated
from hub.domain.dispatch import release_step
from hub.domain.order import MOVES, Order, Stage
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot

Step = Callable[[Order, Snapshot], Outcome]

ROUTE: Mapping[Stage, Step] = {
    Stage.RECEIVED: audit_step,  # → approved, on hold, or nothing to do
    Stage.APPROVED: allocate_step,  # → allocated, back-ordered, or waits for a wave
    Stage.ALLOCATED: release_step,  # → released
}


def advance(order: Order, snapshot: Snapshot) -> tuple[Order, tuple[Outcome, ...]]:
    """Take the order along the route until it waits. Every outcome becomes a row with its reasons."""
    outcomes: list[Outcome] = []
    while step := ROUTE.get(order.stage):
        outcome = automated(step(order, snapshot), snapshot)
        if outcome.order.stage not in MOVES[order.stage]:
            raise AssertionError(f"{outcome.step} moved an order from {order.stage} to {outcome.order.stage}")
        outcomes.append(outcome)
        if outcome.order.stage is order.stage:
            return outcome.order, tuple(outcomes)
        order = outcome.order
    return order, tuple(outcomes)
