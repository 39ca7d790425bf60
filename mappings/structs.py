"""The one kind of value in this house: a frozen msgspec Struct with keyword-only fields."""

from typing import Any, dataclass_transform

import msgspec


class _KeywordOnly(msgspec.StructMeta):
    """msgspec does not hand `kw_only` down to subclasses; this metaclass does."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> Any:
        return super().__new__(mcs, name, bases, namespace, **{"kw_only": True, **config})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class FrozenStruct(msgspec.Struct, metaclass=_KeywordOnly, frozen=True, gc=False):
    """Parent of canonical values, wire documents and everything else that crosses a border.

    Frozen trees cannot form cycles, so the garbage collector need not look at them (a fifth of the intake's
    time when it does).
    """
