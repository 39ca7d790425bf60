"""Consignments and what each of them holds: loaded and saved with their orders, in whole batches."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.order import Consignment, Order, Parcel, Reserved
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import consignments, reservations
from mappings.canonical import TrackingStatus

_json = msgspec.json.Encoder().encode

_JSON_KINDS = {"BigInteger": "bigint", "Boolean": "boolean"}
_CAN_BE_CUT = frozenset({Parcel.RELEASED, Parcel.DISPATCHED})
"""Repacking may change what these hold; all others keep their lines for good."""


def load(uow: UnitOfWork, order_ids: Sequence[str]) -> dict[str, list[Consignment]]:
    """Order id → its consignments, in the order in which they were made."""
    if not order_ids:
        return {}
    wanted = packed([{"id": each} for each in order_ids])
    lines: dict[str, list[Reserved]] = {}
    for row in uow.all(
        f"SELECT r.consignment_id, r.line_id, r.sku, r.quantity FROM {keys(uow, id='text')}"
        " JOIN consignments c ON c.order_id = k.id JOIN reservations r ON r.consignment_id = c.id"
        " ORDER BY r.consignment_id, r.line_id, r.sku",
        keys=wanted,
    ):
        part = Reserved(line_id=row.line_id, sku=row.sku, quantity=row.quantity)
        lines.setdefault(row.consignment_id, []).append(part)
    found: dict[str, list[Consignment]] = {}
    for row in uow.all(
        f"SELECT c.* FROM {keys(uow, id='text')} JOIN consignments c ON c.order_id = k.id",
        keys=wanted,
    ):
        found.setdefault(row.order_id, []).append(_consignment(row, tuple(lines.get(row.id, ()))))
    for parts in found.values():
        parts.sort(key=lambda each: int(each.consignment_id.rpartition("-")[2]))
    return found


def save(uow: UnitOfWork, saved: Sequence[Order], track: Mapping[str, int]) -> None:
    """Write new consignments and changed ones; `track`: when they are asked for next."""
    ids = [{"id": each.order_id} for each in saved if each.consignments]
    if not ids:
        return
    before = {
        row.id: row
        for row in uow.all(
            f"SELECT c.* FROM {keys(uow, id='text')} JOIN consignments c ON c.order_id = k.id",
            keys=packed(ids),
        )
    }
    rows = {
        each.consignment_id: _row(order, each, track, before.get(each.consignment_id))
        for order in saved
        for each in order.consignments
    }
    insert(uow, consignments, [row for key, row in rows.items() if key not in before])
    changed = [row for key, row in rows.items() if key in before and row != tuple(before[key])]
    _update(uow, changed)
    _save_reservations(uow, saved, set(before))


def _update(uow: UnitOfWork, changed: Sequence[tuple[object, ...]]) -> None:
    if not changed:
        return
    kinds = {
        column.name: _JSON_KINDS.get(column.type.__class__.__name__, "text")
        for column in consignments.columns
    }
    assignments = ", ".join(f"{name} = k.{name}" for name in kinds if name not in ("id", "order_id"))
    uow.change(
        f"UPDATE consignments SET {assignments} FROM {keys(uow, **kinds)} WHERE consignments.id = k.id",
        keys=packed([dict(zip(kinds, row, strict=True)) for row in changed]),
    )


def _save_reservations(uow: UnitOfWork, saved: Sequence[Order], known: set[str]) -> None:
    parts = [each for order in saved for each in order.consignments]
    recut = [each for each in parts if each.consignment_id in known and each.stage in _CAN_BE_CUT]
    if recut:
        uow.change(
            f"DELETE FROM reservations WHERE consignment_id IN (SELECT k.id FROM {keys(uow, id='text')})",
            keys=packed([{"id": each.consignment_id} for each in recut]),
        )
    fresh = [each for each in parts if each.consignment_id not in known] + recut
    insert(
        uow,
        reservations,
        [
            (each.consignment_id, part.line_id, part.sku, part.quantity)
            for each in fresh
            for part in each.lines
        ],
    )


def _consignment(row: Any, lines: tuple[Reserved, ...]) -> Consignment:
    return Consignment(
        consignment_id=row.id,
        location_id=row.location_id,
        lines=lines,
        stage=Parcel(row.stage),
        carrier_connection_id=row.carrier_connection_id,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        carrier_order_id=row.carrier_order_id,
        booked_at=_moment(row.booked_at),
        handed_over_at=_moment(row.handed_over_at),
        status=TrackingStatus(row.status),
        status_at=_moment(row.status_at),
        told=bool(row.told),
        told_status=TrackingStatus(row.told_status) if row.told_status else None,
        former_numbers=tuple(msgspec.json.decode(row.former_numbers)),
        collect=Decimal(row.collect) if row.collect else None,
        shared_as=row.shared_as,
        department_id=row.department_id,
        service=row.service,
        dispatch_on=date.fromisoformat(row.dispatch_on) if row.dispatch_on else None,
    )


def _row(order: Order, each: Consignment, track: Mapping[str, int], before: Any) -> tuple[object, ...]:
    next_track_at = track.get(each.consignment_id, before.next_track_at if before else None)
    return (
        each.consignment_id,
        order.order_id,
        each.location_id,
        each.stage.value,
        each.carrier_connection_id,
        each.carrier,
        each.tracking_number,
        each.carrier_order_id,
        _instant(each.booked_at),
        _instant(each.handed_over_at),
        each.status.value,
        _instant(each.status_at),
        each.told,
        each.told_status.value if each.told_status else "",
        next_track_at if each.stage in (Parcel.BOOKED, Parcel.DISPATCHED, Parcel.CANCELLING) else None,
        _json(each.former_numbers).decode() if each.former_numbers else "[]",
        str(each.collect) if each.collect is not None else "",
        each.shared_as,
        each.department_id,
        each.service,
        each.dispatch_on.isoformat() if each.dispatch_on else "",
    )


def _moment(value: int | None) -> datetime | None:
    return from_micros(value) if value is not None else None


def _instant(value: datetime | None) -> int | None:
    return micros(value) if value is not None else None
