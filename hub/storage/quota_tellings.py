"""How far platforms were told of quotas: close, hear, open (`hub/domain/quotas.py` says why).

All listings of one store and SKU go through it together, because they share the store's quota.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from hub.clock import from_micros, micros
from hub.domain.effects import Verb
from hub.domain.quotas import Phase, is_heard
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.levels import Level
from hub.storage.outbox import Message, read_levels, write_levels
from mappings.canonical import StockLevel

Pair = tuple[str, str]
"""(store id, SKU)"""


def retell(uow: UnitOfWork, pairs: Collection[Pair]) -> None:
    """The quotas of these changed for another reason than the store's own orders."""
    if pairs:
        uow.change(
            f"UPDATE listings SET told = NULL FROM {keys(uow, store='text', sku='text')}"
            " JOIN connections c ON c.store_id = k.store"
            " WHERE listings.connection_id = c.id AND listings.sku = k.sku",
            keys=_packed(pairs),
        )
        uow.wake("close_quotas")


def _packed(pairs: Iterable[Pair]) -> str:
    return packed([{"store": store, "sku": sku} for store, sku in sorted(pairs)])


def are_due(uow: UnitOfWork) -> bool:
    """Is there a listing of a SKU in escrow that must be told something else?"""
    row = uow.one(
        "SELECT 1 FROM escrow e JOIN listings l ON l.sku = e.sku AND l.told IS NULL JOIN connections c"
        " ON c.id = l.connection_id AND c.capabilities LIKE '%PushesStock%' LIMIT 1"
    )
    return row is not None


def close(uow: UnitOfWork) -> list[Level]:
    """Begin anew for every store and SKU of which a listing must be told something else; returns the levels
    of 0 that must go out."""
    rows = uow.all(
        "SELECT l.connection_id, l.listing_id, l.inventory_id, l.sku, c.store_id, t.phase"
        " FROM listings l JOIN escrow e ON e.sku = l.sku"
        " JOIN connections c ON c.id = l.connection_id AND c.capabilities LIKE '%PushesStock%'"
        " LEFT JOIN quota_tellings t ON t.connection_id = l.connection_id AND t.listing_id = l.listing_id"
        " WHERE EXISTS (SELECT 1 FROM listings o JOIN connections oc ON oc.id = o.connection_id"
        " WHERE o.sku = l.sku AND oc.store_id = c.store_id AND o.told IS NULL"
        " AND oc.capabilities LIKE '%PushesStock%')"
        " ORDER BY l.connection_id, l.listing_id"
    )
    if not rows:
        return []
    levels = [_closed(row) for row in rows if row.phase != Phase.CLOSED]
    _begin(uow, [{"c": r.connection_id, "l": r.listing_id, "s": r.sku, "store": r.store_id} for r in rows])
    uow.change(
        f"UPDATE listings SET told = 0 FROM {keys(uow, c='text', l='text')}"
        " WHERE listings.connection_id = k.c AND listings.listing_id = k.l",
        keys=packed([{"c": row.connection_id, "l": row.listing_id} for row in rows]),
    )
    return levels


def _closed(row: object) -> Level:
    names = ("connection_id", "listing_id", "inventory_id", "sku")
    return Level(**{name: getattr(row, name) for name in names}, available=0)


def _begin(uow: UnitOfWork, rows: Sequence[Mapping[str, str]]) -> None:
    """Those that are being opened must be closed again; those that are on their way stay where they are."""
    kinds = dict.fromkeys(("c", "l", "s", "store"), "text")
    uow.change(
        "INSERT INTO quota_tellings (connection_id, listing_id, sku, store_id, phase)"
        f" SELECT k.c, k.l, k.s, k.store, 'closing' FROM {keys(uow, **kinds)}"
        " WHERE true ON CONFLICT (connection_id, listing_id) DO UPDATE SET sku = excluded.sku, phase ="
        " CASE WHEN quota_tellings.phase = 'opening' THEN 'closing' ELSE quota_tellings.phase END",
        keys=packed(rows),
    )


def taken(uow: UnitOfWork, connection_id: str, levels: Sequence[StockLevel], now: datetime) -> None:
    """The platform took these levels: listings are closed, or open with their level."""
    if not levels:
        return
    rows = packed([{"l": each.listing_id, "a": each.available} for each in levels])
    uow.change(
        "DELETE FROM quota_tellings WHERE phase = 'opening' AND connection_id = :connection AND listing_id IN"
        f" (SELECT k.l FROM {keys(uow, l='text', a='integer')} WHERE k.a > 0)",
        connection=connection_id,
        keys=rows,
    )
    closed = uow.change(
        "UPDATE quota_tellings SET phase = 'closed', closed_at = :now, is_heard = false"
        f" FROM {keys(uow, l='text', a='integer')} WHERE quota_tellings.connection_id = :connection"
        " AND quota_tellings.listing_id = k.l AND quota_tellings.phase = 'closing' AND k.a = 0",
        connection=connection_id,
        now=micros(now),
        keys=rows,
    )
    if closed:
        uow.wake("pull", connection_id)


def doubted(uow: UnitOfWork, connection_id: str, levels: Sequence[StockLevel]) -> dict[str, StockLevel]:
    """Nobody knows whether the platform took these levels: what was being opened is closed again. Returns
    listing id → the level of 0 to be sent instead."""
    rows = uow.all(
        "UPDATE quota_tellings SET phase = 'closing'"
        f" FROM {keys(uow, l='text')} WHERE quota_tellings.connection_id = :connection"
        " AND quota_tellings.listing_id = k.l AND quota_tellings.phase = 'opening'"
        " RETURNING quota_tellings.listing_id",
        connection=connection_id,
        keys=packed([{"l": each.listing_id} for each in levels]),
    )
    again = {row.listing_id for row in rows}
    return {
        each.listing_id: StockLevel(
            listing_id=each.listing_id,
            inventory_id=each.inventory_id,
            sku=each.sku,
            available=0,
            as_of=each.as_of,
        )
        for each in levels
        if each.listing_id in again
    }


