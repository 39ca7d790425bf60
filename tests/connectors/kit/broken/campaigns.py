"""Stores that run campaigns twice, for ever, or not as they were told."""

from dataclasses import replace

from broken.planted import Planted
from connectors.stores.vendure import PLUGIN
from connectors.stores.vendure.connector import VendureConnector
from mappings.canonical import Campaign, ShownCampaign


class ForgetsTheEnd(VendureConnector):
    """leaves the end of a campaign out"""

    async def tell_campaign(self, campaign: Campaign, key: str) -> str:
        return await super().tell_campaign(_with(campaign, ends_at=None), key)


class MakesAnother(VendureConnector):
    """never looks whether it is there"""

    async def tell_campaign(self, campaign: Campaign, key: str) -> str:
        unknown = _with(campaign, campaign_id=f"{campaign.campaign_id}-{key}", external_id="")
        return await super().tell_campaign(unknown, key)


class NeverEnds(VendureConnector):
    """says that it is ended, and does nothing"""

    async def end_campaign(self, campaign: Campaign, key: str) -> None:
        return None


class LeavesOut(VendureConnector):
    """says «done» of listings that the store does not know"""

    async def tell_campaign(self, campaign: Campaign, key: str) -> str:
        known = tuple(each for each in campaign.listing_ids if len(each) < 3)
        return await super().tell_campaign(_with(campaign, listing_ids=known), key)


class FindsNothing(VendureConnector):
    """reads back nothing, whatever is there"""

    async def read_campaign(self, campaign: Campaign) -> ShownCampaign | None:
        return None

    async def tell_campaign(self, campaign: Campaign, key: str) -> str:
        return await super().tell_campaign(_with(campaign, campaign_id=f"n{id(self)}"), key)


def _with(campaign: Campaign, **changes: object) -> Campaign:
    values = {name: getattr(campaign, name) for name in Campaign.__struct_fields__}
    return Campaign(**{**values, **changes})


def _in_vendure(check: str, connector: type[VendureConnector]) -> Planted:
    return Planted(str(connector.__doc__), replace(PLUGIN, connector=connector), f"campaigns.{check}")


CAMPAIGN_FAULTS = (
    _in_vendure("campaign_is_shown_as_told", ForgetsTheEnd),
    _in_vendure("campaign_is_changed_in_place", MakesAnother),
    _in_vendure("ended_campaign_gives_nothing", NeverEnds),
    _in_vendure("unknown_listing_is_rejected", LeavesOut),
    _in_vendure("campaign_is_made_once_whatever_breaks", FindsNothing),
)
