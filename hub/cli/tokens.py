"""Tokens for programs that use the API: made, listed, revoked; and what was done with them."""

from datetime import datetime
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.storage import accounts
from hub.storage.accounts import NameTaken, Role, Token

app = typer.Typer(no_args_is_help=True, help="Tokens for programs that use the API.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What people call the program.")]


@app.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="Look, act on orders and stock, or configure.")],
    expires: Annotated[
        str, typer.Option(metavar="WHEN", help="A date (ISO 8601) or a length of time (90d); empty: never.")
    ] = "",
) -> None:
    """Make a token and show it once: the hub keeps only a digest of it."""
    entering.slug(name, "name of a token")
    text = accounts.new_token()

    async def work(hub: HubContext) -> None:
        now = hub.now()
        until = _instant(expires, now)
        index = await hub.database.run(hub.books.connections.open_index)
        try:
            await hub.database.run(
                lambda uow: accounts.add(
                    uow, text, name, role, index=index, actor=entering.actor(), now=now, expires_at=until
                )
            )
        except NameTaken:
            raise Problem(
                f"a token {name!r} is in use: choose another name, or `orderhub tokens revoke {name}` first"
            ) from None

    with_hub(work)
    typer.echo(f"Token {name} ({role}) is made. It is shown only now; keep it in a safe place:", err=True)
    typer.echo(text)


def _instant(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    at = now + entering.duration(text) if text[-1:] in "mhd" else entering.moment(text)
    if at <= now:
        raise Problem(f"--expires {text} is past: give a later date, or leave it out")
    return at


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All tokens; their secrets cannot be shown."""

    async def work(hub: HubContext) -> tuple[datetime, list[Token]]:
        return hub.now(), await hub.database.read(accounts.tokens)

    now, found = with_hub(work)
    show(
        found,
        {
            "token": lambda each: each.name,
            "begins with": lambda each: f"oh_{each.prefix}",
            "role": lambda each: each.role,
            "state": lambda each: _state(each, now),
            "made by": lambda each: each.made_by,
            "made": lambda each: each.made_at,
            "expires": lambda each: each.expires_at or "never",
            "last used": lambda each: each.used_at or "never",
        },
        as_json=as_json,
        nothing="There is no token yet: `orderhub tokens add NAME --role viewer`.",
    )


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at:
        return f"revoked {token.revoked_at:%Y-%m-%d %H:%M:%S}"
    return "expired" if token.expires_at and token.expires_at <= now else "in use"


@app.command("revoke")
def revoke(name: Name) -> None:
    """The token opens nothing any more, from the next request on."""

    async def work(hub: HubContext) -> bool:
        return await hub.database.run(lambda uow: accounts.revoke(uow, name, hub.now()))

    if not with_hub(work):
        raise Problem(f"no token {name!r} is in use: `orderhub tokens list` shows what there is")
    typer.echo(f"token {name} is revoked.")


@app.command("trail")
def trail(
    token: Annotated[str, typer.Option(metavar="NAME", help="Of this token only.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What was done through the API, the newest first."""
    actor = f"token:{token}" if token else ""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: accounts.trail(uow, actor=actor, limit=limit))),
        {
            "at": lambda each: each.at,
            "by": lambda each: each.actor,
            "what": lambda each: each.action,
            "of": lambda each: each.subject,
            "facts": lambda each: [f"{name}={value}" for name, value in each.facts.items()] or "-",
        },
        as_json=as_json,
        nothing="Nothing was done through the API so far.",
    )
