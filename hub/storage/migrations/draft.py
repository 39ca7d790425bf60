"""Write the next migration: `python -m hub.storage.migrations.draft WHAT_CHANGES`.

It migrates an empty SQLite in memory as far as the files reach, compares that with `tables.py`, and writes
the difference as the next numbered file; read it before you trust it (alembic does not see changed CHECK
constraints, partial indexes and renamings).
"""

import subprocess
import sys

from alembic import command

from hub.storage.database import Database
from hub.storage.migrate import configuration, migrate
from hub.storage.schema import MIGRATIONS, newest_revision


def draft(what_changes: str) -> None:
    """Write `versions/<next number>_<what changes>.py` in the house's format."""
    number = f"{int(newest_revision() or 0) + 1:04}"
    database = Database("sqlite://", threads=1)
    migrate(database.engine)
    with database.engine.begin() as connection:
        command.revision(configuration(connection), what_changes, autogenerate=True, rev_id=number)
    database.close()
    (written,) = (MIGRATIONS / "versions").glob(f"{number}_*.py")
    lines = written.read_text().splitlines(keepends=True)
    written.write_text("".join(line for line in lines if not line.startswith("    # ###")))
    for action in (["format"], ["check", "--fix"]):
        subprocess.run([sys.executable, "-m", "ruff", *action, "--quiet", str(written)], check=True)  # noqa: S603 - our own file


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]))
