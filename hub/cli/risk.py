"""How much of a shared SKU may be sold that is not there."""

from typing import Annotated

import typer

from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.oversell import Oversell, oversell
from hub.jobs.quotas import SALES_OF
from hub.storage.exposure import Exposure, exposures
from mappings.structs import FrozenStruct

MINUTES_OF_A_DAY = 24 * 60


class Risk(FrozenStruct):
    """`worst` and `expected` are units; both 0 in escrow."""

    sku: str
    mode: str
    stores: int
    available: int
    shown: int
    worst: int
    expected: float


def risk(
    sku: Annotated[str, typer.Argument(help="One SKU; default: all that several stores list.")] = "",
    delay: Annotated[
        int, typer.Option(min=1, help="Minutes from a sale until all other stores know of it.")
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """How many units may be oversold while news is on its way: at worst, and at the usual speed of sales."""

    async def work(hub: HubContext) -> list[Risk]:
        since = hub.now() - SALES_OF
        return [
            _risk(each, delay) for each in await hub.database.read(lambda uow: exposures(uow, sku, since))
        ]

    show(
        with_hub(work),
        {
            "SKU": lambda each: each.sku,
            "mode": lambda each: each.mode,
            "stores": lambda each: each.stores,
            "available": lambda each: each.available,
            "shown": lambda each: each.shown,
            "worst": lambda each: each.worst,
            "expected": lambda each: f"{each.expected:.3f}",
        },
        as_json=as_json,
        nothing="No SKU is listed by several stores." if not sku else f"{sku} was never counted.",
    )


def _risk(each: Exposure, delay: int) -> Risk:
    found = oversell(each.available, each.shown, each.sold / SALES_OF.days, delay / MINUTES_OF_A_DAY)
    if each.is_escrow:
        found = Oversell(worst=0, expected=0.0)
    return Risk(
        sku=each.sku,
        mode="escrow" if each.is_escrow else "shared",
        stores=each.stores,
        available=each.available,
        shown=each.shown,
        worst=found.worst,
        expected=found.expected,
    )
