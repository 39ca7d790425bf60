"""Read what a store offers: its listings go through the inbox like every other document."""

from connectors.kit import PullsListings
from hub.context import HubContext
from hub.jobs.inbox import work_inbox
from hub.jobs.pull import arrival


async def pull_listings(hub: HubContext, connection_id: str) -> int:
    """Read all listings of a connection; returns how many documents were new. Raises connector errors."""
    live = await hub.live.open(connection_id)
    if live is None or not isinstance(live.connector, PullsListings):
        return 0
    new = 0
    async for page in live.connector.pull_listings():
        arrivals = [arrival(connection_id, delivery, "bulk") for delivery in page.deliveries]
        new += await hub.database.run(lambda uow: hub.books.receive(uow, arrivals, hub.now()))  # noqa: B023 - runs at once
    await work_inbox(hub, "bulk")
    return new
