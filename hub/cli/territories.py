"""Areas that stores serve: added, imported, ended, listed, and checked for overlaps and gaps."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hub.cli import entering
from hub.cli.crossing import app as crossing
from hub.cli.diversion import diversion
from hub.cli.places import country_code, require_store, save_and_audit
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show, show_json
from hub.cli.state import with_hub
from hub.cli.territory_report import show_report
from hub.context import HubContext
from hub.domain.territories import Territory
from hub.domain.territories.geojson import Drawn, GeoJsonFault, read_geojson
from hub.domain.territories.register import register
from hub.domain.territories.versions import Version
from hub.jobs.territory_report import Report, report
from hub.storage import territories
from hub.storage.database import UnitOfWork
from mappings.canonical import PostalAddress

app = typer.Typer(no_args_is_help=True, help="Areas that stores serve.")
app.add_typer(crossing, name="crossing")
app.command("diversion")(diversion)

FAULTS_SHOWN = 50

Store = Annotated[str, typer.Option(help="The store that serves it.")]
Precedence = Annotated[
    int, typer.Option(min=-1_000, max=1_000, help="Where several hold, the higher number goes first.")
]
From = Annotated[
    str, typer.Option("--from", metavar="DATE", help="Holds from this instant (ISO 8601) on; empty: now.")
]


@app.command("add")
def add(
    territory_id: Annotated[str, typer.Argument(metavar="TERRITORY", help="Id of the territory.")],
    store: Store,
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, for example CN.")],
    province: Annotated[str, typer.Option(help="Name or code; empty: all.")] = "",
    city: Annotated[str, typer.Option(help="Name or code; empty: all.")] = "",
    district: Annotated[str, typer.Option(help="Name or code; empty: all.")] = "",
    postal_prefix: Annotated[str, typer.Option(help="How postal codes begin; empty: all.")] = "",
    precedence: Precedence = 0,
    since: From = "",
) -> None:
    """Add a territory, or change the one of that id: the version that held ends where the new one begins. An
    address must fulfil all that is given here; for alternatives add several territories of one store."""
    territory = Territory(
        territory_id=entering.slug(territory_id, "territory id"),
        store_id=store,
        country=country_code(country),
        province=province,
        city=city,
        district=district,
        postal_prefix=postal_prefix,
        precedence=precedence,
    )

    def save(uow: UnitOfWork, now: datetime) -> None:
        require_store(uow, store)
        territories.save(uow, territory, _instant(since, now))

    save_and_audit(save)
    if doubt := _doubt(territory):
        typer.echo(doubt, err=True)
    typer.echo(f"territory {territory_id} is saved.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="GeoJSON of polygons in WGS-84.")],
    store: Store,
    prefix: Annotated[
        str, typer.Option(help="Territories are called PREFIX-1, PREFIX-2, …; empty: by the features' ids.")
    ] = "",
    country: Annotated[str, typer.Option(help="Addresses must be in it too; empty: any.")] = "",
    precedence: Precedence = 0,
    since: From = "",
) -> None:
    """Each feature becomes a territory of the store, or the next version of the one of that id: all of the
    file, or nothing if anything is wrong with it."""
    drawn = _drawn(file)
    shape = Territory(
        territory_id="",
        store_id=store,
        country=country_code(country) if country else "",
        precedence=precedence,
    )
    wanted = {
        each.territory_id: each
        for each in (
            msgspec.structs.replace(shape, territory_id=_id(found, prefix, number))
            for number, found in enumerate(drawn, start=1)
        )
    }
    if len(wanted) < len(drawn):
        raise Problem(f"features of {file.name} share an id: name them, or give --prefix")
    changed: list[bool] = []

    def save(uow: UnitOfWork, now: datetime) -> None:
        require_store(uow, store)
        at = _instant(since, now)
        changed[:] = [
            territories.save(uow, territory, at, found.polygons)
            for territory, found in zip(wanted.values(), drawn, strict=True)
        ]

    save_and_audit(save)
    typer.echo(f"{len(drawn)} territories read, {sum(changed)} of them are new or different.")


def _drawn(file: Path) -> list[Drawn]:
    try:
        return read_geojson(file.read_bytes())
    except OSError as error:
        raise Problem(f"the file {file} cannot be read: {error.strerror}") from None
    except GeoJsonFault as error:
        for fault in error.faults[:FAULTS_SHOWN]:
            typer.echo(fault, err=True)
        raise Problem(f"nothing of {file.name} was imported: {len(error.faults)} mistakes") from None


def _id(drawn: Drawn, prefix: str, number: int) -> str:
    if not prefix and not drawn.name:
        raise Problem(f"feature {number} has no id and no name: name it, or give --prefix")
    found = f"{prefix}-{number}" if prefix else drawn.name.casefold().replace(" ", "-")
    return entering.slug(found, "territory id")


@app.command("end")
def end(
    territory_id: Annotated[str, typer.Argument(metavar="TERRITORY", help="Id of the territory.")],
    since: From = "",
) -> None:
    """The territory holds no longer, and nothing that is planned for it comes; what was stays on record."""
    known: list[bool] = []

    def save(uow: UnitOfWork, now: datetime) -> None:
        known[:] = [territories.end(uow, territory_id, _instant(since, now))]

    save_and_audit(save)
    if not all(known):
        raise Problem(f"there is no territory {territory_id!r} that could end: `orderhub territories list`")
    typer.echo(f"territory {territory_id} ends.")


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="With former and planned versions.")] = False,
    as_json: AsJson = False,
) -> None:
    """Territories that hold now."""

    async def read(hub: HubContext) -> list[Version]:
        found = await hub.database.read(territories.versions)
        return [each for each in found if every or each.holds_at(hub.now())]

    found = with_hub(read)
    if as_json:
        show_json([_flat(each) for each in found])
        return
    show(
        found,
        {
            "territory": lambda each: each.territory.territory_id,
            "store": lambda each: each.territory.store_id,
            "country": lambda each: each.territory.country or "any",
            "province": lambda each: each.territory.province or "all",
            "city": lambda each: each.territory.city or "all",
            "district": lambda each: each.territory.district or "all",
            "postal codes": lambda each: _begin(each.territory.postal_prefix),
            "polygons": lambda each: each.territory.area[:8] or "-",
            "precedence": lambda each: each.territory.precedence,
            "from": lambda each: each.valid_from,
            "to": lambda each: each.valid_to or "-",
        },
        as_json=False,
        nothing="There is no territory yet: `orderhub territories add`.",
    )


@app.command("owner")
def owner(
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, for example CN.")],
    province: Annotated[str, typer.Option(help="Name or code.")] = "",
    city: Annotated[str, typer.Option(help="Name or code.")] = "",
    district: Annotated[str, typer.Option(help="Name or code.")] = "",
    postal_code: Annotated[str, typer.Option(help="Postal code.")] = "",
    as_json: AsJson = False,
) -> None:
    """Whose area an address is now. Polygons hold points only, and an address has none."""
    address = PostalAddress(
        country=country_code(country),
        province=province,
        city=city,
        district=district,
        postal_code=postal_code,
    )

    async def work(hub: HubContext) -> Territory | None:
        return await hub.database.read(
            lambda uow: territories.TerritoryMaps().at(uow, hub.now()).owner(address)
        )

    found = with_hub(work)
    show(
        [found] if found else [],
        {"territory": lambda each: each.territory_id, "store": lambda each: each.store_id},
        as_json=as_json,
        nothing="Nobody serves it: `orderhub territories check` shows all gaps.",
    )


@app.command("check")
def check(
    days: Annotated[int, typer.Option(min=0, help="Orders of so many days are looked at.")] = 365,
    as_json: AsJson = False,
) -> None:
    """Overlaps (who wins, and why), and gaps: where orders go to nobody, which cities are left out."""

    async def work(hub: HubContext) -> Report:
        with progress() as shown:
            shown.add_task("looking at territories and orders")
            return await report(hub, days)

    found = with_hub(work)
    if as_json:
        show_json(found)
    else:
        show_report(found)


def _instant(text: str, now: datetime) -> datetime:
    """Not before now: decisions have used what held."""
    at = entering.moment(text) if text else now
    if at < now:
        raise Problem(
            f"{text} is past: orders were decided by what held then, so a change begins now or later"
        )
    return at


def _doubt(territory: Territory) -> str:
    """A name that no address will have, as far as the register of China knows."""
    if territory.country != "CN":
        return ""
    division, names = territory.division, register().names
    unknown = [
        getattr(territory, level)
        for level in ("province", "city", "district")
        if getattr(territory, level) and getattr(division, level) not in names
    ]
    if not unknown:
        return ""
    return (
        f"careful: {', '.join(unknown)} is not one division of the register (GB/T 2260), or not only one:"
        " it holds where addresses write exactly that; give province and city, or a code of six digits"
    )


def _begin(prefix: str) -> str:
    return f"{prefix}…" if prefix else "-"


def _flat(version: Version) -> dict[str, object]:
    return {
        **msgspec.structs.asdict(version.territory),
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
    }
