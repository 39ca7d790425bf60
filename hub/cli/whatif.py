"""`orderhub whatif`: every stored order under today's rules and under changed ones, side by side."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from hub.cli import changed_rules, entering
from hub.cli.csv_file import read_file
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show, show_json
from hub.cli.state import with_hub
from hub.cli.stock_file import read_counts
from hub.context import HubContext
from hub.domain.order import Stage
from hub.domain.whatif import DISTANCES, Fate, Tally
from hub.jobs.whatif import Change
from hub.jobs.whatif import whatif as replay
from hub.pipeline.whatif import Compared, MakeStock, Rules, counted, endless
from hub.storage import stores as places
from hub.storage.database import UnitOfWork

app = typer.Typer()

MOST_FLOWS = 1_000
"""Ways (from → to) that are counted apart; further ones are counted together."""
FLOWS_SHOWN = 12

COLUMNS = (
    "order",
    "number",
    "store",
    "placed",
    "from",
    "to",
    "waited_for",
    "would_wait_for",
    "late",
    "would_be_late",
)


class Result:
    """Both sides summed up, and how many orders would go which other way; `retimed` go the same way at
    another instant."""

    def __init__(self) -> None:
        self.now, self.then = Tally(), Tally()
        self.different = self.retimed = 0
        self.flows: Counter[tuple[str, str]] = Counter()

    def add(self, each: Compared) -> bool:
        """True if something would be different for this order."""
        placed = each.order.sales.placed_at
        self.now.add(each.now, placed)
        self.then.add(each.then, placed)
        if each.now == each.then:
            return False
        self.different += 1
        way = _place(each.now), _place(each.then)
        if way[0] == way[1]:
            self.retimed += 1
            return True
        self.flows[way if way in self.flows or len(self.flows) < MOST_FLOWS else ("other", "other")] += 1
        return True


def _place(fate: Fate) -> str:
    return " + ".join(location_id for location_id, _ in fate.sources) or fate.where


@app.command("whatif")
def whatif(
    rules: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="A table per store (['*']: every store) of policy fields."),
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A field of the policy; repeatable.")
    ] = None,
    store: Annotated[
        list[str] | None, typer.Option(help="Whose policy; repeatable. Default: every store's.")
    ] = None,
    territories: Annotated[
        Path | None, typer.Option(metavar="CSV", help="All territories that would hold instead.")
    ] = None,
    opened: Annotated[list[str] | None, typer.Option("--open", help="Location that would be active.")] = None,
    closed: Annotated[
        list[str] | None, typer.Option("--close", help="Location that would be closed.")
    ] = None,
    stock: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Stock at the beginning (sku,location,quantity). Default: endless."),
    ] = None,
    since: Annotated[str, typer.Option(metavar="DATE", help="Only orders placed from then on.")] = "",
    listed: Annotated[
        Path | None, typer.Option("--list", metavar="CSV", help="Write each order that would go another way.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run all stored orders along the route under other rules, without effects: which would go elsewhere, be
    split, held or late? Assumptions: docs/whatif.md."""
    if not any((rules, policy, territories, opened, closed)):
        raise Problem("nothing is changed: give --rules, --policy, --territories, --open or --close")
    given = changed_rules.rules_given(policy or (), store or ())
    changes = {**(changed_rules.rules_in(rules) if rules else {}), **given}

    def change(uow: UnitOfWork, present: Rules) -> Rules:
        known = list(present.policies)
        return Rules(
            policies=changed_rules.changed_policies(present.policies, changes),
            locations=changed_rules.moved_locations(present.locations, opened or (), closed or ()),
            territories=changed_rules.territories_in(territories, known) if territories else None,
        )

    result = with_hub(lambda hub: _replayed(hub, change, stock, since, listed))
    if as_json:
        show_json(_facts(result))
    else:
        _show(result)


async def _replayed(
    hub: HubContext, change: Change, stock: Path | None, since: str, listed: Path | None
) -> Result:
    result = Result()
    start = entering.moment(since) if since else None
    make_stock = await _stock(hub, stock)
    with progress() as shown, _list(listed) as write:
        task = shown.add_task("replaying")
        async for page in replay(hub, change, make_stock, start):
            for each in page:
                if result.add(each):
                    write(each)
            shown.update(task, description=f"{result.now.orders} orders, {result.different} different")
    return result


async def _stock(hub: HubContext, file: Path | None) -> MakeStock:
    if file is None:
        return endless
    known = [each.location_id for each in await hub.database.read(places.locations)]
    return counted(read_file(file, lambda content: read_counts(content, known)))


@contextmanager
def _list(file: Path | None) -> Iterator[Callable[[Compared], object]]:
    if file is None:
        yield lambda each: None
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as into:
            rows = csv.writer(into)
            rows.writerow(COLUMNS)
            yield lambda each: rows.writerow(_row(each))
    except OSError as error:
        raise Problem(f"the list {file} cannot be written: {error.strerror}") from None


def _row(each: Compared) -> tuple[object, ...]:
    order = each.order
    return (
        order.order_id,
        order.sales.order_number,
        order.store_id,
        order.sales.placed_at.isoformat(),
        each.now.where,
        each.then.where,
        " ".join(each.now.waited_for),
        " ".join(each.then.waited_for),
        each.now.is_late,
        each.then.is_late,
    )


def _facts(result: Result) -> dict[str, object]:
    return {
        "orders": result.now.orders,
        "different": result.different,
        "different_in_time_only": result.retimed,
        "now": _side(result.now),
        "then": _side(result.then),
        "flows": [{"from": a, "to": b, "orders": n} for (a, b), n in result.flows.most_common()],
    }


def _side(tally: Tally) -> dict[str, object]:
    return {
        "stages": dict(sorted(tally.stages.items())),
        "parcels": tally.parcels,
        "split": tally.split,
        "distances": {name: tally.distances[name] for name in DISTANCES},
        "late": tally.late,
        "waited_seconds": int(tally.waited.total_seconds()),
        "holds": dict(sorted(tally.holds.items())),
    }


def _show(result: Result) -> None:
    rows = [
        *((str(stage), result.now.stages[stage], result.then.stages[stage]) for stage in Stage),
        ("parcels", result.now.parcels, result.then.parcels),
        ("split orders", result.now.split, result.then.split),
        *((f"parcels {name}", result.now.distances[name], result.then.distances[name]) for name in DISTANCES),
        ("late", result.now.late, result.then.late),
        *((f"held: {name}", result.now.holds[name], result.then.holds[name]) for name in _held(result)),
    ]
    shown = [row for row in rows if row[1] or row[2]]
    columns = {"": lambda row: row[0], "now": lambda row: row[1], "then": lambda row: row[2]}
    show(shown, columns, as_json=False, nothing="There are no orders yet.")
    typer.echo(
        f"\n{result.different} of {result.now.orders} orders would go another way,"
        f" {result.retimed} of them only at another time."
    )
    for (before, after), orders in result.flows.most_common(FLOWS_SHOWN):
        typer.echo(f"  {orders}: {before} → {after}")


def _held(result: Result) -> list[str]:
    return sorted(result.now.holds.keys() | result.then.holds.keys())
