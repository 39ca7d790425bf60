"""Territories that hold or are planned, and the polygons that they name. What was before is history."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import msgspec

from hub.domain.names import NAME_RULE, is_name
from hub.domain.territories import Polygon, Territory
from hub.domain.territories.versions import Version, Versions
from hub.pipeline.configuration.section import By, Need, Section
from hub.storage import territories
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct


class VersionEntry(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """As `Territory`. `valid_from` null: it holds already; `valid_to` null: until something changes."""

    store: str
    country: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    postal_prefix: str = ""
    area: str = ""
    precedence: int = 0
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class TerritoryEntry(FrozenStruct, forbid_unknown_fields=True):
    """Versions in the order of their time, at least one; they do not overlap."""

    versions: tuple[VersionEntry, ...]


class AreaEntry(FrozenStruct, forbid_unknown_fields=True):
    """Polygons under the digest of what they are."""

    polygons: tuple[Polygon, ...]


def _read(uow: UnitOfWork, now: datetime) -> dict[str, TerritoryEntry]:
    found: dict[str, list[VersionEntry]] = {}
    for each in territories.versions(uow):
        if each.valid_to is None or each.valid_to > now:
            found.setdefault(each.territory.territory_id, []).append(_written(each, now))
    return {name: TerritoryEntry(versions=tuple(versions)) for name, versions in found.items()}


def _written(version: Version, now: datetime) -> VersionEntry:
    said = msgspec.structs.asdict(version.territory)
    del said["territory_id"]
    return VersionEntry(
        store=said.pop("store_id"),
        **said,
        valid_from=version.valid_from if version.valid_from > now else None,
        valid_to=version.valid_to,
    )


def _settle(name: str, entry: TerritoryEntry, now: datetime) -> TerritoryEntry:
    """Without what is over already; instants in UTC."""
    if not is_name(name):
        raise ValueError(f"the name {name!r} may have {NAME_RULE}")
    versions = [_in_utc(each, now) for each in entry.versions]
    left = tuple(each for each in versions if each.valid_to is None or each.valid_to > now)
    if not left:
        raise ValueError("no version of it holds or will hold: leave the whole entry out")
    for one, next_ in pairwise(left):
        if next_.valid_from is None or one.valid_to is None or next_.valid_from < one.valid_to:
            raise ValueError("its versions overlap or are out of order: each ends before the next begins")
    for each in left:
        if each.valid_from and each.valid_to and each.valid_to <= each.valid_from:
            raise ValueError(f"a version ends at {each.valid_to}, before it begins: exchange the instants")
    return TerritoryEntry(versions=left)


def _in_utc(version: VersionEntry, now: datetime) -> VersionEntry:
    moments = {name: getattr(version, name) for name in ("valid_from", "valid_to")}
    for name, moment in moments.items():
        if moment is not None and moment.tzinfo is None:
            raise ValueError(f"{name} {moment} has no time zone: write for example 2026-03-01T00:00:00+08:00")
        moments[name] = moment and moment.astimezone(UTC)
    if moments["valid_from"] and moments["valid_from"] <= now:
        moments["valid_from"] = None
    return msgspec.structs.replace(version, **moments)


def _save(uow: UnitOfWork, wanted: Mapping[str, TerritoryEntry], by: By) -> None:
    planned = {name: tuple(_version(name, v, by.now) for v in each.versions) for name, each in wanted.items()}
    territories.plan(uow, planned, by.now)


def _version(name: str, entry: VersionEntry, now: datetime) -> Version:
    said = msgspec.structs.asdict(entry)
    valid_from, valid_to = said.pop("valid_from"), said.pop("valid_to")
    territory = Territory(territory_id=name, store_id=said.pop("store"), **said)
    return Version(territory=territory, valid_from=valid_from or now, valid_to=valid_to)


def _remove(uow: UnitOfWork, names: Sequence[str], by: By) -> None:
    nothing: Versions = ()
    territories.plan(uow, dict.fromkeys(names, nothing), by.now)


def _needs(entry: TerritoryEntry) -> Iterator[Need]:
    for each in entry.versions:
        yield Need("versions", "stores", each.store)
        if each.area:
            yield Need("versions", "areas", each.area)


def _settle_area(digest: str, entry: AreaEntry, now: datetime) -> AreaEntry:
    if (found := territories.digest_of(entry.polygons)) != digest:
        raise ValueError(
            f"these polygons are not those of that name, they would be {found}: draw areas in GeoJSON and"
            " read them with `orderhub territories import`"
        )
    return entry


AREAS = Section(
    name="areas",
    kind=AreaEntry,
    read=lambda uow, now: {
        digest: AreaEntry(polygons=polygons)
        for digest, polygons in territories.areas_in_use(uow, now).items()
    },
    save=lambda uow, wanted, by: territories.save_areas(
        uow, {digest: each.polygons for digest, each in wanted.items()}
    ),
    settle=_settle_area,
    instead="versions of before name it: leave it in the file",
)

TERRITORIES = Section(
    name="territories",
    kind=TerritoryEntry,
    read=_read,
    save=_save,
    settle=_settle,
    needs=_needs,
    remove=_remove,
)
