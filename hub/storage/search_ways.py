"""The indexes that a search can walk, and the SQL that walks them from the greatest entry down."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

PREFIXED = frozenset({"number", "external_id", "sku", "tracking", "tag"})
"""Filters whose value may end with `*`."""


class Way(FrozenStruct):
    """An index: rows of `table` with a value in `column` stand in the order of `order`, the last of which
    tells them apart. `only`: condition of a partial index; `order_id`: the column that names the order."""

    table: str
    column: str
    order: tuple[str, ...]
    order_id: str = "id"
    only: str = ""


def _hidden(column: str) -> Way:
    return Way(table="orders", column=column, order=("placed_at", "id"), only=f"{column} <> ''")


def _joined(table: str, column: str, only: str = "") -> Way:
    return Way(table=table, column=column, order=("order_id",), order_id="order_id", only=only)


_BY_CONNECTION = Way(table="orders", column="connection_id", order=("placed_at", "id"))
_BY_STAGE = Way(table="orders", column="stage", order=("id",))

WAYS: Mapping[str, Way] = {
    "external_id": Way(table="orders", column="external_id", order=("connection_id",)),
    "number": Way(table="orders", column="number", order=("id",)),
    "tracking": _joined("consignments", "tracking_number", "tracking_number <> ''"),
    "email": _hidden("email_index"),
    "phone": _hidden("telephone_index"),
    "address": _hidden("address_index"),
    "buyer": Way(table="orders", column="buyer_index", order=("placed_at", "id")),
    "tag": _joined("order_tags", "tag"),
    "sku": _joined("order_lines", "sku"),
    "connection": _BY_CONNECTION,
    "store": _BY_CONNECTION,
    "hold_reason": _BY_STAGE,
    "placed": Way(table="orders", column="", order=("placed_at", "id")),
    "carrier": _joined("consignments", "carrier", "carrier <> ''"),
    "stage": _BY_STAGE,
}
"""Filter → its index; of equals, the first is walked."""


class Walk(FrozenStruct):
    """A way with the `values` to look for (several are merged), a prefix or not; `tests` are conditions on
    the order of an entry, `ranges` those on the way itself (both call it `o`), `parameters` their values."""

    name: str
    way: Way
    values: tuple[str, ...]
    is_prefix: bool
    ranges: tuple[str, ...]
    tests: tuple[str, ...]
    parameters: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, ...]:
        """Columns of a cursor; entries with one value in the first column need not name it."""
        return (self.way.column, *self.way.order) if self.is_prefix else self.way.order


class Entry(FrozenStruct):
    """What a walk meets: a place in the index, the order there, and if it passes the tests."""

    key: tuple[Any, ...]
    order_id: str
    fits: bool


def keep_to_indexes(uow: UnitOfWork) -> None:
    """Until the transaction ends PostgreSQL walks indexes in their order, whatever its statistics say: a
    table that grew since, or a value more frequent than it thinks, must not be read whole and sorted."""
    if uow.is_postgres:
        uow.one(_INDEXES_ONLY)


_INDEXES_ONLY = "SELECT " + ", ".join(
    f"set_config('{each}', 'off', true)"
    for each in ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin")
)


def entries(uow: UnitOfWork, walk: Walk, value: str, after: Sequence[Any], rows: int) -> list[Entry]:
    """The next `rows` entries with this value, below `after` (empty: from the greatest on)."""
    places = {f"after_{number}": each for number, each in enumerate(after)}
    statement = _tested(walk, is_after=bool(after), rows=rows)
    found = uow.all(statement, value=value, beyond=beyond(value), **places, **walk.parameters)
    width = len(walk.key)
    return [Entry(key=tuple(row[:width]), order_id=row[width], fits=bool(row[width + 1])) for row in found]


def count(uow: UnitOfWork, walk: Walk, most: int) -> int:
    """How many entries there are to walk, counted up to `most` for each value."""
    way = walk.way
    where = " AND ".join(_fitting(walk)) or "1 = 1"
    order = ", ".join(f"o.{column} DESC" for column in walk.key)
    counted = f"SELECT 1 FROM {way.table} o WHERE {where} ORDER BY {order} LIMIT {most:d}"
    statement = f"SELECT count(*) FROM ({counted}) k"
    every = [uow.one(statement, value=each, beyond=beyond(each), **walk.parameters) for each in walk.values]
    return sum(row[0] for row in every if row)


def beyond(prefix: str) -> str:
    """Above everything that begins with this prefix, compared byte by byte."""
    return f"{prefix}\U0010ffff"


def _tested(walk: Walk, *, is_after: bool, rows: int) -> str:
    """With a last column that says which entries pass. No test is a condition on the way: whatever the
    planner thinks of them, it walks the index and ends after so many rows."""
    tests = f"CASE WHEN {' AND '.join(walk.tests) or '1 = 1'} THEN 1 ELSE 0 END"
    if walk.way.table == "orders":
        return _entries(walk, is_after=is_after, rows=rows, also=f", {tests} AS fits")
    met = _entries(walk, is_after=is_after, rows=rows)
    if not walk.tests:
        return f"SELECT k.*, 1 AS fits FROM ({met}) k"
    return f"SELECT k.*, (SELECT {tests} FROM orders o WHERE o.id = k.found) AS fits FROM ({met}) k"


def _entries(walk: Walk, *, is_after: bool, rows: int, also: str = "") -> str:
    """`rows` is written into the statement: a planner that does not know it may sort the whole table."""
    way, key = walk.way, walk.key
    columns = ", ".join(f"o.{column} AS k{number}" for number, column in enumerate(key))
    where = " AND ".join(_conditions(walk, is_after))
    order = ", ".join(f"o.{column} DESC" for column in key)
    once = "" if way.table == "orders" else f" GROUP BY {', '.join(f'o.{column}' for column in key)}"
    return (
        f"SELECT {columns}, o.{way.order_id} AS found{also} FROM {way.table} o"
        f"{f' WHERE {where}' if where else ''}{once} ORDER BY {order} LIMIT {rows:d}"
    )


def _conditions(walk: Walk, is_after: bool) -> list[str]:
    way, key = walk.way, walk.key
    found = _fitting(walk)
    if walk.is_prefix and way.table != "orders":  # an order with several such values stands at the greatest
        found.append(
            f"NOT EXISTS (SELECT 1 FROM {way.table} e WHERE e.order_id = o.order_id"
            f" AND e.{way.column} > o.{way.column} AND e.{way.column} < :beyond)"
        )
    if is_after:
        columns = ", ".join(f"o.{column}" for column in key)
        places = ", ".join(f":after_{number}" for number in range(len(key)))
        found.append(f"({columns}) < ({places})" if len(key) > 1 else f"{columns} < {places}")
    return found


def _fitting(walk: Walk) -> list[str]:
    """What the index itself can tell of its entries."""
    way = walk.way
    found = [f"o.{way.only}"] if way.only else []
    if walk.is_prefix:
        found.append(f"o.{way.column} >= :value AND o.{way.column} < :beyond")
    elif way.column:
        found.append(f"o.{way.column} = :value")
    return [*found, *walk.ranges]
