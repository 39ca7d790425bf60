"""Empty a platform's queue: stored first, in one transaction per batch, and only then confirmed. Whoever dies
in between gets the batch again, and one row per thing makes that harmless."""

from connectors.kit import ConnectorError, PollsNotices
from hub.context import HubContext
from hub.jobs.pull import take_over
from hub.jobs.trouble import back_off, opened, report


async def poll(hub: HubContext, connection_id: str) -> None:
    """Until nothing waits; again after `poll_every`, or later where the platform fails."""
    live = await opened(hub, connection_id)
    if live is None or not live.connection.may_be_asked:
        return
    connector, pause = live.connector, live.plugin.poll_every
    if not isinstance(connector, PollsNotices):
        return
    try:
        while (batch := await connector.poll_notices()).receipts:
            await hub.database.run(lambda uow: take_over(hub, uow, connection_id, batch))
            await connector.confirm_notices(batch.receipts)
    except ConnectorError as error:
        pause = max(pause, back_off(live.connection.failures, error))
        await report(hub, live.connection, error)
    next_at = hub.now() + pause
    await hub.database.run(lambda uow: hub.books.connections.polled(uow, connection_id, next_at))
