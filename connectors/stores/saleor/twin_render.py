"""The imitated server's objects, exactly as our documents select them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from connectors.stores.saleor.twin_state import SHIPPING, TAX, WAREHOUSE, Fulfilment, Line, Order, Variant

encode = msgspec.json.Encoder(decimal_format="number").encode


def order_bytes(order: Order) -> bytes:
    """Rendered once per change: an order is read many times."""
    if order.rendered is None:
        order.rendered = encode(order_document(order))
    return order.rendered


def head(order: Order) -> dict[str, Any]:
    return {"id": order.id, "created": order.created.isoformat(), "updatedAt": order.updated.isoformat()}


def order_document(order: Order) -> dict[str, Any]:
    address = _address(order)
    return {
        **head(order),
        "number": str(order.number),
        "status": order.status,
        "channel": {"slug": "default-channel"},
        "chargeStatus": order.charge_status,
        "authorizeStatus": "NONE",
        "total": {"currency": "USD", "gross": _money(order.total), "tax": _money(_tax(order.total))},
        "shippingPrice": _gross(SHIPPING),
        "totalCharged": _money(order.charged),
        "totalRefunded": _money(order.refunded),
        "user": {"id": order.customer},
        "userEmail": order.email,
        "customerNote": order.note,
        "shippingMethodName": "DHL",
        "collectionPointName": None,
        "billingAddress": address,
        "shippingAddress": address,
        "lines": [_line(line) for line in order.lines],
        "fulfillments": [{"status": it.status, "lines": _units(it.units)} for it in order.fulfilments],
    }


def _tax(gross: Decimal) -> Decimal:
    return (gross - gross / (1 + TAX)).quantize(Decimal("0.01"))


def _money(amount: Decimal) -> dict[str, Any]:
    return {"amount": amount}


def _gross(amount: Decimal) -> dict[str, Any]:
    return {"gross": _money(amount)}


def _address(order: Order) -> dict[str, Any]:
    address = order.address
    first, _, last = address.name.partition(" ")
    street = [*address.street, "", ""]
    return {
        "firstName": first,
        "lastName": last,
        "companyName": address.company,
        "streetAddress1": street[0],
        "streetAddress2": street[1],
        "city": address.city,
        "cityArea": address.district,
        "postalCode": address.postal_code,
        "country": {"code": address.country},
        "countryArea": address.province,
        "phone": address.telephone or None,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "productSku": line.variant.sku,
        "productVariantId": line.variant.id,
        "productName": line.variant.name,
        "variantName": "",
        "quantity": line.quantity,
        "quantityFulfilled": line.fulfilled,
        "isShippingRequired": True,
        "isGift": False,
        "totalPrice": _gross(line.total),
        "undiscountedTotalPrice": _gross(line.total),
        "undiscountedUnitPrice": _gross(line.price),
    }


def _units(units: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"quantity": count, "orderLine": {"id": line_id}} for line_id, count in units.items()]


def fulfilment_document(fulfilment: Fulfilment) -> dict[str, Any]:
    return {
        "id": fulfilment.id,
        "status": fulfilment.status,
        "trackingNumber": fulfilment.tracking,
        "carrier": fulfilment.metadata.get("carrier"),
        "lines": _units(fulfilment.units),
    }


def variant_document(variant: Variant) -> dict[str, Any]:
    return {"id": variant.id, "name": "", "sku": variant.sku, "product": {"name": variant.name}}


def stock_document(variant: Variant) -> dict[str, Any]:
    stock = {"quantity": variant.quantity, "quantityAllocated": variant.allocated}
    return {"id": variant.id, "stocks": [{"warehouse": {"id": WAREHOUSE}, **stock}]}
