"""Parcels at the dock: which were looked into, which wait for a carrier, which went with which manifest."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.clock import from_micros, micros
from hub.domain.hand_over import contents_mark
from hub.domain.order import Parcel
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.parcels import sharing
from mappings.structs import FrozenStruct


class DockParcel(FrozenStruct):
    """A consignment as the dock sees it; those of one `parcel` travel together. `grams` null: the weight of
    one of its SKUs is not known; `collect`: what the carrier collects at the door, in `currency`."""

    consignment_id: str
    parcel: str
    order_id: str
    order_number: str
    stage: Parcel
    department_id: str
    tracking_number: str
    units: Mapping[str, int]
    grams: int | None
    collect: Decimal | None
    currency: str
    is_verified: bool

    @property
    def pieces(self) -> int:
        return sum(self.units.values())


class ManifestItem(FrozenStruct):
    """A hand-over in a list."""

    number: int
    location: str
    connection: str
    actor: str
    at: datetime
    parcels: int


def save_barcodes(uow: UnitOfWork, codes: Mapping[str, str]) -> None:
    """Code → SKU: new ones, and others for known codes."""
    if codes:
        uow.change(
            "INSERT INTO barcodes (code, sku)"
            f" SELECT k.c, k.s FROM {keys(uow, c='text', s='text')} WHERE true"
            " ON CONFLICT (code) DO UPDATE SET sku = excluded.sku",
            keys=packed([{"c": code, "s": sku} for code, sku in codes.items()]),
        )


def skus_of(uow: UnitOfWork, codes: Iterable[str]) -> dict[str, str]:
    """Code → SKU, of those that are known."""
    rows = uow.all(
        f"SELECT b.code, b.sku FROM {keys(uow, c='text')} JOIN barcodes b ON b.code = k.c",
        keys=packed([{"c": each} for each in sorted(set(codes))]),
    )
    return {row.code: row.sku for row in rows}


def mark_verified(
    uow: UnitOfWork, consignment_id: str, units: Mapping[str, int], actor: str, now: datetime
) -> None:
    """All its units were scanned just now."""
    uow.change(
        "INSERT INTO parcel_checks (consignment_id, contents, actor, at)"
        " VALUES (:id, :contents, :actor, :now) ON CONFLICT (consignment_id) DO UPDATE"
        " SET contents = excluded.contents, actor = excluded.actor, at = excluded.at",
        id=consignment_id,
        contents=contents_mark(units),
        actor=actor,
        now=micros(now),
    )


def booked(uow: UnitOfWork, location_id: str, connection_id: str, most: int) -> list[DockParcel]:
    """Parcels that wait at a location for a carrier, by their ids; of a shared one all that is in it."""
    rows = uow.all(
        "SELECT c.id, c.shared_as FROM consignments c WHERE c.location_id = :location"
        " AND c.stage IN ('released', 'booked') AND c.stage = 'booked'"  # the first is the index's condition
        " AND c.carrier_connection_id = :connection ORDER BY c.id LIMIT :most",
        location=location_id,
        connection=connection_id,
        most=most,
    )
    ids = {row.id for row in rows}
    together = sharing(uow, {row.shared_as for row in rows if row.shared_as})
    found = parcels(uow, sorted(ids | {each.consignment_id for each in together}))
    return [each for each in found if each.stage is Parcel.BOOKED]


def parcels(uow: UnitOfWork, ids: Sequence[str]) -> list[DockParcel]:
    """In the order of their ids."""
    wanted = packed([{"id": each} for each in ids])
    held: dict[str, list[Any]] = {}
    for row in uow.all(
        "SELECT r.consignment_id, r.sku, SUM(r.quantity) AS units, MAX(p.weight_grams) AS grams"
        f" FROM {keys(uow, id='text')} JOIN reservations r ON r.consignment_id = k.id"
        " LEFT JOIN products p ON p.sku = r.sku GROUP BY r.consignment_id, r.sku ORDER BY r.sku",
        keys=wanted,
    ):
        held.setdefault(row.consignment_id, []).append(row)
    rows = uow.all(
        "SELECT c.id, c.shared_as, c.order_id, c.stage, c.department_id, c.tracking_number, c.collect,"
        f" o.number, o.currency, v.contents FROM {keys(uow, id='text')} JOIN consignments c ON c.id = k.id"
        " JOIN orders o ON o.id = c.order_id LEFT JOIN parcel_checks v ON v.consignment_id = c.id"
        " ORDER BY c.id",
        keys=wanted,
    )
    return [_parcel(row, held.get(row.id, [])) for row in rows]


def _parcel(row: Any, held: Sequence[Any]) -> DockParcel:
    units = {part.sku: int(part.units) for part in held}
    is_weighed = all(part.grams is not None for part in held)
    return DockParcel(
        consignment_id=row.id,
        parcel=row.shared_as or row.id,
        order_id=row.order_id,
        order_number=row.number,
        stage=Parcel(row.stage),
        department_id=row.department_id,
        tracking_number=row.tracking_number,
        units=units,
        grams=sum(part.grams * int(part.units) for part in held) if is_weighed else None,
        collect=Decimal(row.collect) if row.collect else None,
        currency=row.currency,
        is_verified=row.contents == contents_mark(units),
    )


def make_manifest(
    uow: UnitOfWork,
    location_id: str,
    connection_id: str,
    consignment_ids: Sequence[str],
    actor: str,
    now: datetime,
) -> int:
    """These parcels were handed over together; returns the manifest's number."""
    ((number,),) = uow.all("SELECT COALESCE(MAX(number), 0) + 1 FROM manifests")
    uow.change(
        "INSERT INTO manifests (number, location_id, connection_id, actor, at)"
        " VALUES (:number, :location, :connection, :actor, :now)",
        number=number,
        location=location_id,
        connection=connection_id,
        actor=actor,
        now=micros(now),
    )
    uow.change(
        "INSERT INTO manifest_parcels (consignment_id, manifest)"
        f" SELECT k.id, CAST(:number AS integer) FROM {keys(uow, id='text')} WHERE true",
        number=number,
        keys=packed([{"id": each} for each in consignment_ids]),
    )
    return int(number)


def manifests(uow: UnitOfWork, limit: int, number: int | None = None) -> list[ManifestItem]:
    """The newest first, or the one of that number."""
    rows = uow.all(
        "SELECT m.number, m.location_id AS location, m.connection_id AS connection, m.actor, m.at,"
        " COUNT(DISTINCT COALESCE(NULLIF(c.shared_as, ''), c.id)) AS parcels FROM manifests m"
        " JOIN manifest_parcels p ON p.manifest = m.number JOIN consignments c ON c.id = p.consignment_id"
        f"{'' if number is None else ' WHERE m.number = :number'}"
        " GROUP BY m.number, m.location_id, m.connection_id, m.actor, m.at"
        " ORDER BY m.number DESC LIMIT :limit",
        limit=limit,
        **({} if number is None else {"number": number}),
    )
    return [ManifestItem(**{**row._asdict(), "at": from_micros(row.at)}) for row in rows]


def of_manifest(uow: UnitOfWork, number: int) -> list[DockParcel]:
    rows = uow.all("SELECT consignment_id FROM manifest_parcels WHERE manifest = :number", number=number)
    return parcels(uow, [row.consignment_id for row in rows])
