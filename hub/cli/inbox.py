"""Documents from outside, as they came."""

from typing import Annotated

import typer

from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.jobs.inbox import work_inbox
from hub.storage import queries
from hub.storage.queries import InboxItem
from mappings.structs import FrozenStruct

app = typer.Typer(no_args_is_help=True, help="Documents from outside, as they came.")

States = Annotated[str, typer.Option(help="new, done, superseded, unmatched or parked.")]


class Opened(FrozenStruct):
    """A document with its bytes as text; null if it was not revealed, or thrown away after its time."""

    item: InboxItem
    document: str | None


@app.command("list")
def list_(
    state: States = "",
    connection: Annotated[str, typer.Option(help="Connection.")] = "",
    topic: Annotated[str, typer.Option(help="order, listing or tracking.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Documents, the newest first."""
    show(
        with_hub(
            lambda hub: hub.database.read(
                lambda uow: queries.inbox(uow, state=state, connection=connection, topic=topic, limit=limit)
            )
        ),
        {
            "document": lambda each: each.id,
            "received": lambda each: each.received_at,
            "connection": lambda each: each.connection,
            "topic": lambda each: each.topic,
            "of": lambda each: each.external_id,
            "state": lambda each: each.state,
            "where": lambda each: each.path or "-",
            "why": lambda each: each.reason or "-",
        },
        as_json=as_json,
        nothing="There is no such document.",
    )


@app.command("show")
def show_(
    document: Annotated[str, typer.Argument(help="Id of the document.")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the document, personal values too.")] = False,
    as_json: AsJson = False,
) -> None:
    """One document: where it came from, what became of it, and with --reveal what it says."""

    async def work(hub: HubContext) -> Opened:
        found = await hub.database.read(lambda uow: queries.inbox_one(uow, document))
        if found is None:
            raise Problem(f"there is no document {document!r}: `orderhub inbox list` shows what there is")
        item, sealed = found
        if sealed is None or not reveal:
            return Opened(item=item, document=None)
        opened = hub.books.connections.key(item.connection).open(sealed, f"inbox:{item.id}")
        return Opened(item=item, document=opened.decode("utf-8", "backslashreplace"))

    opened = with_hub(work)
    if as_json:
        show_json(opened)
        return
    show_facts({name.replace("_", " "): getattr(opened.item, name) for name in InboxItem.__struct_fields__})
    if opened.document is not None:
        typer.echo(f"\n{opened.document}")
    elif opened.item.has_document:
        typer.echo("\nThe document may name people; --reveal shows it.")


@app.command("replay")
def replay(
    documents: Annotated[list[str] | None, typer.Argument(metavar="DOCUMENT…", help="Ids.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="All that could not be read.")] = False,
) -> None:
    """Read documents again, after a mapping was mended."""
    if bool(documents) == parked:
        raise Problem("name the documents, or take --parked for all that could not be read")

    async def work(hub: HubContext) -> tuple[int, int]:
        wanted = documents or [each.id for each in await _parked(hub)]
        again = await hub.database.run(lambda uow: hub.books.inbox.replay(uow, wanted))
        for lane in ("live", "bulk"):
            await work_inbox(hub, lane)
        still = {each.id for each in await _parked(hub)} & set(wanted)
        return again, len(still)

    again, still = with_hub(work)
    if not again:
        raise Problem("none of them can be read again: unknown ids, or thrown away after their time")
    typer.echo(f"{again} documents read again, {still} of them could still not be read.")


@app.command("dismiss")
def dismiss(documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT…", help="Ids.")]) -> None:
    """Set parked documents aside: nobody has to read them any more."""

    async def work(hub: HubContext) -> int:
        return await hub.database.run(lambda uow: hub.books.inbox.dismiss(uow, documents, hub.now()))

    done = with_hub(work)
    if not done:
        raise Problem("none of them is parked: `orderhub inbox list --state parked` shows what is")
    typer.echo(f"{done} documents are set aside.")


async def _parked(hub: HubContext) -> list[InboxItem]:
    return await hub.database.read(lambda uow: queries.inbox(uow, state="parked", limit=100_000))
