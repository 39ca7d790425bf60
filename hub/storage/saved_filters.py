"""Searches that people keep by name; personal values are kept as blind indexes only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Table, Text

from hub.clock import from_micros, micros
from hub.storage.database import UnitOfWork
from hub.storage.search import BadSearch, Blinded
from hub.storage.tables import Instant, Key, metadata
from mappings.structs import FrozenStruct

Table(
    "saved_filters",
    metadata,
    Column("name", Key, primary_key=True),
    Column("wanted", Text, nullable=False),
    Column("saved_by", Text, nullable=False, server_default=""),
    Column("saved_at", Instant, nullable=False),
)


class SavedFilter(FrozenStruct):
    """`saved_by` is who kept it last."""

    name: str
    wanted: Blinded
    saved_by: str
    saved_at: datetime


def save(uow: UnitOfWork, name: str, wanted: Blinded, actor: str, now: datetime) -> None:
    """Keep a search; one of the same name is replaced. Raises `BadSearch` if it looks for nothing."""
    if wanted == Blinded():
        raise BadSearch(f"filter {name!r} would find every order: name at least one thing to look for")
    uow.change(
        "INSERT INTO saved_filters (name, wanted, saved_by, saved_at) VALUES (:name, :wanted, :by, :at)"
        " ON CONFLICT (name) DO UPDATE SET wanted = excluded.wanted, saved_by = excluded.saved_by,"
        " saved_at = excluded.saved_at",
        name=name,
        wanted=msgspec.json.encode(wanted).decode(),
        by=actor,
        at=micros(now),
    )


def load(uow: UnitOfWork, name: str) -> Blinded:
    """Raises `BadSearch` if nothing is kept by this name."""
    row = uow.one("SELECT wanted FROM saved_filters WHERE name = :name", name=name)
    if row is None:
        raise BadSearch(_unknown(name))
    return msgspec.json.decode(row.wanted, type=Blinded)


def over(kept: Blinded, given: Blinded) -> Blinded:
    """What is given now replaces what is kept, field by field."""
    return msgspec.structs.replace(kept, **filled(given))


def filled(wanted: Blinded) -> dict[str, Any]:
    """What a search looks for, field by field."""
    plain = msgspec.structs.asdict(Blinded())
    return {name: value for name, value in msgspec.structs.asdict(wanted).items() if value != plain[name]}


def saved(uow: UnitOfWork) -> Sequence[SavedFilter]:
    return [
        SavedFilter(
            name=row.name,
            wanted=msgspec.json.decode(row.wanted, type=Blinded),
            saved_by=row.saved_by,
            saved_at=from_micros(row.saved_at),
        )
        for row in uow.all("SELECT name, wanted, saved_by, saved_at FROM saved_filters ORDER BY name")
    ]


def remove(uow: UnitOfWork, name: str) -> None:
    """Raises `BadSearch` if nothing is kept by this name."""
    if not uow.change("DELETE FROM saved_filters WHERE name = :name", name=name):
        raise BadSearch(_unknown(name))


def _unknown(name: str) -> str:
    return f"saved filter {name!r} is not known: `orderhub orders filters list` shows what there is"
