"""Campaigns ⇄ automatic discounts. Which campaign a discount belongs to stands in one of its tags."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal

from mappings.canonical import Campaign, Money, ShownCampaign
from mappings.documents import WireDocument
from mappings.stores.shopify.outward import instant_text
from mappings.stores.shopify.wire import Instant, PageOf, Reference, ShopifyDocument

MOST_LISTINGS = 250
"""Variants that are read back of one discount."""


class _Percentage(ShopifyDocument, tag_field="__typename", tag="DiscountPercentage"):
    """1 is the whole price."""

    percentage: Decimal


class _Amount(ShopifyDocument):
    amount: Decimal
    currency_code: str


class _AmountOff(ShopifyDocument, tag_field="__typename", tag="DiscountAmount"):
    amount: _Amount
    applies_on_each_item: bool


class _OnQuantity(ShopifyDocument, tag_field="__typename", tag="DiscountOnQuantity"):
    """None of ours."""


class _Products(ShopifyDocument, tag_field="__typename", tag="DiscountProducts"):
    product_variants: PageOf[Reference]


class _Everything(ShopifyDocument, tag_field="__typename", tag="AllDiscountItems"):
    """None of ours."""


class _Collections(ShopifyDocument, tag_field="__typename", tag="DiscountCollections"):
    """None of ours."""


class _Gets(ShopifyDocument):
    value: _Percentage | _AmountOff | _OnQuantity
    items: _Products | _Everything | _Collections


class Discount(ShopifyDocument):
    """An automatic discount on products; other kinds have none of these fields."""

    title: str = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    status: Literal["ACTIVE", "EXPIRED", "SCHEDULED"] = "EXPIRED"
    tags: list[str] = []
    customer_gets: _Gets | None = None


class DiscountNode(ShopifyDocument):
    id: str
    discount: Discount


class FoundDiscount(ShopifyDocument):
    discount_node: DiscountNode | None = None


class DiscountPage(WireDocument):
    nodes: list[DiscountNode]


def tag_of(campaign: Campaign) -> str:
    return f"orderhub-{campaign.campaign_id}"


def node_id(external_id: str) -> str:
    """A discount has one number and two names: mutations call it DiscountAutomaticNode, queries
    DiscountNode."""
    return external_id.replace("/DiscountAutomaticNode/", "/DiscountNode/")


def automatic_id(found: str) -> str:
    return found.replace("/DiscountNode/", "/DiscountAutomaticNode/")


def ours(nodes: Iterable[DiscountNode], campaign: Campaign) -> DiscountNode | None:
    """The discount that carries the campaign's tag."""
    return next((each for each in nodes if tag_of(campaign) in each.discount.tags), None)


def cannot_be_told(campaign: Campaign) -> str:
    """Why Shopify cannot run it; empty: it can."""
    if campaign.most_uses is not None:
        return "Shopify cannot limit how often an automatic discount is used: leave the limit out"
    if len(campaign.listing_ids) > MOST_LISTINGS:
        return f"a discount takes {MOST_LISTINGS} variants at most: make several campaigns"
    return ""


def discount_input(campaign: Campaign, known: Sequence[str] = ()) -> dict[str, Any]:
    """DiscountAutomaticBasicInput; `known` are the variants that the discount has already."""
    wanted = list(campaign.listing_ids)
    items = {
        "productVariantsToAdd": [each for each in wanted if each not in known],
        "productVariantsToRemove": [each for each in known if each not in wanted],
    }
    return {
        "title": campaign.name,
        "startsAt": instant_text(campaign.starts_at),
        "endsAt": instant_text(campaign.ends_at) if campaign.ends_at else None,
        "tags": [tag_of(campaign)],
        "context": {"all": "ALL"},
        "customerGets": {"value": _value(campaign), "items": {"products": items}},
    }


def _value(campaign: Campaign) -> dict[str, Any]:
    if campaign.amount_off is not None:
        return {"discountAmount": {"amount": str(campaign.amount_off.amount), "appliesOnEachItem": True}}
    return {"percentage": float((campaign.percent or Decimal(0)) / 100)}  # the schema wants a Float


def shown_campaign(node: DiscountNode) -> ShownCampaign:
    discount, gets = node.discount, node.discount.customer_gets
    value, items = (gets.value, gets.items) if gets else (None, None)
    amount_off = None
    if isinstance(value, _AmountOff) and value.applies_on_each_item:
        amount_off = Money(amount=value.amount.amount, currency=value.amount.currency_code)
    listed = [each.id for each in items.product_variants.nodes] if isinstance(items, _Products) else []
    return ShownCampaign(
        external_id=automatic_id(node.id),
        name=discount.title,
        starts_at=discount.starts_at,
        ends_at=discount.ends_at,
        listing_ids=tuple(sorted(listed)),
        percent=value.percentage * 100 if isinstance(value, _Percentage) else None,
        amount_off=amount_off,
        is_stopped=discount.status == "EXPIRED",
    )
