"""Escrow: which SKUs are in it, and what each store holds of them.

Whoever changes a quota has locked the stock rows of the SKU before (`Stock.rows`), so that nobody waits in a
circle. The triggers of `quota_tables.py` count quotas in `stock.escrowed`, whose CHECK has the last word.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from hub.clock import micros
from hub.domain.quotas import Move, Quota
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.quota_tables import quota_moves
from mappings.structs import FrozenStruct

ADJUST_EVERY = timedelta(days=1)
"""Quotas follow sales so often: each move closes listings for a moment."""


class QuotaItem(FrozenStruct):
    """What a store may promise of a SKU in escrow, and how many `leaving` units of it are to go to others.
    `told` is what its platform was told last, null: nothing yet; `phase` is empty, or says that it is being
    told (`hub/domain/quotas.py`)."""

    sku: str
    store: str
    quota: int
    leaving: int
    told: int | None
    phase: str


def listed(uow: UnitOfWork, sku: str = "") -> list[QuotaItem]:
    """Every store that lists a SKU in escrow, or one such SKU."""
    rows = uow.all(
        "SELECT e.sku, c.store_id AS store, (SELECT CAST(COALESCE(sum(q.units), 0) AS integer) FROM quotas q"
        " WHERE q.sku = e.sku AND q.store_id = c.store_id) AS quota,"
        " (SELECT CAST(COALESCE(sum(m.units), 0) AS integer) FROM quota_moves m"
        " WHERE m.sku = e.sku AND m.from_store_id = c.store_id) AS leaving,"
        " CAST(sum(l.told) AS integer) AS told, COALESCE(min(t.phase), '') AS phase"
        " FROM escrow e JOIN listings l ON l.sku = e.sku JOIN connections c ON c.id = l.connection_id"
        " LEFT JOIN quota_tellings t ON t.connection_id = l.connection_id AND t.listing_id = l.listing_id"
        " WHERE (:sku = '' OR e.sku = :sku) GROUP BY e.sku, c.store_id ORDER BY e.sku, c.store_id",
        sku=sku,
    )
    return [QuotaItem(**row._asdict()) for row in rows]


def _named(skus: Iterable[str]) -> str:
    return packed([{"sku": each} for each in sorted(set(skus))])


def put_in_escrow(uow: UnitOfWork, skus: Collection[str], actor: str, now: datetime) -> None:
    """From now on each store may promise its own quota of these SKUs, which is nothing yet."""
    uow.change(
        "INSERT INTO escrow (sku, actor, at)"
        f" SELECT k.sku, :actor, CAST(:now AS bigint) FROM {keys(uow, sku='text')} WHERE true"
        " ON CONFLICT (sku) DO NOTHING",
        actor=actor,
        now=micros(now),
        keys=_named(skus),
    )


def untellable(uow: UnitOfWork, skus: Iterable[str]) -> list[tuple[str, str]]:
    """(SKU, connection) where a platform lists one that it cannot be told of, or not asked for orders of."""
    rows = uow.all(
        f"SELECT l.sku, l.connection_id FROM {keys(uow, sku='text')} JOIN listings l ON l.sku = k.sku"
        " JOIN connections c ON c.id = l.connection_id AND NOT (c.capabilities LIKE '%PushesStock%'"
        " AND c.capabilities LIKE '%PullsOrders%') ORDER BY l.sku, l.connection_id",
        keys=_named(skus),
    )
    return [(row.sku, row.connection_id) for row in rows]


def take_from_escrow(uow: UnitOfWork, skus: Collection[str]) -> None:
    """All stores share these SKUs again; quotas and what was decided about them end. What platforms show is
    told anew, for they counted by themselves."""
    uow.change(
        f"UPDATE listings SET told = NULL WHERE sku IN (SELECT k.sku FROM {keys(uow, sku='text')})",
        keys=_named(skus),
    )
    for table in ("quota_moves", "quota_tellings", "quotas", "escrow"):
        uow.change(
            f"DELETE FROM {table} WHERE sku IN (SELECT k.sku FROM {keys(uow, sku='text')})",
            keys=_named(skus),
        )


def in_escrow(uow: UnitOfWork, skus: Iterable[str]) -> list[str]:
    """Those of the SKUs that are."""
    rows = uow.all(
        f"SELECT e.sku FROM {keys(uow, sku='text')} JOIN escrow e ON e.sku = k.sku ORDER BY e.sku",
        keys=_named(skus),
    )
    return [row.sku for row in rows]


def held(uow: UnitOfWork, skus: Iterable[str]) -> list[Quota]:
    """The quotas of these SKUs."""
    rows = uow.all(
        f"SELECT q.sku, q.location_id, q.store_id, q.units FROM {keys(uow, sku='text')}"
        " JOIN quotas q ON q.sku = k.sku ORDER BY q.sku, q.location_id, q.store_id",
        keys=_named(skus),
    )
    return [Quota(**row._asdict()) for row in rows]


def change(uow: UnitOfWork, deltas: Mapping[tuple[str, str, str], int]) -> None:
    """(SKU, location, store) → units more or less, where the store has a quota; one that is not there
    violates a check and rolls the batch back."""
    if deltas:
        uow.change(
            "UPDATE quotas SET units = quotas.units + k.units"
            f" FROM {keys(uow, sku='text', at='text', store='text', units='integer')}"
            " WHERE quotas.sku = k.sku AND quotas.location_id = k.at AND quotas.store_id = k.store",
            keys=packed(
                [
                    {"sku": sku, "at": at, "store": store, "units": units}
                    for (sku, at, store), units in sorted(deltas.items())
                ]
            ),
        )


def grant(uow: UnitOfWork, moves: Sequence[Move]) -> None:
    """Carry moves out: givers first, so that the units are there for the takers."""
    given: dict[tuple[str, str, str], int] = {}
    for each in moves:
        if each.from_store_id:
            key = (each.sku, each.location_id, each.from_store_id)
            given[key] = given.get(key, 0) - each.units
    change(uow, given)
    taken: dict[tuple[str, str, str], int] = {}
    for each in moves:
        key = (each.sku, each.location_id, each.to_store_id)
        taken[key] = taken.get(key, 0) + each.units
    if taken:
        kinds = {"sku": "text", "at": "text", "store": "text", "units": "integer"}
        uow.change(
            "INSERT INTO quotas (sku, location_id, store_id, units)"
            f" SELECT k.sku, k.at, k.store, k.units FROM {keys(uow, **kinds)} WHERE true"
            " ON CONFLICT (sku, location_id, store_id) DO UPDATE SET units = quotas.units + excluded.units",
            keys=packed(
                [
                    {"sku": sku, "at": at, "store": store, "units": units}
                    for (sku, at, store), units in sorted(taken.items())
                ]
            ),
        )


def due(uow: UnitOfWork, now: datetime, limit: int) -> list[str]:
    """SKUs whose quotas must be decided about."""
    rows = uow.all(
        "SELECT sku FROM escrow WHERE adjusted_at IS NULL OR adjusted_at <= :before"
        " ORDER BY sku LIMIT :limit",
        before=micros(now - ADJUST_EVERY),
        limit=limit,
    )
    return [row.sku for row in rows]


def arrived(uow: UnitOfWork, skus: Iterable[str]) -> None:
    """There are units of these in no quota: decide about them soon."""
    changed = uow.change(
        f"UPDATE escrow SET adjusted_at = NULL WHERE sku IN (SELECT k.sku FROM {keys(uow, sku='text')})",
        keys=_named(skus),
    )
    if changed:
        uow.wake("adjust_quotas", "", "bulk")


def promised(uow: UnitOfWork, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(store, SKU) → its quota at active locations."""
    rows = uow.all(
        "SELECT q.store_id, q.sku, CAST(sum(q.units) AS integer) AS units"
        f" FROM {keys(uow, store='text', sku='text')} JOIN quotas q ON q.sku = k.sku AND q.store_id = k.store"
        " JOIN locations p ON p.id = q.location_id AND p.is_active GROUP BY q.store_id, q.sku",
        keys=packed([{"store": store, "sku": sku} for store, sku in sorted(pairs)]),
    )
    return {(row.store_id, row.sku): row.units for row in rows}


