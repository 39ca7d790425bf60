"""Waves: orders that wait are allocated together, with a proof of how good the plan is."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.waves.solver import NotSolved
from hub.pipeline.waves import Planned, checked, collect, let_go, pages, planned
from hub.storage import waves
from hub.storage.database import UnitOfWork
from hub.storage.waves import Kept, Proof, Tally

WaveId = Annotated[str, typer.Argument(metavar="WAVE", help="Id of the wave (`orderhub allocate waves`).")]
MOST_ORDERS = 10_000


def wave(
    store: Annotated[list[str] | None, typer.Option(help="Orders of this store only; repeatable.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_ORDERS, help="The oldest so many orders.")] = 3000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and prove; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan all orders that wait, then let them go: run it by cron as often as parcels are picked up."""

    async def work(hub: HubContext) -> tuple[Kept | None, Tally | None]:
        now = hub.now()
        asked, ids = await hub.database.run(lambda uow: collect(hub.books, uow, store or (), limit, now))
        if not ids:
            return None, None
        try:
            found = planned(asked, ids, hub.books.new_id(), entering.actor(), now)
        except NotSolved as error:
            raise Problem(
                f"the solver gave up ({error}); nothing was changed, try a smaller --limit"
            ) from None
        return found.kept, None if dry_run else await _carried_out(hub, found)

    kept, tally = with_hub(work)
    if as_json:
        show_json({"wave": kept, "applied": tally})
    elif kept is None:
        typer.echo(
            "No order waits for a wave: `orderhub allocate policy STORE --when in_waves` lets them wait."
        )
    else:
        show_facts(_facts(kept) | (_became(tally) if tally else {"applied": "no, this was a dry run"}))


async def _carried_out(hub: HubContext, found: Planned) -> Tally:
    await hub.database.run(lambda uow: waves.add(uow, found.kept, found.proof))
    tally = Tally()
    for page in pages(found):
        tally += await hub.database.run(partial(_let_go, hub, found, page))
    await hub.database.run(lambda uow: waves.applied(uow, found.kept.wave_id, tally))
    return tally


def _let_go(hub: HubContext, found: Planned, page: Sequence[str], uow: UnitOfWork) -> Tally:
    return let_go(hub.books, uow, found, page, hub.now())


def list_waves(
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 20, as_json: AsJson = False
) -> None:
    """Waves, the newest first."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: waves.listed(uow, limit))),
        {
            "wave": lambda each: each.wave_id,
            "at": lambda each: each.at,
            "by": lambda each: each.actor,
            "orders": lambda each: each.orders,
            "cost": lambda each: _amount(each.cost),
            "gap": _gap,
            "as planned": lambda each: each.as_planned,
            "alone": lambda each: each.alone,
            "waiting": lambda each: each.waiting,
        },
        as_json=as_json,
        nothing="There was no wave yet: `orderhub allocate wave`.",
    )


def show_wave(wave_id: WaveId, as_json: AsJson = False) -> None:
    """One wave: what it cost, how good that is, and where each line was to leave from."""
    kept, proof = _found(wave_id)
    lines = [
        {"order": order_id, "line": line_id, "location": location_id}
        for order_id, places in sorted(proof.plan.items())
        for line_id, location_id in (places or {"": ""}).items()
    ]
    if as_json:
        show_json({"wave": kept, "plan": proof.plan})
        return
    tally = {"as planned": kept.as_planned, "alone": kept.alone, "waiting": kept.waiting}
    show_facts(_facts(kept) | tally)
    typer.echo("")
    columns: dict[str, Callable[[dict[str, str]], object]] = {
        "order": lambda row: row["order"],
        "line": lambda row: row["line"] or "no whole plan",
        "from": lambda row: row["location"] or "-",
    }
    show(lines, columns, as_json=False, nothing="")


def verify(wave_id: WaveId) -> None:
    """Compute anew, without a solver, that the plan is possible, costs what it says and that no plan costs
    less than the bound."""
    kept, proof = _found(wave_id)
    faults = checked(kept, proof)
    if faults:
        raise Problem(f"wave {wave_id} does not hold: {'; '.join(faults)}")
    proved = proof.certificate.priced_bound
    typer.echo(
        f"Wave {wave_id} holds: it costs {_amount(kept.cost)}, and no plan costs less than {_amount(proved)}."
    )
    if kept.lower_bound > proved:
        typer.echo(
            f"That none costs less than {_amount(kept.lower_bound)} is the solver's word ({kept.solver})."
        )


def _found(wave_id: str) -> tuple[Kept, Proof]:
    found = with_hub(lambda hub: hub.database.read(lambda uow: waves.found(uow, wave_id)))
    if found is None:
        raise Problem(f"there is no wave {wave_id!r}: `orderhub allocate waves` lists them")
    return found


def _facts(kept: Kept) -> dict[str, object]:
    return {
        "wave": kept.wave_id,
        "at": kept.at,
        "by": kept.actor,
        "orders": kept.orders,
        "cost": _amount(kept.cost),
        "no plan costs less than": _amount(kept.lower_bound),
        "gap": _gap(kept),
        "solver": kept.solver,
        "problem": kept.digest,
    }


def _became(tally: Tally) -> dict[str, object]:
    return {"as planned": tally.as_planned, "alone": tally.alone, "waiting": tally.waiting}


def _amount(minor: int) -> str:
    """Minor units as people write amounts; a wave has no currency of its own."""
    return f"{Decimal(minor) / 100:.2f}"


def _gap(kept: Kept) -> str:
    return f"{(kept.cost / kept.lower_bound - 1 if kept.lower_bound else 0):.2%}"


COMMANDS: Mapping[str, Callable[..., Any]] = {
    "wave": wave,
    "waves": list_waves,
    "show": show_wave,
    "verify": verify,
}
