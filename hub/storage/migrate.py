"""Bring a database to the schema of this version. Running it again changes nothing."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from hub.storage.database import Database
from hub.storage.schema import MIGRATIONS, newest_revision, present_revision, schema_is_current

_LOCK = 7_235_114_082
"""Number of the advisory lock that lets one process migrate and the others wait for it."""


def configuration(connection: sa.Connection | None) -> Config:
    """alembic's configuration without a file: its scripts lie in this package, wherever it is installed.
    `connection` null: only scripts are looked at."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def migrate(where: sa.Engine | str) -> bool:
    """Run all missing migrations in one transaction; false if there was nothing to do.

    Raises `NewerSchema` rather than touching a database that a later version of the hub migrated.
    """
    if isinstance(where, str):
        database = Database(where, threads=1)
        try:
            return migrate(database.engine)
        finally:
            database.close()
    if schema_is_current(where):
        return False
    _refuse_newer(where)
    with where.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        command.upgrade(configuration(connection), "head")
    return True


class NewerSchema(Exception):
    """The database was migrated by a later version of the hub."""


def _refuse_newer(engine: sa.Engine) -> None:
    present = present_revision(engine)
    if present > newest_revision():
        raise NewerSchema(
            f"the database has schema {present}, this version of the hub knows only up to"
            f" {newest_revision()}: install the newer hub again"
        )


__all__ = ["NewerSchema", "configuration", "migrate", "schema_is_current"]
