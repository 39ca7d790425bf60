"""Quotas of SKUs in escrow follow the sales of their stores, and platforms are told of them safely.

`hub/domain/quotas.py` says in which order and why: close, hear, move, open.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import msgspec

from hub.context import HubContext
from hub.domain.quotas import Move, Quota, plan
from hub.storage import quota_tellings, quotas
from hub.storage.database import UnitOfWork
from hub.storage.levels import Level, mark_told
from hub.storage.quota_tellings import Pair
from mappings.canonical import StockLevel

SKUS_AT_ONCE = 200
SALES_OF = timedelta(days=14)
"""Sales of this time say how fast a store sells."""


async def adjust_quotas(hub: HubContext, key: str = "") -> None:
    """Decide anew about SKUs of which the last decision is a day old, or which have units in no quota."""
    while await hub.database.run(lambda uow: _adjust(hub, uow)):
        pass


def _adjust(hub: HubContext, uow: UnitOfWork) -> bool:
    """Units of nobody are granted at once; a store that gives is closed first, and gives then."""
    now = hub.now()
    skus = quotas.due(uow, now, SKUS_AT_ONCE)
    if not skus:
        return False
    hub.books.stock.rows(uow, skus)  # locked
    held, free = quotas.held(uow, skus), quotas.free(uow, skus)
    sold = quotas.sold(uow, skus, now - SALES_OF)
    owed = quota_tellings.owed(uow, {(store, sku) for sku in sold for store in sold[sku]})
    moves = [
        move
        for sku in skus
        for move in plan(
            sku,
            free.get(sku, {}),
            [each for each in held if each.sku == sku],
            sold.get(sku, {}),
            {store: owed.get((store, sku), 0) for store in sold.get(sku, {})},
        )
    ]
    granted = [each for each in moves if not each.from_store_id]
    waiting = [each for each in moves if each.from_store_id]
    quotas.grant(uow, granted)
    quotas.decide(uow, skus, waiting, now)
    quota_tellings.retell(
        uow,
        {(each.to_store_id, each.sku) for each in granted}
        | {(each.from_store_id, each.sku) for each in waiting},
    )
    return len(skus) == SKUS_AT_ONCE


async def close_quotas(hub: HubContext, key: str = "") -> None:
    """Tell 0 where a quota changed."""
    await hub.database.run(lambda uow: _send(hub, uow, quota_tellings.close(uow)))


async def open_quotas(hub: HubContext, key: str = "") -> None:
    """Where no order can be on its way any more: carry out what was decided, and tell the quotas."""
    await hub.database.run(lambda uow: _open(hub, uow))


def _open(hub: HubContext, uow: UnitOfWork) -> None:
    pairs = quota_tellings.quiet(uow)
    if not pairs:
        return
    skus = {sku for _, sku in pairs}
    hub.books.stock.rows(uow, skus)  # locked
    owed = quota_tellings.owed(uow, pairs)
    moves = _possible(quotas.decided(uow, pairs), quotas.held(uow, skus), owed)
    quotas.grant(uow, moves)
    takers = {(each.to_store_id, each.sku) for each in moves}
    quota_tellings.retell(uow, takers - set(pairs))
    levels = _levels(quotas.promised(uow, pairs), owed, quota_tellings.listings(uow, pairs))
    quota_tellings.opened(uow, levels)
    _send(hub, uow, [each for each in levels if each.available])


def _possible(moves: Sequence[Move], held: Collection[Quota], owed: Mapping[Pair, int]) -> list[Move]:
    """What of these moves the givers can still give: orders arrived since they were decided."""
    left = {(each.sku, each.location_id, each.store_id): each.units for each in held}
    spare: dict[Pair, int] = {}
    for quota in held:
        pair = (quota.store_id, quota.sku)
        spare[pair] = spare.get(pair, -owed.get(pair, 0)) + quota.units
    found = []
    for move in moves:
        place, pair = (move.sku, move.location_id, move.from_store_id), (move.from_store_id, move.sku)
        units = min(move.units, left.get(place, 0), spare.get(pair, 0))
        if units > 0:
            left[place] -= units
            spare[pair] -= units
            found.append(msgspec.structs.replace(move, units=units))
    return found


def _levels(
    promised: Mapping[Pair, int], owed: Mapping[Pair, int], listings: Mapping[Pair, Sequence[Level]]
) -> list[Level]:
    """The listings of one store and SKU share its quota; the first ones show what cannot be divided."""
    levels = []
    for pair, shown in sorted(listings.items()):
        units, more = divmod(max(0, promised.get(pair, 0) - owed.get(pair, 0)), len(shown))
        levels += [
            msgspec.structs.replace(each, available=units + (position < more))
            for position, each in enumerate(shown)
        ]
    return levels


def _send(hub: HubContext, uow: UnitOfWork, levels: Sequence[Level]) -> None:
    if levels:
        hub.books.outbox.put_stock(uow, stock_levels(levels, hub), hub.now())
        mark_told(uow, levels, hub.now())


def stock_levels(levels: Sequence[Level], hub: HubContext) -> dict[str, dict[str, StockLevel]]:
    """Connection id → listing id → what is told, as of now."""
    told: dict[str, dict[str, StockLevel]] = {}
    for each in levels:
        told.setdefault(each.connection_id, {})[each.listing_id] = StockLevel(
            listing_id=each.listing_id,
            inventory_id=each.inventory_id,
            sku=each.sku,
            available=max(0, each.available),
            as_of=hub.now(),
        )
    return told
