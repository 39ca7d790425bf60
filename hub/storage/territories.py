"""Territories with their versions and polygons: saved, ended, and made ready for a batch of decisions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.territories import Area, Polygon, Territory, TerritoryMap
from hub.domain.territories.geojson import restored, stored
from hub.domain.territories.versions import Version, Versions, changed, ended
from hub.storage.bulk import keys, packed
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
    lock = " FOR UPDATE" if uow.is_postgres else ""
    rows = uow.all(
        f"SELECT {_COLUMNS} FROM territories WHERE id = :id ORDER BY valid_from{lock}", id=territory_id
    )
    return tuple(map(_version, rows))


def _write(uow: UnitOfWork, before: Versions, after: Versions) -> bool:
    """Rows that are gone or different go first, so that at most one is open at every moment."""
    gone = [each for each in before if each not in after]
    new = [each for each in after if each not in before]
    for each in gone:
        uow.change(
            "DELETE FROM territories WHERE id = :id AND valid_from = :since",
            id=each.territory.territory_id,
            since=micros(each.valid_from),
        )
    values = ", ".join(f":{name}" for name in _SAID)
    for each in new:
        uow.change(
            f"INSERT INTO territories ({_COLUMNS}) VALUES (:territory_id, :since, :until, {values})",
            since=micros(each.valid_from),
            until=None if each.valid_to is None else micros(each.valid_to),
            **msgspec.structs.asdict(each.territory),
        )
    return bool(gone or new)


def _save_area(uow: UnitOfWork, polygons: Sequence[Polygon]) -> str:
    document = stored(polygons)
    digest = blake2b(document, digest_size=16).hexdigest()
    uow.change(
        "INSERT INTO territory_areas (digest, polygons) VALUES (:digest, :polygons)"
        " ON CONFLICT (digest) DO NOTHING",
        digest=digest,
        polygons=document,
    )
    return digest
