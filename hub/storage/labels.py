"""Labels as carriers gave them: an address, or the picture itself as a `data:` address. Sealed, for they hold
the receiver's name and address."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, ForeignKey, LargeBinary, Table

from hub.clock import micros
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import Instant, Key, metadata

_labels = Table(
    "labels",
    metadata,
    Column("consignment_id", Key, ForeignKey("consignments.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)


def keep(uow: UnitOfWork, sealed: Mapping[str, bytes], now: datetime) -> None:
    """Consignment id → label; a newer one takes the place of an older."""
    if not sealed:
        return
    uow.change(
        f"DELETE FROM labels WHERE consignment_id IN (SELECT k.id FROM {keys(uow, id='text')})",
        keys=packed([{"id": each} for each in sealed]),
    )
    insert(uow, _labels, [(consignment_id, label, micros(now)) for consignment_id, label in sealed.items()])


def of_order(uow: UnitOfWork, order_id: str) -> dict[str, bytes]:
    """Consignment id → sealed label."""
    rows = uow.all(
        "SELECT l.consignment_id, l.sealed FROM consignments c JOIN labels l ON l.consignment_id = c.id"
        " WHERE c.order_id = :id ORDER BY l.consignment_id",
        id=order_id,
    )
    return {row.consignment_id: bytes(row.sealed) for row in rows}


def of_wave(uow: UnitOfWork, number: int) -> list[tuple[str, str, bytes]]:
    """(consignment id, store connection, sealed label) of a picking wave's parcels, by their ids."""
    rows = uow.all(
        "SELECT l.consignment_id, o.connection_id, l.sealed FROM pick_wave_parcels p"
        " JOIN labels l ON l.consignment_id = p.consignment_id"
        " JOIN consignments c ON c.id = p.consignment_id JOIN orders o ON o.id = c.order_id"
        " WHERE p.wave = :number ORDER BY l.consignment_id",
        number=number,
    )
    return [(row.consignment_id, row.connection_id, bytes(row.sealed)) for row in rows]


def purpose(consignment_id: str) -> str:
    """What a label is sealed for."""
    return f"label:{consignment_id}"


def embedded(label: str) -> tuple[str, str] | None:
    """(media type, base64) of a label that holds the picture itself; null: it is an address."""
    head, comma, content = label.partition(";base64,")
    return (head.removeprefix("data:"), content) if comma and head.startswith("data:") else None
