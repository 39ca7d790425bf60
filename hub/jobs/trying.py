"""Try an automation rule page by page, so that no transaction lasts long."""

from collections.abc import AsyncIterator
from datetime import datetime

from hub.clock import EPOCH, micros
from hub.context import HubContext
from hub.domain.snapshot import LiveRule
from hub.pipeline.trying import Tried, try_page
from hub.pipeline.whatif import Position, Side, endless, open_side, present_rules
from hub.storage.database import UnitOfWork


async def try_rule(hub: HubContext, live: LiveRule, since: datetime | None) -> AsyncIterator[list[Tried]]:
    """Yields pages of orders placed since then (null: all), in the order in which they were placed."""
    side = await hub.database.read(lambda uow: _today(hub, uow))
    after: Position | None = (micros(since or EPOCH), "")
    while after is not None:
        page, after = await _page(hub, side, live, after)
        yield page


def _today(hub: HubContext, uow: UnitOfWork) -> Side:
    return open_side(hub.books, uow, present_rules(uow), endless, hub.now())


async def _page(
    hub: HubContext, side: Side, live: LiveRule, after: Position
) -> tuple[list[Tried], Position | None]:
    return await hub.database.read(lambda uow: try_page(hub.books, uow, side, live, after))
