"""Look at the web links of stores: is each up, and does the site show that it belongs to the store?"""

import asyncio
from collections.abc import Sequence

import msgspec

from hub.context import HubContext
from hub.domain.store_records.links import file_shows, ownership_url, page_shows
from hub.storage import store_records
from hub.storage.database import UnitOfWork
from hub.storage.store_records import LinkState
from hub.vault import BlindIndex
from hub.visits import NotVisited, Visitor

AT_ONCE = 5
PER_ROUND = 50


async def check_links(hub: HubContext, key: str = "") -> None:
    """Visit what nobody has visited for `link_check_every`, a round at a time. What fails is visited again
    when it is due again."""
    before = hub.now() - hub.settings.link_check_every
    while due := await hub.database.read(lambda uow: store_records.due_links(uow, before, PER_ROUND)):
        await look(hub, due)


async def look(hub: HubContext, links: Sequence[LinkState]) -> list[LinkState]:
    """Visit these links, remember what was seen, and return it."""
    index = await hub.database.run(hub.books.connections.open_index)
    room = asyncio.Semaphore(AT_ONCE)

    async def seen(link: LinkState) -> LinkState:
        async with room:
            found = await _seen(hub.visitor, link, ownership_token(index, link.store_id, link.url))
        return msgspec.structs.replace(found, checked_at=hub.now())

    found = await asyncio.gather(*map(seen, links))

    def remember(uow: UnitOfWork) -> None:
        store_records.visited(uow, found)

    await hub.database.run(remember)
    return list(found)


def ownership_token(index: BlindIndex, store_id: str, url: str) -> str:
    """What the site of a link has to show. It says nothing to others, and nobody else can make it."""
    return index(f"ownership|{store_id}|{ownership_url(url)}")


async def _seen(visitor: Visitor, link: LinkState, token: str) -> LinkState:
    """Whose a site is stays unknown while it cannot be asked."""
    try:
        page = await visitor.visit(link.url)
    except NotVisited as error:
        return msgspec.structs.replace(link, is_up=False, is_owned=None, detail=str(error))
    is_up = page.status < 400
    detail = "" if is_up else f"answers with status {page.status}"
    is_owned = True if page_shows(page.text, token) else await _file_shows(visitor, link.url, token)
    return msgspec.structs.replace(link, is_up=is_up, is_owned=is_owned, detail=detail)


async def _file_shows(visitor: Visitor, url: str, token: str) -> bool | None:
    """Null where the site could not say."""
    try:
        page = await visitor.visit(ownership_url(url))
    except NotVisited:
        return None
    if page.status >= 500:
        return None
    return page.status == 200 and file_shows(page.text, token)
