"""What a reviewed configuration would change: two states of the same entries, compared field by field.

A document is plain JSON: section → entry → fields. An entry that is written is written whole: what it leaves
out has its default. Entries that a document does not have stay as they are, unless it is said to be complete.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.structs import FrozenStruct

Document = Mapping[str, Any]
NOT_THERE = "-"


class Change(FrozenStruct):
    """One entry before and after; null: it is not there."""

    section: str
    entry: str
    before: Document | None
    after: Document | None

    def fields(self) -> Iterator[tuple[str, object, object]]:
        """(path, before, after) of every field that differs; `NOT_THERE` for one that is not written."""
        return _differing("", self.before or {}, self.after or {})


def changes(
    section: str, present: Mapping[str, Document], wanted: Mapping[str, Document], *, is_complete: bool
) -> list[Change]:
    """In the order of their entries. `is_complete`: what `wanted` lacks goes."""
    names = sorted({*present, *wanted} if is_complete else wanted)
    return [
        Change(section=section, entry=name, before=present.get(name), after=wanted.get(name))
        for name in names
        if present.get(name) != wanted.get(name)
    ]


def _differing(path: str, before: Document, after: Document) -> Iterator[tuple[str, object, object]]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, NOT_THERE), after.get(name, NOT_THERE)
        inner = f"{path}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differing(f"{inner}.", old, new)
        elif old != new:
            yield inner, old, new
