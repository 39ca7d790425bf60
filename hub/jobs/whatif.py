"""Run a replay page by page, so that no transaction lasts long and memory does not grow."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from hub.clock import EPOCH, micros
from hub.context import HubContext
from hub.pipeline.whatif import (
    Compared,
    MakeStock,
    Position,
    Rules,
    Side,
    compare_page,
    open_side,
    present_rules,
)
from hub.storage.database import UnitOfWork

Change = Callable[[UnitOfWork, Rules], Rules]
"""The rules of today → the changed ones."""


async def whatif(
    hub: HubContext, change: Change, stock: MakeStock, since: datetime | None
) -> AsyncIterator[list[Compared]]:
    """Yields pages of orders placed since then (null: all), in the order in which they were placed."""
    sides = await hub.database.read(lambda uow: _sides(hub, uow, change, stock))
    after: Position | None = (micros(since or EPOCH), "")
    while after is not None:
        page, after = await _page(hub, sides, after)
        yield page


def _sides(hub: HubContext, uow: UnitOfWork, change: Change, stock: MakeStock) -> tuple[Side, Side]:
    present, now = present_rules(uow), hub.now()
    today = open_side(hub.books, uow, present, stock, now)
    return today, open_side(hub.books, uow, change(uow, present), stock, now)


async def _page(
    hub: HubContext, sides: tuple[Side, Side], after: Position
) -> tuple[list[Compared], Position | None]:
    return await hub.database.read(lambda uow: compare_page(hub.books, uow, sides, after))
