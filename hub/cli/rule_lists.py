"""What audit rules of all stores look up: price floors and the blacklist."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.showing_orders import found_order
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.audit_facts import PriceFloor
from hub.jobs.stock import reaudit
from hub.storage import rule_facts
from hub.storage.database import UnitOfWork

floors = typer.Typer(no_args_is_help=True, help="The least that a unit may be sold for (rule price_floor).")
blacklist = typer.Typer(no_args_is_help=True, help="Whose orders are held (rule blacklist).")

T = TypeVar("T")

Sku = Annotated[str, typer.Argument(metavar="SKU", help="Our SKU.")]
Currency = Annotated[str, typer.Argument(metavar="CURRENCY", help="ISO 4217, for example CNY.")]
Campaign = Annotated[str, typer.Option(help="Name of the campaign; empty: the usual floor.")]


@floors.command("set")
def set_floor(
    sku: Sku,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="Per unit, as stores price it.")],
    currency: Currency,
    campaign: Campaign = "",
    begins: Annotated[str, typer.Option("--from", help="When the campaign begins (ISO 8601).")] = "",
    ends: Annotated[str, typer.Option("--until", help="When it is over.")] = "",
) -> None:
    """Enter a floor, or change the one of that SKU, currency and campaign. In its time a campaign's floor
    counts instead of the usual one."""
    floor = PriceFloor(
        sku=sku,
        currency=_currency(currency),
        amount=entering.amount(amount),
        campaign=campaign,
        starts_at=entering.moment(begins) if begins else None,
        ends_at=entering.moment(ends) if ends else None,
    )
    _require_sense(floor)
    _save_and_audit(lambda uow, now: rule_facts.set_floor(uow, floor, entering.actor(), now))
    during = f" during {campaign}" if campaign else ""
    typer.echo(f"{sku} is not to be sold under {floor.amount} {floor.currency}{during}.")


def _require_sense(floor: PriceFloor) -> None:
    has_time = floor.starts_at is not None or floor.ends_at is not None
    if floor.campaign and not has_time:
        raise Problem(f"campaign {floor.campaign!r} has no time: give --from, --until or both")
    if has_time and not floor.campaign:
        raise Problem("the usual floor has no time: give --campaign NAME, or leave out --from and --until")
    if floor.starts_at and floor.ends_at and floor.ends_at <= floor.starts_at:
        raise Problem(f"campaign {floor.campaign!r} ends before it begins: exchange --from and --until")


@floors.command("remove")
def remove_floor(sku: Sku, currency: Currency, campaign: Campaign = "") -> None:
    """Take a floor away."""
    if not _save_and_audit(lambda uow, _: rule_facts.remove_floor(uow, sku, _currency(currency), campaign)):
        raise Problem(f"there is no such floor of {sku}: `orderhub rules floors list` shows what there is")
    typer.echo(f"the floor of {sku} is removed.")


@floors.command("list")
def list_floors(as_json: AsJson = False) -> None:
    """All floors."""
    show(
        with_hub(lambda hub: hub.database.read(rule_facts.floors)),
        {
            "SKU": lambda each: each.sku,
            "floor": lambda each: f"{each.amount} {each.currency}",
            "campaign": lambda each: each.campaign or "-",
            "from": lambda each: each.starts_at or "-",
            "until": lambda each: each.ends_at or "-",
        },
        as_json=as_json,
        nothing="There are no price floors: `orderhub rules floors set SKU AMOUNT CURRENCY`.",
    )


@blacklist.command("add")
def ban(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="An order of whoever it is about.")],
    why: Annotated[str, typer.Option(help="For colleagues; no personal values.")],
    buyer: Annotated[bool, typer.Option("--buyer", help="The buyer's id in that store and e-mail.")] = False,
    telephone: Annotated[bool, typer.Option("--telephone", help="The order's telephones.")] = False,
    address: Annotated[bool, typer.Option("--address", help="The delivery address.")] = False,
) -> None:
    """Put the buyer, telephone or address of an order on the blacklist. Values are taken from the order and
    kept as keyed marks only, so nobody can read them there."""
    chosen = {
        kind for kind, is_wanted in _kinds(buyer=buyer, telephone=telephone, address=address) if is_wanted
    }
    if not chosen:
        raise Problem("name what of the order is meant: --buyer, --telephone, --address or several of them")

    async def work(hub: HubContext) -> tuple[int, int]:
        found = await found_order(hub, order)
        index = await hub.database.run(hub.books.connections.open_index)
        known = rule_facts.marks_of(found.sales, found.store_id, index)
        marks = [(kind, mark) for kind in chosen for mark in known[kind]]
        new = await hub.database.run(lambda uow: rule_facts.ban(uow, marks, why, entering.actor(), hub.now()))
        await reaudit(hub)
        return len(marks), new

    found, new = with_hub(work)
    if not found:
        raise Problem(
            f"order {order} shows nothing of that in clear: the platform masks it or did not send it"
        )
    typer.echo(f"{new} marks of order {order} are new on the blacklist, {found - new} were there already.")


def _kinds(**wanted: bool) -> list[tuple[str, bool]]:
    return list(wanted.items())


@blacklist.command("remove")
def unban(mark: Annotated[str, typer.Argument(metavar="MARK", help="As `list` shows it.")]) -> None:
    """Take a mark from the blacklist."""
    if not _save_and_audit(lambda uow, _: rule_facts.unban(uow, mark)):
        raise Problem(
            f"the blacklist has no mark {mark!r}: `orderhub rules blacklist list` shows what it has"
        )
    typer.echo("the mark is removed.")


@blacklist.command("list")
def list_banned(as_json: AsJson = False) -> None:
    """The whole blacklist. Marks are all that is known of the values."""
    show(
        with_hub(lambda hub: hub.database.read(rule_facts.banned)),
        {
            "kind": lambda each: each.kind,
            "mark": lambda each: each.mark,
            "why": lambda each: each.why,
            "by": lambda each: each.actor,
            "at": lambda each: each.at,
        },
        as_json=as_json,
        nothing="The blacklist is empty: `orderhub rules blacklist add ORDER`.",
    )


def _save_and_audit(save: Callable[[UnitOfWork, datetime], T]) -> T:
    """Orders on hold are audited again: what held them may have changed."""

    async def work(hub: HubContext) -> T:
        result = await hub.database.run(lambda uow: save(uow, hub.now()))
        await reaudit(hub)
        return result

    return with_hub(work)


def _currency(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isalpha():
        raise Problem(f"{text!r} is not a currency: three letters of ISO 4217, for example CNY")
    return text.upper()
