"""Orders by the names that people use, ready to be shown or decided about."""

from collections.abc import Sequence

from hub.domain.order import Order, Stage, headline
from hub.pipeline.books import Books
from hub.storage import queries
from hub.storage.connections import Connections
from hub.storage.database import UnitOfWork
from hub.storage.orders import Stored
from hub.storage.queries import OrderItem
from hub.storage.story import OpenText


class NoOrder(LookupError):
    """No order is called so."""


class SeveralOrders(LookupError):
    """Several are; one must be named by its id."""

    def __init__(self, found: Sequence[OrderItem]) -> None:
        super().__init__()
        self.found = found


def named_order(books: Books, uow: UnitOfWork, text: str, *, locked: bool = False) -> Stored:
    """The one order that is called so: by the hub's id, the platform's id or the number; `locked`: nobody
    else decides about it in this transaction. Raises `NoOrder` or `SeveralOrders`. Keys of connections that
    another process added are opened."""
    found = queries.find_orders(uow, text)
    if not found:
        raise NoOrder(text)
    if len(found) > 1:
        raise SeveralOrders(found)
    books.connections.open_keys(uow, {found[0].connection})
    return books.orders.by_ids(uow, [found[0].id], locked=locked)[found[0].id]


def require_held(order: Order) -> None:
    """Raises `ValueError` if there is nothing to release."""
    if order.stage is not Stage.ON_HOLD:
        raise ValueError(f"order {order.sales.order_number} is not on hold, it is {headline(order)}")


def sealed_words(connections: Connections, order: Order) -> OpenText:
    """Opens what carriers wrote about the order's parcels."""
    key = connections.key(order.connection_id)
    return lambda sealed, consignment_id: key.open(sealed, f"tracking:{consignment_id}").decode()
