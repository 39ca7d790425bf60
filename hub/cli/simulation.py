"""One seed, one whole life of the hub on a virtual clock; the same seed prints the same digest."""

from typing import Annotated

import typer

from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show, show_json
from hub.simulation.run import Report
from hub.simulation.run import simulate as run

app = typer.Typer()


@app.command("simulate")
def simulate(
    seed: Annotated[int, typer.Option(help="Decides everything: buyers, faults, order of jobs.")] = 1,
    orders: Annotated[int, typer.Option(min=1, help="Orders that buyers place.")] = 50,
    days: Annotated[float, typer.Option(min=0.1, help="Days in which they place them.")] = 2.0,
    as_json: AsJson = False,
) -> None:
    """Run the whole hub in one process, with faults, and check its invariants after every step."""
    with progress() as shown:
        shown.add_task(f"simulating {orders} orders, seed {seed}")
        report = run(seed, orders, days)
    if as_json:
        show_json(_facts(report))
    else:
        _say(report)
    if not report.holds:
        raise Problem(f"{report.violation}; again with `{report.reproduce}`")


def _facts(report: Report) -> dict[str, object]:
    return {
        "seed": report.seed,
        "orders": report.orders,
        "days": report.days,
        "digest": report.digest,
        "tables": dict(report.tables),
        "holds": report.holds,
        "violation": report.violation,
        "deaths": dict(report.deaths),
        "steps": report.steps,
        "jobs": dict(report.jobs),
    }


def _say(report: Report) -> None:
    show(
        report.stores,
        {
            "store": lambda each: each.store_id,
            "placed": lambda each: each.placed,
            "received": lambda each: each.received,
            "on hold": lambda each: sum(each.on_hold.values()),
            "back-ordered": lambda each: each.backordered,
            "cancelled": lambda each: each.cancelled,
            "shipped": lambda each: each.shipped,
            "delivered": lambda each: each.delivered,
            "closes": lambda each: each.closes,
        },
        as_json=False,
        nothing="The run ended before the stores were closed.",
    )
    deaths = sum(report.deaths.values())
    typer.echo(f"\n{report.steps} steps checked, {deaths} deaths of the process, digest {report.digest}")
