"""Logistics departments: who sends what with which carriers, what that costs, and rules that choose."""

from datetime import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hub.cli import entering
from hub.cli.csv_file import read_file
from hub.cli.freight_file import COLUMNS, read_zones
from hub.cli.problem import Problem
from hub.cli.shipping_rules import rules
from hub.cli.shown import AsJson, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.cli.writing_setup import areas, change_setup, remove_entry
from hub.domain.departments import Department, Offer
from hub.domain.freight import FreightTemplate
from hub.domain.shipping_setup import ShippingSetup
from hub.storage import shipping
from mappings.canonical import Money

app = typer.Typer(no_args_is_help=True, help="Who sends parcels, with which carriers, at which price.")
freight = typer.Typer(no_args_is_help=True, help="Price lists by zone and weight.")
app.add_typer(freight, name="freight")
app.add_typer(rules, name="rules")

DepartmentId = Annotated[str, typer.Argument(metavar="DEPARTMENT", help="Id of the department.")]


@app.command("add")
def add(
    department_id: DepartmentId,
    offer: Annotated[
        list[str],
        typer.Option(
            metavar="CARRIER[:SERVICE][=FREIGHT]",
            help="Carrier connection, its service, its price list; best first, repeatable.",
        ),
    ],
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    location: Annotated[list[str] | None, typer.Option(help="It sends from there; none: from all.")] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="It sends there, as CN/广东 or US/CA:902; none: everywhere.")
    ] = None,
    except_area: Annotated[list[str] | None, typer.Option("--except", help="But not there.")] = None,
    most_grams: Annotated[int | None, typer.Option(min=1, help="What a parcel weighs at most.")] = None,
    most_worth: Annotated[
        str, typer.Option(metavar="AMOUNT CURRENCY", help="What its goods are worth at most: '5000 CNY'.")
    ] = "",
    cut_off: Annotated[str, typer.Option(help="What is later leaves on the next day: 17:30.")] = "",
    time_zone: Annotated[str, typer.Option(help="Of the cut-off, for example Asia/Shanghai.")] = "UTC",
    freight: Annotated[str, typer.Option(help="Price list of offers that name none.")] = "",
    by_quote: Annotated[bool, typer.Option("--by-quote", help="Ask carriers that quote first.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Parcels are handed over only after `ship scan`.")
    ] = False,
) -> None:
    """Add a department, or replace the one of that id. Locations that no department serves stay with the
    carriers of the location or the store."""
    department = Department(
        department_id=entering.slug(department_id, "department id"),
        name=name or department_id,
        offers=tuple(map(_offer, offer)),
        locations=tuple(location or ()),
        areas=areas(area),
        excluded=areas(except_area),
        most_grams=most_grams,
        most_worth=_money(most_worth) if most_worth else None,
        cut_off=_clock(cut_off) if cut_off else None,
        time_zone=time_zone,
        freight=freight,
        by_quote=by_quote,
        verify=verify,
    )
    change_setup(lambda setup: setup.with_entries(department))
    typer.echo(f"department {department_id} is saved.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All departments."""
    show(
        _setup().departments,
        {
            "department": lambda each: each.department_id,
            "name": lambda each: each.name,
            "sends from": lambda each: each.locations or "all locations",
            "to": lambda each: [*map(str, each.areas)] or "everywhere",
            "but not to": lambda each: [*map(str, each.excluded)] or "-",
            "carriers": lambda each: [*map(str, each.offers)],
            "at most": _limits,
            "cut-off": lambda each: f"{each.cut_off:%H:%M} {each.time_zone}" if each.cut_off else "-",
            "chooses by": lambda each: "quote" if each.by_quote else "price list",
        },
        as_json=as_json,
        nothing="There is no department: carriers of the location or the store are used.",
    )


@app.command("show")
def show_(department_id: DepartmentId, as_json: AsJson = False) -> None:
    """One department, with the rules that name it."""
    setup = _setup()
    found = next((each for each in setup.departments if each.department_id == department_id), None)
    if found is None:
        there_are = ", ".join(each.department_id for each in setup.departments) or "none yet"
        raise Problem(f"there is no department {department_id!r}; there are: {there_are}")
    if as_json:
        show_json(found)
        return
    show_facts(
        {
            "department": found.department_id,
            "name": found.name,
            "sends from": found.locations or "all locations",
            "to": [*map(str, found.areas)] or "everywhere",
            "but not to": [*map(str, found.excluded)],
            "at most": _limits(found),
            "cut-off": f"{found.cut_off:%H:%M} {found.time_zone}" if found.cut_off else "",
            "chooses by": "quote, then price list" if found.by_quote else "price list",
            "hands over": "only what was scanned" if found.verify else "everything",
            "offers": [
                f"{each} ({each.freight or found.freight or 'no price list'})" for each in found.offers
            ],
            "rules": [each.name for each in setup.rules if each.department == department_id],
        }
    )


@app.command("remove")
def remove(department_id: DepartmentId) -> None:
    """Take a department away; parcels that it has already stay with it."""
    remove_entry(Department, department_id, "department")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON as `departments export` writes it.")],
) -> None:
    """Departments, price lists and rules from a file, in the place of those of the same names: all of it, or
    nothing if anything is wrong."""
    try:
        given = msgspec.json.decode(file.read_bytes(), type=ShippingSetup)
    except OSError as error:
        raise Problem(f"the file {file} cannot be read: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise Problem(f"nothing of {file.name} was applied: {error}") from None
    change_setup(lambda setup: setup.with_entries(*given.entries()))
    typer.echo(
        f"{len(given.departments)} departments, {len(given.freight)} price lists and {len(given.rules)}"
        " rules are saved."
    )


@app.command("export")
def export() -> None:
    """Everything that is set up, as JSON."""
    show_json(_setup())


@freight.command("import")
def import_freight(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the price list is called.")],
    csv_file: Annotated[
        Path, typer.Argument(metavar="CSV", help=f"Columns {', '.join(COLUMNS)}; a row per zone.")
    ],
    currency: Annotated[str, typer.Option(help="ISO 4217, for example CNY.")],
) -> None:
    """A price list from a CSV file, in the place of the one of that name. The first row that holds an address
    counts; an area is written CN/广东 or US/CA:902, several in a row with | between them."""
    zones = read_file(csv_file, read_zones)
    template = FreightTemplate(
        name=entering.slug(name, "name of a price list"), currency=currency.upper(), zones=zones
    )
    change_setup(lambda setup: setup.with_entries(template))
    typer.echo(f"price list {name} has {len(zones)} zones.")


@freight.command("list")
def list_freight(as_json: AsJson = False) -> None:
    """All price lists with their zones."""
    found = _setup().freight
    if as_json:
        show_json(found)
        return
    show(
        [(template, zone) for template in found for zone in template.zones],
        {
            "price list": lambda row: row[0].name,
            "areas": lambda row: [*map(str, row[1].areas)],
            "first": lambda row: f"{row[1].first_grams} g {row[1].first_price} {row[0].currency}",
            "each step": lambda row: (
                f"{row[1].step_grams} g {row[1].step_price}" if row[1].step_grams else "-"
            ),
            "least": lambda row: row[1].least if row[1].least is not None else "-",
            "most": lambda row: row[1].most if row[1].most is not None else "-",
        },
        as_json=False,
        nothing="There is no price list: `orderhub departments freight import`.",
    )


@freight.command("remove")
def remove_freight(name: Annotated[str, typer.Argument(metavar="NAME", help="The price list.")]) -> None:
    """Take a price list away."""
    remove_entry(FreightTemplate, name, "price list")


def _setup() -> ShippingSetup:
    return with_hub(lambda hub: hub.database.read(shipping.setup))


def _offer(text: str) -> Offer:
    rest, _, freight = text.partition("=")
    carrier, _, service = rest.partition(":")
    if not carrier:
        raise Problem(f"--offer takes CARRIER[:SERVICE][=FREIGHT], not {text!r}")
    return Offer(carrier=carrier, service=service, freight=freight)


def _money(text: str) -> Money:
    amount, _, currency = text.strip().partition(" ")
    if len(currency) != 3:
        raise Problem(f"--most-worth takes an amount and a currency, for example '5000 CNY', not {text!r}")
    return Money(amount=entering.amount(amount), currency=currency.upper())


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Problem(f"{text!r} is no time of day: write for example 17:30") from None


def _limits(department: Department) -> str:
    weight = f"{department.most_grams} g" if department.most_grams else ""
    limit = department.most_worth
    return ", ".join(filter(None, (weight, f"{limit.amount} {limit.currency}" if limit else ""))) or "-"
