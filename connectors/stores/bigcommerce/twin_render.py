"""The imitated store's documents, in the shape of its contract and samples."""

from datetime import datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import msgspec

from connectors.stores.bigcommerce.twin_state import CENT, SHIPPING, TAX, Item, Line, Order, Refund, Shipment
from mappings.canonical import PostalAddress

LABELS = {0: "Incomplete", 2: "Shipped", 3: "Partially Shipped", 4: "Refunded", 5: "Cancelled",
          7: "Awaiting Payment", 11: "Awaiting Fulfillment", 14: "Partially Refunded"}  # fmt: skip


encode = msgspec.json.Encoder(decimal_format="number").encode


def order_bytes(order: Order) -> bytes:
    """Rendered once per change: an order is read many times."""
    if order.rendered is None:
        order.rendered = encode(order_document(order))
    return order.rendered


def plain_bytes(order: Order) -> bytes:
    """Without what was not asked for: links stand in its place."""
    document = order_document(order)
    link = {"url": f"https://twin.example/orders/{order.id}", "resource": f"/orders/{order.id}"}
    return encode({**document, "consignments": link, "fees": link})


def order_document(order: Order) -> dict[str, Any]:
    total = order.total
    goods, without = total - SHIPPING, (total / TAX).quantize(CENT)
    return {
        "id": order.id,
        "customer_id": order.customer,
        "date_created": _moment(order.created),
        "date_modified": _moment(order.modified),
        "date_shipped": "",
        "status_id": order.status,
        "status": LABELS[order.status],
        "subtotal_inc_tax": _money(goods),
        "shipping_cost_ex_tax": _money(SHIPPING),
        "shipping_cost_inc_tax": _money(SHIPPING),
        "shipping_cost_tax": "0.0000",
        "handling_cost_inc_tax": "0.0000",
        "wrapping_cost_inc_tax": "0.0000",
        "total_ex_tax": _money(without),
        "total_inc_tax": _money(total),
        "total_tax": _money(total - without),
        "is_tax_inclusive_pricing": False,
        "items_total": sum(line.quantity for line in order.lines),
        "items_shipped": sum(line.shipped for line in order.lines),
        "payment_method": order.method,
        "payment_provider_id": "",
        "payment_status": order.payment,
        "refunded_amount": "0.0000",
        "store_credit_amount": "0.0000",
        "gift_certificate_amount": "0.0000",
        "currency_code": "USD",
        "currency_exchange_rate": "1.0000000000",
        "default_currency_code": "USD",
        "staff_notes": "",
        "customer_message": order.note,
        "discount_amount": "0.0000",
        "coupon_discount": "0.0000",
        "shipping_address_count": 1,
        "billing_address": {**_address(order.address), "email": order.email},
        "order_source": "www",
        "channel_id": 1,
        "external_order_id": "",
        "is_deleted": order.archived,
        "custom_status": LABELS[order.status],
        "consignments": {
            "pickups": [],
            "shipping": [_consignment(order)],
            "downloads": [],
            "email": {"gift_certificates": []},
        },
        "fees": [],
    }


def _money(value: Decimal) -> str:
    return f"{value:.4f}"


def _moment(moment: datetime) -> str:
    return format_datetime(moment)


def _address(address: PostalAddress) -> dict[str, Any]:
    first, _, last = address.name.partition(" ")
    street = [*address.street, "", ""]
    return {
        "first_name": first,
        "last_name": last,
        "company": address.company,
        "street_1": street[0],
        "street_2": street[1],
        "city": address.city,
        "state": address.province,
        "zip": address.postal_code,
        "country": address.country,
        "country_iso2": address.country,
        "phone": address.telephone,
    }


def _consignment(order: Order) -> dict[str, Any]:
    return {
        "id": order.address_id,
        **_address(order.address),
        "email": order.email,
        "form_fields": [],
        "shipping_method": "Flat Rate",
        "line_items": [_line(order, line) for line in order.lines],
        "items_total": sum(line.quantity for line in order.lines),
        "items_shipped": sum(line.shipped for line in order.lines),
        "base_cost": SHIPPING,
        "cost_inc_tax": SHIPPING,
    }


def _line(order: Order, line: Line) -> dict[str, Any]:
    each = line.price * TAX
    return {
        "id": line.id,
        "order_id": order.id,
        "product_id": line.item.product,
        "variant_id": line.item.variant,
        "order_pickup_method_id": 0,
        "order_address_id": order.address_id,
        "name": line.item.name,
        "sku": line.item.sku,
        "upc": "",
        "type": "physical",
        "base_price": _money(line.price),
        "price_ex_tax": _money(line.price),
        "price_inc_tax": _money(each),
        "price_tax": _money(each - line.price),
        "total_ex_tax": _money(line.price * line.quantity),
        "total_inc_tax": _money(line.total),
        "total_tax": _money(line.total - line.price * line.quantity),
        "quantity": line.quantity,
        "is_refunded": line.refunded == line.quantity,
        "quantity_refunded": line.refunded,
        "refund_amount": "0.0000",
        "quantity_shipped": line.shipped,
        "parent_order_product_id": None,
        "is_bundled_product": False,
        "applied_discounts": [],
        "product_options": [],
        "discounted_total_inc_tax": _money(line.total),
    }


def shipment_document(order: Order, shipment: Shipment) -> dict[str, Any]:
    return {
        "id": shipment.id,
        "order_id": order.id,
        "customer_id": order.customer,
        "order_address_id": order.address_id,
        "date_created": _moment(shipment.created),
        "merchant_shipping_cost": "0.0000",
        "comments": "",
        **shipment.fields,
        "items": [
            {"order_product_id": line_id, "product_id": 0, "quantity": quantity}
            for line_id, quantity in shipment.units.items()
        ],
    }


def refund_document(order: Order, refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "order_id": order.id,
        "user_id": 0,
        "created": refund.at.isoformat(),
        "reason": "",
        "total_amount": refund.amount,
        "total_tax": 0,
        "uses_merchant_override_values": False,
        "payments": [],
        "items": [{"item_type": "PRODUCT", "item_id": refund.line, "quantity": refund.quantity}],
    }


def item_document(item: Item) -> dict[str, Any]:
    return {
        "identity": {"sku": item.sku, "variant_id": item.variant, "product_id": item.product},
        "available_to_sell": item.on_hand - item.safety,
        "total_inventory_onhand": item.on_hand,
        "settings": {
            "safety_stock": item.safety,
            "is_in_stock": True,
            "warning_level": 0,
            "bin_picking_number": "",
        },
    }