def heard(uow: UnitOfWork, connection_id: str, pull_began: datetime) -> None:
    """A pull that began then brought all that it could."""
    rows = uow.all(
        "SELECT listing_id, closed_at FROM quota_tellings"
        " WHERE connection_id = :connection AND phase = 'closed' AND NOT is_heard",
        connection=connection_id,
    )
    known = [row.listing_id for row in rows if is_heard(from_micros(row.closed_at), pull_began)]
    if known:
        uow.change(
            f"UPDATE quota_tellings SET is_heard = true FROM {keys(uow, l='text')}"
            " WHERE quota_tellings.connection_id = :connection AND quota_tellings.listing_id = k.l",
            connection=connection_id,
            keys=packed([{"l": each} for each in known]),
        )
        uow.wake("open_quotas")


_UNDECIDED = (
    "EXISTS (SELECT 1 FROM inbox i WHERE i.connection_id = t.connection_id AND i.state = 'new')"
    " OR EXISTS (SELECT 1 FROM notices n WHERE n.connection_id = t.connection_id)"
)
"""Something that the platform said may be an order that is not decided yet."""


def quiet(uow: UnitOfWork) -> list[Pair]:
    """Stores and SKUs that no platform shows and of which no order can be on its way."""
    rows = uow.all(
        "SELECT t.store_id, t.sku FROM quota_tellings t GROUP BY t.store_id, t.sku"
        " HAVING count(*) = sum(CASE WHEN t.phase = 'closed' AND t.is_heard"
        f" AND NOT ({_UNDECIDED}) THEN 1 ELSE 0 END) ORDER BY t.store_id, t.sku"
    )
    return [(row.store_id, row.sku) for row in rows]


def listings(uow: UnitOfWork, pairs: Collection[Pair]) -> dict[Pair, list[Level]]:
    """The closed listings of each pair, showing 0."""
    rows = uow.all(
        "SELECT t.store_id, l.connection_id, l.listing_id, l.inventory_id, l.sku"
        f" FROM {keys(uow, store='text', sku='text')}"
        " JOIN quota_tellings t ON t.store_id = k.store AND t.sku = k.sku"
        " JOIN listings l ON l.connection_id = t.connection_id AND l.listing_id = t.listing_id"
        " ORDER BY l.connection_id, l.listing_id",
        keys=_packed(pairs),
    )
    found: dict[Pair, list[Level]] = {}
    for row in rows:
        found.setdefault((row.store_id, row.sku), []).append(_closed(row))
    return found


def opened(uow: UnitOfWork, levels: Sequence[Level]) -> None:
    """These levels go out; a listing that stays at 0 needs no telling."""
    shown = packed([{"c": each.connection_id, "l": each.listing_id} for each in levels if each.available])
    empty = packed([{"c": each.connection_id, "l": each.listing_id} for each in levels if not each.available])
    uow.change(
        f"UPDATE quota_tellings SET phase = 'opening' FROM {keys(uow, c='text', l='text')}"
        " WHERE quota_tellings.connection_id = k.c AND quota_tellings.listing_id = k.l",
        keys=shown,
    )
    uow.change(
        f"DELETE FROM quota_tellings WHERE EXISTS (SELECT 1 FROM {keys(uow, c='text', l='text')}"
        " WHERE quota_tellings.connection_id = k.c AND quota_tellings.listing_id = k.l)",
        keys=empty,
    )


def owed(uow: UnitOfWork, pairs: Collection[Pair]) -> dict[Pair, int]:
    """Units that orders of a store want which reserve nothing yet: the platform sold them already."""
    rows = uow.all(
        "SELECT o.store_id, l.sku, CAST(sum(l.quantity) AS integer) AS units"
        f" FROM {keys(uow, store='text', sku='text')} JOIN order_lines l ON l.sku = k.sku"
        " JOIN orders o ON o.id = l.order_id AND o.store_id = k.store"
        " AND o.stage IN ('received', 'on_hold', 'approved', 'backordered') AND NOT o.is_history"
        " GROUP BY o.store_id, l.sku",
        keys=_packed(pairs),
    )
    return {(row.store_id, row.sku): row.units for row in rows}


def sure(uow: UnitOfWork, message: Message) -> Message:
    """A claimed message without levels of quotas that may not be written (again): 0 where an earlier attempt
    may have opened, nothing where the quota is not being opened with this level now."""
    if message.verb is not Verb.PUSH_STOCK:
        return message
    levels = {each.listing_id: each for each in read_levels(message.document)}
    if message.in_doubt:
        levels |= doubted(uow, message.connection_id, list(levels.values()))
    rows = uow.all(
        "SELECT l.listing_id, l.told, t.phase FROM listings l JOIN escrow e ON e.sku = l.sku"
        f" JOIN {keys(uow, l='text')} ON l.listing_id = k.l LEFT JOIN quota_tellings t"
        " ON t.connection_id = l.connection_id AND t.listing_id = l.listing_id"
        " WHERE l.connection_id = :connection",
        connection=message.connection_id,
        keys=packed([{"l": each} for each in levels]),
    )
    for row in rows:
        is_opened = row.phase == Phase.OPENING and row.told == levels[row.listing_id].available
        if levels[row.listing_id].available and not is_opened:
            del levels[row.listing_id]
    document = write_levels(levels)
    if document != message.document:
        uow.change("UPDATE outbox SET document = :document WHERE id = :id", document=document, id=message.id)
    return msgspec.structs.replace(message, document=document)
