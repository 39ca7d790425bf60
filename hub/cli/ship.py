"""The shipping desk: what parcels would cost, what is to be picked, what was handed over."""

from typing import Annotated

import typer

from hub.cli.dock import DOCK_COMMANDS
from hub.cli.freight_bill import bill
from hub.cli.picking import PICKING_COMMANDS
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, printable, show
from hub.cli.state import with_hub
from hub.cli.wave_labels import wave_labels
from hub.context import HubContext
from hub.domain.order import Consignment, Order
from hub.jobs.quotes import Asked, ask_for_quotes
from mappings.canonical import RateQuote
from mappings.structs import FrozenStruct

app = typer.Typer(no_args_is_help=True, help="Compare prices, pick, verify and hand over parcels.")

for _name, _command in {**PICKING_COMMANDS, **DOCK_COMMANDS}.items():
    app.command(_name)(_command)
app.command("labels")(wave_labels)
app.command("bill")(bill)

ParcelName = Annotated[str, typer.Argument(metavar="PARCEL", help="Its id, from `orderhub orders show`.")]


class Priced(FrozenStruct):
    """What one carrier connection would take."""

    connection: str
    quote: RateQuote


@app.command("quote")
def quote(parcel: ParcelName, as_json: AsJson = False) -> None:
    """What every carrier that quotes would take, cheapest first. Nothing is booked."""

    async def work(hub: HubContext) -> list[Asked]:
        return await ask_for_quotes(hub, *await found_parcel(hub, parcel))

    asked = with_hub(work)
    rows = [Priced(connection=each.connection, quote=found) for each in asked for found in each.quotes]
    rows.sort(key=lambda row: (row.quote.price.currency, row.quote.price.amount, row.connection))
    show(
        rows,
        {
            "carrier": lambda row: row.connection,
            "service": lambda row: row.quote.service,
            "price": lambda row: f"{row.quote.price.amount} {row.quote.price.currency}",
            "days": lambda row: row.quote.transit_days,
        },
        as_json=as_json,
        nothing=f"No carrier quoted for parcel {parcel}.",
    )
    for each in asked:
        if each.refusal:
            typer.echo(printable(f"{each.connection} gave no quote: {each.refusal}"), err=True)


async def found_parcel(hub: HubContext, parcel: str) -> tuple[Order, Consignment]:
    """The parcel of that id with its order."""
    order_id = parcel.rpartition("-")[0]
    stored = await hub.database.read(lambda uow: hub.books.orders.by_ids(uow, [order_id], locked=False))
    for each in stored[order_id].order.consignments if order_id in stored else ():
        if each.consignment_id == parcel:
            return stored[order_id].order, each
    raise Problem(
        f"there is no parcel {parcel!r}: `orderhub orders show ORDER` lists the parcels of an order"
    )
