"""Picking waves: commands of `orderhub ship`."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.csv_file import UnreadableFile, read_file, rows_of, sku_faults
from hub.cli.printing import page, written
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.picking import PickLine, WaveParcel, pick_list
from hub.storage import picking, stores
from hub.storage.database import UnitOfWork
from hub.storage.picking import Bin, WaveItem

WaveNumber = Annotated[int, typer.Argument(metavar="WAVE", help="Number of the wave.")]
LocationId = Annotated[str, typer.Argument(metavar="LOCATION", help="Id of the location.")]

_HEADINGS: Mapping[str, str] = {"sku": "sku", "商品编码": "sku", "bin": "bin", "货位": "bin"}


def wave(
    location: LocationId,
    most: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many parcels.")] = 50,
    carrier: Annotated[str, typer.Option(help="Only parcels of this carrier connection.")] = "",
) -> None:
    """Put parcels that wait at a location into a picking wave, the most urgent first; each is in one wave."""

    async def work(hub: HubContext) -> WaveItem | None:
        return await hub.database.run(lambda uow: make(uow, hub))

    def make(uow: UnitOfWork, hub: HubContext) -> WaveItem | None:
        require_location(uow, location)
        number = picking.make_wave(uow, location, carrier, most, entering.actor(), hub.now())
        return None if number is None else picking.waves(uow, 1, number)[0]

    made = with_hub(work)
    if made is None:
        of = f" for {carrier}" if carrier else ""
        raise Problem(f"no parcel waits at {location}{of} that is in no wave yet: `orderhub ship waves`")
    typer.echo(
        f"wave {made.number} has {made.parcels} parcels, {made.booked} of them booked:"
        f" `orderhub ship pick-list {made.number}`."
    )


def waves(
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Picking waves, the newest first, and how far their parcels are."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: picking.waves(uow, limit))),
        {
            "wave": lambda each: each.number,
            "location": lambda each: each.location,
            "made": lambda each: each.at,
            "by": lambda each: each.actor,
            "parcels": lambda each: each.parcels,
            "not booked": lambda each: each.waiting,
            "booked": lambda each: each.booked,
            "left": lambda each: each.left,
            "cancelled": lambda each: each.dropped,
        },
        as_json=as_json,
        nothing="There is no wave: `orderhub ship wave LOCATION` makes one.",
    )


def show_wave(number: WaveNumber, as_json: AsJson = False) -> None:
    """The parcels of a wave, whether each is booked, and else why not."""
    _, parcels, _ = _read(number)
    show(
        parcels,
        {
            "parcel": lambda each: each.consignment_id,
            "order": lambda each: each.order_number,
            "contents": lambda each: [f"{units} × {sku}" for sku, units in each.units.items()],
            "stage": lambda each: each.stage,
            "carrier": lambda each: each.carrier or "by hand",
            "tracking number": lambda each: each.tracking_number or "-",
            "trouble": lambda each: each.trouble or "-",
        },
        as_json=as_json,
        nothing="",
    )


def pick_list_(
    number: WaveNumber,
    html: Annotated[Path | None, typer.Option(help="Write a page to be printed.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write a CSV file.")] = None,
    as_json: AsJson = False,
) -> None:
    """What to take from the shelves for a wave, by bin and SKU. Parcels that were cancelled are left out."""
    item, parcels, bins = _read(number)
    lines = pick_list(parcels, bins)
    if html:
        written(html, page("pick_list.html", wave=item, lines=lines, parcels=parcels))
    if csv_file:
        written(csv_file, _csv(lines))
    if html or csv_file:
        typer.echo(f"{sum(line.quantity for line in lines)} units of {len(lines)} SKUs are to be picked.")
        return
    show(
        lines,
        {
            "bin": lambda line: line.bin or "-",
            "SKU": lambda line: line.sku,
            "take": lambda line: line.quantity,
            "for": lambda line: [f"{units} × {parcel}" for parcel, units in line.parcels.items()],
        },
        as_json=as_json,
        nothing=f"Nothing of wave {number} is to be picked any more.",
    )


def bins(
    location: LocationId,
    csv_file: Annotated[Path, typer.Argument(metavar="CSV", help="Columns sku, bin.")],
) -> None:
    """Where SKUs lie at a location, from a CSV file: all of it, or nothing if anything is wrong."""
    found = read_file(csv_file, read_bins)

    def save(uow: UnitOfWork) -> None:
        require_location(uow, location)
        picking.save_bins(uow, [Bin(location_id=location, sku=sku, bin=bin_) for sku, bin_ in found.items()])

    with_hub(lambda hub: hub.database.run(save))
    typer.echo(f"{len(found)} SKUs have a bin at {location} now.")


PICKING_COMMANDS: Mapping[str, Callable[..., None]] = {
    "wave": wave,
    "waves": waves,
    "show": show_wave,
    "pick-list": pick_list_,
    "bins": bins,
}


def read_bins(content: bytes) -> dict[str, str]:
    """SKU → bin of all rows, or `UnreadableFile` with everything that is wrong with the file."""
    faults: list[str] = []
    found: dict[str, str] = {}
    for line, (sku, bin_) in rows_of(content, _HEADINGS, ("sku", "bin"), faults):
        wrong = sku_faults(sku)
        if not bin_:
            wrong.append("the bin is empty")
        if sku in found:
            wrong.append(f"{sku} has a bin already")
        faults += [f"line {line}: {fault}" for fault in wrong]
        found[sku] = bin_
    if faults:
        raise UnreadableFile(faults)
    return found


def require_location(uow: UnitOfWork, location_id: str) -> None:
    known = [each.location_id for each in stores.locations(uow)]
    if location_id not in known:
        raise Problem(f"there is no location {location_id!r}; there are: {', '.join(known) or 'none yet'}")


def wave_or_problem(uow: UnitOfWork, number: int) -> WaveItem:
    found = picking.waves(uow, 1, number)
    if not found:
        raise Problem(f"there is no wave {number}: `orderhub ship waves` lists them")
    return found[0]


def _read(number: int) -> tuple[WaveItem, list[WaveParcel], Mapping[str, str]]:
    def read(uow: UnitOfWork) -> tuple[WaveItem, list[WaveParcel], Mapping[str, str]]:
        item = wave_or_problem(uow, number)
        return item, picking.parcels_of(uow, number), picking.bins_of(uow, number)

    return with_hub(lambda hub: hub.database.read(read))


def _csv(lines: Sequence[PickLine]) -> str:
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(("bin", "sku", "quantity", "parcels"))
    for line in lines:
        parcels = " ".join(f"{units}×{parcel}" for parcel, units in line.parcels.items())
        rows.writerow((line.bin, line.sku, line.quantity, parcels))
    return text.getvalue()
