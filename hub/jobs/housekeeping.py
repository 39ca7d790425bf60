"""Once an hour: throw raw documents away after their time, and repair what slipped through."""

from hub.clock import micros
from hub.context import HubContext
from hub.storage import announcements, completeness, parcels, store_records
from hub.storage.database import UnitOfWork


async def housekeeping(hub: HubContext, key: str = "") -> None:
    """Forget documents that were worked off longer ago than the settings say (digests and decisions stay),
    and wake the repair of webhook subscriptions, the look at web links and the comparison with stores."""
    await hub.database.run(lambda uow: _keep_house(hub, uow))


def _keep_house(hub: HubContext, uow: UnitOfWork) -> None:
    hub.books.inbox.forget_documents(uow, micros(hub.now() - hub.settings.keep_documents))
    announcements.forget(uow, hub.now() - hub.settings.keep_webhooks)
    parcels.rematch_known(uow)
    if store_records.due_links(uow, hub.now() - hub.settings.link_check_every, 1):
        uow.wake("check_links", "", "bulk")
    for connection_id in hub.books.connections.with_capability(uow, "RegistersWebhooks"):
        uow.wake("register_webhooks", connection_id, "bulk")
    for connection_id in completeness.connections_to_compare(uow):
        uow.wake("reconcile", connection_id, "bulk")
