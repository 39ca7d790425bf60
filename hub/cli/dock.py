"""The packing table and the dock: what is in a parcel, and who took it along. Commands of `orderhub ship`."""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.csv_file import UnreadableFile, read_file, rows_of, sku_faults
from hub.cli.picking import LocationId, require_location
from hub.cli.printing import page, written
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.hand_over import faults_of_scan
from hub.domain.order import Parcel
from hub.pipeline.hand_over import HandOver, hand_over, waiting
from hub.storage import hand_over as dock
from hub.storage import parcels
from hub.storage.database import UnitOfWork
from hub.storage.hand_over import DockParcel, ManifestItem

CarrierName = Annotated[str, typer.Argument(metavar="CARRIER", help="Carrier connection.")]
Most = Annotated[int, typer.Option(min=1, max=1_000, help="At most so many parcels.")]

_HEADINGS: Mapping[str, str] = {
    "code": "code",
    "barcode": "code",
    "gtin": "code",
    "条码": "code",
    "sku": "sku",
    "商品编码": "sku",
}


def barcodes(
    csv_file: Annotated[Path, typer.Argument(metavar="CSV", help="Columns code, sku.")],
) -> None:
    """What is printed on goods, from a CSV file: all of it, or nothing if anything is wrong."""
    found = read_file(csv_file, read_barcodes)
    with_hub(lambda hub: hub.database.run(lambda uow: dock.save_barcodes(uow, found)))
    typer.echo(f"{len(found)} barcodes are known now.")


def scan(
    parcel: Annotated[str, typer.Argument(metavar="PARCEL", help="Its id or its tracking number.")],
    codes: Annotated[
        list[str] | None,
        typer.Argument(metavar="CODE…", help="Barcodes or SKUs, one per unit; none: a scanner types them."),
    ] = None,
) -> None:
    """Scan all units of a parcel: it is verified if they are exactly those that belong into it. Without
    codes they are read line by line up to an empty line."""
    scanned = codes or _typed()

    async def work(hub: HubContext) -> list[str]:
        return await hub.database.run(lambda uow: _verify(uow, hub, parcel, scanned))

    if faults := with_hub(work):
        for fault in faults if len(faults) > 1 else ():
            typer.echo(fault, err=True)
        what = faults[0] if len(faults) == 1 else f"{len(faults)} mistakes"
        raise Problem(f"parcel {parcel} is not verified: {what}")
    typer.echo(f"parcel {parcel} is verified: {len(scanned)} units.")


def _verify(uow: UnitOfWork, hub: HubContext, name: str, codes: Sequence[str]) -> list[str]:
    together = _booked(uow, name)
    units = sum((Counter(each.units) for each in together), Counter[str]())
    faults = faults_of_scan(units, codes, dock.skus_of(uow, codes))
    for each in together if not faults else ():
        dock.mark_verified(uow, each.consignment_id, each.units, entering.actor(), hub.now())
    return faults


def _booked(uow: UnitOfWork, name: str) -> list[DockParcel]:
    """What is in the one booked parcel of that id or number."""
    ids = {each.consignment_id for each in parcels.find(uow, [name], [name])}
    known = dock.parcels(uow, sorted(ids))
    here = [each for each in known if each.stage is Parcel.BOOKED]
    if not known:
        raise Problem(f"there is no parcel {name!r}: scan the id or the tracking number on its label")
    if not here:
        raise Problem(f"parcel {name} cannot be verified: it is {known[0].stage}, not booked")
    if len({each.parcel for each in here}) > 1:
        raise Problem(f"{name} is the number of several parcels: scan the id of one")
    return here


def _typed() -> list[str]:
    """Lines up to an empty one."""
    found: list[str] = []
    for line in sys.stdin:
        if not line.strip():
            break
        found.append(line.strip())
    return found


