"""Labels of an order's parcels, to be printed."""

import base64
import binascii
from pathlib import Path
from typing import Annotated

import typer

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
    picture = labels.embedded(address)
    if picture is None:
        return printable(address)
    media_type, content = picture
    file = into / f"{parcel}.{_ENDINGS.get(media_type, 'bin')}"
    try:
        into.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(content, validate=True))
    except binascii.Error:
        raise Problem(f"the label of parcel {parcel} is not readable: fetch it at the carrier") from None
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror}") from None
    return str(file)
