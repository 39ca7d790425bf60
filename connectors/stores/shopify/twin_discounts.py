"""Automatic discounts of the twin's shop."""

from decimal import Decimal
from typing import Any

from connectors.stores.shopify import twin_inputs
from connectors.stores.shopify.twin_answers import Answer, page_of
from connectors.stores.shopify.twin_world import ShopDiscount, ShopifyWorld, gid
from mappings.stores.shopify.outward import instant_text

CURRENCY = "EUR"


def discount(twin: ShopifyWorld, variables: twin_inputs.Id) -> Answer:
    _permit(twin)
    number = _number(variables.id, "DiscountNode")
    known = twin.discounts.get(number)
    return {"discountNode": _node(twin, number, known) if known else None}


def discounts_by_tag(twin: ShopifyWorld, variables: twin_inputs.TagSearch) -> Answer:
    _permit(twin)
    tag = variables.query.removeprefix("tag:")
    found = [(number, one) for number, one in twin.discounts.items() if tag in one.tags]
    return {"discountNodes": {"nodes": [_node(twin, *each) for each in found[:2]]}}


def create_discount(twin: ShopifyWorld, variables: twin_inputs.NewDiscount) -> Answer:
    _permit(twin)
    number = twin.next_id()
    return _save(twin, "discountAutomaticBasicCreate", number, variables.input, [])


def update_discount(twin: ShopifyWorld, variables: twin_inputs.ChangedDiscount) -> Answer:
    _permit(twin)
    number = _number(variables.id, "DiscountAutomaticNode")
    if number not in twin.discounts:
        return _refused("discountAutomaticBasicUpdate", "id", "INVALID", "Discount does not exist.")
    variants = twin.discounts[number].variants
    return _save(twin, "discountAutomaticBasicUpdate", number, variables.input, variants)


def end_discount(twin: ShopifyWorld, variables: twin_inputs.Id) -> Answer:
    _permit(twin)
    known = twin.discounts.get(_number(variables.id, "DiscountAutomaticNode"))
    if known is None:
        return _refused("discountAutomaticDeactivate", "id", "INVALID", "Discount does not exist.")
    known.ends_at = twin.now()
    twin.record("campaign_end", known.title)
    return _done("discountAutomaticDeactivate", _number(variables.id, "DiscountAutomaticNode"))


def _save(twin: ShopifyWorld, at: str, number: int, wanted: twin_inputs.Discount, known: list[str]) -> Answer:
    products = wanted.customer_gets.items.products
    for each in products.product_variants_to_add:
        if not twin.sells(each):
            return _refused(at, "customerGets", "INVALID", "Product variant does not exist.")
    if wanted.ends_at and wanted.ends_at <= wanted.starts_at:
        return _refused(at, "endsAt", "END_DATE_BEFORE_START_DATE", "Ends at must be after starts at.")
    value = wanted.customer_gets.value
    if (value.percentage is None) == (value.discount_amount is None):
        return _refused(at, "customerGets", "INVALID", "Give a percentage or an amount.")
    kept = [each for each in known if each not in products.product_variants_to_remove]
    twin.discounts[number] = ShopDiscount(
        title=wanted.title,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        tags=wanted.tags,
        percentage=Decimal(str(value.percentage)) if value.percentage is not None else None,
        amount=value.discount_amount.amount if value.discount_amount else None,
        variants=[*kept, *products.product_variants_to_add],
    )
    twin.record("campaign", wanted.title, number=number)
    return _done(at, number)


def _done(at: str, number: int) -> Answer:
    made = {"id": gid("DiscountAutomaticNode", number)}
    return {at: {"automaticDiscountNode": made, "userErrors": []}}


def _refused(at: str, field: str, code: str, message: str) -> Answer:
    errors = [{"code": code, "field": ["automaticBasicDiscount", field], "message": message}]
    return {at: {"automaticDiscountNode": None, "userErrors": errors}}


def _permit(twin: ShopifyWorld) -> None:
    if "write_discounts" not in twin.scopes:
        raise twin_inputs.Refused("Access denied. Required access: `write_discounts`.", "ACCESS_DENIED")


def _number(global_id: str, kind: str) -> int:
    return int(global_id.rpartition("/")[2]) if global_id.startswith(f"gid://shopify/{kind}/") else 0


def _node(twin: ShopifyWorld, number: int, one: ShopDiscount) -> Answer:
    return {
        "id": gid("DiscountNode", number),
        "discount": {
            "__typename": "DiscountAutomaticBasic",
            "title": one.title,
            "startsAt": instant_text(one.starts_at),
            "endsAt": instant_text(one.ends_at) if one.ends_at else None,
            "status": _status(twin, one),
            "tags": one.tags,
            "customerGets": {
                "value": _value(one),
                "items": {
                    "__typename": "DiscountProducts",
                    "productVariants": page_of(one.variants, 250, None, lambda each: {"id": each}),
                },
            },
        },
    }


def _status(twin: ShopifyWorld, one: ShopDiscount) -> str:
    if one.ends_at and one.ends_at <= twin.now():
        return "EXPIRED"
    return "SCHEDULED" if one.starts_at > twin.now() else "ACTIVE"


def _value(one: ShopDiscount) -> dict[str, Any]:
    if one.percentage is not None:
        return {"__typename": "DiscountPercentage", "percentage": float(one.percentage)}
    amount = {"amount": str(one.amount), "currencyCode": CURRENCY}
    return {"__typename": "DiscountAmount", "amount": amount, "appliesOnEachItem": True}
