"""The settlement ledger: postings are appended, never changed; balances are sums."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.clock import from_micros, micros
from hub.domain.settlement import Entry, Kind, Share
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.settlement_tables import settlement_entries
from mappings.structs import FrozenStruct

_COLUMNS = (
    "e.order_id, e.consignment_id, e.sequence, e.kind, e.line_id, e.share, e.units, e.store_id, e.other_id,"
    " e.currency, e.minor"
)


class Posted(FrozenStruct):
    """An entry with its instant and the number of its order."""

    entry: Entry
    order_number: str
    at: datetime


class Balance(FrozenStruct):
    """What a store has to get from another (negative: owes it), in smallest units of the currency."""

    other_id: str
    currency: str
    opening: int
    claims: int
    debts: int

    @property
    def closing(self) -> int:
        return self.opening + self.claims + self.debts


def append(uow: UnitOfWork, entries: Sequence[Entry], now: datetime) -> None:
    at = micros(now)
    insert(
        uow,
        settlement_entries,
        [
            (
                each.order_id,
                each.consignment_id,
                each.sequence,
                each.kind.value,
                each.line_id,
                each.share.value,
                each.units,
                each.store_id,
                each.other_id,
                each.currency,
                each.minor,
                at,
            )
            for each in entries
        ],
    )


def of_orders(uow: UnitOfWork, order_ids: Sequence[str]) -> dict[str, list[Entry]]:
    """Order id → all that was posted for it, oldest first."""
    found: dict[str, list[Entry]] = {}
    for row in uow.all(
        f"SELECT {_COLUMNS} FROM {keys(uow, id='text')} JOIN settlement_entries e ON e.order_id = k.id"
        " ORDER BY e.consignment_id, e.sequence, e.line_id, e.share, e.store_id",
        keys=packed([{"id": each} for each in order_ids]),
    ):
        found.setdefault(row.order_id, []).append(_entry(row))
    return found


def of_order(uow: UnitOfWork, order_id: str) -> list[Posted]:
    """With their instants, oldest first."""
    rows = uow.all(
        f"SELECT {_COLUMNS}, e.at, o.number FROM settlement_entries e JOIN orders o ON o.id = e.order_id"
        " WHERE e.order_id = :order ORDER BY e.at, e.consignment_id, e.sequence, e.line_id, e.share, e.minor",
        order=order_id,
    )
    return [_posted(row) for row in rows]


_POSITION = "e.at, e.consignment_id, e.sequence, e.line_id, e.share"


def of_store(
    uow: UnitOfWork, store_id: str, start: datetime, end: datetime, after: Posted | None, limit: int
) -> list[Posted]:
    """A page of what was posted to a store in `[start, end)`, oldest first, from `after` on."""
    since: dict[str, object] = {}
    if after is not None:
        entry = after.entry
        since = {
            "a": micros(after.at),
            "c": entry.consignment_id,
            "s": entry.sequence,
            "l": entry.line_id,
            "h": entry.share.value,
        }
    rows = uow.all(
        f"SELECT {_COLUMNS}, e.at, o.number FROM settlement_entries e JOIN orders o ON o.id = e.order_id"
        " WHERE e.store_id = :store AND e.at >= :start AND e.at < :until"
        f"{f' AND ({_POSITION}) > (:a, :c, :s, :l, :h)' if since else ''} ORDER BY {_POSITION} LIMIT :limit",
        store=store_id,
        start=micros(start),
        until=micros(end),
        limit=limit,
        **since,
    )
    return [_posted(row) for row in rows]


def balances(uow: UnitOfWork, store_id: str, start: datetime, end: datetime) -> list[Balance]:
    """Of a store with every other, at `start` and by what was posted until `end`."""
    rows = uow.all(
        "SELECT other_id, currency, COALESCE(SUM(minor) FILTER (WHERE at < :start), 0) AS opening,"
        " COALESCE(SUM(minor) FILTER (WHERE at >= :start AND minor > 0), 0) AS claims,"
        " COALESCE(SUM(minor) FILTER (WHERE at >= :start AND minor < 0), 0) AS debts"
        " FROM settlement_entries WHERE store_id = :store AND at < :until"
        " GROUP BY other_id, currency ORDER BY other_id, currency",
        store=store_id,
        start=micros(start),
        until=micros(end),
    )
    return [
        Balance(
            other_id=row.other_id,
            currency=row.currency,
            opening=int(row.opening),
            claims=int(row.claims),
            debts=int(row.debts),
        )
        for row in rows
    ]


def _posted(row: Any) -> Posted:
    return Posted(entry=_entry(row), order_number=row.number, at=from_micros(row.at))


def _entry(row: Any) -> Entry:
    return Entry(
        order_id=row.order_id,
        consignment_id=row.consignment_id,
        sequence=row.sequence,
        kind=Kind(row.kind),
        line_id=row.line_id,
        share=Share(row.share),
        units=row.units,
        store_id=row.store_id,
        other_id=row.other_id,
        currency=row.currency,
        minor=row.minor,
    )
