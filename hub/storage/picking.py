"""Picking waves: which parcels of a location are picked together, and where their goods lie."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.clock import from_micros, micros
from hub.domain.order import Parcel
from hub.domain.picking import WaveParcel
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct


class Bin(FrozenStruct):
    """Where a SKU lies at a location."""

    location_id: str
    sku: str
    bin: str


class WaveItem(FrozenStruct):
    """A wave in a list; how many of its parcels still wait for their number, are booked, left, or need
    nothing any more."""

    number: int
    location: str
    actor: str
    at: datetime
    parcels: int
    waiting: int
    booked: int
    left: int
    dropped: int


def save_bins(uow: UnitOfWork, bins: Sequence[Bin]) -> None:
    """New ones, and others for known SKUs."""
    if bins:
        uow.change(
            "INSERT INTO bins (location_id, sku, bin)"
            f" SELECT k.l, k.s, k.b FROM {keys(uow, l='text', s='text', b='text')} WHERE true"
            " ON CONFLICT (location_id, sku) DO UPDATE SET bin = excluded.bin",
            keys=packed([{"l": each.location_id, "s": each.sku, "b": each.bin} for each in bins]),
        )


def make_wave(
    uow: UnitOfWork, location_id: str, carrier: str, most: int, actor: str, now: datetime
) -> int | None:
    """A wave of up to `most` parcels of the location that are in none (of one carrier connection, if one is
    named), those of the most urgent orders first; null if there are none. Returns its number."""
    wanted = " AND c.carrier_connection_id = :carrier" if carrier else ""
    lock = " FOR UPDATE OF c SKIP LOCKED" if uow.is_postgres else ""
    rows = uow.all(
        "SELECT c.id FROM consignments c JOIN orders o ON o.id = c.order_id"
        f" WHERE c.location_id = :location AND c.stage IN ('released', 'booked'){wanted}"
        " AND NOT EXISTS (SELECT 1 FROM pick_wave_parcels p WHERE p.consignment_id = c.id)"
        f" ORDER BY COALESCE(o.due_at, :never), c.id LIMIT :most{lock}",
        location=location_id,
        never=2**62,
        most=most,
        **({"carrier": carrier} if carrier else {}),
    )
    if not rows:
        return None
    (number,) = (
        row.number for row in uow.all("SELECT COALESCE(MAX(number), 0) + 1 AS number FROM pick_waves")
    )
    uow.change(
        "INSERT INTO pick_waves (number, location_id, actor, at) VALUES (:number, :location, :actor, :now)",
        number=number,
        location=location_id,
        actor=actor,
        now=micros(now),
    )
    uow.change(
        "INSERT INTO pick_wave_parcels (consignment_id, wave)"
        f" SELECT k.id, CAST(:number AS integer) FROM {keys(uow, id='text')} WHERE true",
        number=number,
        keys=packed([{"id": row.id} for row in rows]),
    )
    return int(number)


def waves(uow: UnitOfWork, limit: int, number: int | None = None) -> list[WaveItem]:
    """The newest first, or the one of that number."""
    rows = uow.all(
        "SELECT w.number, w.location_id AS location, w.actor, w.at, COUNT(*) AS parcels,"
        " COUNT(*) FILTER (WHERE c.stage IN ('planned', 'released')) AS waiting,"
        " COUNT(*) FILTER (WHERE c.stage = 'booked') AS booked,"
        " COUNT(*) FILTER (WHERE c.stage IN ('cancelling', 'cancelled')) AS dropped"
        " FROM pick_waves w JOIN pick_wave_parcels p ON p.wave = w.number"
        " JOIN consignments c ON c.id = p.consignment_id"
        f"{'' if number is None else ' WHERE w.number = :number'}"
        " GROUP BY w.number, w.location_id, w.actor, w.at ORDER BY w.number DESC LIMIT :limit",
        limit=limit,
        **({} if number is None else {"number": number}),
    )
    return [_wave(row._asdict()) for row in rows]


def _wave(row: dict[str, Any]) -> WaveItem:
    left = row["parcels"] - row["waiting"] - row["booked"] - row["dropped"]
    return WaveItem(**{**row, "at": from_micros(row["at"]), "left": left})


def parcels_of(uow: UnitOfWork, number: int) -> list[WaveParcel]:
    """By their ids, as they are now."""
    units: dict[str, dict[str, int]] = {}
    for row in uow.all(
        "SELECT r.consignment_id, r.sku, SUM(r.quantity) AS units FROM pick_wave_parcels p"
        " JOIN reservations r ON r.consignment_id = p.consignment_id WHERE p.wave = :number"
        " GROUP BY r.consignment_id, r.sku ORDER BY r.consignment_id, r.sku",
        number=number,
    ):
        units.setdefault(row.consignment_id, {})[row.sku] = int(row.units)
    troubles = _troubles(uow, number)
    rows = uow.all(
        "SELECT c.id, c.stage, c.carrier, c.carrier_connection_id, c.tracking_number, c.shared_as, o.number"
        " FROM pick_wave_parcels p JOIN consignments c ON c.id = p.consignment_id"
        " JOIN orders o ON o.id = c.order_id WHERE p.wave = :number ORDER BY c.id",
        number=number,
    )
    return [
        WaveParcel(
            consignment_id=row.id,
            order_number=row.number,
            stage=Parcel(row.stage),
            carrier=row.carrier or row.carrier_connection_id,
            tracking_number=row.tracking_number,
            units=units.get(row.id, {}),
            trouble=troubles.get(row.id, ""),
            travels_as=row.shared_as,
        )
        for row in rows
    ]


def _troubles(uow: UnitOfWork, number: int) -> dict[str, str]:
    """Consignment id → why its booking has not come about."""
    rows = uow.all(
        "SELECT m.subject, m.last_error FROM pick_wave_parcels p"
        " JOIN consignments c ON c.id = p.consignment_id AND c.stage = 'released'"
        " JOIN outbox m ON m.order_id = c.order_id AND m.subject = c.id AND m.verb = 'book'"
        " WHERE p.wave = :number AND m.state IN ('open', 'parked') AND m.last_error <> ''",
        number=number,
    )
    return {row.subject: row.last_error for row in rows}


def bins_of(uow: UnitOfWork, number: int) -> Mapping[str, str]:
    """SKU → bin, of what the wave picks at its location."""
    rows = uow.all(
        "SELECT DISTINCT b.sku, b.bin FROM pick_waves w JOIN pick_wave_parcels p ON p.wave = w.number"
        " JOIN reservations r ON r.consignment_id = p.consignment_id"
        " JOIN bins b ON b.location_id = w.location_id AND b.sku = r.sku WHERE w.number = :number",
        number=number,
    )
    return {row.sku: row.bin for row in rows}
