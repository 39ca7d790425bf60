"""Ask a store what changed: pages → inbox and bookmark, one transaction per page."""

from collections.abc import Callable

from connectors.kit import Batch, ConnectorError, Delivery, Page, PullsOrders, RevisitsOpenOrders
from hub.context import HubContext
from hub.jobs.trouble import opened, report
from hub.storage import notices, quota_tellings
from hub.storage.database import UnitOfWork
from hub.storage.inbox import Arrival


def arrival(connection_id: str, delivery: Delivery, lane: str = "live") -> Arrival:
    """A connector's delivery as the inbox takes it."""
    return Arrival(
        connection_id=connection_id,
        topic=delivery.topic.value,
        external_id=delivery.external_id,
        document=delivery.document,
        version=delivery.version,
        lane=lane,
    )


def take_over(
    hub: HubContext, uow: UnitOfWork, connection_id: str, brought: Page | Batch, lane: str = "live"
) -> int:
    """Deliveries → inbox, notices → to be fetched; returns how many documents were new."""
    things = [(connection_id, each.topic.value, each.external_id) for each in brought.notices]
    notices.note(uow, things, hub.now())
    arrivals = [arrival(connection_id, delivery, lane) for delivery in brought.deliveries]
    return hub.books.receive(uow, arrivals, hub.now())


async def pull(hub: HubContext, connection_id: str) -> None:
    """One pull of one connection, from its bookmark to the present."""
    live = await opened(hub, connection_id)
    if live is None or not live.connection.may_be_asked:
        return
    connection, connector = live.connection, live.connector
    if not isinstance(connector, PullsOrders):
        return
    began, bookmark = hub.now(), connection.bookmark
    try:
        async for page in connector.pull_orders(bookmark):
            moved_to = page.bookmark if page.bookmark is not None else bookmark
            if not await hub.database.run(_turn(hub, connection_id, page, bookmark, moved_to)):
                return  # somebody else pulls this connection and is further
            bookmark = moved_to
    except ConnectorError as error:
        await report(hub, connection, error)
        return

    def finish(uow: UnitOfWork) -> None:
        if isinstance(connector, RevisitsOpenOrders):
            notices.revisit_open_orders(uow, connection_id, before=began, now=hub.now())
        quota_tellings.heard(uow, connection_id, began)
        hub.books.connections.pulled(uow, connection_id, hub.now(), live.plugin.pull_every)

    await hub.database.run(finish)


def _turn(
    hub: HubContext, connection_id: str, page: Page, before: str, after: str
) -> Callable[[UnitOfWork], bool]:
    def turn(uow: UnitOfWork) -> bool:
        if not hub.books.connections.turn_page(uow, connection_id, before=before, after=after):
            return False
        take_over(hub, uow, connection_id, page)
        return True

    return turn
