"""Campaigns of the brand: entered once, told to stores, and what each made of it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer

from connectors.kit import RunsCampaigns
from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.rules import known_store
from hub.cli.shown import AsJson, plain, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.audit_facts import PriceFloor
from hub.domain.campaigns import BrandCampaign
from hub.jobs.campaigns import check_campaign
from hub.pipeline import campaigns as running
from hub.storage import campaigns, rule_facts
from hub.storage.campaigns import StoreStanding
from hub.storage.connections import Connection
from hub.storage.database import UnitOfWork
from mappings.canonical import Money

app = typer.Typer(no_args_is_help=True, help="Price cuts that several stores run in step.")

CampaignId = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Id of the campaign.")]


@app.command("add")
def add(
    campaign_id: CampaignId,
    name: Annotated[str, typer.Option(help="What buyers see.")],
    begins: Annotated[str, typer.Option("--from", help="A date or an instant (ISO 8601).")],
    sku: Annotated[list[str], typer.Option(help="Our SKU; repeatable.")],
    ends: Annotated[str, typer.Option("--until", help="The same; empty: until it is ended.")] = "",
    time_zone: Annotated[str, typer.Option(help="Of dates without one, for example Asia/Shanghai.")] = "UTC",
    percent: Annotated[str, typer.Option(help="Off the price: 12.5.")] = "",
    off: Annotated[str, typer.Option(help="Off each unit, with its currency: 5.00 CNY.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="How often buyers may use it in a store.")] = None,
    store: Annotated[list[str] | None, typer.Option(help="Repeatable; none: all stores.")] = None,
    floor: Annotated[str, typer.Option(help="Least price meanwhile (rule price_floor): 19.90 CNY.")] = "",
) -> None:
    """Enter a campaign, or change the one of that id; stores hear of it by `campaigns tell`."""
    campaign = BrandCampaign(
        campaign_id=entering.slug(campaign_id, "campaign id"),
        name=name,
        starts_at=entering.moment(begins, time_zone),
        ends_at=entering.moment(ends, time_zone) if ends else None,
        time_zone=entering.zone(time_zone).key,
        skus=tuple(dict.fromkeys(sku)),
        percent=_percent(percent) if percent else None,
        amount_off=_money(off) if off else None,
        most_uses=limit,
        store_ids=tuple(dict.fromkeys(store or ())),
    )
    _require_sense(campaign)
    least = _money(floor) if floor else None
    is_new = with_hub(lambda hub: _save(hub, campaign, least))
    what = "is saved; `orderhub campaigns tell` tells the stores" if is_new else "was so already"
    typer.echo(f"campaign {campaign.campaign_id} {what}.")


def _percent(text: str) -> Decimal:
    found = entering.amount(text.removesuffix("%").strip())
    if not 0 < found <= 100:
        raise Problem(f"--percent {text} is refused: more than 0 and at most 100")
    return found


def _money(text: str) -> Money:
    amount, _, currency = text.strip().partition(" ")
    if len(currency) != 3 or not currency.isalpha():
        raise Problem(f"{text!r} has no currency: write for example 5.00 CNY")
    return Money(amount=entering.amount(amount), currency=currency.upper())


def _require_sense(campaign: BrandCampaign) -> None:
    if (campaign.percent is None) == (campaign.amount_off is None):
        raise Problem("say what buyers get: --percent 12.5, or --off '5.00 CNY', and not both")
    if campaign.ends_at and campaign.ends_at <= campaign.starts_at:
        raise Problem(f"campaign {campaign.campaign_id} ends before it begins: exchange --from and --until")


async def _save(hub: HubContext, campaign: BrandCampaign, floor: Money | None) -> bool:
    def save(uow: UnitOfWork) -> bool:
        for store_id in campaign.store_ids:
            known_store(uow, store_id)
        for each in campaign.skus if floor else ():
            rule_facts.set_floor(uow, _floor(campaign, each, floor), entering.actor(), hub.now())
        return campaigns.save(uow, campaign, entering.actor(), hub.now())

    return await hub.database.run(save)


def _floor(campaign: BrandCampaign, sku: str, least: Money | None) -> PriceFloor:
    assert least is not None
    return PriceFloor(
        sku=sku,
        currency=least.currency,
        amount=least.amount,
        campaign=campaign.campaign_id,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
    )


@app.command("tell")
def tell(campaign_id: CampaignId) -> None:
    """Tell each store of it that does not run it yet as it is now; those that cannot are entered as such."""

    async def work(hub: HubContext) -> list[StoreStanding]:
        able = {each.platform for each in hub.registry.stores.values() if RunsCampaigns in each.capabilities}

        def decide(uow: UnitOfWork) -> list[StoreStanding]:
            campaign = _known(uow, campaign_id)
            stores = [each for each in hub.books.connections.all(uow) if _takes_part(each, campaign)]
            running.tell(hub.books.outbox, uow, campaign, stores, able, hub.now())
            return list(campaigns.standings(uow, campaign_id).values())

        return await hub.database.run(decide)

    _show_standings(with_hub(work))


def _takes_part(connection: Connection, campaign: BrandCampaign) -> bool:
    return connection.kind == "store" and campaign.is_for(connection.store_id)


@app.command("end")
def end(campaign_id: CampaignId) -> None:
    """Have every store end it that was told."""

    async def work(hub: HubContext) -> int:
        def decide(uow: UnitOfWork) -> int:
            _known(uow, campaign_id)
            return running.end(hub.books.outbox, uow, campaign_id, hub.now())

        return await hub.database.run(decide)

    typer.echo(f"{with_hub(work)} stores are told to end {campaign_id}.")


@app.command("check")
def check(campaign_id: CampaignId) -> None:
    """Look at what stores show of it now: somebody may have changed or ended it there."""

    async def work(hub: HubContext) -> tuple[dict[str, str], list[StoreStanding]]:
        await hub.database.read(lambda uow: _known(uow, campaign_id))
        failed = await check_campaign(hub, campaign_id)
        found = await hub.database.read(lambda uow: campaigns.standings(uow, campaign_id))
        return failed, list(found.values())

    failed, found = with_hub(work)
    _show_standings(found)
    if failed:
        words = "; ".join(f"{name}: {why}" for name, why in failed.items())
        raise Problem(f"some stores could not be asked, what is shown of them is old: {words}")


@app.command("show")
def show_(campaign_id: CampaignId, as_json: AsJson = False) -> None:
    """One campaign, and how it stands in each store."""

    def read(uow: UnitOfWork) -> tuple[BrandCampaign, list[StoreStanding]]:
        return _known(uow, campaign_id), list(campaigns.standings(uow, campaign_id).values())

    campaign, found = with_hub(lambda hub: hub.database.read(read))
    if as_json:
        show_json({"campaign": campaign, "stores": found})
        return
    show_facts(
        {
            "campaign": f"{campaign.campaign_id}: {campaign.name}",
            "from": _moment(campaign.starts_at, campaign),
            "until": _moment(campaign.ends_at, campaign) if campaign.ends_at else "it is ended",
            "off": _cut(campaign),
            "SKUs": campaign.skus,
            "uses": campaign.most_uses or "without limit",
            "stores": campaign.store_ids or "all",
        }
    )
    typer.echo("")
    _show_standings(found)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All campaigns, the latest to begin first."""
    show(
        with_hub(lambda hub: hub.database.read(campaigns.every)),
        {
            "campaign": lambda each: each.campaign_id,
            "name": lambda each: each.name,
            "from": lambda each: _moment(each.starts_at, each),
            "until": lambda each: _moment(each.ends_at, each) if each.ends_at else "it is ended",
            "off": _cut,
            "SKUs": lambda each: len(each.skus),
            "stores": lambda each: each.store_ids or "all",
        },
        as_json=as_json,
        nothing="There is no campaign yet: `orderhub campaigns add`.",
    )


def _known(uow: UnitOfWork, campaign_id: str) -> BrandCampaign:
    found = campaigns.every(uow, campaign_id)
    if not found:
        known = ", ".join(each.campaign_id for each in campaigns.every(uow)) or "none yet"
        raise Problem(f"there is no campaign {campaign_id!r}; there are: {known}")
    return found[0]


def _moment(value: datetime, campaign: BrandCampaign) -> str:
    zone = entering.zone(campaign.time_zone)
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M} {campaign.time_zone}"


def _cut(campaign: BrandCampaign) -> str:
    if campaign.amount_off:
        return f"{campaign.amount_off.amount} {campaign.amount_off.currency} each"
    return f"{plain(campaign.percent)} %"


def _show_standings(found: list[StoreStanding]) -> None:
    show(
        found,
        {
            "store": lambda each: each.connection_id,
            "stands": lambda each: each.standing.value,
            "why": lambda each: each.words or "-",
            "the store's id": lambda each: each.external_id or "-",
            "since": lambda each: each.at,
        },
        as_json=False,
        nothing="No store was told of it: `orderhub campaigns tell`.",
    )
