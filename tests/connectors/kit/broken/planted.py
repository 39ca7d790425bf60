"""A planted fault: the plug-in that has it, and the checks that must find it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orderhub_acme as acme
import orderhub_swift as swift

from connectors.kit import Plugin


@dataclass(frozen=True, eq=False)
class Planted:
    """`fault` in words; `check` is where it must be found (others may find it too)."""

    fault: str
    plugin: Plugin[Any, Any]
    check: str


def in_acme(check: str, **changes: Any) -> Planted:
    """Acme with something changed; the fault's words are the docstring of what was changed."""
    return _planted(acme.PLUGIN, check, changes)


def in_swift(check: str, **changes: Any) -> Planted:
    return _planted(swift.PLUGIN, check, changes)


def _planted(plugin: Plugin[Any, Any], check: str, changes: dict[str, Any]) -> Planted:
    fault = changes.pop("fault", "") or next(iter(changes.values())).__doc__
    return Planted(fault.strip(), replace(plugin, **changes), check)


class Altered:
    """A mapping with some functions replaced."""

    def __init__(self, mapping: Any, fault: str, **functions: Callable[..., Any]) -> None:
        self.__doc__ = fault
        self._mapping = mapping
        for name, function in functions.items():
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mapping, name)
