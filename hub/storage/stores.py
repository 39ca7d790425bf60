"""Stores, locations, and what stores list."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from hub.clock import micros
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from mappings.canonical import Listing, PostalAddress
from mappings.structs import FrozenStruct

_address = msgspec.json.Decoder(PostalAddress).decode


class Store(FrozenStruct):
    """A storefront of the brand on one platform."""

    store_id: str
    name: str
    currency: str = ""
    time_zone: str = ""
    policy: StorePolicy
    policy_version: int = 1


class Level(FrozenStruct):
    """A linked listing whose store shows something else than what is available."""

    connection_id: str
    listing_id: str
    inventory_id: str
    sku: str
    available: int


def add_store(uow: UnitOfWork, store: Store) -> None:
    """Add a store, or change the one of that id; a changed policy gets the next version."""
    uow.change(
        "INSERT INTO stores (id, name, currency, time_zone, policy)"
        " VALUES (:id, :name, :currency, :zone, :policy)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, currency = excluded.currency,"
        " time_zone = excluded.time_zone, policy = excluded.policy,"
        " policy_version = stores.policy_version"
        " + CASE WHEN stores.policy = excluded.policy THEN 0 ELSE 1 END",
        id=store.store_id,
        name=store.name,
        currency=store.currency,
        zone=store.time_zone,
        policy=store.policy.model_dump_json(),
    )


def stores(uow: UnitOfWork) -> list[Store]:
    return [
        Store(
            store_id=row.id,
            name=row.name,
            currency=row.currency,
            time_zone=row.time_zone,
            policy=_policy(row.policy),
            policy_version=row.policy_version,
        )
        for row in uow.all("SELECT * FROM stores ORDER BY id")
    ]


class NoStore(LookupError):
    """Names the store that is not there, and those that are."""


def store(uow: UnitOfWork, store_id: str, *, locked: bool = False) -> Store:
    """`locked`: nobody else changes it in this transaction. Raises `NoStore`."""
    if locked and uow.is_postgres:
        uow.one("SELECT 1 FROM stores WHERE id = :id FOR UPDATE", id=store_id)
    known = {each.store_id: each for each in stores(uow)}
    if store_id not in known:
        raise NoStore(f"there is no store {store_id!r}; there are: {', '.join(known) or 'none yet'}")
    return known[store_id]


class NoCarrier(LookupError):
    """Names the carrier connection that is not there, and those that are."""


def require_carriers(uow: UnitOfWork, carriers: Sequence[str]) -> None:
    """Raises `NoCarrier` unless all of them are carrier connections."""
    known = [row.id for row in uow.all("SELECT id FROM connections WHERE kind = 'carrier' ORDER BY id")]
    for each in carriers:
        if each not in known:
            there_are = ", ".join(known) or "none yet"
            raise NoCarrier(f"there is no carrier connection {each!r}; there are: {there_are}")


def change_policy(uow: UnitOfWork, store_id: str, change: Callable[[StorePolicy], StorePolicy]) -> int:
    """Save the changed policy; returns its version. Raises `NoStore` and what `change` raises. Orders on hold
    are to be audited again afterwards."""
    was = store(uow, store_id, locked=True)
    add_store(uow, msgspec.structs.replace(was, policy=change(was.policy)))
    return store(uow, store_id).policy_version


def add_location(uow: UnitOfWork, location: Location, now: datetime) -> None:
    """Add a location, or change the one of that id. Opening or closing it changes what stores may sell."""
    uow.change(
        "INSERT INTO locations (id, name, store_id, address, carriers, is_active)"
        " VALUES (:id, :name, :store, :address, :carriers, :is_active)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, store_id = excluded.store_id,"
        " address = excluded.address, carriers = excluded.carriers, is_active = excluded.is_active",
        id=location.location_id,
        name=location.name,
        store=location.store_id or None,
        address=msgspec.json.encode(location.address).decode(),
        carriers=msgspec.json.encode(location.carriers).decode(),
        is_active=location.is_active,
    )
    counted = uow.change(
        "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived)"
        " SELECT sku, CAST(:now AS bigint), true, CAST(:opened AS boolean) FROM stock"
        " WHERE location_id = :id"
        " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true,"
        " arrived = (stock_changes.arrived OR excluded.arrived)",
        now=micros(now),
        opened=location.is_active,
        id=location.location_id,
    )
    if counted:
        uow.change(
            "UPDATE listings SET told = NULL"
            " WHERE sku IN (SELECT q.sku FROM quotas q WHERE q.location_id = :id)",
            id=location.location_id,
        )
        uow.wake("tell_stock")
        uow.wake("resume")


def locations(uow: UnitOfWork) -> list[Location]:
    return [
        Location(
            location_id=row.id,
            name=row.name,
            store_id=row.store_id or "",
            address=_address(row.address),
            carriers=tuple(msgspec.json.decode(row.carriers)),
            is_active=bool(row.is_active),
        )
        for row in uow.all("SELECT * FROM locations ORDER BY id")
    ]


def save_listings(uow: UnitOfWork, found: Sequence[tuple[str, Listing]], now: datetime) -> None:
    """(connection id, listing) as platforms show them. An equal SKU links itself; links made by a person
    stay. Newly linked SKUs count as changed stock, so that their stores are told."""
    if not found:
        return
    kinds = dict.fromkeys(("c", "l", "i", "s", "t"), "text")
    rows = {
        (connection_id, each.listing_id): {
            "c": connection_id,
            "l": each.listing_id,
            "i": each.inventory_id,
            "s": each.sku,
            "t": each.title,
        }
        for connection_id, each in found
    }
    uow.change(
        "INSERT INTO listings (connection_id, listing_id, inventory_id, platform_sku, title)"
        f" SELECT k.c, k.l, k.i, k.s, k.t FROM {keys(uow, **kinds)} WHERE true"
        " ON CONFLICT (connection_id, listing_id) DO UPDATE SET inventory_id = excluded.inventory_id,"
        " platform_sku = excluded.platform_sku, title = excluded.title",
        keys=packed(list(rows.values())),
    )
    link_equal_skus(uow, now)


def link_equal_skus(uow: UnitOfWork, now: datetime) -> int:
    """Link listings whose platform SKU is one that we count; returns how many."""
    linked = uow.change(
        "UPDATE listings SET sku = platform_sku WHERE sku IS NULL AND platform_sku <> ''"
        " AND EXISTS (SELECT 1 FROM stock s WHERE s.sku = listings.platform_sku)"
    )
    if linked:
        uow.change(
            "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived, linked)"
            " SELECT DISTINCT sku, CAST(:now AS bigint), true, true, true FROM listings"
            " WHERE sku IS NOT NULL AND told IS NULL"
            " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true",
            now=micros(now),
        )
        uow.wake("tell_stock")
        uow.wake("reaudit")
    return linked


def link(uow: UnitOfWork, connection_id: str, listing_id: str, sku: str, now: datetime) -> bool:
    """A person says which SKU a listing sells; false if there is no such listing."""
    changed = uow.change(
        "UPDATE listings SET sku = :sku, told = NULL"
        " WHERE connection_id = :connection AND listing_id = :listing",
        sku=sku,
        connection=connection_id,
        listing=listing_id,
    )
    if changed:
        uow.change(
            "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived, linked)"
            " VALUES (:sku, :now, true, true, true)"
            " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true",
            sku=sku,
            now=micros(now),
        )
        uow.wake("tell_stock")
        uow.wake("reaudit")
    return bool(changed)


def links(uow: UnitOfWork, listing_ids: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """(connection id, listing id) → our SKU, of those that are linked."""
    if not listing_ids:
        return {}
    rows = uow.all(
        f"SELECT l.connection_id, l.listing_id, l.sku FROM {keys(uow, c='text', l='text')}"
        " JOIN listings l ON l.connection_id = k.c AND l.listing_id = k.l WHERE l.sku IS NOT NULL",
        keys=packed([{"c": connection_id, "l": listing_id} for connection_id, listing_id in listing_ids]),
    )
    return {(row.connection_id, row.listing_id): row.sku for row in rows}


def levels_to_tell(uow: UnitOfWork, skus: Sequence[str]) -> list[Level]:
    """Linked listings of stores that take stock and were told something else than they should show of what is
    available at active locations. What was never counted is unknown, not 0; what is in escrow is told in
    another way (`quota_tellings.py`)."""
    rows = uow.all(
        "SELECT l.connection_id, l.listing_id, l.inventory_id, l.sku, l.told, c.store_id,"
        " CAST(COALESCE(SUM(s.on_hand - s.reserved) FILTER (WHERE p.is_active), 0) AS integer) AS available"
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
        level = _policy(policies[row.store_id]).shown_stock.of(row.available)
        if level != row.told:
            found.append(_level(row, level))
    return found


@lru_cache(4096)
def _policy(text: str) -> StorePolicy:
    return StorePolicy.model_validate_json(text)


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
