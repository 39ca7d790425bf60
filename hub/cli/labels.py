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
from hub.storage import labels

_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/gif": "gif"}


def label(
    order: OrderName,
    into: Annotated[Path, typer.Option(help="Folder for the files.")] = Path(),
) -> None:
    """Write the labels of an order's parcels as files; the carrier's address where it gave only that."""

    async def work(hub: HubContext) -> dict[str, str]:
        found = await found_order(hub, order)
        sealed = await hub.database.read(lambda uow: labels.of_order(uow, found.order_id))
        key = hub.books.connections.key(found.connection_id)
        return {each: key.open(value, labels.purpose(each)).decode() for each, value in sealed.items()}

    known = with_hub(work)
    if not known:
        raise Problem(f"order {order} has no label: no carrier gave one for its parcels")
    for parcel, address in known.items():
        typer.echo(f"{parcel}  {_written(parcel, address, into)}")


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
