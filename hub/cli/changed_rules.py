"""What a what-if run changes: policies, territories, locations; or one sentence that says why not."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from hub.cli.csv_file import UnreadableFile, read_file, rows_of
from hub.cli.places import country_code
from hub.cli.problem import Problem
from hub.cli.state import faults
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.domain.territories import Territory, TerritoryMap

EVERY_STORE = "*"

Changes = Mapping[str, Mapping[str, Any]]
"""Store id, or `EVERY_STORE` → fields of its policy."""

_TERRITORY = ("territory", "store", "country", "province", "city", "district", "postal_prefix", "precedence")


def rules_in(file: Path) -> Changes:
    """A TOML file: a table per store (`["*"]` is every store) with fields of its policy."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"the file {file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem(f"{file.name} is not TOML: {error}") from None
    if stray := [name for name, value in found.items() if not isinstance(value, dict)]:
        raise Problem(
            f"{file.name}: {stray[0]} stands under no store: begin with [STORE], or with ['*'] for all"
        )
    return found


def rules_given(texts: Sequence[str], stores: Sequence[str]) -> Changes:
    """`KEY=VALUE`, for these stores, or for every one. Values are JSON, else texts."""
    fields: dict[str, Any] = {}
    for each in texts:
        name, separator, value = each.partition("=")
        if not separator:
            raise Problem(f"--policy takes KEY=VALUE, not {each!r}")
        try:
            fields[name] = msgspec.json.decode(value)
        except msgspec.DecodeError:
            fields[name] = value
    return dict.fromkeys(stores or (EVERY_STORE,), fields) if fields else {}


def changed_policies(present: Mapping[str, StorePolicy], changes: Changes) -> dict[str, StorePolicy]:
    """Every store's policy; what stands under a store's own name goes before what stands under all."""
    if unknown := sorted(changes.keys() - present.keys() - {EVERY_STORE}):
        raise Problem(f"there is no store {unknown[0]!r}; there are: {', '.join(present) or 'none yet'}")
    found = {}
    for store_id, policy in present.items():
        fields = {**changes.get(EVERY_STORE, {}), **changes.get(store_id, {})}
        found[store_id] = _policy(store_id, policy, fields) if fields else policy
    return found


def _policy(store_id: str, policy: StorePolicy, fields: Mapping[str, Any]) -> StorePolicy:
    if unknown := sorted(fields.keys() - StorePolicy.model_fields.keys()):
        known = ", ".join(StorePolicy.model_fields)
        raise Problem(f"a store's policy has no field {unknown[0]!r}; it has {known}")
    try:
        return StorePolicy.model_validate({**policy.model_dump(), **fields})
    except ValidationError as error:
        raise Problem(f"the policy of store {store_id}: {'; '.join(faults(error))}") from None


def territories_in(file: Path, stores: Sequence[str]) -> TerritoryMap:
    """A CSV file with all territories that would hold instead of those that hold now."""
    return TerritoryMap(read_file(file, lambda content: _territories(content, stores)))


def _territories(content: bytes, stores: Sequence[str]) -> list[Territory]:
    wrong: list[str] = []
    found = []
    for line, cells in rows_of(content, {name: name for name in _TERRITORY}, _TERRITORY, wrong):
        try:
            found.append(_territory(dict(zip(_TERRITORY, cells, strict=True)), stores))
        except Problem as problem:
            wrong.append(f"line {line}: {problem}")
    if wrong:
        raise UnreadableFile(wrong)
    return found


def _territory(cells: Mapping[str, str], stores: Sequence[str]) -> Territory:
    if cells["store"] not in stores:
        raise Problem(f"there is no store {cells['store']!r}")
    try:
        precedence = int(cells["precedence"] or "0")
    except ValueError:
        raise Problem(f"the precedence {cells['precedence']!r} is not a whole number") from None
    return Territory(
        territory_id=cells["territory"],
        store_id=cells["store"],
        country=country_code(cells["country"]) if cells["country"] else "",
        province=cells["province"],
        city=cells["city"],
        district=cells["district"],
        postal_prefix=cells["postal_prefix"],
        precedence=precedence,
    )


def moved_locations(
    present: Sequence[Location], opened: Sequence[str], closed: Sequence[str]
) -> list[Location]:
    """The same locations, some of them opened or closed."""
    known = [each.location_id for each in present]
    if unknown := sorted({*opened, *closed} - set(known)):
        raise Problem(f"there is no location {unknown[0]!r}; there are: {', '.join(known) or 'none yet'}")
    return [
        msgspec.structs.replace(
            each,
            is_active=(each.is_active or each.location_id in opened) and each.location_id not in closed,
        )
        for each in present
    ]
