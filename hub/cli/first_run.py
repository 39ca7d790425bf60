"""The first minutes: settings with a master key, and a database with the present schema."""

import os
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.problem import Problem
from hub.cli.shown import progress
from hub.cli.state import explained, settings, usable_settings
from hub.settings import HubSettings
from hub.storage.migrate import NewerSchema
from hub.storage.migrate import migrate as bring_up
from hub.vault import new_master_key

app = typer.Typer()

SETTINGS_FILE = Path("orderhub.toml")


@app.command("init")
def init(
    data_dir: Annotated[Path, typer.Option(help="Where the database and the queue live.")] = Path(
        "var/orderhub"
    ),
) -> None:
    """Write orderhub.toml with a fresh master key, and make the database."""
    if SETTINGS_FILE.exists():
        raise Problem(f"{SETTINGS_FILE} exists already: `orderhub migrate` makes the database from it")
    has_key = bool(settings().master_keys)
    folder = data_dir.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(SETTINGS_FILE, _lines(folder, "" if has_key else new_master_key()))
    given = usable_settings()
    _migrate(given)
    typer.echo(f"{SETTINGS_FILE} is written{' (the master key stays where it is)' if has_key else ''}.")
    typer.echo(f"The database is ready: {_place(given)}.")
    if not has_key:
        typer.echo(
            "Keep a copy of orderhub.toml in a safe place: without its master key nothing can be read."
        )
    typer.echo("Next: `orderhub connections add PLATFORM`, then `orderhub serve`.")


def _lines(folder: Path, key: str) -> str:
    place = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "# Settings of orderhub; all names are in docs/settings.md. The environment (HUB_…) wins.",
        f'data_dir = "{place}"',
    ]
    if key:
        lines.append(f'master_keys = ["{key}"]')
    return "\n".join([*lines, ""])


def _write(path: Path, text: str) -> None:
    """Readable for its owner only, from its first byte on; never over an existing file."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except OSError as error:
        raise Problem(f"{path} cannot be written here: {error.strerror}") from None


@app.command("migrate")
def migrate() -> None:
    """Bring the database to the schema of this version."""
    given = usable_settings()
    did = _migrate(given)
    typer.echo(f"The database is {'migrated' if did else 'up to date already'}: {_place(given)}.")


def _migrate(given: HubSettings) -> bool:
    try:
        with progress() as shown, explained():
            shown.add_task("migrating")
            return bring_up(given.sqlalchemy_url)
    except NewerSchema as error:
        raise Problem(str(error)) from None


def _place(given: HubSettings) -> str:
    return f"SQLite in {given.data_dir}" if given.is_embedded else "PostgreSQL"
