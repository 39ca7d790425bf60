"""Web links of stores: entered, taken away, looked at."""

from typing import Annotated

import msgspec
import typer

from hub.cli.places import stores
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show
from hub.cli.state import with_hub
from hub.cli.stores import StoreId, edit_store
from hub.context import HubContext
from hub.domain.store_records import LinkKind
from hub.domain.store_records.links import OWNERSHIP_META, canonical_url, ownership_url
from hub.jobs.links import look, ownership_token
from hub.pipeline.configuration import StoreEntry
from hub.storage import store_records
from hub.storage.store_records import LinkState

Url = Annotated[str, typer.Argument(metavar="URL", help="For example https://shop.example.com/.")]


@stores.command("link")
def link(
    store: StoreId,
    url: Url,
    kind: Annotated[LinkKind, typer.Option(help="What is there.")] = LinkKind.STOREFRONT,
) -> None:
    """Enter where a store is on the web, and say how its site shows that it belongs to the store."""
    address = _address(url)

    def edit(entry: StoreEntry) -> StoreEntry:
        return msgspec.structs.replace(entry, links={**entry.links, address: kind})

    edit_store(store, edit)
    index = with_hub(lambda hub: hub.database.run(hub.books.connections.open_index))
    token = ownership_token(index, store, address)
    typer.echo(f"{address} is saved. It counts as the store's own once {ownership_url(address)}")
    typer.echo(f"has the line {token}, or the page itself")
    typer.echo(f'<meta name="{OWNERSHIP_META}" content="{token}">; `orderhub stores check {store}` looks.')


@stores.command("unlink")
def unlink(store: StoreId, url: Url) -> None:
    """Take a web link away."""
    address = _address(url)

    def edit(entry: StoreEntry) -> StoreEntry:
        if address not in entry.links:
            there_are = ", ".join(entry.links) or "none"
            raise Problem(f"store {store} has no link {address}; there are: {there_are}")
        kept = {each: kind for each, kind in entry.links.items() if each != address}
        return msgspec.structs.replace(entry, links=kept)

    edit_store(store, edit)
    typer.echo(f"{address} is taken away.")


def _address(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError as fault:
        raise Problem(str(fault)) from None


@stores.command("links")
def links(
    store: Annotated[str, typer.Argument(metavar="[STORE]", help="Default: all stores.")] = "",
    as_json: AsJson = False,
) -> None:
    """Web links and how they were at the last visit."""
    _show(with_hub(lambda hub: hub.database.read(lambda uow: store_records.links(uow, store))), as_json)


@stores.command("check")
def check(
    store: Annotated[str, typer.Argument(metavar="[STORE]", help="Default: all stores.")] = "",
    as_json: AsJson = False,
) -> None:
    """Visit the web links now: is each up, and does its site show that it belongs to the store?"""

    async def work(hub: HubContext) -> list[LinkState]:
        found = await hub.database.read(lambda uow: store_records.links(uow, store))
        with progress() as shown:
            shown.add_task("visiting")
            return await look(hub, found)

    _show(with_hub(work), as_json)


def _show(found: list[LinkState], as_json: bool) -> None:
    show(
        found,
        {
            "store": lambda each: each.store_id,
            "link": lambda each: each.url,
            "kind": lambda each: each.kind.replace("_", " "),
            "up": lambda each: each.is_up,
            "the store's": lambda each: each.is_owned,
            "visited": lambda each: each.checked_at,
            "trouble": lambda each: each.detail or "-",
        },
        as_json=as_json,
        nothing="There is no link yet: `orderhub stores link STORE URL`.",
    )
