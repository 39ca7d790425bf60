"""The migrated schema is that of `tables.py`, on both databases; migrating again changes nothing."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.storage import schema
from hub.storage.all_tables import metadata
from hub.storage.database import Database
from hub.storage.migrate import NewerSchema, configuration, migrate, schema_is_current

_POSTGRES_SCHEMA = """
SELECT 'column', table_name || '.' || column_name,
  concat_ws(' ', data_type, is_nullable, column_default, collation_name)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""
_SQLITE_SCHEMA = "SELECT type, name, sql FROM sqlite_master"


@pytest.fixture
def sqlite() -> Iterator[sa.Engine]:
    yield from _engine("sqlite://")


def _engine(url: str) -> Iterator[sa.Engine]:
    database = Database(url, threads=1)
    yield database.engine
    database.close()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[sa.Engine]:
    """A database without tables."""
    for engine in _engine(_driven(postgres_url)):
        with engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        yield engine


def _driven(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _differences(engine: sa.Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)


def _schema(engine: sa.Engine, query: str) -> dict[tuple[str, str], str]:
    """What the database itself says, defaults, CHECK constraints and partial indexes included; without
    layout, brackets and the quotes that SQLite puts around the name of a table that was made anew."""
    with engine.connect() as connection:
        rows = list(connection.execute(sa.text(query)))
    return {
        (row[0], row[1]): " ".join(sorted(re.split(r"[\s(),\"]+", row[2] or "")))
        for row in rows
        if "alembic_version" not in f"{row[1]} {row[2]}"
    }


def _made_whole(engine: sa.Engine, query: str) -> dict[tuple[str, str], str]:
    metadata.create_all(engine)
    made = _schema(engine, query)
    metadata.drop_all(engine)
    return made


def test_sqlite_is_migrated_to_exactly_the_tables(sqlite: sa.Engine) -> None:
    wanted = _made_whole(sqlite, _SQLITE_SCHEMA)
    migrate(sqlite)
    assert _differences(sqlite) == []
    assert _schema(sqlite, _SQLITE_SCHEMA) == wanted


@pytest.mark.server
def test_postgres_is_migrated_to_exactly_the_tables(postgres: sa.Engine) -> None:
    wanted = _made_whole(postgres, _POSTGRES_SCHEMA)
    migrate(postgres)
    assert _differences(postgres) == []
    assert _schema(postgres, _POSTGRES_SCHEMA) == wanted


@pytest.mark.server
def test_postgres_is_migrated_once(postgres: sa.Engine, postgres_url: str) -> None:
    assert migrate(_driven(postgres_url))
    assert not migrate(postgres)
    assert schema_is_current(postgres)


def test_migrating_again_changes_nothing(sqlite: sa.Engine) -> None:
    assert not schema_is_current(sqlite)
    assert migrate(sqlite)
    before = _schema(sqlite, _SQLITE_SCHEMA)
    assert not migrate(sqlite)
    assert schema_is_current(sqlite)
    assert _schema(sqlite, _SQLITE_SCHEMA) == before


def test_a_failing_migration_leaves_nothing_behind(sqlite: sa.Engine) -> None:
    with sqlite.begin() as connection:
        connection.execute(sa.text("CREATE TABLE orders (surprise TEXT)"))
    with pytest.raises(sa.exc.OperationalError):
        migrate(sqlite)
    assert [name for kind, name in _schema(sqlite, _SQLITE_SCHEMA) if kind == "table"] == ["orders"]


def test_a_newer_schema_is_not_touched(sqlite: sa.Engine) -> None:
    migrate(sqlite)
    with sqlite.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="install the newer hub"):
        migrate(sqlite)


def test_files_are_named_by_their_revision() -> None:
    revisions = list(ScriptDirectory.from_config(configuration(None)).walk_revisions())
    assert revisions[0].revision == schema.newest_revision()
    assert all(revision.path.rpartition("/")[2].startswith(revision.revision) for revision in revisions)
