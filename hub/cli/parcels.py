"""Decide about an order's parcels: commands of `orderhub orders`."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.labels import label
from hub.cli.problem import Problem
from hub.cli.search import Limit
from hub.cli.showing_orders import Decide, OrderName, OrderNames, decided
from hub.cli.shown import AsJson, printable, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Order
from hub.domain.refusal import readmit, refuse
from hub.domain.repack import join, split
from hub.pipeline import resume
from hub.storage.database import UnitOfWork
from mappings.canonical import LineQuantity
from mappings.tracking_numbers import likely_carriers

Change = Callable[[HubContext, UnitOfWork, str], list[Order]]


def ship(
    order: OrderName,
    number: Annotated[str, typer.Option(help="Its tracking number.")],
    carrier: Annotated[str, typer.Option(help="Carrier that has it, for example sf-express.")] = "",
    lines: Annotated[
        str, typer.Option(metavar="LINE=QTY,…", help="Units per line; default: all that wait.")
    ] = "",
) -> None:
    """Say that a parcel was booked elsewhere and left."""
    likely = likely_carriers(number)
    if not carrier:
        raise Problem(_who_has_it(number, likely))
    wanted = _line_quantities("--lines", lines)
    _change(
        order,
        "cannot be shipped so",
        lambda hub, uow, order_id: resume.ship_by_hand(
            hub.books, uow, order_id, carrier, number, wanted, entering.actor(), hub.now()
        ),
    )
    if likely and carrier not in likely:
        looks = f"{number} looks like a number of {' or '.join(likely)}, not of {carrier}"
        typer.echo(printable(f"{looks}; if that is wrong: `orderhub orders renumber`"), err=True)


def _who_has_it(number: str, likely: Sequence[str]) -> str:
    """Only a person decides: forms of numbers are a hint."""
    if not likely:
        return f"say who has the parcel with --carrier: {number} looks like no number that is known here"
    return f"say who has the parcel: {number} looks like " + " or ".join(f"--carrier {it}" for it in likely)


def renumber(
    order: OrderName,
    parcel: Annotated[str, typer.Argument(help="Its id, from `orderhub orders show`.")],
    number: Annotated[str, typer.Option(help="The right tracking number.")],
    carrier: Annotated[str, typer.Option(help="The carrier that has it, if that was wrong too.")] = "",
) -> None:
    """Correct the tracking number of a parcel; a store that was told the former one is told."""
    _change(
        order,
        "cannot be corrected so",
        lambda hub, uow, order_id: resume.renumber(
            hub.books, uow, order_id, parcel, carrier, number, entering.actor(), hub.now()
        ),
    )


def split_(
    order: OrderName,
    parcel: Annotated[
        list[str], typer.Option(metavar="LINE=QTY,…", help="Units of a parcel of their own; repeatable.")
    ],
) -> None:
    """Let units travel in parcels of their own, before they are booked."""
    parcels = [_line_quantities("--parcel", each) for each in parcel]
    _change(
        order,
        "cannot be split so",
        lambda hub, uow, order_id: resume.decide_again(
            hub.books,
            uow,
            [order_id],
            lambda found, sent, _: split(found, parcels, sent),
            hub.now(),
            actor=entering.actor(),
        ),
    )


def join_(order: OrderName) -> None:
    """Let everything that waits at one location for one carrier travel together again."""
    _change(
        order,
        "cannot be joined",
        lambda hub, uow, order_id: resume.decide_again(
            hub.books,
            uow,
            [order_id],
            lambda found, sent, _: join(found, sent),
            hub.now(),
            actor=entering.actor(),
        ),
    )


def merge_(orders: OrderNames) -> None:
    """Let orders of one buyer to one address travel in one parcel; it is booked as the first one's."""
    if len(orders) < 2:
        raise Problem(
            "name two orders or more to share a parcel (`orderhub orders mergeable` shows which may)"
        )

    async def decide(hub: HubContext, ids: list[str]) -> list[Order]:
        if len(set(ids)) < len(ids):
            raise Problem("one order is named twice: name each once")
        return await hub.database.run(
            lambda uow: resume.merge_orders(hub.books, uow, ids, entering.actor(), hub.now())
        )

    _decided(orders, "these orders cannot share a parcel", decide)


def part_(order: OrderName) -> None:
    """Take an order out of a parcel that it shares, before that is booked."""
    _change(
        order,
        "cannot be taken out",
        lambda hub, uow, order_id: resume.part_order(hub.books, uow, order_id, entering.actor(), hub.now()),
    )


def mergeable(limit: Limit = 50, as_json: AsJson = False) -> None:
    """Orders that may share a parcel and do not yet, before their bookings are sent."""

    async def work(hub: HubContext) -> list[list[Order]]:
        return await hub.database.read(lambda uow: resume.mergeable(hub.books, uow, limit))

    rows = [
        {
            "orders": " ".join(order.sales.order_number or order.order_id for order in group),
            "stores": " ".join(dict.fromkeys(order.store_id for order in group)),
        }
        for group in with_hub(work)
    ]
    columns = {"orders": itemgetter("orders"), "stores": itemgetter("stores")}
    show(rows, columns, as_json=as_json, nothing="No two orders wait that may share a parcel.")


def refuse_(
    order: OrderName,
    parcel: Annotated[str, typer.Argument(help="Its id, from `orderhub orders show`.")],
    why: Annotated[str, typer.Option(help="Why its location cannot send it.")],
) -> None:
    """A location cannot send a parcel: the next best one does. Of a part of it: `orders split` before."""
    _change(
        order,
        "cannot be refused so",
        lambda hub, uow, order_id: resume.decide_again(
            hub.books,
            uow,
            [order_id],
            lambda found, sent, snapshot: refuse(found, parcel, why, sent, snapshot),
            hub.now(),
            actor=entering.actor(),
        ),
    )


def readmit_(
    order: OrderName,
    location: Annotated[str, typer.Argument(help="The location that refused.")],
) -> None:
    """A location that refused can serve the order after all."""
    _change(
        order,
        "stays as it is",
        lambda hub, uow, order_id: resume.decide_again(
            hub.books,
            uow,
            [order_id],
            lambda found, sent, _: readmit(found, location),
            hub.now(),
            actor=entering.actor(),
        ),
    )


PARCEL_COMMANDS: Mapping[str, Callable[..., None]] = {
    "ship": ship,
    "renumber": renumber,
    "split": split_,
    "join": join_,
    "merge": merge_,
    "part": part_,
    "mergeable": mergeable,
    "refuse": refuse_,
    "readmit": readmit_,
    "label": label,
}


def _change(order: str, failing: str, change: Change) -> None:
    async def decide(hub: HubContext, ids: list[str]) -> list[Order]:
        return await hub.database.run(lambda uow: change(hub, uow, ids[0]))

    _decided([order], f"order {order} {failing}", decide)


def _decided(orders: list[str], failing: str, decide: Decide) -> None:
    async def attempt(hub: HubContext, ids: list[str]) -> list[Order]:
        try:
            return await decide(hub, ids)
        except ValueError as error:
            raise Problem(f"{failing}: {error} (`orderhub orders show`)") from None

    decided(orders, attempt)


def _line_quantities(option: str, text: str) -> list[LineQuantity]:
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        line, _, quantity = part.rpartition("=")
        units = entering.whole(quantity)
        if not line or not units:
            raise Problem(f"{option} takes LINE=QTY,LINE=QTY, not {part!r}")
        found.append(LineQuantity(line_id=line, quantity=units))
    return found
