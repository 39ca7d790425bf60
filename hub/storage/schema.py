"""Which schema the database has, and which one this version of the hub needs. Cheap: no migration tool."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

MIGRATIONS = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """The revision that the newest file in `migrations/versions` is named by (`0001_first.py` → `0001`);
    empty before the first."""
    revisions = (path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return max(revisions, default="")


def present_revision(engine: sa.Engine) -> str:
    """What the database was migrated to; empty if it never was. Raises if the database cannot be reached."""
    with engine.connect() as connection:
        try:
            row = connection.execute(sa.text("SELECT version_num FROM alembic_version")).first()
        except (OperationalError, ProgrammingError) as error:
            if "alembic_version" not in str(error.orig):
                raise
            return ""
    return str(row[0]) if row else ""


def schema_is_current(engine: sa.Engine) -> bool:
    """Does the database have exactly the schema that this version of the hub needs?"""
    return present_revision(engine) == newest_revision()
