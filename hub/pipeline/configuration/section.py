"""One part of the configuration: how a room's entries are read, checked and saved."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from pydantic import BaseModel, ValidationError

from hub.clock import NewId
from hub.domain.configuration import Document
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

T = TypeVar("T", bound=FrozenStruct)

SHOWN = 20
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_HOW = "`orderhub config export` shows how it is written"


class ConfigurationFault(Exception):
    """The document cannot be applied, and nothing of it was. `faults` say where and why."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = f" … and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        super().__init__("; ".join(faults[:SHOWN]) + more)
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True)
class By:
    """Who changes something, and when."""

    actor: str
    now: datetime
    new_id: NewId


class Need(NamedTuple):
    """Something that must exist: `kind` is a section or «carriers» (connections)."""

    field: str
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Section(Generic[T]):
    """`settle` brings an entry into the form that `read` gives; it raises `ValueError` with the remedy for
    one that makes no sense. Entries that cannot be `remove`d: `instead` says what to do. `key`: the field
    that holds the entry's name, which documents leave out."""

    name: str
    kind: type[T]
    read: Callable[[UnitOfWork, datetime], Mapping[str, T]]
    save: Callable[[UnitOfWork, Mapping[str, T], By], None]
    settle: Callable[[str, T, datetime], T]
    needs: Callable[[T], Iterable[Need]] = lambda entry: ()
    remove: Callable[[UnitOfWork, Sequence[str], By], None] | None = None
    instead: str = ""
    key: str = ""

    def entries(self, written: object, now: datetime, faults: list[str]) -> dict[str, T]:
        """The entries of a document; what is wrong with any of them is added to `faults`."""
        if not isinstance(written, Mapping):
            faults.append(f"{self.name}: is not an object of entries by name ({_HOW})")
            return {}
        found: dict[str, T] = {}
        for name, document in written.items():
            try:
                found[name] = self.settle(name, read_entry(self._named(name, document), self.kind), now)
            except (msgspec.ValidationError, ValueError) as error:
                faults.append(_fault(f"{self.name}.{name}", str(error)))
        return found

    def written(self, entry: T) -> Document:
        """As a document has it."""
        return {field: value for field, value in plain(entry).items() if field != self.key}

    def _named(self, name: str, document: object) -> object:
        if not self.key or not isinstance(document, Mapping):
            return document
        if (said := document.get(self.key, name)) != name:
            raise ValueError(f"{self.key} {said!r} is not what the entry is called: leave it out")
        return {**document, self.key: name}


def _fault(place: str, said: str) -> str:
    where = _PLACE.search(said)
    path = f"{place}.{where[1]}" if where and where[1] else place
    what = _PLACE.sub("", said).removeprefix("Object ")
    return f"{path}: {what} ({_HOW})"


def read_entry(document: object, kind: type[T]) -> T:
    """Raises `msgspec.ValidationError` with the path."""
    return msgspec.convert(document, kind, dec_hook=_decoded)


def plain(entry: FrozenStruct) -> Document:
    """An entry as JSON has it, without what has its default."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(entry, enc_hook=_encoded))
    return {name: value for name, value in found.items() if value != {}}


def _decoded(kind: type, value: object) -> object:
    """Policies are pydantic models."""
    assert issubclass(kind, BaseModel)
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise ValueError("; ".join(_faults(error))) from None


def _faults(error: ValidationError) -> Iterable[str]:
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        field = ".".join(str(part) for part in each["loc"])
        is_extra = each["type"] == "extra_forbidden"
        said = "there is no such field" if is_extra else each["msg"].removeprefix("Value error, ")
        yield f"{field}: {said}" if field else said


def _encoded(value: object) -> object:
    assert isinstance(value, BaseModel)
    dumped = value.model_dump(mode="json")
    usual = type(value)().model_dump(mode="json")
    return {name: each for name, each in dumped.items() if each != usual[name]}


def require_time_zone(name: str) -> None:
    """Raises `ValueError`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"there is no time zone {name!r}: write for example Asia/Shanghai") from None
