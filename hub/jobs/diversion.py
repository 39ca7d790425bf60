"""How much stores sell outside their territories: two passes over the orders, prices, then scores."""

from datetime import timedelta
from decimal import Decimal

from hub.context import HubContext
from hub.domain.diversion import Diversion, Prices, Score, sale_of
from hub.domain.territories import TerritoryMap
from hub.domain.territories.versions import valid_at
from hub.jobs.territory_report import orders_since
from hub.storage import territories


async def scores(hub: HubContext, days: int, weight: Decimal, worst: int) -> list[Score]:
    """Of the last `days`, the highest first; judged by the territories that hold now."""
    since = hub.now() - timedelta(days=days)
    valid = valid_at(await hub.database.read(territories.versions), hub.now())
    areas = await hub.database.read(lambda uow: territories.areas(uow, {each.area for each in valid}))
    owners, prices = TerritoryMap(valid, areas), Prices()
    async for order in orders_since(hub, since):
        if sale := sale_of(order, owners):
            prices.count(sale)
    counted = Diversion(prices, weight=weight, worst=worst)
    async for order in orders_since(hub, since):
        if sale := sale_of(order, owners):
            counted.count(sale)
    return counted.found()
