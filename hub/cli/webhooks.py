"""Endpoints of outgoing webhooks: who is told what, and whether it arrives."""

from collections.abc import Callable
from typing import Annotated

import typer

from connectors.kit.standard_webhooks import new_secret
from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.announcements import EventType
from hub.domain.configuration import Change
from hub.domain.store_records.links import canonical_url
from hub.jobs.announce import post_test
from hub.storage import announcements, setting_changes
from hub.storage.announcements import Endpoint, Secret
from hub.storage.database import UnitOfWork

app = typer.Typer(no_args_is_help=True, help="Endpoints of outgoing webhooks (Standard Webhooks).")

EndpointId = Annotated[str, typer.Argument(metavar="ENDPOINT", help="`webhooks list` shows them.")]
CHOICES = ", ".join(each for each in EventType if each is not EventType.WEBHOOK_TEST)


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="For example https://erp.example.com/hook.")],
    endpoint_id: Annotated[str, typer.Option("--id", metavar="ENDPOINT", help="What people call it.")],
    events: Annotated[
        str, typer.Option(metavar="NAMES", help=f"With commas between: {CHOICES}. Empty: all.")
    ] = "",
) -> None:
    """Tell this address what happens from now on; shows the secret that signs once."""
    entering.slug(endpoint_id, "id of an endpoint")
    address, wanted, secret = _address(url), _events(events), new_secret()

    def save(hub: HubContext, uow: UnitOfWork) -> None:
        if announcements.endpoints(uow, endpoint_id):
            raise Problem(
                f"there is an endpoint {endpoint_id!r}: choose another --id, or remove that one first"
            )
        announcements.add(
            uow,
            endpoint_id=endpoint_id,
            url=address,
            events=wanted,
            secrets=[Secret(text=secret)],
            key=hub.books.connections.open_named(uow, announcements.KEY),
            actor=entering.actor(),
            now=hub.now(),
        )
        _note(hub, uow, endpoint_id, None, {"url": address, "events": wanted, "status": "active"})

    with_hub(lambda hub: hub.database.run(lambda uow: save(hub, uow)))
    typer.echo(
        f"{endpoint_id} is told of {', '.join(wanted) or 'all events'}. Its secret is shown only now:",
        err=True,
    )
    typer.echo(secret)


def _address(url: str) -> str:
    try:
        address = canonical_url(url)
    except ValueError as fault:
        raise Problem(str(fault)) from None
    if not address.startswith("https:"):
        raise Problem(f"{url} is not encrypted: an endpoint begins with https://")
    return address