def hand_over_(
    carrier: CarrierName,
    location: LocationId,
    most: Most = 500,
    only_verified: Annotated[
        bool, typer.Option("--only-verified", help="Leave out what was not scanned.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """The carrier takes all booked parcels of a location along: they leave the books, their stores are told,
    and a manifest lists them for the signature."""
    if dry_run:
        _show_parcels(_ready(carrier, location, most, only_verified), as_json)
        return

    async def work(hub: HubContext) -> HandOver:
        return await hub.database.run(
            lambda uow: _hand_over(uow, hub, carrier, location, most, only_verified)
        )

    done = with_hub(work)
    if done.unverified:
        names = ", ".join(done.unverified)
        typer.echo(f"not verified, so they stay (`orderhub ship scan`): {names}", err=True)
    if done.number is None:
        raise Problem(f"no parcel at {location} could be handed over to {carrier}")
    typer.echo(
        f"{len(done.parcels)} parcels were handed over to {carrier}:"
        f" `orderhub ship manifest {done.number} --html FILE` prints the list."
    )


def _hand_over(
    uow: UnitOfWork, hub: HubContext, carrier: str, location: str, most: int, only_verified: bool
) -> HandOver:
    _require(uow, carrier, location)
    actor = entering.actor()
    return hand_over(hub.books, uow, location, carrier, most, actor, hub.now(), only_verified=only_verified)


def _ready(carrier: str, location: str, most: int, only_verified: bool) -> list[DockParcel]:
    def read(uow: UnitOfWork) -> list[DockParcel]:
        _require(uow, carrier, location)
        return waiting(uow, location, carrier, most, only_verified=only_verified)[0]

    return with_hub(lambda hub: hub.database.read(read))


def manifest(
    number: Annotated[int, typer.Argument(metavar="MANIFEST", help="Number of the manifest.")],
    html: Annotated[Path | None, typer.Option(help="Write a page to be printed and signed.")] = None,
    as_json: AsJson = False,
) -> None:
    """The parcels of a hand-over with their totals."""

    def read(uow: UnitOfWork) -> tuple[ManifestItem, list[DockParcel]]:
        found = dock.manifests(uow, 1, number)
        if not found:
            raise Problem(f"there is no manifest {number}: `orderhub ship manifests` lists them")
        return found[0], dock.of_manifest(uow, number)

    item, listed = with_hub(lambda hub: hub.database.read(read))
    if html:
        written(html, page("manifest.html", manifest=item, parcels=listed, totals=totals(listed)))
        typer.echo(f"manifest {number} is in {html}.")
        return
    _show_parcels(listed, as_json)
    if not as_json:
        typer.echo(f"\nTo {item.connection} on {item.at:%Y-%m-%d %H:%M} UTC: {totals(listed)}.")


def manifests(
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Hand-overs, the newest first."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: dock.manifests(uow, limit))),
        {
            "manifest": lambda each: each.number,
            "carrier": lambda each: each.connection,
            "location": lambda each: each.location,
            "handed over": lambda each: each.at,
            "by": lambda each: each.actor,
            "parcels": lambda each: each.parcels,
        },
        as_json=as_json,
        nothing="Nothing was handed over yet: `orderhub ship hand-over CARRIER LOCATION`.",
    )


DOCK_COMMANDS: Mapping[str, Callable[..., None]] = {
    "barcodes": barcodes,
    "scan": scan,
    "hand-over": hand_over_,
    "manifest": manifest,
    "manifests": manifests,
}


def read_barcodes(content: bytes) -> dict[str, str]:
    """Code → SKU of all rows, or `UnreadableFile` with everything that is wrong with the file."""
    faults: list[str] = []
    found: dict[str, str] = {}
    for line, (code, sku) in rows_of(content, _HEADINGS, ("code", "sku"), faults):
        wrong = [*sku_faults(code, "barcode"), *sku_faults(sku)]
        if found.get(code, sku) != sku:
            wrong.append(f"{code} is {found[code]} already")
        faults += [f"line {line}: {fault}" for fault in wrong]
        found[code] = sku
    if faults:
        raise UnreadableFile(faults)
    return found


def totals(listed: Sequence[DockParcel]) -> str:
    """Parcels, units, weight as far as it is known, and what is collected at the door."""
    known = [each.grams for each in listed if each.grams is not None]
    weight = f"{Decimal(sum(known)) / 1000} kg" if known else "unknown weight"
    if known and len(known) < len(listed):
        weight += f" and {len({each.parcel for each in listed if each.grams is None})} of unknown weight"
    collected: dict[str, Decimal] = {}
    for each in listed:
        if each.collect:
            collected[each.currency] = collected.get(each.currency, Decimal(0)) + each.collect
    collect = [f"{amount} {currency} to collect" for currency, amount in sorted(collected.items())]
    return ", ".join(
        [
            f"{len({each.parcel for each in listed})} parcels",
            f"{sum(each.pieces for each in listed)} units",
            weight,
            *collect,
        ]
    )


def _show_parcels(listed: Sequence[DockParcel], as_json: bool) -> None:
    show(
        listed,
        {
            "parcel": lambda each: each.parcel,
            "tracking number": lambda each: each.tracking_number,
            "order": lambda each: each.order_number,
            "units": lambda each: each.pieces,
            "grams": lambda each: each.grams,
            "collect": lambda each: f"{each.collect} {each.currency}" if each.collect else "-",
            "verified": lambda each: each.is_verified,
        },
        as_json=as_json,
        nothing="No parcel would go.",
    )


def _require(uow: UnitOfWork, carrier: str, location: str) -> None:
    require_location(uow, location)
    require_carrier(uow, carrier)


def require_carrier(uow: UnitOfWork, carrier: str) -> None:
    known = [row.id for row in uow.all("SELECT id FROM connections WHERE kind = 'carrier' ORDER BY id")]
    if carrier not in known:
        raise Problem(
            f"there is no carrier connection {carrier!r}; there are: {', '.join(known) or 'none yet'}"
        )
