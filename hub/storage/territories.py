"""Territories with their versions and polygons: saved, ended, and made ready for a batch of decisions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import groupby
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.territories import Area, Polygon, Territory, TerritoryMap
from hub.domain.territories.geojson import restored, stored
from hub.domain.territories.versions import Version, Versions, changed, ended, planned
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.territory_tables import territories as table

_SAID = tuple(each.name for each in table.columns if each.name not in ("id", "valid_from", "valid_to"))
_COLUMNS = ", ".join(("id", "valid_from", "valid_to", *_SAID))


def save(uow: UnitOfWork, territory: Territory, at: datetime, polygons: Sequence[Polygon] = ()) -> bool:
    """From `at` on the territory is this (`changed` says what becomes of other versions); false if it was
    already. `polygons` become its area, else it keeps the one that it names."""
    if polygons:
        territory = msgspec.structs.replace(territory, area=_save_area(uow, polygons))
    before = _locked(uow, territory.territory_id)
    return _write(uow, before, changed(before, territory, at))


def end(uow: UnitOfWork, territory_id: str, at: datetime) -> bool:
    """From `at` on nothing holds any more; false if nothing did."""
    before = _locked(uow, territory_id)
    return _write(uow, before, ended(before, at))


def plan(uow: UnitOfWork, wanted: Mapping[str, Versions], at: datetime) -> None:
    """From `at` on exactly these versions hold, of each of these territories (`planned`)."""
    before = _all_locked(uow, list(wanted))
    after = {each: planned(before.get(each, ()), wanted[each], at) for each in wanted}
    _write(uow, _flat(before), _flat(after))


def _flat(versions: Mapping[str, Versions]) -> Versions:
    return tuple(each for of_one in versions.values() for each in of_one)


def versions(uow: UnitOfWork) -> list[Version]:
    """All that ever held or is planned, by id and time."""
    return [_version(row) for row in uow.all(f"SELECT {_COLUMNS} FROM territories ORDER BY id, valid_from")]


def areas(uow: UnitOfWork, digests: Iterable[str]) -> dict[str, Area]:
    """Polygons by their digest."""
    wanted = [{"d": each} for each in sorted(set(digests)) if each]
    if not wanted:
        return {}
    rows = uow.all(
        f"SELECT a.digest, a.polygons FROM {keys(uow, d='text')} JOIN territory_areas a ON a.digest = k.d",
        keys=packed(wanted),
    )
    return {row.digest: Area(restored(bytes(row.polygons))) for row in rows}


def ordered_since(uow: UnitOfWork, since: datetime, after: str, limit: int) -> list[str]:
    """Ids of orders placed since then that still have their document, in pages by id."""
    rows = uow.all(
        "SELECT id FROM orders WHERE placed_at >= :since AND document IS NOT NULL AND id > :after"
        " ORDER BY id LIMIT :limit",
        since=micros(since),
        after=after,
        limit=limit,
    )
    return [row.id for row in rows]


class TerritoryMaps:
    """The map for an instant. One that was made stays in use while the valid rows are the same, with all
    that it worked out; polygons are read once."""

    def __init__(self) -> None:
        self._last: tuple[Any, TerritoryMap] = ((), TerritoryMap(()))
        self._areas: dict[str, Area] = {}

    def at(self, uow: UnitOfWork, now: datetime) -> TerritoryMap:
        rows = uow.all(
            f"SELECT {_COLUMNS} FROM territories WHERE valid_from <= :now"
            " AND (valid_to IS NULL OR valid_to > :now) ORDER BY id",
            now=micros(now),
        )
        known, last = self._last
        if rows == known:
            return last
        named = {row.area for row in rows if row.area}
        present = {digest: area for digest, area in self._areas.items() if digest in named}
        self._areas = present | areas(uow, named - present.keys())
        made = TerritoryMap((_version(row).territory for row in rows), self._areas)
        self._last = rows, made
        return made


def _version(row: Any) -> Version:
    said = {name: getattr(row, name) for name in _SAID}
    return Version(
        territory=Territory(territory_id=row.id, **said),
        valid_from=from_micros(row.valid_from),
        valid_to=None if row.valid_to is None else from_micros(row.valid_to),
    )


def _locked(uow: UnitOfWork, territory_id: str) -> Versions:
    return _all_locked(uow, [territory_id]).get(territory_id, ())


def _all_locked(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Versions]:
    lock = " FOR UPDATE OF t" if uow.is_postgres else ""
    columns = ", ".join(f"t.{each}" for each in _COLUMNS.split(", "))
    rows = uow.all(
        f"SELECT {columns} FROM {keys(uow, i='text')} JOIN territories t ON t.id = k.i"
        f" ORDER BY t.id, t.valid_from{lock}",
        keys=packed([{"i": each} for each in ids]),
    )
    return {name: tuple(map(_version, found)) for name, found in groupby(rows, key=lambda row: str(row.id))}


def _write(uow: UnitOfWork, before: Versions, after: Versions) -> bool:
    """Rows that are gone or different go first, so that at most one is open at every moment."""
    gone = [each for each in before if each not in after]
    new = [each for each in after if each not in before]
    if gone:
        uow.change(
            f"DELETE FROM territories WHERE EXISTS (SELECT 1 FROM {keys(uow, i='text', f='bigint')}"
            " WHERE k.i = territories.id AND k.f = territories.valid_from)",
            keys=packed([{"i": each.territory.territory_id, "f": micros(each.valid_from)} for each in gone]),
        )
    insert(uow, table, [_row(each) for each in new])
    return bool(gone or new)


def _row(version: Version) -> tuple[object, ...]:
    said = (getattr(version.territory, name) for name in _SAID)
    until = None if version.valid_to is None else micros(version.valid_to)
    return (version.territory.territory_id, micros(version.valid_from), until, *said)


def _save_area(uow: UnitOfWork, polygons: Sequence[Polygon]) -> str:
    digest = digest_of(polygons)
    save_areas(uow, {digest: polygons})
    return digest


def digest_of(polygons: Sequence[Polygon]) -> str:
    """The name by which versions know these polygons."""
    return blake2b(stored(polygons), digest_size=16).hexdigest()


def save_areas(uow: UnitOfWork, wanted: Mapping[str, Sequence[Polygon]]) -> None:
    """Polygons by their digest; those that are known stay."""
    uow.change_each(
        "INSERT INTO territory_areas (digest, polygons) VALUES (:digest, :polygons)"
        " ON CONFLICT (digest) DO NOTHING",
        [{"digest": digest, "polygons": stored(polygons)} for digest, polygons in wanted.items()],
    )


def areas_in_use(uow: UnitOfWork, now: datetime) -> dict[str, tuple[Polygon, ...]]:
    """Polygons by their digest, of versions that hold or are planned."""
    rows = uow.all(
        "SELECT digest, polygons FROM territory_areas WHERE digest IN (SELECT area FROM territories"
        " WHERE valid_to IS NULL OR valid_to > :now) ORDER BY digest",
        now=micros(now),
    )
    return {row.digest: restored(bytes(row.polygons)) for row in rows}
