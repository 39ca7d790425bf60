"""Which stores sell outside their territories, and at which prices."""

from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.shown import AsJson, plain, progress, show, show_json
from hub.cli.state import with_hub
from hub.domain.diversion import Diverted
from hub.jobs.diversion import scores


def diversion(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Orders of so many days.")] = 90,
    weight: Annotated[
        str, typer.Option(help="How much more a unit counts for nothing than at the owner's price.")
    ] = "1",
    worst: Annotated[int, typer.Option(min=0, max=1_000, help="Orders named per store.")] = 3,
    as_json: AsJson = False,
) -> None:
    """How much stores sell outside their territories, at which price against the territory's owner (same SKU,
    month and currency), and the worst orders. Judged by the territories that hold now."""
    factor = entering.amount(weight)
    with progress() as shown:
        shown.add_task("reading orders", total=None)
        found = with_hub(lambda hub: scores(hub, days, factor, worst))
    if as_json:
        show_json(found)
        return
    show(
        found,
        {
            "store": lambda each: each.store_id,
            "score": lambda each: each.score,
            "orders outside": lambda each: f"{each.orders_outside} of {each.orders}",
            "units outside": lambda each: f"{each.units_outside} of {each.units}",
            "price ÷ owner's": lambda each: each.ratio,
            "units compared": lambda each: each.compared,
            "worst orders": lambda each: [_named(one) for one in each.worst] or "-",
        },
        as_json=False,
        nothing=f"There are no orders of the last {days} days.",
    )


def _named(each: Diverted) -> str:
    return f"{each.number} ({each.units} to {each.owner_id} at {plain(each.ratio)})"
