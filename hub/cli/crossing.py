"""Orders in another store's territory: policies of brand and stores, and a person's answer."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.rules import change_policy, given_values
from hub.cli.showing_orders import decided
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.crossing_policy import CrossingPolicy, Ships
from hub.domain.order import Order
from hub.domain.rule_catalogue import RuleFault, crossing_with
from hub.jobs.stock import reaudit
from hub.pipeline.resume import answer_crossing
from hub.storage import crossing
from hub.storage import stores as places
from hub.storage.database import UnitOfWork

app = typer.Typer(no_args_is_help=True, help="Who ships orders in another store's territory, what is owed.")

OfStore = Annotated[str, typer.Option("--store", help="An exception of this store; empty: the brand.")]


@app.command("set")
def set_(
    values: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…", help="Those not given stay.")],
    store: OfStore = "",
) -> None:
    """Say who ships (ships=owner, seller, nearest or ask) and what the seller then owes: territory_percent,
    shipper_percent, freight_percent, parcel_fee, fee_currency. Orders on hold are audited again."""
    given = given_values(values)
    if store:
        version = change_policy(
            store,
            lambda policy: policy.model_copy(
                update={"crossing": crossing_with(policy.crossing or CrossingPolicy(), given)}
            ),
        )
        typer.echo(f"store {store} makes an exception (policy version {version}).")
        return
    is_new = with_hub(lambda hub: _set_brand(hub, given))
    typer.echo("the policy of the brand is saved." if is_new else "the policy of the brand was so already.")


async def _set_brand(hub: HubContext, given: dict[str, str]) -> bool:
    def save(uow: UnitOfWork) -> bool:
        policy = crossing_with(crossing.brand_policy(uow), given)
        return crossing.set_brand_policy(uow, policy, entering.actor(), hub.now())

    try:
        is_new = await hub.database.run(save)
    except RuleFault as fault:
        raise Problem(str(fault)) from None
    await reaudit(hub)
    return is_new


@app.command("follow")
def follow(store: Annotated[str, typer.Argument(metavar="STORE", help="Id of the store.")]) -> None:
    """A store makes no exception any more: the brand's policy holds for it."""
    version = change_policy(store, lambda policy: policy.model_copy(update={"crossing": None}))
    typer.echo(f"store {store} follows the brand (policy version {version}).")


class _Row(CrossingPolicy):
    of: str


@app.command("show")
def show_(as_json: AsJson = False) -> None:
    """The policy of the brand, and of each store that makes an exception."""

    def read(uow: UnitOfWork) -> Sequence[_Row]:
        every = {"the brand": crossing.brand_policy(uow)} | {
            each.store_id: each.policy.crossing for each in places.stores(uow) if each.policy.crossing
        }
        return [_Row(of=of, **policy.model_dump()) for of, policy in every.items()]

    rows = with_hub(lambda hub: hub.database.read(read))
    show(
        [each.model_dump(mode="json") for each in rows],
        {
            "of": lambda row: row["of"],
            "who ships": lambda row: row["ships"],
            "owner's share %": lambda row: row["territory_percent"],
            "shipper's share %": lambda row: row["shipper_percent"],
            "of freight %": lambda row: row["freight_percent"],
            "per parcel": lambda row: f"{row['parcel_fee']} {row['fee_currency']}".strip(),
        },
        as_json=as_json,
        nothing="",
    )


def who_ships(
    ships: Annotated[Ships, typer.Argument(help="owner (of the territory), seller or nearest.")],
    orders: Annotated[list[str], typer.Argument(metavar="ORDER…", help="Ids or numbers.")],
    why: Annotated[str, typer.Option(help="Why; it becomes part of the order's story.")] = "",
) -> None:
    """Say who ships orders that lie in another store's territory, while they are on hold or back-ordered."""

    async def decide(hub: HubContext, ids: list[str]) -> list[Order]:
        try:
            return await hub.database.run(
                lambda uow: answer_crossing(hub.books, uow, ids, ships, why, entering.actor(), hub.now())
            )
        except ValueError as error:
            raise Problem(str(error)) from None

    decided(orders, decide)
