"""Documents spoiled on purpose: every field lost, every value replaced by something else."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Path = tuple[str | int, ...]

UNKNOWN_CODE = "no_such_code_zz"
NEW_FIELD = "fieldThatNobodyKnows"

SPOILED: tuple[Any, ...] = (
    None, "", " ", "x", UNKNOWN_CODE, "-1", "1e400", "NaN", "\x00", "2026-13-45", "2026-03-02T08:00:00",
    0, -1, 10**30, 1.5, True, [], [[]], {}, {"x": 1},
)  # fmt: skip


def paths(value: Any, above: Path = ()) -> Iterator[Path]:
    """Every place in a document, inner ones after outer ones."""
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for name, inner in children:
        yield (*above, name)
        yield from paths(inner, (*above, name))


def at(value: Any, path: Path) -> Any:
    """The value at a place, or null where there is no such place."""
    for name in path:
        try:
            value = value[name]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def replaced(document: Any, path: Path, value: Any) -> Any:
    """A copy with another value at one place."""
    copy = deepcopy(document)
    at(copy, path[:-1])[path[-1]] = value
    return copy


def with_new_fields(document: Any) -> Iterator[tuple[Path, bytes]]:
    """Documents in which one object has a field more, as platforms add them."""
    for path in [(), *paths(document)]:
        there = at(document, path)
        if isinstance(there, dict):
            there[NEW_FIELD] = {"new": [1]}
            yield path, as_bytes(document)
            del there[NEW_FIELD]


def spoiled(document: Any) -> Iterator[tuple[str, bytes]]:
    """(what was done, the spoiled document): each place removed, and given each unfit value.

    The document is changed in place and mended again, which is fast; it must not be used meanwhile.
    """
    for path in list(paths(document)):
        place = "$" + "".join(f"[{it}]" if isinstance(it, int) else f".{it}" for it in path)
        above, name = at(document, path[:-1]), path[-1]
        kept = above[name]
        for value in SPOILED:
            above[name] = value
            yield f"{place} = {value!r:.20}", as_bytes(document)
        above[name] = "?ESCAPE?"
        yield f"{place} = lone surrogate", as_bytes(document).replace(b"?ESCAPE?", rb"\ud800")
        above[name] = kept
        if isinstance(above, dict):
            rest = {key: value for key, value in above.items() if key != name}
            yield f"{place} removed", as_bytes(_with(document, path[:-1], rest))


def _with(document: Any, path: Path, value: Any) -> Any:
    return replaced(document, path, value) if path else value


def as_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def broken_texts(document: bytes) -> Iterator[tuple[str, bytes]]:
    """What is no document at all, too deep, cut, or not UTF-8."""
    yield "empty", b""
    yield "null", b"null"
    yield "a number", b"12345678901234567890123"
    yield "a page in HTML", b"<!doctype html><html><body>Welcome</body></html>"
    yield "not UTF-8", document[:-1] + b'"\xff\xfe"'
    yield "nested 100,000 deep", b"[" * 100_000
    yield "a deep new field", _opened(document) + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}"
    for part in range(1, 20):
        yield f"cut at {part}/20", document[: len(document) * part // 20]


def _opened(document: bytes) -> bytes:
    """The document with its last brace replaced by the start of one more field."""
    return document.rstrip()[:-1] + f',"{NEW_FIELD}":'.encode()
