"""Links to store platforms and carriers: try, save, arm, pause."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from connectors.kit import ConnectorError, Misconfigured, Plugin
from hub.cli import entering
from hub.cli.fields import fill_in, secret_fields
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.clock import EPOCH
from hub.context import HubContext
from hub.domain.configuration import Change
from hub.domain.policies import StorePolicy
from hub.jobs.webhooks import register_webhooks
from hub.pipeline.resume import settle_history
from hub.storage import queries, stores
from hub.storage.connections import Connection, ConnectionStatus
from hub.storage.database import UnitOfWork
from hub.storage.flows import Flow, paused_flows, set_paused
from hub.storage.queries import ConnectionItem
from hub.storage.setting_changes import record
from hub.storage.stores import Store

app = typer.Typer(no_args_is_help=True, help="Links to store platforms and carriers.")

ConnectionId = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection's id.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting; repeatable.")]
SecretsFile = Annotated[Path | None, typer.Option(help="TOML file with the secrets: password = “…”.")]
OneFlow = Annotated[
    Flow | None, typer.Option(help="Only this: orders (pulls), stock (levels), push (all else that is sent).")
]
NoCheck = Annotated[bool, typer.Option("--no-check", help="Save although it could not be tried.")]


@app.command("add")
def add(
    platform: Annotated[str, typer.Argument(help="For example vendure or sf-express.")],
    connection_id: Annotated[str, typer.Option("--id", help="Default: the platform's name.")] = "",
    store: Annotated[str, typer.Option(help="Store that it belongs to; default: a new one of that id.")] = "",
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    set_: Set = None,
    secrets_file: SecretsFile = None,
    no_check: NoCheck = False,
) -> None:
    """Try a connection and save it. It observes until it is armed."""
    chosen = entering.slug(connection_id or platform, "connection id")

    async def work(hub: HubContext) -> None:
        kind, plugin = _plugin(hub, platform)
        await hub.database.read(lambda uow: _refuse_known(uow, chosen, store, kind))
        values = fill_in(plugin, set_ or (), secrets_file, {})
        draft = _draft(chosen, kind, plugin, title or plugin.title, store or chosen, values)
        await _try(hub, plugin, draft, "saved", no_check=no_check)
        await hub.database.run(lambda uow: _save(hub, uow, draft))
        _say_what_comes_next(hub, draft)

    with_hub(work)


def _plugin(hub: HubContext, platform: str) -> tuple[str, Plugin[Any, Any]]:
    if found := hub.registry.find(platform):
        return found
    if why := hub.registry.broken.get(platform):
        raise Problem(f"the plug-in {platform} is broken: {why}")
    known = ", ".join(sorted([*hub.registry.stores, *hub.registry.carriers]))
    raise Problem(f"there is no plug-in for {platform!r}; installed are {known}")


def _refuse_known(uow: UnitOfWork, connection_id: str, store: str, kind: str) -> None:
    if uow.one("SELECT 1 FROM connections WHERE id = :id", id=connection_id):
        raise Problem(f"there is a connection {connection_id!r} already: choose another --id")
    if kind == "store" and store and not uow.one("SELECT 1 FROM stores WHERE id = :id", id=store):
        raise Problem(f"there is no store {store!r}: add it with `orderhub stores add {store} --name …`")
    if kind == "carrier" and store:
        raise Problem("a carrier belongs to no store: leave --store out")


def _draft(
    connection_id: str, kind: str, plugin: Plugin[Any, Any], title: str, store: str, values: dict[str, Any]
) -> Connection:
    return Connection(
        connection_id=connection_id,
        kind=kind,
        platform=plugin.platform,
        title=title,
        store_id=store if kind == "store" else "",
        settings=values,
        capabilities=frozenset(each.__name__ for each in plugin.capabilities),
        accepts_tokens_of=getattr(plugin.connector, "accepts_tokens_of", frozenset()),
        status=ConnectionStatus.OBSERVING,
        paused_reason="",
        last_error="",
        armed_from=None,
        bookmark="",
        next_pull_at=EPOCH,
        pulled_at=None,
        failures=0,
        version=1,
    )


async def _try(
    hub: HubContext, plugin: Plugin[Any, Any], draft: Connection, done: str, *, no_check: bool = False
) -> None:
    try:
        with progress() as shown:
            shown.add_task(f"trying {draft.connection_id}")
            await hub.live.check(plugin, draft)
    except ConnectorError as error:
        reason = _reason(error)
        if not no_check:
            raise Problem(
                f"{draft.connection_id} was not {done}, because it does not work: {reason}"
            ) from None
        typer.echo(f"{draft.connection_id} does not work yet: {reason}", err=True)


def _reason(error: ConnectorError) -> str:
    where = f" (setting {error.setting})" if isinstance(error, Misconfigured) and error.setting else ""
    return f"{error}{where}"


def _save(hub: HubContext, uow: UnitOfWork, draft: Connection) -> None:
    if draft.store_id and draft.store_id not in {each.store_id for each in stores.stores(uow)}:
        stores.add_store(uow, Store(store_id=draft.store_id, name=draft.title, policy=StorePolicy()))
    hub.books.connections.add(
        uow,
        connection_id=draft.connection_id,
        kind=draft.kind,
        platform=draft.platform,
        title=draft.title,
        store_id=draft.store_id,
        settings=draft.settings,
        capabilities=draft.capabilities,
        accepts_tokens_of=draft.accepts_tokens_of,
    )


def _say_what_comes_next(hub: HubContext, draft: Connection) -> None:
    name = draft.connection_id
    typer.echo(f"{name} is saved and observes: it sends nothing until `orderhub connections arm {name}`.")
    if "ReceivesWebhooks" in draft.capabilities:
        url = hub.webhook_url(name) or "nowhere, everything is pulled (HUB_PUBLIC_URL is not set)"
        typer.echo(f"Webhooks of this connection go to {url}.")
    if draft.kind == "store":
        typer.echo("Next: `orderhub listings pull`, `orderhub sync now`, `orderhub orders list`.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All connections and how they are."""

    async def work(hub: HubContext) -> list[ConnectionItem]:
        return await hub.database.read(queries.connections)

    show(
        with_hub(work),
        {
            "connection": lambda each: each.id,
            "kind": lambda each: each.kind,
            "platform": lambda each: each.platform,
            "store": lambda each: each.store or "-",
            "status": lambda each: each.status,
            "armed from": lambda each: each.armed_from or "not armed",
            "last pull": lambda each: each.pulled_at if each.kind == "store" else "-",
            "paused flows": lambda each: each.paused_flows or "-",
            "failures": lambda each: each.failures,
            "waiting": lambda each: each.waiting,
            "trouble": lambda each: each.paused_reason or each.last_error or "-",
        },
        as_json=as_json,
        nothing="There is no connection yet: `orderhub connections add PLATFORM`.",
    )


