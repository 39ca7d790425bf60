"""What the twin answers: the shop's state in the exact shape that the connector's documents select."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from connectors.stores.shopify.twin_world import (
    SERVICE_LOCATION,
    SHIPPING,
    ShopFulfilment,
    ShopFulfilmentOrder,
    ShopLine,
    ShopOrder,
    ShopVariant,
    gid,
)
from mappings.canonical import PostalAddress
from mappings.stores.shopify.outward import instant_text

Answer = dict[str, Any]
T = TypeVar("T")


def to_cursor(value: str) -> str:
    return base64.b64encode(msgspec.json.encode({"last_value": value})).decode()


def from_cursor(cursor: str) -> str:
    """Raises `ValueError` for what the twin never gave."""
    try:
        return str(msgspec.json.decode(base64.b64decode(cursor))["last_value"])
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise ValueError(cursor) from error


def page_of(nodes: Sequence[T], first: int, after: str | None, render: Callable[[T], Answer]) -> Answer:
    """A connection over a list that only grows: the cursor is a position."""
    start = int(from_cursor(after)) if after else 0
    end = min(start + first, len(nodes))
    return {
        "pageInfo": page_info(end < len(nodes), to_cursor(str(end)) if end > start else None),
        "nodes": [render(node) for node in nodes[start:end]],
    }


def page_info(has_next_page: bool, end_cursor: str | None) -> Answer:
    return {"hasNextPage": has_next_page, "endCursor": end_cursor}


def money(amount: Decimal) -> Answer:
    return {"shopMoney": {"amount": str(amount)}}


def order(one: ShopOrder) -> Answer:
    return {
        "id": gid("Order", one.id),
        "name": one.name,
        "test": one.purchase.is_test,
        "processedAt": instant_text(one.placed_at),
        "updatedAt": instant_text(one.updated_at),
        "cancelledAt": moment(one.cancelled_at),
        "cancelReason": "CUSTOMER" if one.cancelled_at else None,
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": True,
        "dutiesIncluded": False,
        "displayFinancialStatus": one.financial_status,
        "paymentGatewayNames": [_gateway(one)],
        "sourceName": "web",
        "email": one.purchase.email or None,
        "phone": None,
        "note": one.purchase.note or None,
        "tags": [],
        "customAttributes": [],
        "totalPriceSet": money(one.total),
        "totalTaxSet": money((one.goods / 6).quantize(Decimal("0.01"))),
        "totalRefundedSet": money(one.refunded),
        "originalTotalDutiesSet": None,
        "originalTotalAdditionalFeesSet": None,
        "shippingLines": {"nodes": [{"title": "Standard", "discountedPriceSet": money(SHIPPING)}]},
        "shippingAddress": _address(one.ship_to),
        "customer": {
            "id": gid("Customer", _number(one.purchase.buyer_reference)),
            "firstName": None,
            "lastName": one.ship_to.name or None,
        },
        "lineItems": page_of(one.lines, 10, None, line),
        "fulfillmentOrders": page_of(one.fulfilment_orders, 2, None, fulfilment_order),
    }


def line(one: ShopLine) -> Answer:
    product = one.variant.product
    return {
        "id": gid("LineItem", one.id),
        "sku": product.sku,
        "name": product.title,
        "quantity": one.quantity,
        "currentQuantity": one.current,
        "unfulfilledQuantity": one.unfulfilled,
        "requiresShipping": True,
        "originalUnitPriceSet": money(product.price),
        "discountAllocations": [],
        "customAttributes": [],
        "variant": {"id": gid("ProductVariant", one.variant.id), "barcode": None},
    }


def fulfilment_order(one: ShopFulfilmentOrder) -> Answer:
    actions = ["CREATE_FULFILLMENT", "HOLD", "MOVE"] if one.can_be_fulfilled else []
    return {
        "id": gid("FulfillmentOrder", one.id),
        "status": one.status,
        "fulfillAt": None,
        "fulfillBy": None,
        "supportedActions": [{"action": action} for action in actions],
        "fulfillmentHolds": [{"reason": one.hold}] if one.hold else [],
        "deliveryMethod": {"methodType": "SHIPPING"},
        "assignedLocation": {
            "location": {
                "id": gid("Location", one.location),
                "isFulfillmentService": one.location == SERVICE_LOCATION,
            }
        },
        "lineItems": page_of(list(one.units), 10, None, lambda unit: fulfilment_order_line(one, unit)),
    }


def fulfilment_order_line(one: ShopFulfilmentOrder, unit: int) -> Answer:
    owner, (total, remaining) = one.units[unit]
    return {
        "id": gid("FulfillmentOrderLineItem", unit),
        "totalQuantity": total,
        "remainingQuantity": remaining,
        "lineItem": {"id": gid("LineItem", owner.id)},
    }


def fulfilment(one: ShopFulfilment) -> Answer:
    number = gid("Fulfillment", one.id)
    return {"id": number, "status": "SUCCESS", "trackingInfo": [{"number": one.number}]}


def fulfilment_line(one: tuple[int, int]) -> Answer:
    number, quantity = one
    return {"quantity": quantity, "lineItem": {"id": gid("LineItem", number)}}


def event(one: tuple[str, datetime]) -> Answer:
    code, happened_at = one
    return {"status": code, "happenedAt": instant_text(happened_at)}


def variant(one: ShopVariant) -> Answer:
    return {
        "id": gid("ProductVariant", one.id),
        "sku": one.product.sku,
        "barcode": None,
        "displayName": f"{one.product.title} - Default Title",
        "updatedAt": instant_text(one.updated_at),
        "inventoryItem": {"id": one.inventory_item},
    }


def webhook_body(one: ShopOrder) -> Answer:
    """REST-shaped, with the fields that a receiver may rely on."""
    return {
        "id": one.id,
        "admin_graphql_api_id": gid("Order", one.id),
        "name": one.name,
        "created_at": one.placed_at.isoformat(),
        "updated_at": one.updated_at.isoformat(),
        "cancelled_at": one.cancelled_at.isoformat() if one.cancelled_at else None,
        "currency": "EUR",
        "financial_status": one.financial_status.lower(),
        "total_price": str(one.total),
        "line_items": [
            {"id": each.id, "quantity": each.quantity, "current_quantity": each.current} for each in one.lines
        ],
    }


def moment(value: datetime | None) -> str | None:
    return instant_text(value) if value else None


def _gateway(one: ShopOrder) -> str:
    return "Cash on Delivery (COD)" if one.purchase.cash_on_delivery else "bogus"


def _address(one: PostalAddress) -> Answer:
    street = [*one.street, None, None]
    return {
        "name": one.name or None,
        "company": one.company or None,
        "address1": street[0],
        "address2": ", ".join(filter(None, street[1:])) or None,
        "city": one.city or None,
        "province": one.province or None,
        "provinceCode": one.province_code or None,
        "countryCodeV2": one.country,
        "zip": one.postal_code or None,
        "phone": one.telephone or None,
    }


def _number(reference: str) -> int:
    """A stable number for a buyer; Shopify's ids are numbers."""
    return int.from_bytes(reference.encode()[-6:], "big")