def _events(text: str) -> list[str]:
    wanted = sorted({each.strip() for each in text.split(",") if each.strip()})
    if unknown := [each for each in wanted if each not in CHOICES.split(", ")]:
        raise Problem(f"there is no event {unknown[0]!r}; there are: {CHOICES}")
    return wanted


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All endpoints, and whether messages arrive."""
    show(
        with_hub(lambda hub: hub.database.read(announcements.endpoints)),
        {
            "endpoint": lambda each: each.id,
            "url": lambda each: each.url,
            "events": lambda each: each.events or "all",
            "status": lambda each: each.status,
            "waiting": lambda each: each.waiting,
            "given up": lambda each: each.given_up,
            "nothing arrived since": lambda each: each.failing_since or "-",
        },
        as_json=as_json,
        nothing="Nobody is told: `orderhub webhooks add URL --id ENDPOINT`.",
    )


@app.command("show")
def show_endpoint(endpoint_id: EndpointId, as_json: AsJson = False) -> None:
    """One endpoint, with what went wrong last."""
    found = with_hub(lambda hub: hub.database.read(lambda uow: _known(uow, endpoint_id)))
    if as_json:
        show_json(found)
        return
    show_facts(
        {
            "endpoint": found.id,
            "url": found.url,
            "events": found.events or "all",
            "status": f"disabled: {found.disabled_reason}" if found.disabled_reason else found.status,
            "made": f"{found.made_at:%Y-%m-%d %H:%M:%S} by {found.made_by}",
            "waiting": found.waiting,
            "given up": found.given_up,
            "nothing arrived since": found.failing_since or "-",
            "last trouble": found.last_error,
        }
    )


def _known(uow: UnitOfWork, endpoint_id: str) -> Endpoint:
    found = announcements.endpoints(uow, endpoint_id)
    if not found or not endpoint_id:
        raise Problem(f"there is no endpoint {endpoint_id!r}: `orderhub webhooks list` shows what there is")
    return found[0]


@app.command("test")
def test(endpoint_id: EndpointId) -> None:
    """Post a `webhook.test` now, also to a disabled endpoint, and say what came back."""

    async def work(hub: HubContext) -> str:
        endpoint = await hub.database.read(lambda uow: _known(uow, endpoint_id))
        return await post_test(hub, endpoint)

    if trouble := with_hub(work):
        raise Problem(f"{endpoint_id} did not take it: {trouble}")
    typer.echo(f"{endpoint_id} took it.")


@app.command("disable")
def disable(
    endpoint_id: EndpointId,
    why: Annotated[str, typer.Option(metavar="TEXT", help="For those who look later.")] = "by hand",
) -> None:
    """Tell it nothing more. What waits stays; what happens meanwhile is not kept for it."""

    def save(hub: HubContext, uow: UnitOfWork) -> None:
        announcements.disable(uow, endpoint_id, why)
        _note(hub, uow, endpoint_id, {"status": "active"}, {"status": "disabled", "why": why})

    _change(endpoint_id, save)
    typer.echo(f"{endpoint_id} is disabled.")


@app.command("enable")
def enable(endpoint_id: EndpointId) -> None:
    """Tell it again, what waited first."""

    def save(hub: HubContext, uow: UnitOfWork) -> None:
        announcements.enable(uow, endpoint_id, hub.now())
        _note(hub, uow, endpoint_id, {"status": "disabled"}, {"status": "active"})

    waiting = _change(endpoint_id, save).waiting
    typer.echo(f"{endpoint_id} is enabled; {waiting} messages wait for it.")


@app.command("rotate")
def rotate(
    endpoint_id: EndpointId,
    keep: Annotated[
        str, typer.Option(metavar="TIME", help="The former secret signs beside it for so long.")
    ] = "24h",
) -> None:
    """Make a new secret and show it once."""
    secret, beside = new_secret(), entering.duration(keep)

    def save(hub: HubContext, uow: UnitOfWork) -> None:
        key, now = hub.books.connections.open_named(uow, announcements.KEY), hub.now()
        former = announcements.secrets(uow, endpoint_id, key, now)
        kept = [Secret(text=each.text, until=each.until or now + beside) for each in former]
        announcements.set_secrets(uow, endpoint_id, [Secret(text=secret), *kept], key)
        _note(hub, uow, endpoint_id, None, {"secret": "rotated"})

    _change(endpoint_id, save)
    typer.echo(f"{endpoint_id} has a new secret; the former one signs beside it for {keep}:", err=True)
    typer.echo(secret)


@app.command("remove")
def remove(endpoint_id: EndpointId) -> None:
    """Forget an endpoint and all that waits for it."""

    def save(hub: HubContext, uow: UnitOfWork) -> None:
        announcements.remove(uow, endpoint_id)
        _note(hub, uow, endpoint_id, {"endpoint": endpoint_id}, None)

    _change(endpoint_id, save)
    typer.echo(f"{endpoint_id} is removed.")


def _change(endpoint_id: str, save: Callable[[HubContext, UnitOfWork], None]) -> Endpoint:
    """Change a known endpoint; returns it as it was."""

    def work(hub: HubContext, uow: UnitOfWork) -> Endpoint:
        before = _known(uow, endpoint_id)
        save(hub, uow)
        return before

    return with_hub(lambda hub: hub.database.run(lambda uow: work(hub, uow)))


def _note(
    hub: HubContext,
    uow: UnitOfWork,
    endpoint_id: str,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    """Who changed what, beside all other settings (`config log`)."""
    change = Change(section="webhooks", entry=endpoint_id, before=before, after=after)
    setting_changes.record(uow, [change], entering.actor(), hub.now(), hub.books.new_id)
