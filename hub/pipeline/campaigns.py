"""Campaigns → outbox messages, and what stores answered → how the campaign stands there."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from hub.domain.campaigns import BrandCampaign, Standing, ended, judged
from hub.domain.effects import Verb
from hub.storage import campaigns
from hub.storage.campaigns import StoreStanding
from hub.storage.connections import Connection
from hub.storage.database import UnitOfWork
from hub.storage.outbox import Outbox, Verdict
from mappings.canonical import Campaign, ShownCampaign

replace = msgspec.structs.replace


def tell(
    outbox: Outbox,
    uow: UnitOfWork,
    campaign: BrandCampaign,
    stores: Sequence[Connection],
    able: Collection[str],
    now: datetime,
) -> None:
    """One message for each store that does not run it yet as it is; `able` are platforms that run campaigns.
    Those that cannot are entered as such."""
    known = campaigns.standings(uow, campaign.campaign_id, locked=True)
    listings = campaigns.listings_of(uow, campaign.skus)
    changed, messages = [], {}
    for store in stores:
        was = known.get(store.connection_id)
        fresh = StoreStanding(
            campaign_id=campaign.campaign_id,
            connection_id=store.connection_id,
            external_id=was.external_id if was else "",
            standing=Standing.WAITING,
            at=now,
        )
        if why := _cannot(store, able, listings):
            changed.append(replace(fresh, standing=Standing.CANNOT, words=why))
            continue
        told = campaign.told_as(listings[store.connection_id], fresh.external_id)
        if not (was and was.told and was.standing in _SETTLED and _same(was.told, told)):
            changed.append(replace(fresh, told=told))
            messages[store.connection_id] = told
    campaigns.stand(uow, changed)
    outbox.put_campaigns(uow, Verb.RUN_CAMPAIGN, messages, now)


_SETTLED = (Standing.WAITING, Standing.ACCEPTED)


def _cannot(store: Connection, able: Collection[str], listings: dict[str, list[str]]) -> str:
    if store.platform not in able:
        return f"{store.platform} runs no campaigns for us: enter it there by hand"
    if not listings.get(store.connection_id):
        return "it offers none of the goods: link its listings (`orderhub listings link`)"
    return ""


def end(outbox: Outbox, uow: UnitOfWork, campaign_id: str, now: datetime) -> int:
    """Have every store end it that was ever told; returns how many."""
    known = campaigns.standings(uow, campaign_id, locked=True).values()
    running = [each for each in known if each.standing is not Standing.ENDED]
    messages = {each.connection_id: told for each in running if (told := each.told_with_id())}
    waiting = [replace(each, standing=Standing.WAITING, words="", at=now) for each in running if each.told]
    campaigns.stand(uow, waiting)
    outbox.put_campaigns(uow, Verb.END_CAMPAIGN, messages, now)
    return len(messages)


def answered(uow: UnitOfWork, verdict: Verdict, shown: ShownCampaign | None, now: datetime) -> None:
    """What became of a message about a campaign. One about a former version of it only teaches its id."""
    message = verdict.message
    if verdict.state == "open":
        return
    told = campaigns.read_told(message.document)
    was = campaigns.standings(uow, told.campaign_id, locked=True)[message.connection_id]
    external_id = shown.external_id if shown else was.external_id
    is_outdated = was.standing is Standing.CHANGED or was.told is None or not _same(told, was.told)
    if is_outdated:
        standing, words = was.standing, was.words
    elif verdict.outcome != "done":
        standing, words = Standing.REFUSED, verdict.error
    elif message.verb is Verb.END_CAMPAIGN:
        standing, words = ended(shown)
    else:
        standing, words = judged(told, shown, now)
    campaigns.stand(uow, [replace(was, standing=standing, words=words, external_id=external_id, at=now)])


def _same(one: Campaign, other: Campaign) -> bool:
    """What the store calls it is no difference."""
    return replace(one, external_id="") == replace(other, external_id="")


def looked_at(uow: UnitOfWork, was: StoreStanding, shown: ShownCampaign | None, now: datetime) -> None:
    """What a store shows now of a campaign that it was told; nothing, where something was under way since."""
    present = campaigns.standings(uow, was.campaign_id, locked=True).get(was.connection_id)
    if present != was or was.told is None:
        return
    standing, words = ended(shown) if was.standing is Standing.ENDED else judged(was.told, shown, now)
    campaigns.stand(uow, [replace(was, standing=standing, words=words, at=now)])
