"""What stores are told of stock: which listings show something else, and what is on its way to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.clock import micros
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.safety import KEPT
from hub.storage.stores import policy_of
from mappings.structs import FrozenStruct


class Level(FrozenStruct):
    """A linked listing whose store shows something else than what is available."""

    connection_id: str
    listing_id: str
    inventory_id: str
    sku: str
    available: int


def levels_to_tell(uow: UnitOfWork, skus: Sequence[str]) -> list[Level]:
    """Linked listings of stores that take stock and were told something else than they should show of what
    is available at active locations and not kept back there. What was never counted is unknown, not 0; what
    is in escrow is told in another way (`quota_tellings.py`)."""
    free = f"s.on_hand - s.reserved - {KEPT}"
    available = f"COALESCE(SUM(CASE WHEN {free} > 0 THEN {free} ELSE 0 END) FILTER (WHERE p.is_active), 0)"
    rows = uow.all(
        "SELECT l.connection_id, l.listing_id, l.inventory_id, l.sku, l.told, c.store_id,"
        f" CAST({available} AS integer) AS available"
        f" FROM {keys(uow, sku='text')} JOIN listings l ON l.sku = k.sku"
        " JOIN connections c ON c.id = l.connection_id AND c.capabilities LIKE '%PushesStock%'"
        " JOIN stock s ON s.sku = l.sku JOIN locations p ON p.id = s.location_id"
        " WHERE NOT EXISTS (SELECT 1 FROM escrow e WHERE e.sku = l.sku)"
        " GROUP BY l.connection_id, l.listing_id, l.inventory_id, l.sku, l.told, c.store_id"
        " ORDER BY l.connection_id, l.listing_id",
        keys=packed([{"sku": each} for each in skus]),
    )
    policies = {row.id: row.policy for row in uow.all("SELECT id, policy FROM stores")} if rows else {}
    found = []
    for row in rows:
        level = policy_of(policies[row.store_id]).shown_stock.of(row.available)
        if level != row.told:
            found.append(_level(row, level))
    return found


def _level(row: Any, available: int) -> Level:
    return Level(
        connection_id=row.connection_id,
        listing_id=row.listing_id,
        inventory_id=row.inventory_id,
        sku=row.sku,
        available=available,
    )


def retell(uow: UnitOfWork, store_id: str, now: datetime) -> None:
    """Other rules say how much this store shows."""
    uow.change(
        "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived)"
        " SELECT DISTINCT l.sku, CAST(:now AS bigint), true, false FROM listings l"
        " JOIN connections c ON c.id = l.connection_id AND c.store_id = :store WHERE l.sku IS NOT NULL"
        " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true",
        now=micros(now),
        store=store_id,
    )
    uow.wake("tell_stock")


def forget_told(uow: UnitOfWork, connection_id: str, listing_ids: Sequence[str]) -> None:
    """The store did not take these levels: the next change tells them again. One that is to be closed for
    its quota stays so."""
    if listing_ids:
        uow.change(
            f"UPDATE listings SET told = NULL FROM {keys(uow, l='text')}"
            " WHERE listings.connection_id = :connection AND listings.listing_id = k.l"
            " AND NOT EXISTS (SELECT 1 FROM quota_tellings t WHERE t.connection_id = :connection"
            " AND t.listing_id = k.l AND t.phase = 'closing')",
            connection=connection_id,
            keys=packed([{"l": each} for each in listing_ids]),
        )


def sold_there(uow: UnitOfWork, listing_ids: Sequence[tuple[str, str]], now: datetime) -> None:
    """(connection id, listing id) that buyers ordered or gave back: the store counted by itself, whatever we
    decide about the order, so it is told its level again even where availability stays the same. Of a SKU in
    escrow it is not: another order may be on its way, whose unit the level would bring back."""
    if not listing_ids:
        return
    wanted = packed([{"c": connection_id, "l": listing_id} for connection_id, listing_id in listing_ids])
    uow.change(
        f"UPDATE listings SET told = NULL FROM {keys(uow, c='text', l='text')}"
        " WHERE listings.connection_id = k.c AND listings.listing_id = k.l AND listings.told IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM escrow e WHERE e.sku = listings.sku)",
        keys=wanted,
    )
    changed = uow.change(
        "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived)"
        f" SELECT DISTINCT l.sku, CAST(:now AS bigint), true, false FROM {keys(uow, c='text', l='text')}"
        " JOIN listings l ON l.connection_id = k.c AND l.listing_id = k.l AND l.sku IS NOT NULL WHERE true"
        " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true",
        now=micros(now),
        keys=wanted,
    )
    if changed:
        uow.wake("tell_stock")


def mark_told(uow: UnitOfWork, levels: Sequence[Level], now: datetime) -> None:
    """Remember what is on its way to each store, so that the same level is not sent again."""
    if levels:
        uow.change(
            "UPDATE listings SET told = k.a, told_at = :now"
            f" FROM {keys(uow, c='text', l='text', a='integer')}"
            " WHERE listings.connection_id = k.c AND listings.listing_id = k.l",
            now=micros(now),
            keys=packed(
                [{"c": each.connection_id, "l": each.listing_id, "a": each.available} for each in levels]
            ),
        )
