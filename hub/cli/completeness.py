"""Are all orders of the stores here? Certificates say it, or what differs."""

from datetime import timedelta
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.places import require_store
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.completeness import Certificate, Gap, Lack
from hub.storage import completeness as certified
from hub.storage.database import UnitOfWork

app = typer.Typer()

MOST_NAMED = 5
"""Orders that a line names of each kind; JSON has all."""


@app.command("completeness")
def completeness(
    store: Annotated[str, typer.Argument(metavar="[STORE]", help="Default: all stores.")] = "",
    since: Annotated[
        str, typer.Option(help="Date or instant (ISO 8601). Default: a day ago.", metavar="DATE")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Hour by hour: were the orders of the stores all here, what differed, and when did it heal?"""

    async def work(hub: HubContext) -> list[Certificate]:
        start = entering.moment(since) if since else hub.now() - timedelta(days=1)

        def read(uow: UnitOfWork) -> list[Certificate]:
            require_store(uow, store)
            return certified.certificates(uow, store, start)

        return await hub.database.read(read)

    show(
        with_hub(work),
        {
            "store": lambda each: each.store_id,
            "connection": lambda each: each.connection_id,
            "hour": lambda each: each.hour,
            "compared": lambda each: f"{each.compared} {each.kind}",
            "complete": lambda each: not each.open,
            "healed": lambda each: each.healed_at or "-",
            "webhooks dropped": lambda each: each.dropped_webhooks or "-",
            "difference": lambda each: _told(each.gaps) or "-",
        },
        as_json=as_json,
        nothing="Nothing was compared since then: `orderhub worker` does it once an hour.",
    )


def _told(gaps: tuple[Gap, ...]) -> str:
    """«missing 17, 18; gone 4 (healed)»"""
    kinds: dict[str, list[str]] = {}
    for lack in Lack:
        for each in gaps:
            if each.lack is lack:
                kinds.setdefault(f"{lack}{' (healed)' * bool(each.healed_at)}", []).append(each.external_id)
    return "; ".join(f"{kind} {_some(ids)}" for kind, ids in kinds.items())


def _some(ids: list[str]) -> str:
    more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return f"{', '.join(ids[:MOST_NAMED])}{more}"
