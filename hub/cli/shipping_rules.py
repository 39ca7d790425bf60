"""Rules that choose who sends a parcel: commands of `orderhub departments rules`."""

from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.cli.writing_setup import areas, change_setup, remove_entry
from hub.domain.departments import ShippingRule
from hub.storage import shipping

rules = typer.Typer(no_args_is_help=True, help="Which parcels go to which department, carrier or service.")

Many = list[str] | None
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Name of the rule.")]


@rules.command("add")
def add(
    name: RuleName,
    rank: Annotated[int, typer.Option(min=0, help="The lower number is asked first.")] = 100,
    department: Annotated[str, typer.Option(help="Who sends it; empty: any.")] = "",
    carrier: Annotated[str, typer.Option(help="Carrier connection; empty: any.")] = "",
    service: Annotated[str, typer.Option(help="Service of the carrier; empty: any.")] = "",
    area: Annotated[Many, typer.Option(help="To there, as CN/广东 or US/CA:902; repeatable.")] = None,
    store: Annotated[Many, typer.Option(help="Orders of this store; repeatable.")] = None,
    location: Annotated[Many, typer.Option(help="From this location; repeatable.")] = None,
    sku: Annotated[Many, typer.Option(help="With this SKU in it; repeatable.")] = None,
    tag: Annotated[Many, typer.Option(help="Orders with this tag; repeatable.")] = None,
    from_grams: Annotated[int | None, typer.Option(min=0, help="Weighs at least.")] = None,
    to_grams: Annotated[int | None, typer.Option(min=0, help="Weighs at most.")] = None,
    from_worth: Annotated[str, typer.Option(help="Goods are worth at least.")] = "",
    to_worth: Annotated[str, typer.Option(help="Goods are worth at most.")] = "",
    currency: Annotated[str, typer.Option(help="Of these amounts, ISO 4217.")] = "",
    cash_on_delivery: Annotated[bool | None, typer.Option("--cod/--no-cod", help="Paid at the door?")] = None,
    masked: Annotated[bool | None, typer.Option("--masked/--clear", help="Is the receiver masked?")] = None,
) -> None:
    """Add a rule, or replace the one of that name. A parcel must fulfil all that is given here."""
    try:
        rule = ShippingRule(
            name=entering.slug(name, "name of the rule"),
            rank=rank,
            department=department,
            carrier=carrier,
            service=service,
            areas=areas(area),
            stores=tuple(store or ()),
            locations=tuple(location or ()),
            skus=tuple(sku or ()),
            tags=tuple(tag or ()),
            least_grams=from_grams,
            most_grams=to_grams,
            least_worth=entering.amount(from_worth) if from_worth else None,
            most_worth=entering.amount(to_worth) if to_worth else None,
            currency=currency.upper(),
            cash_on_delivery=cash_on_delivery,
            masked=masked,
        )
    except ValueError as error:
        raise Problem(str(error)) from None
    change_setup(lambda setup: setup.with_entries(rule))
    typer.echo(f"rule {name} is saved.")


@rules.command("list")
def list_(as_json: AsJson = False) -> None:
    """All rules, in the order in which they are asked."""
    show(
        with_hub(lambda hub: hub.database.read(shipping.setup)).rules,
        {
            "rank": lambda each: each.rank,
            "rule": lambda each: each.name,
            "where": lambda each: "; ".join(_conditions(each)) or "always",
            "goes to": lambda each: each.target,
        },
        as_json=as_json,
        nothing="There is no rule: among what departments offer the price decides.",
    )


@rules.command("remove")
def remove(name: RuleName) -> None:
    """Take a rule away."""
    remove_entry(ShippingRule, name, "rule")


def _conditions(rule: ShippingRule) -> list[str]:
    """In words."""
    lists = {
        "to": [*map(str, rule.areas)],
        "store": rule.stores,
        "from": rule.locations,
        "with": rule.skus,
        "tagged": rule.tags,
    }
    found = [f"{word} {' or '.join(values)}" for word, values in lists.items() if values]
    found += _range("g", rule.least_grams, rule.most_grams)
    found += _range(rule.currency, rule.least_worth, rule.most_worth)
    answers = {"paid at the door": rule.cash_on_delivery, "masked receiver": rule.masked}
    return found + [word if is_so else f"not {word}" for word, is_so in answers.items() if is_so is not None]


def _range(unit: str, least: object, most: object) -> list[str]:
    if least is None and most is None:
        return []
    words = [f"from {least}"] if least is not None else []
    words += [f"to {most}"] if most is not None else []
    return [f"{' '.join(words)} {unit}"]
