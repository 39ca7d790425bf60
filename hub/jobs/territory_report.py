"""Where territories overlap, and where orders go to nobody."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from hub.context import HubContext
from hub.domain.order import Order
from hub.domain.territories import TerritoryMap
from hub.domain.territories.gaps import Gap, Gaps, HalfCovered, half_covered, provinces_without
from hub.domain.territories.overlaps import Overlap, overlaps
from hub.domain.territories.versions import valid_at
from hub.storage import territories
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

ORDERS_AT_ONCE = 500


class Report(FrozenStruct):
    """`gaps` are judged by the territories that hold now; orders have no coordinates, so polygons own none
    of them. `orders_looked_at` are real ones with an address, placed since `since`."""

    overlaps: list[Overlap]
    gaps: list[Gap]
    half_covered: list[HalfCovered]
    provinces_without: list[str]
    orders_looked_at: int
    since: datetime


async def report(hub: HubContext, days: int) -> Report:
    now = hub.now()
    since = now - timedelta(days=days)
    every = await hub.database.read(territories.versions)
    named = {each.territory.area for each in every}
    areas = await hub.database.read(lambda uow: territories.areas(uow, named))
    valid = valid_at(every, now)
    gaps = Gaps(TerritoryMap(valid, areas))
    async for order in orders_since(hub, since):
        if order.sales.ship_to and not order.sales.is_test:
            gaps.count(order.sales.ship_to)
    return Report(
        overlaps=overlaps(every, areas, now),
        gaps=gaps.found(),
        half_covered=half_covered(valid),
        provinces_without=provinces_without(valid),
        orders_looked_at=gaps.looked_at,
        since=since,
    )


async def orders_since(hub: HubContext, since: datetime) -> AsyncIterator[Order]:
    """Placed since then, page by page."""
    last, page = await _page(hub, since, "")
    while last:
        for order in page:
            yield order
        last, page = await _page(hub, since, last)


async def _page(hub: HubContext, since: datetime, after: str) -> tuple[str, list[Order]]:
    """(id of the last order, empty: there was none; orders)."""

    def read(uow: UnitOfWork) -> tuple[str, list[Order]]:
        ids = territories.ordered_since(uow, since, after, ORDERS_AT_ONCE)
        stored = hub.books.orders.by_ids(uow, ids, locked=False)
        return (ids[-1] if ids else ""), [each.order for each in stored.values()]

    return await hub.database.read(read)
