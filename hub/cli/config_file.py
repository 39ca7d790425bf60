"""The configuration file: YAML, or JSON where its name ends in .json; sorted, so that exports compare well.

YAML is read without what surprises reviewers: a name that stands twice (YAML takes the last) and aliases.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hub.cli.problem import Problem

MOST_BYTES = 64 * 1024 * 1024
_WIDTH = 1000
"""Texts are not broken over lines."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Strict(_Loader):  # type: ignore[misc]  # which of the two it is, the build of the library says
    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node in self.constructed_objects:
            raise _fault(node, "aliases (*name) are not read: write it out")
        return super().construct_object(node, deep=deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names: set[str] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise _fault(key, "merging (<<) is not read: write it out")
            if key.value in names:
                raise _fault(key, f"the name {key.value!r} stands twice")
            names.add(key.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return found


def _fault(node: yaml.Node, said: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=said, problem_mark=node.start_mark)


def written(document: object, *, as_json: bool) -> str:
    """The text of the file."""
    if as_json:
        encoded = msgspec.json.encode(document, order="deterministic")
        return msgspec.json.format(encoded, indent=2).decode() + "\n"
    text: str = yaml.dump(
        document, Dumper=_Dumper, sort_keys=True, allow_unicode=True, default_flow_style=None, width=_WIDTH
    )
    return text


def read(text: bytes, *, as_json: bool) -> object:
    """Raises `ValueError` with the place of the mistake."""
    if as_json:
        return msgspec.json.decode(text)
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - it is the safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ValueError(f"{place}{error.problem}") from None
    except yaml.YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from None


def read_file(file: Path) -> object:
    """Problems name the file and the place."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Problem(f"{file} is larger than {MOST_BYTES // 1024**2} MB: apply its sections one by one")
        return read(file.read_bytes(), as_json=is_json(file))
    except OSError as error:
        raise Problem(f"the file {file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise Problem(f"{file} is not valid: {error}") from None


def is_json(file: Path) -> bool:
    return file.suffix.lower() == ".json"
