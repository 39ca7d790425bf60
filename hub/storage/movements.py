"""The ledger of what is on hand: each change with its cause, who made it, and the order it was for."""

from datetime import datetime

from sqlalchemy import Index

from hub.clock import from_micros
from hub.storage.database import UnitOfWork
from hub.storage.tables import stock_movements
from mappings.structs import FrozenStruct

Index("ix_stock_movements_sku", stock_movements.c.sku, stock_movements.c.at, stock_movements.c.id)


class Movement(FrozenStruct):
    """`delta` units came or went at a location. `kind`: counted (`reference` is the file, or by hand) or
    shipped (`reference` is the parcel, `order` the number of its order)."""

    at: datetime
    sku: str
    location: str
    delta: int
    kind: str
    reference: str
    order: str
    actor: str


def last(uow: UnitOfWork, sku: str, limit: int) -> list[Movement]:
    """The newest first."""
    rows = uow.all(
        "SELECT m.at, m.sku, m.location_id AS location, m.delta, m.kind, m.reference,"
        " COALESCE(o.number, '') AS \"order\", m.actor FROM stock_movements m"
        " LEFT JOIN consignments c ON m.kind = 'shipped' AND c.id = m.reference"
        " LEFT JOIN orders o ON o.id = c.order_id"
        " WHERE m.sku = :sku ORDER BY m.at DESC, m.id DESC LIMIT :limit",
        sku=sku,
        limit=limit,
    )
    return [Movement(**{**row._asdict(), "at": from_micros(row.at)}) for row in rows]
