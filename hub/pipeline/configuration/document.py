"""The whole document: export, plan, apply; and a change of one entry, recorded the same way."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from hub.domain.configuration import Change, Document, changes
from hub.pipeline.configuration.floors import PRICE_FLOORS
from hub.pipeline.configuration.places import LOCATIONS
from hub.pipeline.configuration.section import By, ConfigurationFault, Need, Section
from hub.pipeline.configuration.shipping import DEPARTMENTS, FREIGHT_TEMPLATES, SHIPPING_RULES
from hub.pipeline.configuration.stores import STORES
from hub.pipeline.configuration.territories import AREAS, TERRITORIES
from hub.storage import setting_changes
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

T = TypeVar("T", bound=FrozenStruct)

MOST_NAMED = 10

ROOMS: tuple[Section[Any], ...] = (
    STORES,
    LOCATIONS,
    FREIGHT_TEMPLATES,
    DEPARTMENTS,
    SHIPPING_RULES,
    AREAS,
    TERRITORIES,
    PRICE_FLOORS,
)
"""In the order in which they are saved: what is referred to comes first."""

Entries = dict[str, dict[str, Any]]
"""Section → entry → value."""


def export(uow: UnitOfWork, now: datetime) -> dict[str, Document]:
    """The document that `apply` would not change anything by."""
    return {room.name: _plain(room, room.read(uow, now)) for room in ROOMS}


def _plain(room: Section[T], entries: Mapping[str, T]) -> dict[str, Document]:
    return {name: room.written(each) for name, each in entries.items()}


def plan(uow: UnitOfWork, document: object, now: datetime, *, is_complete: bool = False) -> list[Change]:
    """What `apply` would change. Raises `ConfigurationFault` with all that is wrong."""
    return _planned(uow, document, now, is_complete)[0]


def apply(uow: UnitOfWork, document: object, by: By, *, is_complete: bool = False) -> list[Change]:
    """Make it so, and record who did. Raises `ConfigurationFault` before anything is changed."""
    planned, wanted = _planned(uow, document, by.now, is_complete)
    for room in ROOMS:
        mine = [each for each in planned if each.section == room.name]
        if new := {each.entry: wanted[room.name][each.entry] for each in mine if each.after is not None}:
            room.save(uow, new, by)
        if gone := [each.entry for each in mine if each.after is None]:
            assert room.remove is not None  # else it was refused
            room.remove(uow, gone, by)
    setting_changes.record(uow, planned, by.actor, by.now, by.new_id)
    return planned


def change(
    uow: UnitOfWork, room: Section[T], entry: str, edit: Callable[[T | None], T], by: By
) -> list[Change]:
    """Edit one entry (null: it is not there yet), checked and recorded as a document with nothing else."""
    present = room.read(uow, by.now).get(entry)
    return apply(uow, {room.name: {entry: room.written(edit(present))}}, by)


def _planned(
    uow: UnitOfWork, document: object, now: datetime, is_complete: bool
) -> tuple[list[Change], Entries]:
    faults: list[str] = []
    wanted = _wanted(document, now, faults)
    present: Entries = {room.name: dict(room.read(uow, now)) for room in ROOMS}
    planned = [
        each
        for room in ROOMS
        if room.name in wanted
        for each in changes(
            room.name,
            _plain(room, present[room.name]),
            _plain(room, wanted[room.name]),
            is_complete=is_complete,
        )
    ]
    faults += _unremovable(planned)
    faults += _missing(uow, planned, present, wanted)
    if faults:
        raise ConfigurationFault(faults)
    return planned, wanted


def _wanted(document: object, now: datetime, faults: list[str]) -> Entries:
    if not isinstance(document, Mapping):
        faults.append("the document is not an object of sections: `orderhub config export` shows one")
        return {}
    known = [room.name for room in ROOMS]
    faults += [
        f"{name}: there is no such section; there are: {', '.join(known)}"
        for name in document
        if name not in known
    ]
    return {
        room.name: room.entries(document[room.name], now, faults) for room in ROOMS if room.name in document
    }


def _unremovable(planned: Sequence[Change]) -> Iterator[str]:
    rooms = {room.name: room for room in ROOMS}
    for each in planned:
        room = rooms[each.section]
        if each.after is None and room.remove is None:
            yield f"{each.section}.{each.entry}: cannot be taken away, {room.instead}"


def _missing(uow: UnitOfWork, planned: Sequence[Change], present: Entries, wanted: Entries) -> Iterator[str]:
    """What changed entries refer to must be there, or come with the document; and what stays must not refer
    to what goes."""
    gone = {(each.section, each.entry) for each in planned if each.after is None}
    changed = {(each.section, each.entry) for each in planned}
    known = {
        name: {each for each in (*entries, *wanted.get(name, ())) if (name, each) not in gone}
        for name, entries in present.items()
    }
    carriers = {row.id for row in uow.all("SELECT id FROM connections WHERE kind = 'carrier' ORDER BY id")}
    for room in ROOMS:
        entries = {**present[room.name], **wanted.get(room.name, {})}
        for name in sorted(known[room.name]):
            for need in room.needs(entries[name]):
                there_are = carriers if need.kind == "carriers" else known[need.kind]
                is_looked_at = (room.name, name) in changed or (need.kind, need.name) in gone
                if is_looked_at and need.name not in there_are:
                    yield f"{room.name}.{name}.{need.field}: {_lacking(need, there_are)}"


def _lacking(need: Need, there_are: Collection[str]) -> str:
    what = "carrier connection" if need.kind == "carriers" else f"entry of {need.kind}"
    return f"there is no {what} {need.name!r}; there are: {_some(there_are)}"


def _some(names: Collection[str]) -> str:
    """All of a few; of many the first ones and how many there are."""
    more = f" … ({len(names)} in all)" if len(names) > MOST_NAMED else ""
    return ", ".join(sorted(names)[:MOST_NAMED]) + more or "none yet"
