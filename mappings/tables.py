"""Code tables: a platform's vocabulary → ours, with the place and the day the vocabulary was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from mappings.errors import UnmappedCode

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, kw_only=True)
class CodeTable(Generic[Meaning]):
    """`codes` of the field `name`; `source` names the document that lists them, `read_on` the day (ISO)."""

    name: str
    source: str
    read_on: str
    codes: Mapping[str, Meaning]

    def read(self, code: str, path: str) -> Meaning:
        """The meaning of a code that a rule depends on; raises `UnmappedCode` with `path`."""
        meaning = self.codes.get(code)
        if meaning is None:
            raise UnmappedCode(path, f"code {code[:60]!r} is not in table {self.name}")
        return meaning

    def get(self, code: str, default: Meaning) -> Meaning:
        """The meaning of a code that no rule depends on."""
        return self.codes.get(code, default)
