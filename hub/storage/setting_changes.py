"""Who set what: every change of the configuration is kept with its actor."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.clock import NewId, from_micros, micros
from hub.domain.configuration import Change
from hub.storage.bulk import insert
from hub.storage.database import UnitOfWork
from hub.storage.store_tables import setting_changes
from mappings.structs import FrozenStruct


class Recorded(FrozenStruct):
    """A change and who made it."""

    at: datetime
    actor: str
    change: Change


def record(uow: UnitOfWork, changes: Sequence[Change], actor: str, now: datetime, new_id: NewId) -> None:
    rows = [
        (new_id(), micros(now), actor, each.section, each.entry, _text(each.before), _text(each.after))
        for each in changes
    ]
    insert(uow, setting_changes, rows)


def newest(uow: UnitOfWork, limit: int) -> list[Recorded]:
    """The newest first."""
    return [
        Recorded(
            at=from_micros(row.at),
            actor=row.actor,
            change=Change(
                section=row.section, entry=row.entry, before=_read(row.before), after=_read(row.after)
            ),
        )
        for row in uow.all("SELECT * FROM setting_changes ORDER BY id DESC LIMIT :limit", limit=limit)
    ]


def _text(document: object) -> str | None:
    return None if document is None else msgspec.json.encode(document).decode()


def _read(text: str | None) -> dict[str, object] | None:
    return None if text is None else msgspec.json.decode(text, type=dict[str, object])
