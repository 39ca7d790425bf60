"""A webhook that was understood becomes rows: documents into the inbox, notices to be fetched."""

from collections.abc import Sequence

from connectors.kit import Receipt
from hub.context import HubContext
from hub.jobs.pull import arrival
from hub.storage import notices
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct


class Received(FrozenStruct):
    """What one webhook brought, for one connection."""

    connection_id: str
    receipt: Receipt


async def store_receipts(hub: HubContext, received: Sequence[Received]) -> None:
    """Make receipts durable, all in one transaction."""
    only_notices = not any(each.receipt.deliveries for each in received)
    await hub.database.run(lambda uow: _store(hub, uow, received), single=only_notices)


def _store(hub: HubContext, uow: UnitOfWork, received: Sequence[Received]) -> None:
    now = hub.now()
    arrivals = [
        arrival(each.connection_id, delivery) for each in received for delivery in each.receipt.deliveries
    ]
    if arrivals:
        hub.books.receive(uow, arrivals, now)
    things = [
        (each.connection_id, notice.topic.value, notice.external_id)
        for each in received
        for notice in each.receipt.notices
    ]
    notices.note(uow, things, now)
