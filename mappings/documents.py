"""Wire documents as msgspec Structs: decoding with paths in errors, unknown fields counted.

A platform's document is declared as Structs in the shape of the wire (`WireDocument`): unknown fields are
ignored and counted elsewhere, because a platform that adds a field must not stop an order.
"""

import calendar
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec

from mappings.errors import MappingError
from mappings.structs import FrozenStruct

T = TypeVar("T")

LARGEST_AMOUNT = Decimal(10) ** 15
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000|\x00")
_USUAL_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_CONTROLS = bytes(range(0x20))
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_PATH = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>.*)`)?$", re.DOTALL)


class WireDocument(FrozenStruct):
    """Parent of all wire shapes: fields are named as the platform names them (or renamed in one place)."""


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape, strict=False)


def decode(document: bytes, shape: type[T]) -> T:
    """Bytes as they came → the declared shape. Numbers may arrive as text (lax), as several platforms do.

    Raises `MappingError` with the JSON path for anything else: not JSON, truncated, too deep, wrong type,
    missing field, NUL characters (no database text column takes them).
    """
    if (b"\\u0000" in document or b"\x00" in document) and _NUL.search(document):  # the search alone is slow
        raise MappingError(_path_of_nul(document), "holds a NUL character")
    try:
        decoded: T = _decoder(cast(Hashable, shape)).decode(document)
        return decoded
    except msgspec.ValidationError as error:
        match = _PATH.match(str(error))
        reason, path = (match["reason"], match["path"]) if match else (str(error), None)
        missing = re.match(r"Object missing required field `(.+)`", reason)
        if missing:
            raise MappingError(f"{path or '$'}.{missing[1]}", "is missing") from None
        raise MappingError(path or "$", reason[:1].lower() + reason[1:]) from None
    except RecursionError:
        raise MappingError("$", "is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MappingError("$", f"is not readable JSON: {error}"[:200]) from None


_compact = msgspec.json.Encoder(decimal_format="number").encode


def json_text(content: Any) -> str:
    """Compact JSON, decimals as exact numbers; made once where exactly this text is signed and sent."""
    return _compact(content).decode()


def present(content: Mapping[str, Any]) -> dict[str, Any]:
    """Without the fields that are empty texts or null: platforms that check what is sent want them absent."""
    return {name: value for name, value in content.items() if value is not None and value != ""}


def form_fields(body: bytes) -> dict[str, str]:
    """Fields of a form post. Raises `MappingError` for what is no UTF-8."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise MappingError("$", "is no readable form") from None


def _path_of_nul(document: bytes) -> str:
    try:
        return next(_paths_of_nul(msgspec.json.decode(document), "$"), "$")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "$"


def _paths_of_nul(value: Any, path: str) -> Iterator[str]:
    match value:
        case str() if "\x00" in value:
            yield path
        case dict():
            for name, inner in value.items():
                yield from _paths_of_nul(inner, f"{path}.{name}")
        case list():
            for position, inner in enumerate(value):
                yield from _paths_of_nul(inner, f"{path}[{position}]")
        case _:
            return


def completed(document: bytes, **more: Any) -> bytes:
    """A document with further fields behind its own, which stay the bytes that came."""
    return document.rstrip()[:-1] + b"," + msgspec.json.encode(more)[1:]


def escape_control_characters(document: bytes) -> bytes:
    """JSON that holds raw control characters inside strings (Taobao's memos do) → JSON that can be decoded.

    The values keep their characters. Stored bytes stay as they came; call this just before `decode`.
    """
    if len(document.translate(None, _CONTROLS)) == len(document):
        return document
    return _STRING.sub(_escape_string, document)


def _escape_string(match: re.Match[bytes]) -> bytes:
    text = match[0]
    if len(text.translate(None, _CONTROLS)) == len(text):
        return text
    return b"".join(b"\\u%04x" % byte if byte < 0x20 else bytes((byte,)) for byte in text)


def amount(value: str | int | Decimal, path: str) -> Decimal:
    """A platform's amount of money (text, whole number, exact decimal) → Decimal; refuses the absurd."""
    try:
        number = value if isinstance(value, Decimal) else Decimal(value)
    except InvalidOperation:
        raise MappingError(path, "is not an amount") from None
    if not number.is_finite() or abs(number) > LARGEST_AMOUNT:
        raise MappingError(path, "is not a possible amount")
    return number


def local_time(text: str, zone: tzinfo, path: str, pattern: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Wall-clock text of a platform that gives no zone → an aware instant.

    In the repeated hour of a daylight-saving change the first of both is meant.
    """
    text = text.strip()
    try:
        if pattern == "%Y-%m-%d %H:%M:%S" and _USUAL_TIME.fullmatch(text):  # a tenth of strptime's time
            return datetime.fromisoformat(text).replace(tzinfo=zone)
        return datetime.strptime(text, pattern).replace(tzinfo=zone)
    except ValueError:
        raise MappingError(path, f"is not a time of the form {pattern}") from None


_MONTHS = {month: f"{number:02}" for number, month in enumerate(calendar.month_abbr) if month}


def internet_time(text: str, path: str) -> datetime:
    """RFC 2822 text (`Tue, 05 Mar 2019 21:40:11 +0000`) → an aware instant."""
    try:
        day, month, year, clock, zone = text.split(", ")[-1].split(" ")
        return datetime.fromisoformat(f"{year}-{_MONTHS[month]}-{day:0>2}T{clock}{zone[:3]}:{zone[3:]}")
    except (ValueError, KeyError):
        raise MappingError(path, "is not an RFC 2822 time") from None


def instant(text: str, path: str) -> datetime:
    """ISO 8601 text with a zone → an aware instant; a text without zone is refused, never guessed."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MappingError(path, "is not an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise MappingError(path, "has no time zone")
    return moment


def zoned_or_local(text: str, path: str) -> tuple[datetime | None, str]:
    """ISO 8601 text → (aware instant, ""); a text without zone → (null, the text). For carriers that pass on
    local times of scans: nobody knows their zone, and none is invented."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MappingError(path, "is not an ISO 8601 time") from None
    return (None, text) if moment.tzinfo is None else (moment, "")


def unknown_fields(document: bytes, shape: Any) -> set[str]:
    """Paths (`$.lines[].newField`) that the platform sends and the declared shape does not name.

    Never raises: it is a radar for schema drift, not a check.
    """
    try:
        value = msgspec.json.decode(document)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return set()
    return set(_unnamed(value, _described(shape), "$"))


@cache
def _described(shape: Any) -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(shape)


@cache
def _named(struct: Any) -> dict[str, msgspec.inspect.Type]:
    described = msgspec.inspect.type_info(struct)
    assert isinstance(described, msgspec.inspect.StructType)
    return {field.encode_name: field.type for field in described.fields}


def _unnamed(value: Any, shape: msgspec.inspect.Type, path: str) -> Iterator[str]:
    if isinstance(shape, msgspec.inspect.UnionType):
        wanted: Callable[[msgspec.inspect.Type], bool] = lambda kind: isinstance(  # noqa: E731 - used once, below
            kind,
            msgspec.inspect.StructType if isinstance(value, dict) else _SEQUENCES,
        )
        shape = next((kind for kind in shape.types if wanted(kind)), shape)
    if isinstance(shape, msgspec.inspect.StructType) and isinstance(value, dict):
        named = _named(shape.cls)
        for name, inner in value.items():
            if name in named:
                yield from _unnamed(inner, named[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    elif isinstance(shape, _SEQUENCES) and isinstance(value, list):
        item = shape.item_type if not isinstance(shape, msgspec.inspect.TupleType) else shape.item_types[0]
        for inner in value:
            yield from _unnamed(inner, item, f"{path}[]")


_SEQUENCES = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType, msgspec.inspect.TupleType)
