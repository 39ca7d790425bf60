"""Fetch what was noticed: notices → full documents → inbox."""

from collections.abc import Sequence

from connectors.kit import ConnectorError, Delivery, FetchesOrders
from hub.context import HubContext
from hub.jobs.pull import arrival
from hub.jobs.trouble import back_off, opened, report
from hub.storage import notices
from hub.storage.database import UnitOfWork
from hub.storage.notices import Noticed

BATCH = 25


async def fetch(hub: HubContext, connection_id: str) -> None:
    """Fetch all that is due, a batch of ids at a time."""
    live = await opened(hub, connection_id)
    if live is None or not live.connection.may_be_asked:
        return
    if not isinstance(live.connector, FetchesOrders):
        return
    while wanted := await hub.database.read(lambda uow: notices.due(uow, connection_id, BATCH, hub.now())):
        try:
            deliveries = await live.connector.fetch_orders([each.external_id for each in wanted])
        except ConnectorError as error:
            until = hub.now() + back_off(max(each.attempts for each in wanted), error)
            await hub.database.run(lambda uow: notices.postpone(uow, connection_id, wanted, until))  # noqa: B023 - runs before the next turn
            await report(hub, live.connection, error)
            return
        await hub.database.run(lambda uow: _store(hub, uow, connection_id, deliveries, wanted))  # noqa: B023 - runs before the next turn


def _store(
    hub: HubContext,
    uow: UnitOfWork,
    connection_id: str,
    deliveries: Sequence[Delivery],
    wanted: Sequence[Noticed],
) -> None:
    hub.books.receive(uow, [arrival(connection_id, delivery) for delivery in deliveries], hub.now())
    notices.fetched(uow, connection_id, wanted)
