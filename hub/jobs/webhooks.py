"""Keep the platforms' subscriptions as they should be: also those that a platform dropped."""

from connectors.kit import ConnectorError, RegistersWebhooks
from hub.context import HubContext
from hub.jobs.trouble import report
from hub.storage.connections import ConnectionStatus


async def register_webhooks(hub: HubContext, connection_id: str) -> None:
    """Make a connection's subscriptions equal to what is wanted; nothing where nobody reaches this hub."""
    url = hub.webhook_url(connection_id)
    live = await hub.live.open(connection_id)
    if not url or live is None or live.connection.status is ConnectionStatus.PAUSED:
        return
    if not isinstance(live.connector, RegistersWebhooks):
        return
    try:
        await live.connector.register_webhooks(url)
    except ConnectorError as error:
        await report(hub, live.connection, error)
