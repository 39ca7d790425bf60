"""What an endpoint is: its address, who may use it, what it asks for, what it answers, and the one function
that does it. Everything else (tokens, limits, faults, trail, repeats, OpenAPI) follows from that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hub.api.v1.problems import Fault, Refused
from hub.context import HubContext
from hub.storage.accounts import Role, Token
from hub.storage.database import UnitOfWork
from hub.vault import BlindIndex

MOST_ITEMS = 1_000


class Asked(BaseModel):
    """Parent of what endpoints ask for: query parameters of a GET, the body of a write. What is not known is
    refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Asked):
    """No parameters, or an empty body."""


class Paged(Asked):
    """Query parameters of a list."""

    limit: int = Field(50, ge=1, le=MOST_ITEMS, description="At most so many.")
    after: str = Field("", max_length=1_000, description="`after` of the page before; empty: the first page.")


class Told(BaseModel):
    """Parent of what endpoints answer: promised outside, so it is written down here and not taken from what
    the hub holds inside."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request: `uow` is its transaction, `path` what stands in its address, `expected` the version in
    `If-Match` (empty: any)."""

    hub: HubContext
    uow: UnitOfWork
    index: BlindIndex
    token: Token
    path: dict[str, str]
    expected: str
    now: datetime

    def require_version(self, version: int) -> None:
        """Raises `Refused` if the caller saw another version."""
        if self.expected not in ("", str(version)):
            raise Refused(
                412,
                f"version {version} is not the one that you saw: read it again",
                [Fault(field="If-Match", value=self.expected, remedy=f'the version now is "{version}"')],
            )


Work = Callable[[Call, Any], BaseModel]
Apart = Callable[[HubContext, Any], Awaitable[BaseModel]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`work` runs in one transaction, and again after a conflict; `apart` instead, for reading that is too
    long for one. `reveals`: the answer holds personal values, so a clerk must ask, and the trail keeps it.
    `reaudits`: orders on hold are audited again afterwards. `name` is what the trail calls it."""

    method: str
    path: str
    name: str
    role: Role
    asks: type[Asked]
    answers: type[BaseModel]
    summary: str
    work: Work | None = None
    apart: Apart | None = None
    private: frozenset[str] = frozenset()
    reveals: bool = False
    reaudits: bool = False
    versioned: bool = False

    @property
    def is_write(self) -> bool:
        return self.method != "GET"
