"""Filters of Vendure's list queries, and what its refusals of a list query say.

Conditions of one filter object are joined with «and»; inside `_or` every condition stands alone, also two of
the same object (vendure-ecommerce/vendure 1633446f, list-query-builder/parse-filter-params.ts; read 2026-11).
`after` and `before` are strict and have milliseconds; one database keeps whole seconds, so readers overlap.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

PLACED = {"active": {"eq": False}, "orderPlacedAt": {"isNull": False}}
"""Orders that a buyer placed: neither carts nor drafts."""

_LIMIT = re.compile(r"Cannot take more than (\d+) results")


def wire_time(moment: datetime) -> str:
    """ISO 8601, UTC, milliseconds: `2026-11-22T10:59:34.426Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def changed_after(moment: datetime | None) -> dict[str, Any]:
    """Orders placed or modified after `moment`. `updatedAt` can be before `orderPlacedAt`: both are asked.

    Neither instant goes back, so an order never leaves this list while its pages are read.
    """
    if moment is None:
        return PLACED
    after = {"after": wire_time(moment)}
    return {**PLACED, "_or": [{"updatedAt": after}, {"orderPlacedAt": after}]}


def placed_between(start: datetime, end: datetime) -> dict[str, Any]:
    """At least all orders placed in `[start, end)`; a second more at the start."""
    bounds = {"after": wire_time(start - timedelta(seconds=1)), "before": wire_time(end)}
    return {**PLACED, "orderPlacedAt": bounds}


def with_ids(ids: Sequence[str]) -> dict[str, Any]:
    return {"id": {"in": list(ids)}}


def list_options(conditions: dict[str, Any], *, skip: int, take: int) -> dict[str, Any]:
    """Sorted by id, which never changes. A second sort key would be of no use: Vendure sorts by several keys
    in the order of its schema, `id` first."""
    return {"filter": conditions, "sort": {"id": "ASC"}, "skip": skip, "take": take}


def list_limit(message: str) -> int | None:
    """The page size that a refused list query allows (`adminListQueryLimit`), if that was the reason."""
    match = _LIMIT.search(message)
    return int(match[1]) if match else None


def was_rolled_back(message: str) -> bool:
    """Does an internal error say that the database gave way to another transaction? Nothing was done then."""
    words = message.lower()
    return "deadlock" in words or "could not serialize" in words
