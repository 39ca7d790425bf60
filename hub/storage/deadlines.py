"""Orders of which something has not left, by the instant at which it must have."""

from datetime import datetime

from hub.clock import micros
from hub.storage.database import UnitOfWork
from hub.storage.queries import ORDER_COLUMNS, OrderItem, order_item
from hub.storage.tables import WAITS_TO_LEAVE


def due(uow: UnitOfWork, until: datetime, limit: int, store: str = "") -> list[OrderItem]:
    """Those that are due at this instant or before, the most urgent first."""
    of_store = " AND store_id = :store" if store else ""
    rows = uow.all(
        f"{ORDER_COLUMNS} WHERE due_at IS NOT NULL AND {WAITS_TO_LEAVE} AND due_at <= :until{of_store}"
        " ORDER BY due_at, id LIMIT :limit",
        until=micros(until),
        limit=limit,
        **({"store": store} if store else {}),
    )
    return [order_item(row) for row in rows]
