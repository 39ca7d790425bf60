"""Orders of the past, read from books → stored orders that are history: no stock, no messages, no parcels.

A batch is one transaction. What is stored already and the same is left alone, so an import that was broken
off goes on where it stopped when it is started again.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.domain.order import Order
from hub.domain.route import advance
from hub.domain.snapshot import Snapshot
from hub.pipeline.books import Books
from hub.pipeline.moved import Moved
from hub.storage import history
from hub.storage.database import UnitOfWork
from hub.storage.history import Sold, connection_of
from hub.storage.orders import Stored
from mappings.canonical import SalesOrder
from mappings.structs import FrozenStruct

NO_STREETS = ("address",)
"""Audit rules that books cannot answer; each imported order shows that they were waived."""


class Past(FrozenStruct):
    """An order of the past, and the store that it was sold in."""

    store_id: str
    sales: SalesOrder


class Taken(FrozenStruct):
    """How many orders of a batch were new, stored but different, and stored already."""

    new: int = 0
    changed: int = 0
    known: int = 0


def take_history(books: Books, uow: UnitOfWork, past: Sequence[Past], now: datetime) -> Taken:
    """Each order once in `past`. The stores must be there (`history.add_stores`)."""
    keys = {(connection_of(each.store_id), each.sales.external_id): each for each in past}
    stored = books.orders.by_external_ids(uow, sorted(keys))
    changed = [
        _changed(stored[key], each.sales)
        for key, each in keys.items()
        if key in stored and stored[key].order.sales != each.sales
    ]
    new = [_new(books, each) for key, each in keys.items() if key not in stored]
    if not new and not changed:
        return Taken(known=len(keys))
    history.list_sold(uow, [sold for each in (*new, *changed) for sold in _sold(each.order)])
    snapshot = books.snapshots.load(
        uow,
        now,
        arriving=[(each.order.order_id, each.order.connection_id, each.order.sales) for each in new],
        known=[each.order for each in changed],
    )
    books.save(uow, [_closed(each, snapshot) for each in new] + changed, snapshot)
    return Taken(new=len(new), changed=len(changed), known=len(keys) - len(new) - len(changed))


def _new(books: Books, past: Past) -> Moved:
    order = Order(
        order_id=books.new_id(),
        connection_id=connection_of(past.store_id),
        store_id=past.store_id,
        sales=past.sales,
        waived=NO_STREETS,
        is_history=True,
    ).with_sales(past.sales)
    return Moved(stored=Stored(order=order), order=order, outcomes=())


def _changed(stored: Stored, sales: SalesOrder) -> Moved:
    """The books say something else than last time: they are right, and nothing follows from it."""
    skus = {line.line_id: line.sku for line in sales.lines}
    order = msgspec.structs.replace(stored.order.with_sales(sales), skus=skus)
    return Moved(stored=stored, order=order, outcomes=())


def _closed(new: Moved, snapshot: Snapshot) -> Moved:
    order, outcomes = advance(new.order, snapshot)
    return msgspec.structs.replace(new, order=order, outcomes=outcomes)


def _sold(order: Order) -> list[Sold]:
    return [
        Sold(connection_id=order.connection_id, sku=line.sku, title=line.title) for line in order.sales.lines
    ]
