"""Tell stores what they may still sell, and let back-orders go when stock arrives."""

from collections.abc import Callable
from datetime import datetime

from hub.context import HubContext
from hub.jobs.quotas import stock_levels
from hub.pipeline.books import Books
from hub.pipeline.resume import reaudit as reaudit_page
from hub.pipeline.resume import release_by_time, resume_backorders
from hub.storage import quotas
from hub.storage.database import UnitOfWork
from hub.storage.levels import levels_to_tell, mark_told

SKUS_AT_ONCE = 500


async def tell_stock(hub: HubContext, key: str = "") -> None:
    """Availability that changed → one outbox message per store with the levels that differ from what the
    store was told last."""
    while await hub.database.run(lambda uow: _tell(hub, uow)):
        pass


def _tell(hub: HubContext, uow: UnitOfWork) -> bool:
    now = hub.now()
    news = hub.books.stock.news(uow, "to_tell", SKUS_AT_ONCE, locked=True)
    if not news:
        return False
    levels = levels_to_tell(uow, [sku for sku, _ in news])
    hub.books.outbox.put_stock(uow, stock_levels(levels, hub), now)
    mark_told(uow, levels, now)
    hub.books.stock.forget_news(uow, "to_tell", news)
    if quotas.in_escrow(uow, [sku for sku, _ in news]):
        uow.wake("close_quotas")
    return len(news) == SKUS_AT_ONCE


async def resume(hub: HubContext, key: str = "") -> None:
    """Back-orders whose SKUs arrived take the route again, oldest first."""
    news = await hub.database.read(lambda uow: hub.books.stock.news(uow, "arrived", SKUS_AT_ONCE))
    if not news:
        return
    skus, after = [sku for sku, _ in news], ""
    while after := await hub.database.run(
        lambda uow: resume_backorders(hub.books, uow, skus, after, hub.now())
    ):
        pass
    await hub.database.run(lambda uow: hub.books.stock.forget_news(uow, "arrived", news))


TIME_PASSED = "time"
"""Key of the re-audit of those orders only of which a reason has ended by itself."""


async def reaudit(hub: HubContext, key: str = "") -> None:
    """Orders on hold are audited again: links, places or policies changed, or (`TIME_PASSED`) time passed."""
    if key == TIME_PASSED:
        await _all_pages(hub, release_by_time)
        return
    news = await hub.database.read(lambda uow: hub.books.stock.news(uow, "linked", SKUS_AT_ONCE))
    await _all_pages(hub, reaudit_page)
    await hub.database.run(lambda uow: hub.books.stock.forget_news(uow, "linked", news))


async def _all_pages(hub: HubContext, page: Callable[[Books, UnitOfWork, str, datetime], str]) -> None:
    after = ""
    while after := await hub.database.run(lambda uow: page(hub.books, uow, after, hub.now())):
        pass
