"""Throw raw documents away after their time; digests and decisions stay for ever."""

from hub.clock import micros
from hub.context import HubContext


async def housekeeping(hub: HubContext, key: str = "") -> None:
    """Forget documents that were worked off longer ago than the settings say."""
    before = micros(hub.now() - hub.settings.keep_documents)
    await hub.database.run(lambda uow: hub.books.inbox.forget_documents(uow, before))
