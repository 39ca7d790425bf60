"""Which rows a piece of work wrote, and the raw limit: the same rows by the driver's fastest bulk path.

Triggers note each row that is inserted or updated, and which columns an update changed; after each batch the
rows are read back. Writing them again inserts what was inserted and updates what was updated: on SQLite
`executemany` of plain `sqlite3`, on PostgreSQL `COPY`, through a temporary table for updates, joined by
nested loops (the planner, which knows nothing of that table, would read whole tables). One transaction per
batch, as the work had.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase, UnitOfWork

Row = tuple[Any, ...]


@dataclass
class Written:
    """Rows of one batch: table → rows as inserted, and as they were after an update."""

    inserted: dict[str, list[Row]] = field(default_factory=dict)
    updated: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(len(rows) for kind in (self.inserted, self.updated) for rows in kind.values())


@dataclass
class Record:
    """All batches of a piece of work; `changed` names the columns that its updates changed."""

    batches: list[Written] = field(default_factory=list)
    changed: dict[str, set[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(batch.rows for batch in self.batches)


def recorded(database: InlineDatabase, batches: Sequence[Callable[[], object]]) -> Record:
    """Run batches on SQLite and keep what each wrote. Slow; nothing is measured here."""
    database.transact(_install)
    record = Record()
    for batch in batches:
        batch()
        record.batches.append(database.transact(lambda uow: _take(uow, record.changed))[0])
    database.transact(_remove)
    return record


def _install(uow: UnitOfWork) -> None:
    uow.change("CREATE TABLE bench_written (name TEXT, line INTEGER, mask TEXT)")
    for table in metadata.sorted_tables:
        mask = " || ".join(f"(old.{column.name} IS NOT new.{column.name})" for column in table.columns)
        for when, value in (("INSERT", "''"), ("UPDATE", mask)):
            uow.change(
                f"CREATE TRIGGER bench_{when}_{table.name} AFTER {when} ON {table.name} BEGIN"
                f" INSERT INTO bench_written VALUES ('{table.name}', new.rowid, {value}); END"
            )


def _remove(uow: UnitOfWork) -> None:
    for table in metadata.sorted_tables:
        for when in ("INSERT", "UPDATE"):
            uow.change(f"DROP TRIGGER bench_{when}_{table.name}")
    uow.change("DROP TABLE bench_written")


def _take(uow: UnitOfWork, changed: dict[str, set[str]]) -> Written:
    written = Written()
    for table in metadata.sorted_tables:
        names = [column.name for column in table.columns]
        inserted = _images(uow, table, "IN (SELECT line FROM bench_written WHERE name = :name AND mask = '')")
        updated = _images(
            uow,
            table,
            "IN (SELECT line FROM bench_written WHERE name = :name EXCEPT"
            " SELECT line FROM bench_written WHERE name = :name AND mask = '')",
        )
        if inserted:
            written.inserted[table.name] = inserted
        if updated:
            written.updated[table.name] = updated
            for row in uow.all("SELECT DISTINCT mask FROM bench_written WHERE name = :name", name=table.name):
                marked = {
                    name for name, is_changed in zip(names, row.mask, strict=False) if is_changed == "1"
                }
                changed.setdefault(table.name, set()).update(marked)
    uow.change("DELETE FROM bench_written")
    return written


def _images(uow: UnitOfWork, table: sa.Table, which: str) -> list[Row]:
    columns = ", ".join(column.name for column in table.columns)
    rows = uow.all(f"SELECT {columns} FROM {table.name} WHERE rowid {which} ORDER BY rowid", name=table.name)
    return [tuple(row) for row in rows]


class RawWriter:
    """Writes a record again, through the bare driver of a database's own connection (same pragmas, same
    session settings)."""

    def __init__(self, database: InlineDatabase, record: Record) -> None:
        self._is_postgres = database.is_postgres
        self._borrowed = database.engine.raw_connection()
        self._driver: Any = self._borrowed.driver_connection
        self._tables = metadata.sorted_tables
        self._updates = {
            table.name: _Update(table, record.changed[table.name])
            for table in self._tables
            if table.name in record.changed
        }
        self._batches = [self._prepared(batch) for batch in record.batches]
        if self._is_postgres:
            self._driver.execute("SET enable_hashjoin = off; SET enable_mergejoin = off")
            for update in self._updates.values():
                self._driver.execute(update.temporary)
            self._driver.commit()

    def _prepared(self, batch: Written) -> Written:
        """Values as the driver takes them, made ready before the measurement."""
        return Written(
            {
                table.name: _typed(table, batch.inserted[table.name])
                for table in self._tables
                if table.name in batch.inserted
            },
            {name: self._updates[name].values(rows) for name, rows in batch.updated.items()},
        )

    def write(self) -> None:
        """Everything, one transaction per batch."""
        write = self._copy if self._is_postgres else self._execute_many
        for batch in self._batches:
            write(batch)

    def _execute_many(self, batch: Written) -> None:
        self._driver.execute("BEGIN IMMEDIATE")
        for name, rows in batch.inserted.items():
            self._driver.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        for name, rows in batch.updated.items():
            self._driver.executemany(self._updates[name].by_key, rows)
        self._driver.execute("COMMIT")

    def _copy(self, batch: Written) -> None:
        with self._driver.cursor() as cursor:
            for name, rows in batch.inserted.items():
                _copy(cursor, name, rows)
            for name, rows in batch.updated.items():
                _copy(cursor, self._updates[name].temporary_name, rows)
                cursor.execute(self._updates[name].from_temporary)
        self._driver.commit()

    def close(self) -> None:
        self._borrowed.close()


def _copy(cursor: Any, name: str, rows: Sequence[Row]) -> None:
    with cursor.copy(f"COPY {name} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


class _Update:
    """The statements that write changed columns of a table's rows again."""

    def __init__(self, table: sa.Table, changed: set[str]) -> None:
        names = [column.name for column in table.columns]
        keys = [column.name for column in table.primary_key.columns]
        sets = [name for name in names if name in changed and name not in keys]
        self.temporary_name = f"bench_{table.name}"
        self._table = table
        self._places = [names.index(name) for name in (*sets, *keys)]
        self.temporary = (
            f"CREATE TEMPORARY TABLE {self.temporary_name} ON COMMIT DELETE ROWS"
            f" AS SELECT {', '.join((*sets, *keys))} FROM {table.name} WITH NO DATA"
        )
        self.by_key = (
            f"UPDATE {table.name} SET {', '.join(f'{name} = ?' for name in sets)}"
            f" WHERE {' AND '.join(f'{name} = ?' for name in keys)}"
        )
        self.from_temporary = (
            f"UPDATE {table.name} t SET {', '.join(f'{name} = n.{name}' for name in sets)}"
            f" FROM {self.temporary_name} n WHERE {' AND '.join(f't.{name} = n.{name}' for name in keys)}"
        )

    def values(self, rows: Sequence[Row]) -> list[Row]:
        return [tuple(row[place] for place in self._places) for row in _typed(self._table, rows)]


def _typed(table: sa.Table, rows: Sequence[Row]) -> list[Row]:
    """SQLite gives booleans as numbers."""
    places = [place for place, column in enumerate(table.columns) if isinstance(column.type, sa.Boolean)]
    if not places:
        return list(rows)
    return [
        tuple(bool(value) if place in places else value for place, value in enumerate(row)) for row in rows
    ]


def digest(database: InlineDatabase) -> str:
    """Equal for equal rows in all tables, whatever the database."""
    found = hashlib.blake2b(digest_size=16)

    def read(uow: UnitOfWork) -> None:
        for table in metadata.sorted_tables:
            columns = ", ".join(column.name for column in table.columns)
            order = ", ".join(column.name for column in table.primary_key.columns)
            for row in _typed_rows(uow, table, f"SELECT {columns} FROM {table.name} ORDER BY {order}"):
                found.update(repr(row).encode())

    database.transact(read)
    return found.hexdigest()


def _typed_rows(uow: UnitOfWork, table: sa.Table, statement: str) -> list[Row]:
    rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in uow.all(statement)]
    return _typed(table, rows)
