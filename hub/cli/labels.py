"""Labels of parcels, to be printed."""

import base64
import binascii
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.picking import WaveNumber, wave_or_problem
from hub.cli.printing import written
from hub.cli.problem import Problem
from hub.cli.showing_orders import OrderName, found_order
from hub.cli.shown import printable
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.storage import labels, picking
from hub.storage.database import UnitOfWork

ZPL = b"^XA"
"""How a label in that printer language begins."""
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


def wave_labels(
    number: WaveNumber,
    into: Annotated[Path, typer.Option(help="Folder for the files.")] = Path(),
) -> None:
    """Write the labels of a wave's parcels: those in the printer language ZPL as one file, in the order of
    the parcels, every other as its own file. Cancelled parcels are left out."""

    async def work(hub: HubContext) -> tuple[list[str], dict[str, str]]:
        return await hub.database.read(lambda uow: _labels_of_wave(hub, uow, number))

    wanted, known = with_hub(work)
    printer_language: list[bytes] = []
    for parcel, address in known.items():
        ending, content = _content(parcel, address)
        if content.lstrip().startswith(ZPL):
            printer_language.append(content)
        else:
            typer.echo(f"{parcel}  {_saved(parcel, address, ending, content, into)}")
    if printer_language:
        file = into / f"wave-{number}.zpl"
        written(file, b"\n".join(printer_language))
        typer.echo(f"{len(printer_language)} labels in {file}")
    if missing := [each for each in wanted if each not in known]:
        typer.echo(f"no carrier gave a label yet for {', '.join(missing)}", err=True)


def _labels_of_wave(hub: HubContext, uow: UnitOfWork, number: int) -> tuple[list[str], dict[str, str]]:
    """Parcels that want a label, and the labels that there are."""
    wave_or_problem(uow, number)
    wanted = [
        each.consignment_id
        for each in picking.parcels_of(uow, number)
        if each.is_to_pick and each.has_own_label
    ]
    opened = {
        parcel: hub.books.connections.key(connection).open(sealed, labels.purpose(parcel)).decode()
        for parcel, connection, sealed in labels.of_wave(uow, number)
        if parcel in wanted
    }
    return wanted, opened


def _written(parcel: str, address: str, into: Path) -> str:
    """The file's name, or the address as it is."""
    return _saved(parcel, address, *_content(parcel, address), into)


def _saved(parcel: str, address: str, ending: str, content: bytes, into: Path) -> str:
    if not ending:
        return printable(address)
    file = into / f"{parcel}.{ending}"
    written(file, content)
    return str(file)


def _content(parcel: str, address: str) -> tuple[str, bytes]:
    """(ending of the file's name, content); both empty where the carrier gave only an address."""
    picture = labels.embedded(address)
    if picture is None:
        return "", b""
    media_type, content = picture
    try:
        return _ENDINGS.get(media_type, "bin"), base64.b64decode(content, validate=True)
    except binascii.Error:
        raise Problem(f"the label of parcel {parcel} is not readable: fetch it at the carrier") from None
