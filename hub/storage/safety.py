"""Units that a location keeps back: they are on hand, and promised to nobody."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from hub.clock import micros
from hub.domain.stock import StockRow
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

KEPT = (
    "COALESCE((SELECT f.units FROM safety_stock f WHERE f.location_id = s.location_id"
    " AND f.sku IN (s.sku, '') ORDER BY f.sku DESC LIMIT 1), 0)"
)
"""SQL for the units that are kept back of the stock row `s`."""


class Safety(FrozenStruct):
    """So many units of a SKU at a location; `sku` empty: of every SKU without an entry of its own."""

    location_id: str
    sku: str
    units: int


def set_safety(uow: UnitOfWork, safety: Safety, now: datetime) -> None:
    """Enter it or change it; 0 keeps nothing back. What stores may sell changes with it."""
    uow.change(
        "INSERT INTO safety_stock (location_id, sku, units) VALUES (:at, :sku, :units)"
        " ON CONFLICT (location_id, sku) DO UPDATE SET units = excluded.units",
        at=safety.location_id,
        sku=safety.sku,
        units=safety.units,
    )
    uow.change(
        "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived)"
        " SELECT sku, CAST(:now AS bigint), true, true FROM stock"
        " WHERE location_id = :at AND (:sku = '' OR sku = :sku)"
        " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true, arrived = true",
        now=micros(now),
        at=safety.location_id,
        sku=safety.sku,
    )
    uow.wake("tell_stock")
    uow.wake("resume")


def listed(uow: UnitOfWork) -> list[Safety]:
    rows = uow.all("SELECT location_id, sku, units FROM safety_stock ORDER BY location_id, sku")
    return [Safety(location_id=row.location_id, sku=row.sku, units=row.units) for row in rows]


def without_safety(uow: UnitOfWork, rows: Sequence[StockRow]) -> Iterable[StockRow]:
    """The same rows less what is kept back; never less than what is promised already."""
    if not rows:
        return rows
    wanted = packed([{"sku": each} for each in sorted({"", *(row.sku for row in rows)})])
    found = uow.all(
        f"SELECT f.location_id, f.sku, f.units FROM {keys(uow, sku='text')}"
        " JOIN safety_stock f ON f.sku = k.sku",
        keys=wanted,
    )
    if not found:
        return rows
    kept = {(each.sku, each.location_id): each.units for each in found}
    return [
        _less(row, kept.get((row.sku, row.location_id), kept.get(("", row.location_id), 0))) for row in rows
    ]


def _less(row: StockRow, kept: int) -> StockRow:
    return msgspec.structs.replace(row, on_hand=max(row.reserved, row.on_hand - kept))
