"""What a mapping's error means to the hub: it cannot be expressed, or the answer cannot be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from connectors.kit.errors import UnexpectedPayload, Unsupported
from mappings.errors import MappingError

T = TypeVar("T")
P = ParamSpec("P")


@contextmanager
def expressing(platform: str) -> Iterator[None]:
    """Around the making of a request: what the mapping refuses is `Unsupported`, before anything was sent."""
    try:
        yield
    except MappingError as error:
        raise Unsupported(f"{platform} cannot carry this request: {error}") from None


@contextmanager
def reading(document: str) -> Iterator[None]:
    """Around the reading of an answer or a push: what is not in the agreed shape is `UnexpectedPayload`."""
    try:
        yield
    except MappingError as error:
        raise UnexpectedPayload(f"{document} is not in the agreed shape: {error}") from None


def understood(read: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What one call of a mapping reads; `reading` for a single expression."""
    with reading("what came"):
        return read(*given, **named)
