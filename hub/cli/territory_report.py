"""How `orderhub territories check` shows what it finds."""

import typer

from hub.cli.shown import show
from hub.jobs.territory_report import Report


def show_report(found: Report) -> None:
    """Three tables, each with a word where there is nothing."""
    show(
        found.overlaps,
        {
            "wins": lambda each: f"{each.winner} ({each.winner_store})",
            "before": lambda each: f"{each.loser} ({each.loser_store})",
            "because": lambda each: each.why,
            "both claim": lambda each: each.extent,
            "from": lambda each: each.since,
            "to": lambda each: each.until or "-",
        },
        as_json=False,
        nothing="No two stores claim the same with equal precedence.",
    )
    typer.echo("")
    show(
        found.gaps,
        {
            "orders to nobody": lambda each: each.orders,
            "country": lambda each: each.country,
            "province": lambda each: each.province or "-",
            "city": lambda each: each.city or "-",
        },
        as_json=False,
        nothing=f"Each of {found.orders_looked_at} orders since {found.since:%Y-%m-%d} has a territory.",
    )
    typer.echo("")
    show(
        found.half_covered,
        {
            "province": lambda each: each.province,
            "cities without a territory": lambda each: each.cities_without or "-",
            "cities served in part": lambda each: each.cities_in_part or "-",
        },
        as_json=False,
        nothing="No province of China is served in some cities only.",
    )
    if found.provinces_without:
        typer.echo(f"\nProvinces of China that nobody serves: {', '.join(found.provinces_without)}")
