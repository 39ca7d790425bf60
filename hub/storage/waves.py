"""Waves in the database: written once with their proof, then what became of them."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.waves.certificate import Certificate
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.wave_tables import waves
from mappings.structs import FrozenStruct

Plan = Mapping[str, Mapping[str, str]]
"""Order id → line id → location id."""

_encode = msgspec.msgpack.Encoder().encode
_plan = msgspec.msgpack.Decoder(dict[str, dict[str, str]]).decode
_certificate = msgspec.msgpack.Decoder(Certificate).decode
_FACTS = "id, at, actor, orders, cost, lower_bound, solver, digest, as_planned, alone, waiting"


class Tally(FrozenStruct):
    """Orders of a wave by what became of them: `waiting` ones were back-ordered, held, or decided by somebody
    else."""

    as_planned: int = 0
    alone: int = 0
    waiting: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            as_planned=self.as_planned + other.as_planned,
            alone=self.alone + other.alone,
            waiting=self.waiting + other.waiting,
        )


class Kept(FrozenStruct):
    """A wave without its plan. The last three are those of `Tally`; null until the whole wave was applied."""

    wave_id: str
    at: datetime
    actor: str
    orders: int
    cost: int
    lower_bound: int
    solver: str
    digest: str
    as_planned: int | None = None
    alone: int | None = None
    waiting: int | None = None


class Proof(FrozenStruct):
    """What `verify` needs; `problem` as `hub.domain.waves.stored` packs it."""

    plan: Plan
    certificate: Certificate
    problem: bytes


def add(uow: UnitOfWork, kept: Kept, proof: Proof) -> None:
    row = (
        kept.wave_id,
        micros(kept.at),
        kept.actor,
        kept.orders,
        kept.cost,
        kept.lower_bound,
        kept.solver,
        kept.digest,
        zlib.compress(_encode(proof.plan)),
        zlib.compress(_encode(proof.certificate)),
        proof.problem,
        None,
        None,
        None,
    )
    insert(uow, waves, [row])


def applied(uow: UnitOfWork, wave_id: str, tally: Tally) -> None:
    """All orders of the wave were let go."""
    uow.change(
        "UPDATE waves SET as_planned = :as_planned, alone = :alone, waiting = :waiting WHERE id = :id",
        id=wave_id,
        as_planned=tally.as_planned,
        alone=tally.alone,
        waiting=tally.waiting,
    )


def listed(uow: UnitOfWork, limit: int) -> Sequence[Kept]:
    """The newest first."""
    rows = uow.all(f"SELECT {_FACTS} FROM waves ORDER BY id DESC LIMIT :limit", limit=limit)
    return [_kept(row) for row in rows]


def found(uow: UnitOfWork, wave_id: str) -> tuple[Kept, Proof] | None:
    rows = uow.all(
        f"SELECT {_FACTS}, plan, certificate, problem FROM waves WHERE id = :id",
        id=wave_id,
    )
    for row in rows:
        proof = Proof(
            plan=_plan(zlib.decompress(row.plan)),
            certificate=_certificate(zlib.decompress(row.certificate)),
            problem=bytes(row.problem),
        )
        return _kept(row), proof
    return None


def _kept(row: Any) -> Kept:
    return Kept(
        wave_id=row.id,
        at=from_micros(row.at),
        actor=row.actor,
        orders=row.orders,
        cost=row.cost,
        lower_bound=row.lower_bound,
        solver=row.solver,
        digest=row.digest,
        as_planned=row.as_planned,
        alone=row.alone,
        waiting=row.waiting,
    )


def waiting(uow: UnitOfWork, store_ids: Sequence[str], limit: int) -> list[str]:
    """Ids of orders that wait for a wave, the oldest first; of all stores where none is named."""
    if not store_ids:
        rows = uow.all("SELECT id FROM orders WHERE stage = 'approved' ORDER BY id LIMIT :limit", limit=limit)
    else:
        rows = uow.all(
            f"SELECT o.id FROM {keys(uow, s='text')} JOIN orders o ON o.store_id = k.s"
            " WHERE o.stage = 'approved' ORDER BY o.id LIMIT :limit",
            limit=limit,
            keys=packed([{"s": each} for each in sorted(set(store_ids))]),
        )
    return [row.id for row in rows]
