"""Labels of parcels, to be printed."""

import base64
import binascii
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.printing import written
from hub.cli.problem import Problem
from hub.cli.showing_orders import OrderName, found_order
from hub.cli.shown import printable
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Order, Parcel, order_of
from hub.storage import labels
from hub.storage.database import UnitOfWork

_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/gif": "gif"}


def label(
    order: OrderName,
    into: Annotated[Path, typer.Option(help="Folder for the files.")] = Path(),
) -> None:
    """Write the labels of an order's parcels as files; the carrier's address where it gave only that."""

    async def work(hub: HubContext) -> tuple[dict[str, str], list[str]]:
        found = await found_order(hub, order)
        return await hub.database.read(
            lambda uow: (_own_labels(hub, uow, found), _elsewhere(hub, uow, found))
        )

    known, elsewhere = with_hub(work)
    if not known:
        why = "; ".join(elsewhere) or "no carrier gave one for its parcels"
        raise Problem(f"order {order} has no label: {why}")
    for parcel, address in known.items():
        typer.echo(f"{parcel}  {_written(parcel, address, into)}")
    for sentence in elsewhere:
        typer.echo(printable(sentence), err=True)


def _own_labels(hub: HubContext, uow: UnitOfWork, order: Order) -> dict[str, str]:
    """Consignment id → label, without parcels that travel as another order's: what they had is void."""
    key = hub.books.connections.key(order.connection_id)
    passengers = {each.consignment_id for each in order.consignments if each.is_passenger}
    return {
        parcel: key.open(sealed, labels.purpose(parcel)).decode()
        for parcel, sealed in labels.of_order(uow, order.order_id).items()
        if parcel not in passengers
    }


def _elsewhere(hub: HubContext, uow: UnitOfWork, order: Order) -> list[str]:
    """Whose label the parcels have that travel as another order's, in sentences."""
    leads = {
        each.booked_as: order_of(each.booked_as)
        for each in order.consignments
        if each.is_passenger and each.stage is not Parcel.CANCELLED
    }
    orders = hub.books.orders.by_ids(uow, list(dict.fromkeys(leads.values())), locked=False)
    return [
        f"its parcel travels as {parcel}: print the label of order {orders[lead].order.sales.order_number}"
        for parcel, lead in leads.items()
    ]


def _written(parcel: str, address: str, into: Path) -> str:
    """The file's name, or the address as it is."""
    return saved(parcel, address, *content_of(parcel, address), into)


def saved(parcel: str, address: str, ending: str, content: bytes, into: Path) -> str:
    """The name of the parcel's own file; without an ending the address as it is."""
    if not ending:
        return printable(address)
    file = into / f"{parcel}.{ending}"
    written(file, content)
    return str(file)


def content_of(parcel: str, address: str) -> tuple[str, bytes]:
    """(ending of the file's name, content); both empty where the carrier gave only an address."""
    picture = labels.embedded(address)
    if picture is None:
        return "", b""
    media_type, content = picture
    try:
        return _ENDINGS.get(media_type, "bin"), base64.b64decode(content, validate=True)
    except binascii.Error:
        raise Problem(f"the label of parcel {parcel} is not readable: fetch it at the carrier") from None
