"""Read older orders once, beside the bookmark: they go through the inbox's slow lane like any other."""

from collections.abc import AsyncIterator
from datetime import datetime

from connectors.kit import PullsOrders
from hub.context import HubContext
from hub.jobs.pull import take_over


async def backfill(hub: HubContext, connection_id: str, since: datetime) -> AsyncIterator[int]:
    """Pull everything that changed since an instant; yields how many documents were new, page by page.

    The bookmark stays where it is, and known documents vanish in the inbox. Raises connector errors.
    """
    live = await hub.live.open(connection_id)
    if live is None or not isinstance(live.connector, PullsOrders):
        return
    settings = live.plugin.settings(**{**live.connection.settings, "start_from": since})
    reader = live.plugin.connector(settings, live.connector.outside)
    async for page in reader.pull_orders(""):
        yield await hub.database.run(lambda uow: take_over(hub, uow, connection_id, page, "bulk"))  # noqa: B023 - runs at once
