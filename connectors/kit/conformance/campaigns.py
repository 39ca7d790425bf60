"""Running campaigns: shown as told, changed in place, ended, and never there twice."""

from datetime import timedelta
from decimal import Decimal
from typing import cast

from connectors.kit.capabilities import PullsListings, RunsCampaigns
from connectors.kit.conformance.breaks import Task, caught, happens_once_whatever_breaks, said
from connectors.kit.conformance.checks import Bench, Checks, NotApplicable, require
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.world import listings, mapping_of, open_store
from connectors.kit.errors import Rejected
from mappings.canonical import Campaign, ShownCampaign

CHECKS = Checks("campaigns")


async def _ready(bench: Bench) -> tuple[Rig, Campaign]:
    """A store with goods, and a quarter off two of them from tomorrow on."""
    if not bench.declares(PullsListings):
        raise NotApplicable("the store's listings cannot be read, so none can be named")
    rig, _ = open_store(bench)
    ids = [mapping_of(bench).read_listing(it.document).listing_id for it in await listings(rig)]
    return rig, Campaign(
        campaign_id="spring",
        name="Spring tea",
        starts_at=rig.clock() + timedelta(days=1),
        ends_at=rig.clock() + timedelta(days=8),
        listing_ids=tuple(sorted(ids)[:2]),
        percent=Decimal(25),
    )


def _runner(rig: Rig) -> RunsCampaigns:
    return cast(RunsCampaigns, rig.connect())


def _with(campaign: Campaign, **changes: object) -> Campaign:
    values = {name: getattr(campaign, name) for name in Campaign.__struct_fields__}
    return Campaign(**{**values, **changes})


def is_shown(campaign: Campaign, shown: ShownCampaign | None) -> bool:
    """Does the store run exactly this?"""
    return (
        shown is not None
        and not shown.is_stopped
        and (shown.name, shown.starts_at, shown.ends_at)
        == (campaign.name, campaign.starts_at, campaign.ends_at)
        and shown.listing_ids == tuple(sorted(campaign.listing_ids))
        and (shown.percent, shown.amount_off) == (campaign.percent, campaign.amount_off)
    )


@CHECKS.add(RunsCampaigns)
async def campaign_is_shown_as_told(bench: Bench) -> None:
    """Nothing before; then exactly what was told, found by the store's id and without it."""
    rig, campaign = await _ready(bench)
    require(await _runner(rig).read_campaign(campaign) is None, "a campaign was found before it was told")
    external_id = await _runner(rig).tell_campaign(campaign, "key-1")
    for known in (campaign, _with(campaign, external_id=external_id)):
        shown = await _runner(rig).read_campaign(known)
        require(is_shown(campaign, shown), f"the store shows {shown}")
    other = await _runner(rig).read_campaign(_with(campaign, campaign_id="summer"))
    require(other is None, "another campaign was found")


@CHECKS.add(RunsCampaigns)
async def campaign_is_changed_in_place(bench: Bench) -> None:
    """Other goods, dates and cut under the same id, whether we know the store's id or not."""
    rig, campaign = await _ready(bench)
    first = await _runner(rig).tell_campaign(campaign, "key-1")
    later = _with(
        campaign,
        ends_at=rig.clock() + timedelta(days=20),
        listing_ids=campaign.listing_ids[1:],
        percent=Decimal("12.5"),
    )
    for known in (later, _with(later, external_id=first)):
        again = await _runner(rig).tell_campaign(known, "key-2")
        require(again == first, "a changed campaign became a second one")
        shown = await _runner(rig).read_campaign(known)
        require(is_shown(later, shown), f"after the change the store shows {shown}")


@CHECKS.add(RunsCampaigns)
async def ended_campaign_gives_nothing(bench: Bench) -> None:
    """Ended, twice too; and one that the store never had counts as ended."""
    rig, campaign = await _ready(bench)
    await _runner(rig).end_campaign(campaign, "key-0")
    await _runner(rig).tell_campaign(campaign, "key-1")
    for _ in range(2):
        await _runner(rig).end_campaign(campaign, "key-2")
        rig.clock.advance(timedelta(days=2))
        shown = await _runner(rig).read_campaign(campaign)
        require(shown is None or shown.is_stopped, "an ended campaign still runs")


@CHECKS.add(RunsCampaigns)
async def unknown_listing_is_rejected(bench: Bench) -> None:
    """A listing that the store does not know is a refusal, and no half of a campaign."""
    rig, campaign = await _ready(bench)
    lost = _with(campaign, listing_ids=(f"{campaign.listing_ids[0]}77",))
    error = await caught(_runner(rig).tell_campaign, lost, "key-1")
    require(isinstance(error, Rejected), f"an unknown listing must be `Rejected`, not {said(error)}")
    require(await _runner(rig).read_campaign(lost) is None, "a refused campaign is there")


@CHECKS.add(RunsCampaigns)
async def campaign_is_made_once_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and settled as the hub does: there once."""

    async def prepare(_: Bench) -> Task:
        rig, campaign = await _ready(bench)

        async def was_done() -> bool:
            return is_shown(campaign, await _runner(rig).read_campaign(campaign))

        return Task(rig=rig, act=lambda: _runner(rig).tell_campaign(campaign, "key-1"), was_done=was_done)

    await happens_once_whatever_breaks(bench, prepare)
