"""Parcels that left or came back → what stores owe each other, in the transaction that saves the orders."""

from collections.abc import Sequence

from hub.domain.order import Order
from hub.domain.settlement import postings
from hub.domain.snapshot import Snapshot
from hub.storage import settlement
from hub.storage.database import UnitOfWork


def post(uow: UnitOfWork, moved: Sequence[tuple[Order | None, Order]], snapshot: Snapshot) -> None:
    """(order as it was, as it is now). Two statements at most, none while nothing has left."""
    gone = [pair for pair in moved if any(each.is_handed_over for each in pair[1].consignments)]
    if not gone:
        return
    before = settlement.of_orders(uow, [order.order_id for _, order in gone])
    entries = [
        entry
        for was, order in gone
        for entry in postings(was, order, before.get(order.order_id, ()), snapshot)
    ]
    settlement.append(uow, entries, snapshot.now)
