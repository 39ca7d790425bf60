"""Stores with their rules, locations: added, changed and listed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import typer

from hub.cli import entering, location_terms
from hub.cli.problem import Problem
from hub.cli.setting import edit_entry
from hub.cli.shown import AsJson, show, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.policies import TellAt
from hub.jobs.stock import reaudit
from hub.pipeline.configuration import LOCATIONS, STORES, LocationEntry, StoreEntry
from hub.storage import stores as places
from hub.storage.database import UnitOfWork
from mappings.canonical import PostalAddress

stores = typer.Typer(no_args_is_help=True, help="Storefronts of the brand, and their rules.")
locations = typer.Typer(no_args_is_help=True, help="Where goods are.")
locations.command("terms")(location_terms.terms)
locations.command("safety")(location_terms.safety)
locations.command("import-points")(location_terms.import_points)
locations.command("list-safety")(location_terms.list_safety)

Country = Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, for example CN.")]


@stores.command("add")
def add_store(
    store_id: Annotated[str, typer.Argument(metavar="STORE", help="Id of the store.")],
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217, for example CNY.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="For example Asia/Shanghai.")] = None,
    tell_at: Annotated[TellAt | None, typer.Option(help="When the store is told that a parcel left.")] = None,
    ship_authorized: Annotated[
        bool | None, typer.Option("--ship-authorized/--ship-paid", help="Ship before the money is captured?")
    ] = None,
    carrier: Annotated[
        list[str] | None, typer.Option(help="Carrier connection, best first; repeatable.")
    ] = None,
    duplicate_minutes: Annotated[
        int | None, typer.Option(min=0, help="Same buyer, same goods within this time is a suspicion.")
    ] = None,
    ship_within: Annotated[
        str | None,
        typer.Option(help="Ship by then where the platform states no deadline: 24h, 2d; 0h: any time."),
    ] = None,
    parcel_units: Annotated[int | None, typer.Option(min=0, help="Most units of a parcel; 0: any.")] = None,
    parcel_worth: Annotated[
        str | None, typer.Option(help="What a parcel's goods are worth at most; 0: anything.")
    ] = None,
) -> None:
    """Add a store, or change what is given of the one of that id."""
    rules = {
        "tell_at": tell_at,
        "ship_authorized": ship_authorized,
        "carriers": tuple(carrier) if carrier else None,
        "duplicate_window": None if duplicate_minutes is None else timedelta(minutes=duplicate_minutes),
    }
    limits: dict[str, object] = {}
    if parcel_units is not None:
        limits["most_units"] = parcel_units or None
    if parcel_worth is not None:
        limits["most_worth"] = entering.amount(parcel_worth) or None
    chosen = entering.slug(store_id, "store id")
    zone = entering.zone(time_zone).key if time_zone else time_zone

    def edit(entry: StoreEntry | None) -> StoreEntry:
        was = entry or StoreEntry(name=chosen)
        changes: dict[str, object] = {key: value for key, value in rules.items() if value is not None}
        if ship_within is not None:
            changes["ship_within"] = entering.duration(ship_within) or None
        changes["parcel_limits"] = was.policy.parcel_limits.model_copy(update=limits)
        return msgspec.structs.replace(
            was,
            name=was.name if name is None else name,
            currency=was.currency if currency is None else currency.upper(),
            time_zone=was.time_zone if zone is None else zone,
            policy=was.policy.model_copy(update=changes),
        )

    edit_entry(STORES, chosen, edit)
    typer.echo(f"store {chosen} is saved.")


def save_and_audit(save: Callable[[UnitOfWork, datetime], None]) -> None:
    """Orders on hold are audited again: what held them may have changed."""

    async def work(hub: HubContext) -> None:
        await hub.database.run(lambda uow: save(uow, hub.now()))
        await reaudit(hub)

    with_hub(work)


@stores.command("list")
def list_stores(as_json: AsJson = False) -> None:
    """All stores with their rules."""
    found = with_hub(lambda hub: hub.database.read(places.stores))
    if as_json:
        show_json(
            [
                {
                    "id": each.store_id,
                    "name": each.name,
                    "currency": each.currency,
                    "time_zone": each.time_zone,
                    "policy": each.policy.model_dump(mode="json"),
                    "policy_version": each.policy_version,
                }
                for each in found
            ]
        )
        return
    show(
        found,
        {
            "store": lambda each: each.store_id,
            "name": lambda each: each.name,
            "currency": lambda each: each.currency or None,
            "time zone": lambda each: each.time_zone or None,
            "told when": lambda each: each.policy.tell_at.value.replace("_", " "),
            "ships": lambda each: "authorised" if each.policy.ship_authorized else "paid",
            "carriers": lambda each: each.policy.carriers or "all, by name",
            "policy": lambda each: f"version {each.policy_version}",
        },
        as_json=False,
        nothing="There is no store yet: `orderhub connections add PLATFORM` makes one.",
    )


@locations.command("add")
def add_location(
    location_id: Annotated[str, typer.Argument(metavar="LOCATION", help="Id of the location.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    country: Country,
    city: Annotated[str, typer.Option(help="City.")],
    street: Annotated[list[str], typer.Option(help="Street and number; repeatable for more lines.")],
    contact: Annotated[str, typer.Option(help="Name that carriers see as the sender.")],
    telephone: Annotated[str, typer.Option(help="The sender's telephone.")],
    province: Annotated[str, typer.Option(help="Province or state.")] = "",
    district: Annotated[str, typer.Option(help="District.")] = "",
    postal_code: Annotated[str, typer.Option(help="Postal code.")] = "",
    store: Annotated[str, typer.Option(help="Set for a store's own room; empty: the brand's.")] = "",
    carrier: Annotated[
        list[str] | None, typer.Option(help="Carrier connection, best first; repeatable.")
    ] = None,
    inactive: Annotated[bool, typer.Option("--inactive", help="Nothing leaves from here.")] = False,
) -> None:
    """Add a location, or replace the one of that id; its terms stay."""
    address = PostalAddress(
        name=contact,
        telephone=telephone,
        country=country_code(country),
        province=province,
        city=city,
        district=district,
        street=tuple(street),
        postal_code=postal_code,
    )
    location = LocationEntry(
        name=name, address=address, store=store, carriers=tuple(carrier or ()), is_active=not inactive
    )
    edit_entry(
        LOCATIONS, entering.slug(location_id, "location id"), lambda known: location.with_terms_of(known)
    )
    typer.echo(f"location {location_id} is saved; count its stock with `orderhub stock import`.")


@locations.command("list")
def list_locations(as_json: AsJson = False) -> None:
    """All locations."""
    show(
        with_hub(lambda hub: hub.database.read(places.locations)),
        {
            "location": lambda each: each.location_id,
            "name": lambda each: each.name,
            "of": lambda each: each.store_id or "the brand",
            "country": lambda each: each.address.country,
            "province": lambda each: each.address.province or "-",
            "city": lambda each: each.address.city or "-",
            "carriers": lambda each: each.carriers or "the store's",
            "serves": location_terms.areas_said,
            "sends": lambda each: location_terms.hours_said(each.hours),
            "a day": location_terms.limits_said,
            "active": lambda each: each.is_active,
        },
        as_json=as_json,
        nothing="There is no location yet: `orderhub locations add`.",
    )


def country_code(text: str) -> str:
    """As ISO 3166-1 writes it."""
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise Problem(f"{text!r} is not a country code: two letters of ISO 3166-1, for example CN")
    return text.upper()


def require_store(uow: UnitOfWork, store: str) -> None:
    """Empty is the brand itself."""
    known = [each.store_id for each in places.stores(uow)]
    if store and store not in known:
        raise Problem(f"there is no store {store!r}; there are: {', '.join(known) or 'none yet'}")
