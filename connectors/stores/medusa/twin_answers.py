"""The twin's documents, as complete as those of a 2.21.2 server."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.stores.medusa.twin_query import Selection, select
from connectors.stores.medusa.twin_state import SHIPPING, TAX, Fulfilment, Line, Order, Variant
from mappings.stores.medusa.queries import wire_time

Document = dict[str, Any]

CURRENCY = "eur"

_TEXTS_OF_LINES: Mapping[str, Any] = {
    **dict.fromkeys(("thumbnail", "product_description", "product_subtitle", "product_type")),
    **dict.fromkeys(("product_type_id", "product_collection", "variant_barcode", "variant_option_values")),
    **dict.fromkeys(("compare_at_unit_price", "raw_compare_at_unit_price", "deleted_at")),
    "requires_shipping": True,
    "is_giftcard": False,
    "is_discountable": True,
    "is_tax_inclusive": False,
    "is_custom_price": False,
    "metadata": {},
    "line_item_metadata": {},
    "tax_lines": [],
    "adjustments": [],
}
_ALWAYS = ("id", "status", "version")


def select_order(order: Order, tree: Selection) -> Document:
    """The selection, and what comes with every order: lines are complete, but for `detail`."""
    whole = _order(order)
    detail = tree.get("items", {}).get("detail")
    lines = [
        {**line, "detail": select(line["detail"], detail)}
        if detail is not None
        else {name: value for name, value in line.items() if name != "detail"}
        for line in whole["items"]
    ]
    return {**select(whole, tree), **{name: whole[name] for name in _ALWAYS}, "items": lines}


def _order(order: Order) -> Document:
    """Every field that a selection may name."""
    return {
        "id": order.id,
        "display_id": order.number,
        "custom_display_id": None,
        "status": order.status,
        "version": order.version,
        "metadata": None,
        "created_at": wire_time(order.created),
        "updated_at": wire_time(order.updated),
        "canceled_at": _time(order.canceled_at),
        "currency_code": CURRENCY,
        "email": order.email,
        "total": order.total,
        "credit_line_total": order.credited,
        "payment_status": order.payment_status,
        "fulfillment_status": order.fulfillment_status,
        "customer_id": order.customer_id,
        "customer": {
            "id": order.customer_id,
            "email": order.email,
            "first_name": None,
            "last_name": None,
            "phone": None,
        },
        "shipping_address": _address(order),
        "items": [_line(line, order) for line in order.lines],
        "shipping_methods": [_shipping_method(order)],
        "payment_collections": [_payment_collection(order)],
        "fulfillments": [_fulfilment(fulfilment) for fulfilment in order.fulfilments],
    }


def _time(moment: datetime | None) -> str | None:
    return wire_time(moment) if moment else None


def _address(order: Order) -> Document:
    """Medusa has a first and a last name; buyers of this shop enter all of it as the first."""
    address = order.address
    street = (*address.street, "", "")
    return {
        "id": f"ordaddr_{order.id}",
        "first_name": address.name,
        "last_name": "",
        "company": address.company or None,
        "address_1": street[0],
        "address_2": street[1] or None,
        "city": address.city,
        "province": address.province or None,
        "postal_code": address.postal_code,
        "country_code": address.country.lower(),
        "phone": address.telephone or None,
    }


def _amounts(**amounts: Decimal) -> Document:
    """Each amount as a number and, exactly, as text."""
    exact = {f"raw_{name}": {"value": f"{amount:f}", "precision": 20} for name, amount in amounts.items()}
    return {**amounts, **exact}


def _taxed(net: Decimal) -> Document:
    tax, nothing = net * TAX, Decimal(0)
    return _amounts(
        subtotal=net,
        total=net + tax,
        original_subtotal=net,
        original_total=net + tax,
        discount_subtotal=nothing,
        discount_tax_total=nothing,
        discount_total=nothing,
        tax_total=tax,
        original_tax_total=tax,
    )


def _line(line: Line, order: Order) -> Document:
    variant, gross = line.variant, line.variant.price * (1 + TAX)
    return {
        **_TEXTS_OF_LINES,
        "id": line.id,
        "title": variant.title,
        "subtitle": "Default",
        "variant_id": variant.id,
        "variant_sku": variant.sku,
        "variant_title": "Default",
        "product_id": _product_id(variant),
        "product_title": variant.title,
        "product_handle": variant.sku.lower(),
        "created_at": wire_time(order.created),
        "updated_at": wire_time(order.created),
        "unit_price": variant.price,
        "quantity": line.quantity,
        "raw_unit_price": {"value": f"{variant.price:f}", "precision": 20},
        "raw_quantity": {"value": str(line.quantity), "precision": 20},
        "detail": _detail(line, order),
        **_taxed(line.net),
        **_amounts(
            refundable_total_per_unit=gross,
            refundable_total=line.total,
            fulfilled_total=gross * line.fulfilled,
            shipped_total=Decimal(0),
            return_requested_total=gross * line.return_requested,
            return_received_total=Decimal(0),
            return_dismissed_total=Decimal(0),
            write_off_total=Decimal(0),
        ),
    }


def _detail(line: Line, order: Order) -> Document:
    shipped, delivered = (
        sum(it.quantities.get(line.id, 0) for it in order.standing if getattr(it, stage))
        for stage in ("shipped_at", "delivered_at")
    )
    return {
        "quantity": line.quantity,
        "fulfilled_quantity": line.fulfilled,
        "shipped_quantity": shipped,
        "delivered_quantity": delivered,
        "return_requested_quantity": line.return_requested,
        "return_received_quantity": 0,
        "return_dismissed_quantity": 0,
        "written_off_quantity": 0,
    }


def _shipping_method(order: Order) -> Document:
    return {
        "id": f"ordsm_{order.number}",
        "name": "Standard",
        "description": None,
        "is_tax_inclusive": False,
        "is_custom_amount": False,
        "shipping_option_id": "so_1",
        "data": {},
        "metadata": None,
        "created_at": wire_time(order.created),
        "updated_at": wire_time(order.created),
        "deleted_at": None,
        "tax_lines": [],
        "adjustments": [],
        "order_id": order.id,
        "detail": {"version": order.version},
        **_amounts(amount=SHIPPING),
        **_taxed(SHIPPING),
    }


def _payment_collection(order: Order) -> Document:
    payment = order.payment
    return {
        "id": f"pay_col_{order.number}",
        "status": "completed" if payment.captured else "authorized",
        "amount": payment.amount,
        "captured_amount": payment.captured,
        "refunded_amount": payment.refunded,
    }


def _fulfilment(fulfilment: Fulfilment) -> Document:
    return {
        "id": fulfilment.id,
        "location_id": fulfilment.location,
        "packed_at": wire_time(fulfilment.packed_at),
        "shipped_at": _time(fulfilment.shipped_at),
        "delivered_at": _time(fulfilment.delivered_at),
        "canceled_at": _time(fulfilment.canceled_at),
        "metadata": fulfilment.metadata,
        "items": [{"line_item_id": it, "quantity": units} for it, units in fulfilment.quantities.items()],
        "labels": [{"tracking_number": number} for number in fulfilment.numbers],
    }


def variant_document(variant: Variant) -> Document:
    levels = [
        {
            "location_id": location,
            "stocked_quantity": level.stocked,
            "reserved_quantity": level.reserved,
        }
        for location, level in variant.levels.items()
    ]
    return {
        "id": variant.id,
        "title": "Default",
        "sku": variant.sku,
        **dict.fromkeys(("barcode", "ean", "upc")),
        "manage_inventory": variant.manage_inventory,
        "product_id": _product_id(variant),
        "product": {"id": _product_id(variant), "title": variant.title},
        "inventory_items": [
            {
                "variant_id": variant.id,
                "inventory_item_id": variant.item_id,
                "required_quantity": variant.required,
                "inventory": {"id": variant.item_id, "location_levels": levels},
            }
        ],
    }


def _product_id(variant: Variant) -> str:
    return f"prod_{variant.id.partition('_')[2]}"
