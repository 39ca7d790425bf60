"""How commands change what is set up for shipping: checked as a whole, then saved."""

from collections.abc import Callable, Sequence

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.reach import Reach, reach
from hub.domain.shipping_setup import Entry, ShippingSetup, faults, name_of
from hub.storage import shipping, stores
from hub.storage.database import UnitOfWork

FAULTS_SHOWN = 50


def change_setup(change: Callable[[ShippingSetup], ShippingSetup]) -> None:
    """Parcels that are released from now on are sent by it. Names that nothing has are a `Problem`."""

    async def work(hub: HubContext) -> None:
        await hub.database.run(lambda uow: _save(uow, hub, change))

    with_hub(work)


def _save(uow: UnitOfWork, hub: HubContext, change: Callable[[ShippingSetup], ShippingSetup]) -> None:
    before = shipping.setup(uow)
    after = change(before)
    _require_sound(uow, after)
    kept = {(type(each), name_of(each)) for each in after.entries()}
    for each in before.entries():
        if (type(each), name_of(each)) not in kept:
            shipping.remove(uow, type(each), [name_of(each)])
    known = set(before.entries())
    shipping.save(uow, [each for each in after.entries() if each not in known], entering.actor(), hub.now())


def _require_sound(uow: UnitOfWork, setup: ShippingSetup) -> None:
    carriers = [row.id for row in uow.all("SELECT id FROM connections WHERE kind = 'carrier'")]
    wrong = faults(
        setup,
        carriers=carriers,
        locations=[each.location_id for each in stores.locations(uow)],
        stores=[each.store_id for each in stores.stores(uow)],
    )
    for fault in wrong[:FAULTS_SHOWN] if len(wrong) > 1 else ():
        typer.echo(fault, err=True)
    if wrong:
        raise Problem(wrong[0] if len(wrong) == 1 else f"nothing was saved: {len(wrong)} names are unknown")


def remove_entry(kind: type[Entry], name: str, what: str) -> None:
    """Take it away; a `Problem` if there is none, or if others name it."""

    def without(setup: ShippingSetup) -> ShippingSetup:
        after = setup.without(kind, name)
        if len(after.entries()) == len(setup.entries()):
            raise Problem(f"there is no {what} {name!r}: `orderhub departments export` shows what there is")
        return after

    change_setup(without)
    typer.echo(f"{what} {name} is removed.")


def areas(texts: Sequence[str] | None) -> tuple[Reach, ...]:
    """As people write them."""
    try:
        return tuple(map(reach, texts or ()))
    except ValueError as error:
        raise Problem(str(error)) from None
