"""All settings as one file: written out, reviewed, compared, applied."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hub.cli import entering
from hub.cli.config_file import is_json, read_file, written
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, plain, show, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.configuration import NOT_THERE, Change
from hub.jobs.stock import reaudit
from hub.pipeline.configuration import By, ConfigurationFault
from hub.pipeline.configuration import apply as applied
from hub.pipeline.configuration import export as exported
from hub.pipeline.configuration import plan as planned
from hub.storage import setting_changes

app = typer.Typer(no_args_is_help=True, help="Export, compare and apply all settings as one reviewed file.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="As `orderhub config export` writes it.")]
Complete = Annotated[
    bool, typer.Option("--complete", help="Entries that a section of the file lacks go; else they stay.")
]


@app.command("export")
def export(
    into: Annotated[str, typer.Argument(metavar="[FILE]", help="Default: print it.")] = "",
) -> None:
    """Write stores with their records, policies and rules, locations, departments with their price lists and
    rules, territories and price floors as YAML (JSON if FILE ends in .json). Secrets and numbers of
    certificates are left out."""
    document = with_hub(lambda hub: hub.database.read(lambda uow: exported(uow, hub.now())))
    text = written(document, as_json=is_json(Path(into)))
    if not into:
        typer.echo(text, nl=False)
        return
    try:
        Path(into).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"the file {into} cannot be written: {error.strerror}") from None
    typer.echo(f"{sum(map(len, document.values()))} entries are written into {into}.")


@app.command("diff")
def diff(file: File, complete: Complete = False, as_json: AsJson = False) -> None:
    """Show exactly what `apply` would change. Exit code 2 if it would change anything."""
    document = read_file(file)

    async def work(hub: HubContext) -> list[Change]:
        return await hub.database.read(lambda uow: planned(uow, document, hub.now(), is_complete=complete))

    found = _explained(work)
    _show(found, as_json=as_json)
    if found:
        raise typer.Exit(2)


@app.command("apply")
def apply(file: File, complete: Complete = False, as_json: AsJson = False) -> None:
    """Make the settings those of the file, all or nothing, and record who did. Orders on hold are audited
    again."""
    document = read_file(file)

    async def work(hub: HubContext) -> list[Change]:
        by = By(actor=entering.actor(), now=hub.now(), new_id=hub.books.new_id)
        done = await hub.database.run(lambda uow: applied(uow, document, by, is_complete=complete))
        if done:
            await reaudit(hub)
        return done

    _show(_explained(work), as_json=as_json)


@app.command("log")
def log(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many of the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Who changed which entry, the newest first."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: setting_changes.newest(uow, limit))),
        {
            "at": lambda each: each.at,
            "by": lambda each: each.actor,
            "entry": lambda each: f"{each.change.section}.{each.change.entry}",
            "fields": lambda each: [path for path, _, _ in each.change.fields()],
        },
        as_json=as_json,
        nothing="Nothing was changed yet by `config apply` or `stores set`.",
    )


def _explained(work: Callable[[HubContext], Awaitable[list[Change]]]) -> list[Change]:
    try:
        return with_hub(work)
    except ConfigurationFault as fault:
        for each in fault.faults:
            typer.echo(each, err=True)
        raise Problem(f"nothing was changed: {len(fault.faults)} mistakes") from None


def _show(changes: Sequence[Change], *, as_json: bool) -> None:
    if as_json:
        show_json(changes)
        return
    for each in changes:
        sign = "+" if each.before is None else "-" if each.after is None else "~"
        typer.echo(f"{sign} {each.section}.{plain(each.entry)}")
        for path, before, after in each.fields():
            typer.echo(f"    {path}: {_value(before)} → {_value(after)}")
    typer.echo(f"{len(changes)} entries differ." if changes else "Nothing differs.")


def _value(value: object) -> str:
    return NOT_THERE if value == NOT_THERE else plain(msgspec.json.encode(value).decode())
