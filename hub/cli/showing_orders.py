"""An order as a person may see it: found by any of its names, personal values masked."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from hub.cli.problem import Problem
from hub.cli.shown import masked, plain, printable
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Order, headline
from hub.storage import queries
from hub.storage.queries import OrderItem
from hub.storage.story import OpenText, contents
from mappings.canonical import PostalAddress, SalesOrder

OrderName = Annotated[str, typer.Argument(metavar="ORDER", help="The hub's id, the platform's id or number.")]

OrderNames = Annotated[list[str], typer.Argument(metavar="ORDER…", help="Ids or numbers.")]

Decide = Callable[[HubContext, list[str]], Awaitable[list[Order]]]


def decided(names: list[str], decide: Decide) -> None:
    """Decide about orders by any of their names, and say where they stand then."""

    async def work(hub: HubContext) -> list[Order]:
        ids = [(await found_order(hub, name)).order_id for name in names]
        return await decide(hub, ids)

    for order in with_hub(work):
        typer.echo(printable(f"order {order.sales.order_number} is {headline(order)}"))


async def found_order(hub: HubContext, text: str) -> Order:
    """The one order that is called so; a `Problem` lists the candidates if there are several."""
    found = await hub.database.read(lambda uow: queries.find_orders(uow, text))
    if not found:
        raise Problem(f"no order is called {text!r}: `orderhub orders list` shows what there is")
    if len(found) > 1:
        candidates = "\n".join(f"  {printable(_candidate(each))}" for each in found)
        raise Problem(f"several orders are called {text!r}; name one by its id:\n{candidates}")
    order_id = found[0].id
    stored = await hub.database.read(lambda uow: hub.books.orders.by_ids(uow, [order_id], locked=False))
    return stored[order_id].order


def _candidate(item: OrderItem) -> str:
    return (
        f"{item.id}  store {item.store}, number {item.number}, {item.stage}, placed {plain(item.placed_at)}"
    )


def sealed_words(hub: HubContext, order: Order) -> OpenText:
    """Opens what carriers wrote about the order's parcels."""
    key = hub.books.connections.key(order.connection_id)
    return lambda sealed, consignment_id: key.open(sealed, f"tracking:{consignment_id}").decode()


def order_facts(order: Order, reveal: bool) -> dict[str, Any]:
    """Stable names for people and scripts."""
    sales = order.sales
    return {
        "id": order.order_id,
        "number": sales.order_number,
        "external_id": sales.external_id,
        "store": order.store_id,
        "connection": order.connection_id,
        "stage": order.stage.value,
        "now": headline(order),
        "reasons": [f"{reason.text} [{reason.code}]" for reason in order.reasons],
        "overruled": list(order.waived),
        "placed_at": sales.placed_at,
        "payment": sales.payment_status.value,
        "total": f"{sales.total} {sales.currency}",
        **_personal(sales, reveal),
        "lines": [
            {
                "line": line.line_id,
                "sku": order.skus.get(line.line_id) or "not linked",
                "title": line.title,
                "quantity": line.quantity,
                "to_ship": order.units_to_ship().get(line.line_id, 0),
                "total": str(line.total),
            }
            for line in sales.lines
        ],
    }


def _personal(sales: SalesOrder, reveal: bool) -> dict[str, object]:
    def seen(value: str) -> str:
        return value if reveal else masked(value)

    return {
        "buyer": seen(sales.buyer.name or sales.buyer.reference),
        "email": seen(sales.buyer.email),
        "phone": seen(sales.buyer.telephone),
        "ship_to": _address(sales.ship_to, reveal) if sales.ship_to else "nowhere",
        "note": seen(sales.note),
    }


def _address(address: PostalAddress, reveal: bool) -> str:
    area = [address.country, address.province, address.city]
    if not reveal:
        return ", ".join(filter(None, [*area, masked(address.name)]))
    rest = [address.district, *address.street, address.postal_code]
    who = [address.name, address.company, address.telephone]
    return ", ".join(filter(None, [*area, *rest, *who]))


def parcel_facts(order: Order) -> list[dict[str, object]]:
    """`status` is what the carrier reports: unknown until it reports something."""
    return [
        {
            "parcel": each.consignment_id,
            "contents": contents(each),
            "stage": each.stage.value,
            "carrier": each.carrier or None,
            "tracking_number": each.tracking_number or None,
            "status": each.status.value if each.status_at else None,
            "told": each.told,
            "travels_as": each.shared_as or None,
        }
        for each in order.consignments
    ]
