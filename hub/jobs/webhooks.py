"""Keep the platforms' subscriptions as they should be: also those that a platform dropped."""

import logging
from collections.abc import Sequence

from connectors.kit import ConnectorError, RegistersWebhooks
from hub.context import HubContext
from hub.jobs.trouble import report
from hub.storage import webhook_registrations
from hub.storage.connections import Connection, ConnectionStatus
from hub.storage.database import UnitOfWork

log = logging.getLogger(__name__)


async def register_webhooks(hub: HubContext, connection_id: str) -> None:
    """Make a connection's subscriptions equal to what is wanted; nothing where nobody reaches this hub.
    What happened since the platform dropped one is asked for at once."""
    url = hub.webhook_url(connection_id)
    live = await hub.live.open(connection_id)
    if not url or live is None or live.connection.status is ConnectionStatus.PAUSED:
        return
    if not isinstance(live.connector, RegistersWebhooks):
        return
    try:
        topics = await live.connector.register_webhooks(url)
    except ConnectorError as error:
        await report(hub, live.connection, error)
        return
    if await hub.database.run(lambda uow: _registered(hub, uow, live.connection, url, topics)):
        facts = {"connection": connection_id, "topics": " ".join(topics)}
        log.warning("platform dropped webhooks, registered again", extra=facts)


def _registered(
    hub: HubContext, uow: UnitOfWork, connection: Connection, url: str, topics: Sequence[str]
) -> bool:
    is_loss = webhook_registrations.registered(uow, connection.connection_id, url, topics, hub.now())
    if is_loss and connection.kind == "store":
        uow.wake("pull", connection.connection_id)
        uow.wake("reconcile", connection.connection_id, "bulk")
    elif is_loss:
        uow.wake("track", connection.connection_id, "bulk")
    return is_loss
