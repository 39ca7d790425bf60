"""Append-only: every outcome with its step, reasons, actor and the version of the policy that led to it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.clock import from_micros, micros
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


class FirstAudit(FrozenStruct):
    """The decision with which an order began, as it is stored, and the sealed document that it was read from
    (null: thrown away after its time)."""

    order_id: str
    connection_id: str
    store_id: str
    stage: str
    reasons: str
    policy_version: int
    inbox_id: str
    at: datetime
    document: bytes | None


def first_audits(uow: UnitOfWork, after: str, limit: int) -> list[FirstAudit]:
    """Of orders that came as a document, by order id from behind `after` on."""
    rows = uow.all(
        "SELECT d.order_id, o.connection_id, o.store_id, d.stage, d.reasons, d.policy_version, d.inbox_id,"
        " d.at, i.document FROM decisions d JOIN orders o ON o.id = d.order_id"
        " JOIN inbox i ON i.id = d.inbox_id"
        " WHERE d.order_id > :after AND d.sequence = 1 AND d.step = 'audit'"
        " ORDER BY d.order_id LIMIT :limit",
        after=after,
        limit=limit,
    )
    return [
        FirstAudit(
            **{
                **row._asdict(),
                "at": from_micros(row.at),
                "document": bytes(row.document) if row.document is not None else None,
            }
        )
        for row in rows
    ]


def stored_reasons(outcome: Outcome) -> str:
    """As a row keeps them."""
    return _encode(outcome.reasons).decode()


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
                stored_reasons(outcome),
                each.actor,
                each.policy_version,
                each.inbox_id,
                at,
            )
            for each in decided
            for position, outcome in enumerate(each.outcomes, start=1)
        ],
    )
