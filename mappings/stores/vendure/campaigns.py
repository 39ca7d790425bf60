"""Campaigns ⇄ promotions of Vendure's own building blocks.

`contains_products` as the condition (Vendure wants one) and `products_percentage_discount` as the action;
argument values are text, lists of ids are JSON in it (vendure-ecommerce/vendure, packages/core
config/promotion; read 2026-11). Which campaign a promotion belongs to stands in its description.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from mappings.canonical import Campaign, ShownCampaign
from mappings.stores.vendure.documents import CamelDocument, Instant
from mappings.stores.vendure.queries import wire_time

ACTION, CONDITION = "products_percentage_discount", "contains_products"


class Argument(CamelDocument):
    name: str
    value: str


class Operation(CamelDocument):
    code: str
    args: tuple[Argument, ...] = ()


class Promotion(CamelDocument):
    id: str
    name: str
    description: str
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    usage_limit: int | None = None
    enabled: bool
    actions: tuple[Operation, ...]


class PromotionPage(CamelDocument):
    items: tuple[Promotion, ...]


class PromotionsAnswer(CamelDocument):
    list: PromotionPage


class ActiveChannel(CamelDocument):
    default_language_code: str


class LanguageAnswer(CamelDocument):
    active_channel: ActiveChannel


def mark(campaign: Campaign) -> str:
    return f"orderhub {campaign.campaign_id}"


def having(campaign: Campaign) -> tuple[dict[str, Any], ...]:
    """Filters that find its promotion, the surest first."""
    by_mark = {"description": {"eq": mark(campaign)}}
    return ({"id": {"in": [campaign.external_id]}}, by_mark) if campaign.external_id else (by_mark,)


def cannot_be_told(campaign: Campaign) -> str:
    """Why Vendure cannot run it; empty: it can."""
    if campaign.percent is None:
        return "Vendure has promotions in percent only: give the campaign a percentage"
    return ""


def promotion_input(campaign: Campaign, language: str) -> dict[str, Any]:
    """CreatePromotionInput; the same with an id is UpdatePromotionInput."""
    listings = {"name": "productVariantIds", "value": msgspec.json.encode(campaign.listing_ids).decode()}
    percent = {"name": "discount", "value": f"{campaign.percent:f}"}
    return {
        "enabled": True,
        "startsAt": wire_time(campaign.starts_at),
        "endsAt": wire_time(campaign.ends_at) if campaign.ends_at else None,
        "usageLimit": campaign.most_uses,
        "conditions": [{"code": CONDITION, "arguments": [{"name": "minimum", "value": "1"}, listings]}],
        "actions": [{"code": ACTION, "arguments": [percent, listings]}],
        "translations": [{"languageCode": language, "name": campaign.name, "description": mark(campaign)}],
    }


def shown_campaign(promotion: Promotion) -> ShownCampaign:
    given = {
        each.name: each.value for action in promotion.actions if action.code == ACTION for each in action.args
    }
    return ShownCampaign(
        external_id=promotion.id,
        name=promotion.name,
        starts_at=promotion.starts_at,
        ends_at=promotion.ends_at,
        listing_ids=tuple(sorted(_ids(given.get("productVariantIds", "[]")))),
        percent=_percent(given.get("discount", "")),
        most_uses=promotion.usage_limit,
        is_stopped=not promotion.enabled,
    )


def _ids(text: str) -> Iterable[str]:
    """What an administrator wrote by hand may be anything: then no listing of ours is in it."""
    try:
        return msgspec.json.decode(text, type=list[str], strict=False)
    except msgspec.MsgspecError:
        return ()


def _percent(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
