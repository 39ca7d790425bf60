"""Labels of a picking wave, one file per kind of printer. Not in `labels.py`, because pypdf loads slowly."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pypdf import PdfReader, PdfWriter

from hub.cli.labels import content_of, saved
from hub.cli.picking import WaveNumber, wave_or_problem
from hub.cli.printing import written
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.storage import labels, picking
from hub.storage.database import UnitOfWork

ZPL = b"^XA"
"""How a label in that printer language begins."""


def wave_labels(
    number: WaveNumber,
    into: Annotated[Path, typer.Option(help="Folder for the files.")] = Path(),
) -> None:
    """Write the labels of a wave's parcels in the order of the parcels: all PDFs as one, all in the printer
    language ZPL as one file, every other as its own file. Cancelled parcels are left out."""

    async def work(hub: HubContext) -> tuple[list[str], dict[str, str]]:
        return await hub.database.read(lambda uow: _labels_of_wave(hub, uow, number))

    wanted, known = with_hub(work)
    together: dict[str, dict[str, bytes]] = {"pdf": {}, "zpl": {}}
    for parcel, address in known.items():
        ending, content = content_of(parcel, address)
        kind = "zpl" if content.lstrip().startswith(ZPL) else ending
        if kind in together:
            together[kind][parcel] = content
        else:
            typer.echo(f"{parcel}  {saved(parcel, address, ending, content, into)}")
    _write_pdf(together["pdf"], into, f"wave-{number}.pdf")
    if printer_language := together["zpl"].values():
        _say_written(len(printer_language), into / f"wave-{number}.zpl", b"\n".join(printer_language))
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


def _write_pdf(contents: Mapping[str, bytes], into: Path, name: str) -> None:
    """One file of all that can be read; every other as it came, and named."""
    readable = {parcel: whole for parcel, each in contents.items() if (whole := _checked(each))}
    for parcel in [each for each in contents if each not in readable]:
        file = saved(parcel, "", "pdf", contents[parcel], into)
        typer.echo(
            f"the PDF label of {parcel} is not readable as it should be: print {file} by itself", err=True
        )
    if readable:
        bound, pages = PdfWriter(), io.BytesIO()
        for whole in readable.values():
            bound.append(io.BytesIO(whole), import_outline=False)
        bound.write(pages)
        _say_written(len(readable), into / name, pages.getvalue())


def _checked(content: bytes) -> bytes | None:
    """The PDF written anew, so that a page that cannot be read is met before others are bound with it; null
    for one with such a page or with none. Strict, for the lenient reader drops pages without a word."""
    alone, pages = PdfWriter(), io.BytesIO()
    try:
        alone.append(PdfReader(io.BytesIO(content), strict=True), import_outline=False)
        alone.write(pages)
    except Exception:  # a carrier's bytes make pypdf raise nearly anything, not only its own errors
        return None
    return pages.getvalue() if alone.pages else None


def _say_written(count: int, file: Path, content: bytes) -> None:
    written(file, content)
    typer.echo(f"{count} labels in {file}")