async def known(hub: HubContext, connection_id: str) -> Connection:
    """The connection, or a `Problem` that names those there are."""
    found = await hub.database.read(hub.books.connections.all)
    for each in found:
        if each.connection_id == connection_id:
            return each
    names = ", ".join(each.connection_id for each in found) or "none yet"
    raise Problem(f"there is no connection {connection_id!r}; there are: {names}")


def _plugin_of(hub: HubContext, connection: Connection) -> Plugin[Any, Any]:
    plugin = hub.registry.plugin(connection.kind, connection.platform)
    if plugin is None:
        why = hub.registry.broken.get(connection.platform, "it is not installed")
        raise Problem(f"the plug-in {connection.platform} cannot be used: {why}")
    return plugin


@app.command("test")
def test(connection_id: ConnectionId) -> None:
    """Try a saved connection with one cheap read."""

    async def work(hub: HubContext) -> None:
        connection = await known(hub, connection_id)
        await _try(hub, _plugin_of(hub, connection), connection, "reached")

    with_hub(work)
    typer.echo(f"{connection_id} works.")


@app.command("pause")
def pause(
    connection_id: ConnectionId,
    why: Annotated[str, typer.Option(help="What others will read.")] = "paused by a person",
    flow: OneFlow = None,
) -> None:
    """Stop using a connection, or one flow of it; what waits keeps waiting."""
    if flow:
        _set_flow(connection_id, flow, is_paused=True, why=why)
        return

    async def work(hub: HubContext) -> None:
        await known(hub, connection_id)
        await hub.database.run(lambda uow: hub.books.connections.pause(uow, connection_id, why))

    with_hub(work)
    typer.echo(f"{connection_id} is paused.")


def _set_flow(connection_id: str, flow: Flow, *, is_paused: bool, why: str = "") -> None:
    """A change of settings, recorded as such."""

    async def work(hub: HubContext) -> bool:
        connection = await known(hub, connection_id)
        if connection.kind == "carrier" and flow is not Flow.PUSH:
            raise Problem(f"{connection_id} is a carrier: it has the flow push only")

        def save(uow: UnitOfWork) -> bool:
            before = paused_flows(uow, connection_id)
            if not set_paused(uow, connection_id, flow, is_paused=is_paused):
                return False
            said = {"paused_flows": paused_flows(uow, connection_id), "why": why}
            change = Change(
                section="connections", entry=connection_id, before={"paused_flows": before}, after=said
            )
            record(uow, [change], entering.actor(), hub.now(), hub.books.new_id)
            return True

        return await hub.database.run(save)

    was = "" if with_hub(work) else " already"
    typer.echo(f"the flow {flow.value} of {connection_id} is {'paused' if is_paused else 'on'}{was}.")


