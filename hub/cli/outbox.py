"""Messages that leave, or wait to leave."""

from typing import Annotated

import typer

from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.storage import queries
from hub.storage.queries import OutboxItem

app = typer.Typer(no_args_is_help=True, help="Messages that leave, or wait to leave.")


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="open, done, parked or withdrawn.")] = "",
    connection: Annotated[str, typer.Option(help="Connection.")] = "",
    verb: Annotated[str, typer.Option(help="For example book or push_fulfilment.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Messages, the newest first, and what they wait for."""

    async def work(hub: HubContext) -> list[OutboxItem]:
        return await hub.database.read(
            lambda uow: queries.outbox(
                uow, hub.now(), state=state, connection=connection, verb=verb, limit=limit
            )
        )

    show(
        with_hub(work),
        {
            "message": lambda each: each.id,
            "created": lambda each: each.created_at,
            "to": lambda each: each.connection,
            "what": lambda each: each.verb.replace("_", " "),
            "of": lambda each: each.subject,
            "state": lambda each: each.state,
            "outcome": lambda each: each.outcome or ("-" if each.state == "withdrawn" else None),
            "attempts": lambda each: each.attempts,
            "waits for": lambda each: each.waits_for or "-",
            "last error": lambda each: each.last_error or "-",
        },
        as_json=as_json,
        nothing="There is no such message.",
    )


@app.command("show")
def show_(
    message: Annotated[str, typer.Argument(help="Id of the message.")],
    as_json: AsJson = False,
) -> None:
    """One message with everything that is known of it."""

    async def work(hub: HubContext) -> OutboxItem:
        found = await hub.database.read(lambda uow: queries.outbox_one(uow, message, hub.now()))
        if found is None:
            raise Problem(f"there is no message {message!r}: `orderhub outbox list` shows what there is")
        return found

    found = with_hub(work)
    if as_json:
        show_json(found)
        return
    facts = {name.replace("_", " "): getattr(found, name) for name in OutboxItem.__struct_fields__}
    facts |= {
        "sent at": found.sent_at or "not sent",
        "done at": found.done_at or "not done",
        "document": found.document or "made from the order when it is sent",
    }
    show_facts(facts)


@app.command("replay")
def replay(
    messages: Annotated[list[str] | None, typer.Argument(metavar="MESSAGE…", help="Ids.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="All that were given up or refused.")] = False,
) -> None:
    """Send parked messages again. What may have been done already is read back first."""
    if bool(messages) == parked:
        raise Problem("name the messages, or take --parked for all that were given up or refused")

    async def work(hub: HubContext) -> int:
        wanted = messages or [each.id for each in await _parked(hub)]
        return await hub.database.run(lambda uow: hub.books.outbox.replay(uow, wanted, hub.now()))

    again = with_hub(work)
    if not again:
        raise Problem("none of them is parked: `orderhub outbox list --state parked` shows what is")
    typer.echo(f"{again} messages will be sent again, by the running hub or by `orderhub sync now`.")


@app.command("dismiss")
def dismiss(messages: Annotated[list[str], typer.Argument(metavar="MESSAGE…", help="Ids.")]) -> None:
    """Set parked messages aside: they will not be sent. A booking that may have reached its carrier stays:
    `replay` reads back what became of it."""

    async def work(hub: HubContext) -> int:
        return await hub.database.run(lambda uow: hub.books.outbox.dismiss(uow, messages, hub.now()))

    done = with_hub(work)
    if not done:
        raise Problem(
            "none of them can be set aside: not parked, or a booking in doubt (`orderhub outbox replay`)"
        )
    typer.echo(f"{done} messages are set aside.")


async def _parked(hub: HubContext) -> list[OutboxItem]:
    return await hub.database.read(lambda uow: queries.outbox(uow, hub.now(), state="parked", limit=100_000))
