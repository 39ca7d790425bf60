"""Ask carriers where parcels are; pushes do the same sooner where a carrier pushes."""

from collections.abc import Sequence

from connectors.kit import ConnectorError, Delivery, TracksParcels
from hub.context import HubContext
from hub.jobs.errands import tracked_parcel
from hub.jobs.pull import arrival
from hub.jobs.trouble import opened, recovered, report
from hub.storage import parcels, stores
from hub.storage.connections import ConnectionStatus
from hub.storage.database import UnitOfWork
from hub.storage.parcels import ToTrack
from mappings.canonical import Parcel


async def track(hub: HubContext, connection_id: str) -> None:
    """Ask for every parcel of this carrier that is due."""
    live = await opened(hub, connection_id)
    if live is None or live.connection.status is not ConnectionStatus.ACTIVE:
        return
    connector = live.connector
    if not isinstance(connector, TracksParcels):
        return
    while asked := await hub.database.run(lambda uow: _due(hub, uow, connection_id, connector.track_batch)):
        try:
            deliveries = await connector.track(asked)
        except ConnectorError as error:
            await report(hub, live.connection, error)
            return
        await hub.database.run(lambda uow: _store(hub, uow, connection_id, deliveries))  # noqa: B023 - runs at once
        await recovered(hub, live.connection)


def _due(hub: HubContext, uow: UnitOfWork, connection_id: str, limit: int) -> list[Parcel]:
    """Due parcels; each is put off first, so that a failing one does not hold up the others."""
    due = parcels.due(uow, connection_id, limit, hub.now())
    parcels.postpone(uow, {each.consignment_id: hub.now() + hub.settings.track_every for each in due})
    return _parcels(hub, uow, due)


def _parcels(hub: HubContext, uow: UnitOfWork, due: Sequence[ToTrack]) -> list[Parcel]:
    stored = hub.books.orders.by_ids(uow, [each.order_id for each in due], locked=False)
    places = {each.location_id: each for each in stores.locations(uow)}
    found = []
    for each in due:
        order = stored[each.order_id].order
        consignment = order.consignment(each.consignment_id)
        found.append(tracked_parcel(order, consignment, places.get(consignment.location_id)))
    return found


def _store(hub: HubContext, uow: UnitOfWork, connection_id: str, deliveries: Sequence[Delivery]) -> None:
    hub.books.receive(uow, [arrival(connection_id, delivery) for delivery in deliveries], hub.now())
