"""Which location sends what: how a store's orders are allocated."""

import importlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
import typer

from hub.cli import entering
from hub.cli.places import save_and_audit
from hub.cli.problem import Problem
from hub.cli.showing_orders import decided
from hub.cli.shown import show_facts
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Order
from hub.domain.policies import AllocateWhen, RankBy, StorePolicy
from hub.domain.refusal import reallocate
from hub.pipeline.resume import decide_again
from hub.storage import stores as places
from hub.storage.database import UnitOfWork
from hub.storage.stores import Store

app = typer.Typer(no_args_is_help=True, help="Which location is asked first, and when.")

WITHOUT_PLANNING = "waves need the extra `planning`: pip install 'orderhub[planning]'"


def _wave_commands() -> Mapping[str, Callable[..., Any]]:
    """Commands that need NumPy and HiGHS; without these one that says so."""
    try:
        found: Mapping[str, Callable[..., Any]] = importlib.import_module("hub.cli.waves").COMMANDS
    except ModuleNotFoundError as missing:
        if missing.name not in ("numpy", "highspy"):
            raise
        return {"wave": _unplanned}
    return found


def _unplanned() -> None:
    """Plan orders together: needs the extra `planning`."""
    raise Problem(WITHOUT_PLANNING)


for name, command in _wave_commands().items():
    app.command(name)(command)

StoreId = Annotated[str, typer.Argument(metavar="STORE", help="Id of the store.")]


@app.command("policy")
def policy(
    store: StoreId,
    rank_by: Annotated[
        list[RankBy] | None, typer.Option(help="Repeatable: the first word decides, the next among equals.")
    ] = None,
    when: Annotated[
        AllocateWhen | None, typer.Option(help="Each order at once, or many together in waves.")
    ] = None,
) -> None:
    """Change what is given of how a store's orders are allocated, and show what holds then."""
    changes: dict[str, Any] = {}
    if rank_by:
        changes["rank_by"] = tuple(dict.fromkeys(rank_by))
    if when:
        changes["allocate_when"] = when
    if changes:
        save_and_audit(lambda uow, now: _change(uow, store, changes))
    found = with_hub(lambda hub: hub.database.read(lambda uow: _store(uow, store)))
    show_facts(_said(found.policy))


@app.command("again")
def again(
    orders: Annotated[list[str], typer.Argument(metavar="ORDER…", help="Ids or numbers.")],
    why: Annotated[str, typer.Option(help="What changed; it becomes part of the order's story.")],
) -> None:
    """Allocate orders anew of which no parcel is booked yet: stock came, or a location has other terms."""

    async def decide(hub: HubContext, ids: list[str]) -> list[Order]:
        def change(uow: UnitOfWork) -> list[Order]:
            return decide_again(
                hub.books,
                uow,
                ids,
                lambda order, sent, snapshot: reallocate(order, why, sent, snapshot),
                hub.now(),
                actor=entering.actor(),
            )

        try:
            return await hub.database.run(change)
        except ValueError as error:
            raise Problem(f"it cannot be allocated anew: {error}") from None

    decided(orders, decide)


def _said(policy: StorePolicy) -> dict[str, object]:
    when = policy.allocate_when.replace("_", " ")
    return {"asked first": ", then ".join(policy.rank_by), "allocated": when}


def _change(uow: UnitOfWork, store_id: str, changes: dict[str, Any]) -> None:
    found = _store(uow, store_id)
    changed = found.policy.model_copy(update=changes)
    places.add_store(uow, msgspec.structs.replace(found, policy=changed))


def _store(uow: UnitOfWork, store_id: str) -> Store:
    known = {each.store_id: each for each in places.stores(uow)}
    if store_id not in known:
        raise Problem(f"there is no store {store_id!r}; there are: {', '.join(known) or 'none yet'}")
    return known[store_id]
