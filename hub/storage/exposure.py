"""What all stores together show of a SKU, beside what there is and how fast it sells."""

from datetime import datetime

from hub.clock import micros
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct


class Exposure(FrozenStruct):
    """One counted SKU at active locations. `shown` sums what listings were told, `sold` is since the asked
    instant."""

    sku: str
    is_escrow: bool
    available: int
    stores: int
    shown: int
    sold: int


def exposures(uow: UnitOfWork, sku: str, since: datetime) -> list[Exposure]:
    """The SKU, or (empty) every one that several stores list."""
    rows = uow.all(
        "SELECT s.sku, (SELECT count(*) FROM escrow e WHERE e.sku = s.sku) AS is_escrow,"
        " CAST(sum(s.on_hand - s.reserved) AS integer) AS available,"
        " (SELECT count(DISTINCT c.store_id) FROM listings l JOIN connections c ON c.id = l.connection_id"
        " WHERE l.sku = s.sku) AS stores,"
        " (SELECT CAST(COALESCE(sum(l.told), 0) AS integer) FROM listings l WHERE l.sku = s.sku) AS shown,"
        " (SELECT CAST(COALESCE(sum(ol.quantity), 0) AS integer) FROM order_lines ol"
        " JOIN orders o ON o.id = ol.order_id AND o.placed_at >= :since AND o.stage <> 'cancelled'"
        " WHERE ol.sku = s.sku) AS sold"
        " FROM stock s JOIN locations p ON p.id = s.location_id AND p.is_active"
        " WHERE (:sku = '' OR s.sku = :sku) GROUP BY s.sku ORDER BY s.sku",
        sku=sku,
        since=micros(since),
    )
    found = [Exposure(**{**row._asdict(), "is_escrow": bool(row.is_escrow)}) for row in rows]
    return [each for each in found if sku or each.stores > 1]
