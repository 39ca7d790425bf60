"""Stores, locations, and what stores list."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from hub.clock import micros
from hub.domain.crossing_policy import CrossingPolicy
from hub.domain.freight import FreightTemplate
from hub.domain.policies import StorePolicy
from hub.domain.reach import Reach
from hub.domain.snapshot import Location
from hub.domain.sourcing.hours import ALWAYS, Hours
from hub.storage import crossing
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from mappings.canonical import Listing, PostalAddress
from mappings.structs import FrozenStruct

_address = msgspec.json.Decoder(PostalAddress).decode


class Store(FrozenStruct):
    """A storefront of the brand on one platform. `brand_crossing` is what the brand says where the store's
    own policy makes no exception."""

    store_id: str
    name: str
    currency: str = ""
    time_zone: str = ""
    policy: StorePolicy
    policy_version: int = 1
    brand_crossing: CrossingPolicy = CrossingPolicy()

    @property
    def crossing(self) -> CrossingPolicy:
        return self.policy.crossing or self.brand_crossing


def add_store(uow: UnitOfWork, store: Store) -> None:
    """Add a store, or change the one of that id; a changed policy gets the next version."""
    add_stores(uow, [store])


def add_stores(uow: UnitOfWork, wanted: Sequence[Store]) -> None:
    """The same for any number of stores in one statement."""
    rows = [
        {
            "i": each.store_id,
            "n": each.name,
            "c": each.currency,
            "z": each.time_zone,
            "p": each.policy.model_dump_json(),
        }
        for each in wanted
    ]
    uow.change(
        "INSERT INTO stores (id, name, currency, time_zone, policy)"
        f" SELECT k.i, k.n, k.c, k.z, k.p FROM {keys(uow, **dict.fromkeys('inczp', 'text'))}"
        " WHERE true ON CONFLICT (id) DO UPDATE SET name = excluded.name, currency = excluded.currency,"
        " time_zone = excluded.time_zone, policy = excluded.policy,"
        " policy_version = stores.policy_version"
        " + CASE WHEN stores.policy = excluded.policy THEN 0 ELSE 1 END",
        keys=packed(rows),
    )


@lru_cache(4096)
def policy_of(text: str) -> StorePolicy:
    """A stored policy; those of a batch are mostly known already."""
    return StorePolicy.model_validate_json(text)


def stores(uow: UnitOfWork) -> list[Store]:
    rows = uow.all(f"SELECT s.*, ({crossing.BRAND_POLICY}) AS brand_crossing FROM stores s ORDER BY s.id")
    said = crossing.read(rows[0].brand_crossing) if rows else CrossingPolicy()
    return [
        Store(
            store_id=row.id,
            name=row.name,
            currency=row.currency,
            time_zone=row.time_zone,
            policy=policy_of(row.policy),
            policy_version=row.policy_version,
            brand_crossing=said,
        )
        for row in rows
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
    add_locations(uow, [location], now)


def add_locations(uow: UnitOfWork, wanted: Sequence[Location], now: datetime) -> None:
    """The same for any number of locations in two statements."""
    rows = [
        {
            "i": each.location_id,
            "n": each.name,
            "s": each.store_id or None,
            "a": msgspec.json.encode(each.address).decode(),
            "c": msgspec.json.encode(each.carriers).decode(),
            "o": each.is_active,
            "t": _terms_of(each),
        }
        for each in wanted
    ]
    uow.change(
        "INSERT INTO locations (id, name, store_id, address, carriers, is_active, terms)"
        f" SELECT k.i, k.n, k.s, k.a, k.c, k.o, k.t FROM {keys(uow, **_LOCATION)} WHERE true"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, store_id = excluded.store_id,"
        " address = excluded.address, carriers = excluded.carriers, is_active = excluded.is_active,"
        " terms = excluded.terms",
        keys=packed(rows),
    )
    counted = uow.change(
        "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived)"
        " SELECT s.sku, CAST(:now AS bigint), true, max(CAST(k.o AS integer)) = 1"
        f" FROM {keys(uow, i='text', o='boolean')} JOIN stock s ON s.location_id = k.i GROUP BY s.sku"
        " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true,"
        " arrived = (stock_changes.arrived OR excluded.arrived)",
        now=micros(now),
        keys=packed([{"i": row["i"], "o": row["o"]} for row in rows]),
    )
    if counted:
        uow.change(
            "UPDATE listings SET told = NULL WHERE sku IN"
            f" (SELECT q.sku FROM {keys(uow, i='text')} JOIN quotas q ON q.location_id = k.i)",
            keys=packed([{"i": row["i"]} for row in rows]),
        )
        uow.wake("tell_stock")
        uow.wake("resume")


_LOCATION = {**dict.fromkeys("insact", "text"), "o": "boolean"}


def locations(uow: UnitOfWork) -> list[Location]:
    return [
        Location(
            location_id=row.id,
            name=row.name,
            store_id=row.store_id or "",
            address=_address(row.address),
            carriers=tuple(msgspec.json.decode(row.carriers)),
            is_active=bool(row.is_active),
            **_terms(row.terms),
        )
        for row in uow.all("SELECT * FROM locations ORDER BY id")
    ]


class _Terms(FrozenStruct, omit_defaults=True):
    """Fields of `Location` that are stored together."""

    serves: tuple[Reach, ...] = ()
    hours: Hours = ALWAYS
    most_orders: int | None = None
    most_parcels: int | None = None
    freight: FreightTemplate | None = None


def _terms_of(location: Location) -> str:
    names = _Terms.__struct_fields__
    return msgspec.json.encode(_Terms(**{each: getattr(location, each) for each in names})).decode()


@lru_cache(maxsize=1000)
def _terms(text: str) -> Mapping[str, Any]:
    """Read anew for every batch, and seldom changed."""
    found = msgspec.json.decode(text, type=_Terms)
    return {each: getattr(found, each) for each in _Terms.__struct_fields__}


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
