"""Append-only: every outcome with its step, reasons, actor and the version of the policy that led to it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.clock import micros
from hub.domain.outcome import Outcome
from hub.storage.bulk import insert
from hub.storage.database import UnitOfWork
from hub.storage.tables import decisions
from mappings.structs import FrozenStruct

_encode = msgspec.json.Encoder().encode


class Decided(FrozenStruct):
    """Outcomes of one order, to be numbered from `after` on."""

    order_id: str
    after: int
    outcomes: tuple[Outcome, ...]
    actor: str = "hub"
    policy_version: int = 1
    inbox_id: str | None = None


def append(uow: UnitOfWork, decided: Sequence[Decided], now: datetime) -> None:
    """Write one row per outcome."""
    at = micros(now)
    insert(
        uow,
        decisions,
        [
            (
                each.order_id,
                each.after + position,
                outcome.step,
                outcome.order.stage.value,
                _encode(outcome.reasons).decode(),
                each.actor,
                each.policy_version,
                each.inbox_id,
                at,
            )
            for each in decided
            for position, outcome in enumerate(each.outcomes, start=1)
        ],
    )
