"""Decide stored orders again, page by page, so that no transaction lasts long."""

from collections.abc import AsyncIterator

from hub.context import HubContext
from hub.pipeline.redecide import Redecided, redecide_page
from hub.pipeline.whatif import Side, endless, open_side, present_rules
from hub.storage.database import UnitOfWork


async def redecide(hub: HubContext) -> AsyncIterator[list[Redecided]]:
    """Yields pages of orders in the order in which they were received."""
    side = await hub.database.read(lambda uow: _today(hub, uow))
    page, after = await _page(hub, side, "")
    yield page
    while after:
        page, after = await _page(hub, side, after)
        yield page


def _today(hub: HubContext, uow: UnitOfWork) -> Side:
    return open_side(hub.books, uow, present_rules(uow), endless, hub.now())


async def _page(hub: HubContext, side: Side, after: str) -> tuple[list[Redecided], str]:
    return await hub.database.read(lambda uow: redecide_page(hub.books, hub.mappings, uow, side, after))