@app.command("resume")
def resume(connection_id: ConnectionId, flow: OneFlow = None) -> None:
    """Use a paused connection again, in the state that it had, or one flow of it."""
    if flow:
        _set_flow(connection_id, flow, is_paused=False)
        return

    async def work(hub: HubContext) -> ConnectionStatus:
        await known(hub, connection_id)
        await hub.database.run(lambda uow: hub.books.connections.resume(uow, connection_id))
        await register_webhooks(hub, connection_id)
        return (await known(hub, connection_id)).status

    typer.echo(f"{connection_id} is {with_hub(work).value}.")


@app.command("arm")
def arm(
    connection_id: ConnectionId,
    from_: Annotated[
        str, typer.Option("--from", metavar="DATE", help="Older orders are history; carriers need none.")
    ] = "",
) -> None:
    """Start sending. Orders placed before DATE become history without effects."""

    async def work(hub: HubContext) -> str:
        connection = await known(hub, connection_id)
        if connection.status is ConnectionStatus.PAUSED:
            raise Problem(f"{connection_id} is paused: `orderhub connections resume {connection_id}` first")
        if connection.kind == "store" and not from_:
            raise Problem("a store is armed from a date: --from 2026-03-01; older orders become history")
        start = await _start(hub, connection, from_)
        await _try(hub, _plugin_of(hub, connection), connection, "armed")
        return await _armed(hub, connection_id, start)

    typer.echo(with_hub(work))


async def _start(hub: HubContext, connection: Connection, text: str) -> datetime:
    found = {each.store_id: each for each in await hub.database.read(stores.stores)}
    store = found.get(connection.store_id)
    return entering.moment(text, store.time_zone if store else "") if text else hub.now()


async def _armed(hub: HubContext, connection_id: str, start: datetime) -> str:
    """What is older is settled while the connection still observes; only then may anything leave."""
    books = hub.books
    before = await hub.database.read(lambda uow: queries.history_count(uow, connection_id))
    await hub.database.run(lambda uow: books.connections.plan_arming(uow, connection_id, start))
    with progress() as shown:
        task, after, pages = shown.add_task("settling what is older"), "", 0
        while after := await hub.database.run(
            lambda uow: settle_history(books, uow, connection_id, after, hub.now())
        ):
            pages += 1
            shown.update(task, description=f"settling what is older, page {pages}")

    def finish(uow: UnitOfWork) -> int:
        settle_history(books, uow, connection_id, "", hub.now())
        books.connections.arm(uow, connection_id, start)
        return queries.history_count(uow, connection_id) - before

    settled = await hub.database.run(finish)
    await register_webhooks(hub, connection_id)
    return (
        f"{connection_id} is active from {start:%Y-%m-%d %H:%M:%S} UTC on;"
        f" {settled} older orders became history."
    )


@app.command("remove")
def remove(
    connection_id: ConnectionId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a connection with its settings, documents and listings, if no order or parcel needs it."""
    if not yes:
        typer.confirm(f"Remove {connection_id} with its settings, documents and listings?", abort=True)

    async def work(hub: HubContext) -> None:
        await known(hub, connection_id)
        if not await hub.database.run(lambda uow: hub.books.connections.remove(uow, connection_id)):
            raise Problem(
                f"orders or parcels belong to {connection_id}, so it stays:"
                f" `orderhub connections pause {connection_id}` stops it"
            )

    with_hub(work)
    typer.echo(f"{connection_id} is removed.")


@app.command("settings")
def settings(
    connection_id: ConnectionId,
    set_: Set = None,
    secrets_file: SecretsFile = None,
    ask: Annotated[bool, typer.Option("--ask", help="Enter all secrets anew.")] = False,
    no_check: NoCheck = False,
    as_json: AsJson = False,
) -> None:
    """Show a connection's settings (never its secrets), or change them."""

    async def work(hub: HubContext) -> dict[str, object]:
        connection = await known(hub, connection_id)
        plugin = _plugin_of(hub, connection)
        if set_ or secrets_file or ask:
            kept = {
                name: value
                for name, value in connection.settings.items()
                if not (ask and name in secret_fields(plugin))
            }
            values = fill_in(plugin, set_ or (), secrets_file, kept)
            connection = msgspec.structs.replace(connection, settings=values)
            await _try(hub, plugin, connection, "changed", no_check=no_check)
            await hub.database.run(
                lambda uow: hub.books.connections.replace_settings(uow, connection_id, values)
            )
        return _presentable(plugin, connection)

    shown = with_hub(work)
    if as_json:
        show_json(shown)
    else:
        show_facts({name: "not set" if value is None else value for name, value in shown.items()})


def _presentable(plugin: Plugin[Any, Any], connection: Connection) -> dict[str, object]:
    secrets = secret_fields(plugin)
    return {
        name: ("set" if connection.settings.get(name) else "not set")
        if name in secrets
        else connection.settings.get(name)
        for name in plugin.settings.model_fields
    }
