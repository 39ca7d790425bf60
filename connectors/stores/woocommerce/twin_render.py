"""The imitated shop's documents, in the shape of REST API v3 (as its documentation and samples show)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from connectors.stores.woocommerce.twin_shop import SHIPPING, Item, Note, Order, Parcel, Refund
from mappings.canonical import PostalAddress
from mappings.stores.woocommerce.tables import CHINESE_PROVINCES

ZONE = timedelta(hours=-3)
"""The shop's own time, in which every date is written too."""


def local(moment: datetime | None) -> str | None:
    return gmt(moment + ZONE) if moment else None


def gmt(moment: datetime | None) -> str | None:
    return moment.replace(tzinfo=None).isoformat() if moment else None


def dates(name: str, moment: datetime | None) -> dict[str, str | None]:
    return {f"date_{name}": local(moment), f"date_{name}_gmt": gmt(moment)}


def order_bytes(order: Order) -> bytes:
    """Rendered once per change: an order is read and posted many times."""
    if order.rendered is None:
        order.rendered = msgspec.json.encode(order_document(order))
    return order.rendered


def order_document(order: Order) -> dict[str, Any]:
    address = _address(order.address)
    tax, total = _money(order.tax), _money(order.total)
    return {
        "id": order.id,
        "parent_id": 0,
        "status": order.status,
        "currency": "EUR",
        "version": "11.0.1",
        "prices_include_tax": False,
        **dates("created", order.created),
        **dates("modified", order.modified),
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": _money(SHIPPING),
        "shipping_tax": "0.00",
        "cart_tax": tax,
        "total": total,
        "total_tax": tax,
        "customer_id": order.customer,
        "order_key": f"wc_order_{order.id}",
        "billing": {**address, "email": order.email},
        "shipping": address,
        "payment_method": order.method,
        "payment_method_title": order.method,
        "transaction_id": "",
        "created_via": "checkout",
        "customer_ip_address": "",
        "customer_user_agent": "",
        "customer_note": order.note,
        "cart_hash": "",
        **dates("completed", order.completed),
        **dates("paid", order.paid),
        "number": str(order.id),
        "meta_data": [],
        "line_items": [_line(order, position) for position in range(len(order.lines))],
        "tax_lines": [],
        "shipping_lines": [
            {
                "id": order.id,
                "method_title": "Flat rate",
                "method_id": "flat_rate",
                "instance_id": "1",
                "total": _money(SHIPPING),
                "total_tax": "0.00",
                "taxes": [],
                "meta_data": [],
            }
        ],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [{"id": it.id, "reason": "", "total": _money(-it.amount)} for it in order.refunds],
        "needs_payment": order.status in ("pending", "failed"),
        "needs_processing": True,
        "currency_symbol": "€",
    }


def _money(value: Decimal) -> str:
    return f"{value:.2f}"


def _address(address: PostalAddress) -> dict[str, str]:
    first, _, last = address.name.partition(" ")
    street = [*address.street, "", ""]
    return {
        "first_name": first,
        "last_name": last,
        "company": address.company,
        "address_1": street[0],
        "address_2": street[1],
        "city": address.city,
        "state": _state(address),
        "postcode": address.postal_code,
        "country": address.country,
        "phone": address.telephone,
    }


def _state(address: PostalAddress) -> str:
    """The form of a shop offers Chinese provinces by WooCommerce's own numbers."""
    if address.country == "CN":
        for code, name in CHINESE_PROVINCES.items():
            if address.province.startswith(name):
                return code
    return address.province_code or address.province


def _line(order: Order, position: int) -> dict[str, Any]:
    line = order.lines[position]
    return {
        "id": line.id,
        "name": line.item.name,
        "product_id": line.item.parent or line.item.id,
        "variation_id": line.item.id if line.item.parent else 0,
        "quantity": line.quantity,
        "tax_class": "",
        "subtotal": _money(line.total),
        "subtotal_tax": _money(line.tax),
        "total": _money(line.total),
        "total_tax": _money(line.tax),
        "taxes": [],
        "meta_data": [],
        "sku": line.item.sku,
        "price": float(line.price),
    }


def refund_document(order: Order, refund: Refund) -> dict[str, Any]:
    lines = [line for line in order.lines if refund.units.get(line.id)]
    return {
        "id": refund.id,
        **dates("created", refund.at),
        "amount": _money(refund.amount),
        "reason": "",
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [
            {
                "id": refund.id + 100_000 + position,
                "name": line.item.name,
                "product_id": line.item.parent or line.item.id,
                "variation_id": line.item.id if line.item.parent else 0,
                "quantity": -refund.units[line.id],
                "tax_class": "",
                **_refunded(line.price * refund.units[line.id]),
                "taxes": [],
                "meta_data": [{"id": refund.id, "key": "_refunded_item_id", "value": str(line.id)}],
                "sku": line.item.sku,
                "price": float(line.price),
            }
            for position, line in enumerate(lines)
        ],
    }


def _refunded(amount: Decimal) -> dict[str, str]:
    """Amounts of a refund are negative; its tax is in the refund's own amount."""
    value = _money(-amount)
    return {"subtotal": value, "subtotal_tax": "0.00", "total": value, "total_tax": "0.00"}


def product_document(item: Item) -> dict[str, Any]:
    """A variation says neither type nor product, as older versions do."""
    named = {} if item.parent else {"type": item.kind, "parent_id": 0}
    return {
        "id": item.id,
        "name": item.name,
        **named,
        "status": "publish",
        "sku": item.sku,
        "price": _money(item.price),
        "manage_stock": item.manages_stock,
        "stock_quantity": item.stock if item.manages_stock else None,
    }


def fulfilment_document(order: Order, parcel: Parcel) -> dict[str, Any]:
    return {
        "id": int(parcel.id),
        "entity_type": "WC_Order",
        "entity_id": str(order.id),
        "status": "fulfilled",
        "is_fulfilled": True,
        "date_deleted": None,
        "meta_data": parcel.meta,
    }


def tracking_document(parcel: Parcel) -> dict[str, Any]:
    return {
        "tracking_id": parcel.id,
        "tracking_provider": parcel.carrier,
        "tracking_link": parcel.link,
        "tracking_number": parcel.number,
        "date_shipped": parcel.shipped_on,
    }


def note_document(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "author": "system",
        **dates("created", note.at),
        "note": note.text,
        "customer_note": note.to_customer,
    }
