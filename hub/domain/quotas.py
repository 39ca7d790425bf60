"""How the units of a SKU in escrow are divided between stores, and when a platform may be shown a level.

A platform takes absolute levels, and its orders reach us late. A level that is written over the platform's
own count brings back units whose orders are still on their way. So a level is only written when no order can
be on its way, and never twice (`docs/decisions/0017`):

1. *close*: tell 0, until the platform took it. That is always safe, however often it is repeated.
2. *hear*: a pull that began after that brought every order, and all are decided.
3. *move*: what the store no longer needs goes to others, in one guarded transaction.
4. *open*: tell the quota, once. If nobody knows whether the platform took it, close again.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from mappings.structs import FrozenStruct

HEARD_AFTER = timedelta(seconds=30)
"""A platform's list of orders shows an order at most so long after the buyer placed it."""


class Phase(StrEnum):
    """Between two levels of a listing."""

    CLOSING = "closing"
    CLOSED = "closed"
    OPENING = "opening"


class Quota(FrozenStruct):
    """Units of a SKU at a location that only this store may promise."""

    sku: str
    location_id: str
    store_id: str
    units: int


class Move(FrozenStruct):
    """Units at a location that change from one store's quota to another's; from nobody's if empty."""

    sku: str
    location_id: str
    from_store_id: str
    to_store_id: str
    units: int


def is_heard(closed_at: datetime, pull_began: datetime) -> bool:
    """Does a pull that began then bring every order that was placed before the platform was closed?"""
    return pull_began >= closed_at + HEARD_AFTER


def share(units: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Whole units in proportion to weights, by largest remainder; among equal remainders the first name.
    Without any weight all count the same."""
    total = sum(weights.values())
    if not total:
        weights = dict.fromkeys(weights, 1)
        total = len(weights)
    shares = {name: units * weight // total for name, weight in weights.items()}
    left = units - sum(shares.values())
    by_remainder = sorted(weights, key=lambda name: (-(units * weights[name] % total), name))
    return {name: whole + (name in by_remainder[:left]) for name, whole in sorted(shares.items())}


def plan(
    sku: str,
    free: Mapping[str, int],
    quotas: Collection[Quota],
    sold: Mapping[str, int],
    owed: Mapping[str, int],
) -> list[Move]:
    """Moves after which each store holds a share of all units in proportion to what it sold lately.

    `free`: location → units in nobody's quota; `sold`: store → units in a while, for all stores that may
    sell it; `owed`: store → units that orders want which reserve nothing yet, so that they must stay. Each
    store weighs one unit more than it sold: one that holds nothing sells nothing, and would never get any.
    """
    held = {store: sum(each.units for each in quotas if each.store_id == store) for store in sold}
    wanted = share(
        sum(free.values()) + sum(held.values()), {store: units + 1 for store, units in sold.items()}
    )
    lacking = {store: wanted[store] - held[store] for store in sorted(sold) if wanted[store] > held[store]}
    sources = [("", location, units) for location, units in sorted(free.items())]
    for store in sorted(sold):
        spare = min(held[store] - wanted[store], held[store] - owed.get(store, 0))
        sources += _spared(sorted(quotas, key=lambda each: each.location_id), store, spare)
    return _matched(sku, sources, lacking)


def _spared(quotas: Sequence[Quota], store: str, spare: int) -> list[tuple[str, str, int]]:
    found = []
    for each in quotas:
        if each.store_id == store and (units := min(each.units, spare)) > 0:
            found.append((store, each.location_id, units))
            spare -= units
    return found


def _matched(sku: str, sources: Sequence[tuple[str, str, int]], lacking: Mapping[str, int]) -> list[Move]:
    moves = []
    lacks = dict(lacking)
    for giver, location, units in sources:
        for taker in lacks:
            if moved := min(units, lacks[taker]):
                moves.append(
                    Move(sku=sku, location_id=location, from_store_id=giver, to_store_id=taker, units=moved)
                )
                units -= moved
                lacks[taker] -= moved
    return moves


def cut(quotas: Collection[Quota], units: int) -> list[Quota]:
    """The quotas of one place, with so many units less in all: they are physically not there. Each loses in
    proportion to what it holds."""
    held = {each.store_id: each.units for each in quotas}
    left = share(max(0, sum(held.values()) - units), held) if held else {}
    return [
        Quota(sku=each.sku, location_id=each.location_id, store_id=each.store_id, units=left[each.store_id])
        for each in quotas
    ]
