"""The imitated store's documents, in the shape of Magento's contract and tutorial."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from connectors.stores.magento.twin_state import SHIPPING, SOURCE, Item, Order, Product, Shipment, Track
from mappings.canonical import PostalAddress

encode = msgspec.json.Encoder(decimal_format="number").encode


def wire_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def order_bytes(order: Order) -> bytes:
    """Rendered once per change: an order is read many times."""
    if order.rendered is None:
        order.rendered = encode(order_document(order))
    return order.rendered


def order_document(order: Order) -> dict[str, Any]:
    """What is zero or null is left out, as Magento does."""
    first, last = _names(order.address)
    goods = order.total - order.tax - SHIPPING
    paid = {"total_paid": order.paid, "total_invoiced": order.paid} if order.paid else {}
    refunded = {"total_refunded": order.refunded} if order.refunded else {}
    note = {"customer_note": order.note} if order.note else {}
    return {
        "base_currency_code": "USD",
        "base_grand_total": order.total,
        "created_at": wire_time(order.created),
        "customer_email": order.email,
        "customer_firstname": first,
        "customer_id": order.customer,
        "customer_is_guest": 0,
        "customer_lastname": last,
        **note,
        "discount_amount": 0,
        "entity_id": order.id,
        "grand_total": order.total,
        "increment_id": f"{order.id:09}",
        "is_virtual": 0,
        "order_currency_code": "USD",
        "shipping_amount": SHIPPING,
        "shipping_description": "Flat Rate - Fixed",
        "shipping_discount_amount": 0,
        "shipping_tax_amount": 0,
        "state": order.state,
        "status": "pending" if order.state == "new" else order.state,
        "store_id": 1,
        "store_name": "Main Website\nMain Website Store\nDefault Store View",
        "subtotal": goods,
        "tax_amount": order.tax,
        "total_due": order.total - order.paid,
        **paid,
        **refunded,
        "updated_at": wire_time(order.updated),
        "items": [part for item in order.items for part in _items(order, item)],
        "billing_address": _address(order, "billing"),
        "payment": {
            "account_status": None,
            "cc_last4": None,
            "additional_information": [order.method],
            "method": order.method,
        },
        "status_histories": [],
        "extension_attributes": _extension(order),
    }


def _extension(order: Order) -> dict[str, Any]:
    shipping = {
        "address": _address(order, "shipping"),
        "method": "flatrate_flatrate",
        "total": {"shipping_amount": SHIPPING},
    }
    return {
        "shipping_assignments": [{"shipping": shipping, "items": []}],
        "applied_taxes": [],
        "gift_cards": [],
        "gw_price": "0.0000",
    }


def _names(address: PostalAddress) -> tuple[str, str]:
    first, _, last = address.name.partition(" ")
    return first, last


def _address(order: Order, kind: str) -> dict[str, Any]:
    address = order.address
    first, last = _names(address)
    company = {"company": address.company} if address.company else {}
    return {
        "address_type": kind,
        "city": address.city,
        **company,
        "country_id": address.country,
        "email": order.email,
        "entity_id": order.id,
        "firstname": first,
        "lastname": last,
        "parent_id": order.id,
        "postcode": address.postal_code,
        "region": address.province,
        "region_code": address.province_code or address.province,
        "street": list(address.street),
        "telephone": address.telephone,
    }


def _items(order: Order, item: Item) -> Iterator[dict[str, Any]]:
    """A variant is two items: the configurable with the price, and its simple part."""
    is_variant = bool(item.part_id)
    counts = {
        "qty_ordered": item.quantity,
        "qty_shipped": item.shipped,
        "qty_canceled": item.cancelled,
        "qty_refunded": item.refunded,
        "qty_invoiced": item.quantity if order.paid else 0,
    }
    whole = {
        "discount_amount": 0,
        "is_qty_decimal": 0,
        "is_virtual": 0,
        "item_id": item.id,
        "name": item.product.name,
        "order_id": order.id,
        "price": item.price,
        "product_id": item.product.parent or item.product.id,
        "product_type": "configurable" if is_variant else "simple",
        **counts,
        "row_total": item.row_total,
        "sku": item.product.sku,
        "tax_amount": item.tax,
    }
    yield whole
    if is_variant:
        part = {"item_id": item.part_id, "product_type": "simple", "parent_item_id": item.id}
        none: dict[str, Any] = {"price": 0, "row_total": 0, "tax_amount": 0}
        yield {**whole, **part, **none, "product_id": item.product.id, "parent_item": whole}


def shipment_document(order: Order, shipment: Shipment) -> dict[str, Any]:
    names = {item.id: item for item in order.items}
    return {
        "created_at": wire_time(shipment.created),
        "entity_id": shipment.id,
        "increment_id": f"{shipment.id:09}",
        "order_id": order.id,
        "total_qty": sum(shipment.units.values()),
        "items": [
            {
                "entity_id": item_id,
                "name": names[item_id].product.name,
                "order_item_id": item_id,
                "parent_id": shipment.id,
                "qty": quantity,
                "sku": names[item_id].product.sku,
            }
            for item_id, quantity in shipment.units.items()
        ],
        "tracks": [track_document(order, shipment, track) for track in shipment.tracks],
        "comments": [],
        "extension_attributes": {"source_code": SOURCE},
    }


def track_document(order: Order, shipment: Shipment, track: Track) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "created_at": wire_time(shipment.created),
        "entity_id": track.id,
        "parent_id": shipment.id,
        "weight": None,
        "qty": None,
        "description": None,
        "track_number": track.number,
        "title": track.title,
        "carrier_code": track.carrier,
    }


def product_document(product: Product, kind: str) -> dict[str, Any]:
    return {
        "id": product.id,
        "sku": product.sku,
        "name": product.name,
        "price": product.price,
        "status": 1,
        "type_id": kind,
    }


def source_item_document(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "source_code": SOURCE,
        "quantity": Decimal(product.quantity),
        "status": product.in_stock,
    }
