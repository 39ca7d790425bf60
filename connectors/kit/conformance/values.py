"""What a canonical value must be, whatever platform it came from."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from connectors.kit.conformance.checks import require
from mappings.canonical import SalesOrder, minor_unit


def sound(value: Any, where: str) -> None:
    """No naive instant, no float, no text that cannot be stored, anywhere in the value."""
    for path, leaf in _leaves(value, ""):
        require(not isinstance(leaf, float), f"{where}: {path} is a float")
        naive = isinstance(leaf, datetime) and leaf.tzinfo is None
        require(not naive, f"{where}: {path} is a time without a zone")
        require(not isinstance(leaf, str) or _is_storable(leaf), f"{where}: {path} cannot be stored as text")


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _leaves(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}")
    elif isinstance(value, tuple | list | frozenset):
        for position, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{position}]")
    else:
        yield path, value


def reconciles(order: SalesOrder, where: str) -> None:
    """The parts add up to the total, within a rounding that arithmetic can explain."""
    off = abs(order.expected_total() - order.total)
    require(off <= order.rounding, f"{where}: the parts miss the total by {off} {order.currency}")
    units = sum(line.quantity for line in order.lines)
    largest = minor_unit(order.currency) * (units + 2 * len(order.lines) + 4)
    require(order.rounding <= largest, f"{where}: a rounding of {order.rounding} hides real mistakes")
