"""Campaigns of one shop, as automatic discounts."""

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.kit import AuthenticationFailed, Rejected, Unsupported
from connectors.stores.shopify import documents
from connectors.stores.shopify.client import ShopifyClient
from mappings.canonical import Campaign, ShownCampaign
from mappings.stores.shopify import campaigns
from mappings.stores.shopify.campaigns import DiscountNode, DiscountPage, FoundDiscount
from mappings.stores.shopify.wire import Reference

CAMPAIGN_SCOPES = frozenset({"read_discounts", "write_discounts"})
"""Asked for by campaigns only, so that a shop without any need not grant them."""

_BY_ID, _BY_TAG = 260, 520


class Campaigns:
    """`client` sends for the connection."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    async def tell(self, campaign: Campaign) -> str:
        """Found by its id, else by its tag; else made."""
        if why := campaigns.cannot_be_told(campaign):
            raise Unsupported(why)
        with _permitted():
            known = await self._find(campaign)
            if known is None:
                variables = {"input": campaigns.discount_input(campaign)}
                return (
                    await self._client.make(documents.CREATE_DISCOUNT, variables, Reference, at=_CREATE)
                ).id
            shown = campaigns.shown_campaign(known)
            wanted = campaigns.discount_input(campaign, shown.listing_ids)
            await self._client.write(
                documents.UPDATE_DISCOUNT,
                {"id": shown.external_id, "input": wanted},
                at="discountAutomaticBasicUpdate",
            )
            return shown.external_id

    async def read(self, campaign: Campaign) -> ShownCampaign | None:
        with _permitted():
            known = await self._find(campaign)
        return campaigns.shown_campaign(known) if known else None

    async def end(self, campaign: Campaign) -> None:
        with _permitted():
            known = await self._find(campaign)
            if known is None or campaigns.shown_campaign(known).is_stopped:
                return
            variables = {"id": campaigns.automatic_id(known.id)}
            await self._client.write(documents.END_DISCOUNT, variables, at="discountAutomaticDeactivate")

    async def _find(self, campaign: Campaign) -> DiscountNode | None:
        if campaign.external_id:
            variables = {"id": campaigns.node_id(campaign.external_id)}
            found = await self._client.read(documents.DISCOUNT, variables, FoundDiscount, cost=_BY_ID)
            if found.discount_node is not None:
                return found.discount_node
        query = {"query": f"tag:{campaigns.tag_of(campaign)}"}
        page = await self._client.read(
            documents.DISCOUNTS_BY_TAG, query, DiscountPage, at="discountNodes", cost=_BY_TAG
        )
        return campaigns.ours(page.nodes, campaign)


_CREATE = "discountAutomaticBasicCreate.automaticDiscountNode"


@contextmanager
def _permitted() -> Iterator[None]:
    """A missing scope stops campaigns, not the whole connection."""
    try:
        yield
    except AuthenticationFailed as error:
        if error.code != "ACCESS_DENIED":
            raise
        scopes = " and ".join(sorted(CAMPAIGN_SCOPES))
        raise Rejected(f"grant the app {scopes} and install it again", code=error.code) from None