def free(uow: UnitOfWork, skus: Iterable[str]) -> dict[str, dict[str, int]]:
    """SKU → location → units at active locations that are in no quota and not promised."""
    rows = uow.all(
        "SELECT s.sku, s.location_id, s.on_hand - s.reserved - s.escrowed AS units"
        f" FROM {keys(uow, sku='text')} JOIN stock s ON s.sku = k.sku"
        " JOIN locations p ON p.id = s.location_id AND p.is_active ORDER BY s.sku, s.location_id",
        keys=_named(skus),
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.sku, {})[row.location_id] = row.units
    return found


def sold(uow: UnitOfWork, skus: Iterable[str], since: datetime) -> dict[str, dict[str, int]]:
    """SKU → store → units that buyers ordered since then, for every store that lists the SKU."""
    rows = uow.all(
        "SELECT l.sku, c.store_id, (SELECT CAST(COALESCE(sum(ol.quantity), 0) AS integer) FROM order_lines ol"
        " JOIN orders o ON o.id = ol.order_id AND o.store_id = c.store_id AND o.placed_at >= :since"
        " AND o.stage <> 'cancelled' WHERE ol.sku = l.sku) AS units"
        f" FROM {keys(uow, sku='text')} JOIN listings l ON l.sku = k.sku"
        " JOIN connections c ON c.id = l.connection_id AND c.capabilities LIKE '%PushesStock%'"
        " GROUP BY l.sku, c.store_id ORDER BY l.sku, c.store_id",
        since=micros(since),
        keys=_named(skus),
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.sku, {})[row.store_id] = row.units
    return found


def decide(uow: UnitOfWork, skus: Collection[str], moves: Sequence[Move], now: datetime) -> None:
    """Replace what was decided about these SKUs and not carried out yet."""
    names = f"sku IN (SELECT k.sku FROM {keys(uow, sku='text')})"
    uow.change(f"DELETE FROM quota_moves WHERE {names}", keys=_named(skus))
    uow.change(f"UPDATE escrow SET adjusted_at = :now WHERE {names}", now=micros(now), keys=_named(skus))
    rows = [(*msgspec.structs.astuple(each), micros(now)) for each in moves]
    insert(uow, quota_moves, rows)


def decided(uow: UnitOfWork, givers: Iterable[tuple[str, str]]) -> list[Move]:
    """Moves that wait for one of these (store, SKU) to give; they are taken from the list."""
    rows = uow.all(
        "DELETE FROM quota_moves WHERE EXISTS (SELECT 1"
        f" FROM {keys(uow, store='text', sku='text')}"
        " WHERE quota_moves.from_store_id = k.store AND quota_moves.sku = k.sku)"
        " RETURNING sku, location_id, from_store_id, to_store_id, units",
        keys=packed([{"store": store, "sku": sku} for store, sku in sorted(givers)]),
    )
    return sorted((Move(**row._asdict()) for row in rows), key=msgspec.structs.astuple)
