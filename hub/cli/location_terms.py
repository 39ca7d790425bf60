"""What a location agrees to: areas that it serves, hours, limits of a day, freight, what it keeps back."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from hub.cli import entering
from hub.cli.csv_file import UnreadableFile, read_file, rows_of
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.freight import FreightTemplate
from hub.domain.reach import EVERYWHERE, Reach, reach
from hub.domain.snapshot import Location
from hub.domain.sourcing.distance import division_key
from hub.domain.sourcing.hours import ALWAYS, Hours
from hub.domain.territories import Wgs84
from hub.storage import points
from hub.storage import safety as kept
from hub.storage import stores as places
from hub.storage.database import UnitOfWork
from hub.storage.safety import Safety

LocationId = Annotated[str, typer.Argument(metavar="LOCATION", help="Id of the location.")]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def terms(
    location_id: LocationId,
    serves: Annotated[
        list[str] | None,
        typer.Option(help="Area COUNTRY/PROVINCE/CITY/DISTRICT:POSTAL, repeatable; * serves everywhere."),
    ] = None,
    weekdays: Annotated[str | None, typer.Option(help="Days that it sends on: mon,tue,fri; all.")] = None,
    cut_off: Annotated[str | None, typer.Option(help="Orders until then leave the same day: 16:00.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Of days and cut-off: Asia/Shanghai.")] = None,
    holiday: Annotated[
        list[str] | None, typer.Option(help="A day that it is closed on, repeatable; none forgets all.")
    ] = None,
    most_orders: Annotated[int | None, typer.Option(min=0, help="Orders a day at most; 0: any.")] = None,
    most_parcels: Annotated[int | None, typer.Option(min=0, help="Parcels a day at most; 0: any.")] = None,
    freight: Annotated[
        str | None, typer.Option(metavar="FILE", help="JSON file with its freight template; none forgets it.")
    ] = None,
) -> None:
    """Change what is given, and show what holds then."""
    hours: dict[str, Any] = {}
    if weekdays is not None:
        hours["weekdays"] = _weekdays(weekdays)
    if cut_off is not None:
        hours["cut_off"] = _clock_time(cut_off)
    if time_zone is not None:
        hours["time_zone"] = entering.zone(time_zone).key
    if holiday is not None:
        hours["holidays"] = () if holiday == ["none"] else tuple(sorted({_day(each) for each in holiday}))
    changes: dict[str, Any] = {}
    if serves is not None:
        changes["serves"] = _areas(serves)
    for name, limit in (("most_orders", most_orders), ("most_parcels", most_parcels)):
        if limit is not None:
            changes[name] = limit or None
    if freight is not None:
        changes["freight"] = None if freight == "none" else _template(Path(freight))

    def change(uow: UnitOfWork, now: datetime) -> Location:
        known = _location(uow, location_id)
        changed = msgspec.structs.replace(
            known, hours=msgspec.structs.replace(known.hours, **hours), **changes
        )
        if changed != known:
            places.add_location(uow, changed, now)
        return changed

    _show(_run(change))


def safety(
    location_id: LocationId,
    units: Annotated[int, typer.Option(min=0, max=10**9, help="Units that are never promised.")],
    sku: Annotated[str, typer.Option(help="Of this SKU; empty: of each that has no number of its own.")] = "",
) -> None:
    """Keep units back: they are on hand, and no store may sell them."""

    def change(uow: UnitOfWork, now: datetime) -> None:
        _location(uow, location_id)
        kept.set_safety(uow, Safety(location_id=location_id, sku=sku, units=units), now)

    _run(change)
    typer.echo(f"{location_id} keeps {units} of {sku or 'every SKU'} back.")


def list_safety(as_json: AsJson = False) -> None:
    """What locations keep back."""
    show(
        with_hub(lambda hub: hub.database.read(kept.listed)),
        {
            "location": lambda each: each.location_id,
            "sku": lambda each: each.sku or "every other",
            "units": lambda each: each.units,
        },
        as_json=as_json,
        nothing="No location keeps anything back: `orderhub locations safety LOCATION --units 2`.",
    )


def import_points(
    csv_file: Annotated[
        Path, typer.Argument(metavar="CSV", help="Columns country, province, city, latitude, longitude.")
    ],
) -> None:
    """Middles of cities and provinces (WGS-84), for stores that rank by distance; an empty city is the whole
    province."""
    found = read_file(csv_file, read_points)
    with_hub(lambda hub: hub.database.run(lambda uow: points.save(uow, found)))
    typer.echo(f"{len(found)} places are known now.")


def read_points(content: bytes) -> dict[str, Wgs84]:
    """All rows of the file, or `UnreadableFile` with everything that is wrong with it."""
    faults: list[str] = []
    found: dict[str, Wgs84] = {}
    columns = ("country", "province", "city", "latitude", "longitude")
    for line, (country, province, city, *degrees) in rows_of(
        content, {each: each for each in columns}, columns, faults
    ):
        point = _point(*degrees)
        if not country:
            faults.append(f"line {line}: the country is empty")
        if point is None:
            faults.append(f"line {line}: {' '.join(degrees)!r} is no latitude and longitude in degrees")
        else:
            found[division_key(country, province, city)] = point
    if faults:
        raise UnreadableFile(faults)
    return found


def _point(latitude: str, longitude: str) -> Wgs84 | None:
    try:
        point = Wgs84(longitude=float(longitude), latitude=float(latitude))
    except ValueError:
        return None
    return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None


def _run(change: Callable[[UnitOfWork, datetime], Any]) -> Any:
    async def work(hub: HubContext) -> Any:
        return await hub.database.run(lambda uow: change(uow, hub.now()))

    return with_hub(work)


def _location(uow: UnitOfWork, location_id: str) -> Location:
    known = {each.location_id: each for each in places.locations(uow)}
    if location_id not in known:
        raise Problem(f"there is no location {location_id!r}; there are: {', '.join(known) or 'none yet'}")
    return known[location_id]


def _show(location: Location) -> None:
    for name, value in (
        ("serves", areas_said(location)),
        ("sends", hours_said(location.hours)),
        ("a day", limits_said(location)),
        ("freight", location.freight.name if location.freight else "not known"),
    ):
        typer.echo(f"{name:<8} {value}")


def areas_said(location: Location) -> str:
    return ", ".join(map(str, location.serves)) or "everywhere"


def hours_said(hours: Hours) -> str:
    if hours == ALWAYS:
        return "at any time"
    days = "every day" if len(hours.weekdays) == len(DAYS) else ",".join(DAYS[d - 1] for d in hours.weekdays)
    closed = f", not on {', '.join(map(str, hours.holidays))}" if hours.holidays else ""
    return f"{days} until {hours.cut_off:%H:%M} ({hours.time_zone}){closed}"


def limits_said(location: Location) -> str:
    limits = ((location.most_orders, "orders"), (location.most_parcels, "parcels"))
    return ", ".join(f"{limit} {what}" for limit, what in limits if limit is not None) or "any number"


def _weekdays(text: str) -> tuple[int, ...]:
    names = DAYS if text == "all" else [each.strip().lower() for each in text.split(",")]
    if unknown := [each for each in names if each not in DAYS]:
        raise Problem(f"{unknown[0]!r} is no weekday: write them like {','.join(DAYS[:5])}, or all")
    return tuple(sorted({DAYS.index(each) + 1 for each in names}))


def _clock_time(text: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo:
        raise Problem(f"{text!r} is no time of the day: write for example 16:00")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(f"{text!r} is no day: write for example 2026-10-01, or none") from None


def _areas(texts: list[str]) -> tuple[Reach, ...]:
    try:
        found = tuple(reach(each) for each in texts)
    except ValueError as error:
        raise Problem(str(error)) from None
    return () if any(str(each) == EVERYWHERE for each in found) else found


def _template(path: Path) -> FreightTemplate:
    try:
        return msgspec.json.decode(path.read_bytes(), type=FreightTemplate)
    except OSError as error:
        raise Problem(f"the freight template {path} cannot be read: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise Problem(f"the freight template {path} is refused: {error}") from None
