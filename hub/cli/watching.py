"""What a person should look at: cases, and fields that no mapping names."""

from typing import Annotated

import typer

from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.storage import queries

cases = typer.Typer(no_args_is_help=True, help="Parcels that a person has to look after.")
drift = typer.Typer(no_args_is_help=True, help="Fields and codes that no mapping names.")


@cases.callback()
@drift.callback()
def _group() -> None:
    """Keeps `list` a command of its own."""


@cases.command("list")
def list_cases(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Cases, the newest first."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: queries.cases(uow, limit=limit))),
        {
            "case": lambda each: each.id,
            "opened": lambda each: each.opened_at,
            "what": lambda each: each.kind.replace("_", " "),
            "status": lambda each: each.status,
            "order": lambda each: each.number,
            "parcel": lambda each: each.consignment,
            "why": lambda each: each.reason,
        },
        as_json=as_json,
        nothing="There is no case.",
    )


@drift.command("list")
def list_drift(as_json: AsJson = False) -> None:
    """What platforms send and nobody named, counted in samples."""
    show(
        with_hub(lambda hub: hub.database.read(queries.drift)),
        {
            "platform": lambda each: each.platform,
            "path": lambda each: each.path,
            "seen at least": lambda each: each.seen,
            "first seen": lambda each: each.first_seen_at,
        },
        as_json=as_json,
        nothing="Nothing was seen so far that the mappings do not name.",
    )
