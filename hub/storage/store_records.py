"""Store records with certificates and links: whole sets of them in a fixed number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.store_records import LinkKind, StoreRecord
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.vault import SealingKey
from mappings.structs import FrozenStruct

NUMBERS_KEY = "certificates"
"""Name of the key that seals the numbers of certificates."""


class LinkState(FrozenStruct):
    """What was seen at the last visit; null: nobody has looked yet."""

    store_id: str
    url: str
    kind: str
    checked_at: datetime | None
    is_up: bool | None
    is_owned: bool | None
    detail: str


def records(uow: UnitOfWork) -> dict[str, StoreRecord]:
    """Store id → record, of stores of which anything is on record."""
    said: dict[str, dict[str, Any]] = {}
    for row in uow.all("SELECT * FROM store_records"):
        said[row.store_id] = {
            "brand": row.brand,
            "owner": row.owner,
            "status": row.status or "open",
            "locations": msgspec.json.decode(row.locations),
            "departments": msgspec.json.decode(row.departments),
        }
    for row in uow.all("SELECT * FROM store_certificates ORDER BY store_id, name"):
        said.setdefault(row.store_id, {}).setdefault("certificates", {})[row.name] = _certificate(row)
    for row in uow.all("SELECT store_id, url, kind FROM store_links ORDER BY store_id, url"):
        said.setdefault(row.store_id, {}).setdefault("links", {})[row.url] = row.kind
    return {store_id: msgspec.convert(each, StoreRecord) for store_id, each in said.items()}


def _certificate(row: Any) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "issuer": row.issuer,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "document": row.document,
    }


def save(uow: UnitOfWork, wanted: Mapping[str, StoreRecord]) -> None:
    """The records of these stores are this from now on. Numbers and states of what stays are kept."""
    rows = [
        {
            "s": store_id,
            "b": each.brand,
            "o": each.owner,
            "t": each.status.value,
            "l": msgspec.json.encode(each.locations).decode(),
            "d": msgspec.json.encode(each.departments).decode(),
        }
        for store_id, each in wanted.items()
    ]
    uow.change(
        "INSERT INTO store_records (store_id, brand, owner, status, locations, departments)"
        f" SELECT k.s, k.b, k.o, k.t, k.l, k.d FROM {keys(uow, **dict.fromkeys('sbotld', 'text'))} WHERE true"
        " ON CONFLICT (store_id) DO UPDATE SET brand = excluded.brand, owner = excluded.owner,"
        " status = excluded.status, locations = excluded.locations, departments = excluded.departments",
        keys=packed(rows),
    )
    _save_certificates(uow, wanted)
    _save_links(uow, wanted)


def _save_certificates(uow: UnitOfWork, wanted: Mapping[str, StoreRecord]) -> None:
    rows = [
        {
            "s": store_id,
            "n": name,
            "k": each.kind.value,
            "i": each.issuer,
            "f": each.valid_from,
            "u": each.valid_until,
            "d": each.document,
        }
        for store_id, record in wanted.items()
        for name, each in record.certificates.items()
    ]
    _forget_others(uow, "store_certificates", "name", wanted, _pairs(wanted, "certificates"))
    uow.change(
        "INSERT INTO store_certificates (store_id, name, kind, issuer, valid_from, valid_until, document)"
        f" SELECT k.s, k.n, k.k, k.i, k.f, k.u, k.d FROM {keys(uow, **dict.fromkeys('snkifud', 'text'))}"
        " WHERE true ON CONFLICT (store_id, name) DO UPDATE SET kind = excluded.kind,"
        " issuer = excluded.issuer, valid_from = excluded.valid_from, valid_until = excluded.valid_until,"
        " document = excluded.document",
        keys=packed(rows),
    )


def _save_links(uow: UnitOfWork, wanted: Mapping[str, StoreRecord]) -> None:
    rows = [
        {"s": store_id, "u": url, "k": kind.value}
        for store_id, record in wanted.items()
        for url, kind in record.links.items()
    ]
    _forget_others(uow, "store_links", "url", wanted, _pairs(wanted, "links"))
    uow.change(
        "INSERT INTO store_links (store_id, url, kind)"
        f" SELECT k.s, k.u, k.k FROM {keys(uow, **dict.fromkeys('suk', 'text'))} WHERE true"
        " ON CONFLICT (store_id, url) DO UPDATE SET kind = excluded.kind",
        keys=packed(rows),
    )


def _pairs(wanted: Mapping[str, StoreRecord], field: str) -> set[tuple[str, str]]:
    """(store id, name)"""
    return {(store_id, name) for store_id, record in wanted.items() for name in getattr(record, field)}


def _forget_others(
    uow: UnitOfWork, table: str, column: str, stores: Iterable[str], kept: set[tuple[str, str]]
) -> None:
    """Delete what these stores have beside `kept`."""
    present = uow.all(
        f"SELECT t.store_id, t.{column} AS name FROM {keys(uow, s='text')}"
        f" JOIN {table} t ON t.store_id = k.s",
        keys=packed([{"s": each} for each in stores]),
    )
    gone = {(row.store_id, row.name) for row in present} - kept
    uow.change(
        f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM {keys(uow, s='text', n='text')}"
        f" WHERE k.s = {table}.store_id AND k.n = {table}.{column})",
        keys=packed([{"s": store_id, "n": name} for store_id, name in sorted(gone)]),
    )


def set_number(uow: UnitOfWork, key: SealingKey, store_id: str, name: str, number: str) -> None:
    """Seal the number of a certificate that is there; empty: forget it."""
    sealed = key.seal(number.encode(), _place(store_id, name)) if number else None
    uow.change(
        "UPDATE store_certificates SET number = :number WHERE store_id = :store AND name = :name",
        number=sealed,
        store=store_id,
        name=name,
    )


def numbers(uow: UnitOfWork, key: SealingKey, store_id: str) -> dict[str, str]:
    """Name of a certificate → its number, of those whose number is known."""
    rows = uow.all(
        "SELECT name, number FROM store_certificates WHERE store_id = :id AND number IS NOT NULL", id=store_id
    )
    return {row.name: key.open(row.number, _place(store_id, row.name)).decode() for row in rows}


def _place(store_id: str, name: str) -> str:
    return f"certificate:{store_id}:{name}"


def links(uow: UnitOfWork, store_id: str = "") -> list[LinkState]:
    """Of one store, or of all."""
    rows = uow.all(
        "SELECT * FROM store_links WHERE (store_id = :id OR :id = '') ORDER BY store_id, url", id=store_id
    )
    return [_link(row) for row in rows]


def due_links(uow: UnitOfWork, before: datetime, limit: int) -> list[LinkState]:
    """Links that nobody has visited since, the longest ago first."""
    rows = uow.all(
        "SELECT * FROM store_links WHERE checked_at IS NULL OR checked_at < :before"
        " ORDER BY COALESCE(checked_at, 0), store_id, url LIMIT :limit",
        before=micros(before),
        limit=limit,
    )
    return [_link(row) for row in rows]


def _link(row: Any) -> LinkState:
    return LinkState(
        store_id=row.store_id,
        url=row.url,
        kind=LinkKind(row.kind),
        checked_at=None if row.checked_at is None else from_micros(row.checked_at),
        is_up=None if row.is_up is None else bool(row.is_up),
        is_owned=None if row.is_owned is None else bool(row.is_owned),
        detail=row.detail,
    )


def visited(uow: UnitOfWork, seen: Sequence[LinkState]) -> None:
    """Remember what visits found, of links that are still there."""
    rows = [
        {
            "s": each.store_id,
            "u": each.url,
            "a": None if each.checked_at is None else micros(each.checked_at),
            "p": each.is_up,
            "o": each.is_owned,
            "d": each.detail,
        }
        for each in seen
    ]
    typed = {"s": "text", "u": "text", "a": "bigint", "p": "boolean", "o": "boolean", "d": "text"}
    uow.change(
        "UPDATE store_links SET checked_at = k.a, is_up = k.p, is_owned = k.o, detail = k.d"
        f" FROM {keys(uow, **typed)} WHERE store_links.store_id = k.s AND store_links.url = k.u",
        keys=packed(rows),
    )
