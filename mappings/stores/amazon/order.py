"""One Amazon order (2026-01-01) → `SalesOrder`.

Proceeds are told per item for all of its units. Whether taxes are part of the other amounts differs between
marketplaces, and no field says so: the order's total does. The sign of discounts is not documented.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mappings.canonical import (
    Buyer,
    Fulfiller,
    OrderLine,
    PaymentStatus,
    PostalAddress,
    SalesOrder,
    minor_unit,
)
from mappings.documents import amount, decode, instant, present, unknown_fields
from mappings.stores.amazon.tables import (
    COLLECTED,
    CURRENCIES,
    DISCOUNT,
    FULFILLED_BY,
    FULFILLMENT_STATUSES,
    HOLDING_PROGRAMS,
    ITEM,
    NO_CURRENCY,
    PAYMENT_METHODS,
    PROCEEDS,
    SHIPPING,
    SURCHARGES,
    TAX,
    TIP,
    TRANSPARENCY,
    UNREAD_FIELDS,
    Standing,
)
from mappings.stores.amazon.wire import Breakdown, ItemDocument, OrderDocument, Recipient

UNKNOWN_COUNTRY = "ZZ"
ZERO = Decimal(0)
PAYMENTS = {Standing.WAITING: PaymentStatus.PENDING, Standing.CANCELLED: PaymentStatus.VOIDED}

Parts = dict[str, Decimal]


def read_order(document: bytes) -> SalesOrder:
    """An order with its data sets; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    standing = FULFILLMENT_STATUSES.read(
        order.fulfillment.fulfillment_status, "$.fulfillment.fulfillmentStatus"
    )
    methods = _methods(order)
    at_the_door = any(PAYMENT_METHODS.get(one, False) for one in methods)
    lines = tuple(_lines(order, standing))
    parts = _parts_of_order(order)
    total, tax_is_included = _total(order, lines, parts)
    currency = _currency(order)
    return SalesOrder(
        external_id=order.order_id,
        order_number=order.order_id,
        placed_at=order.placed_at,
        updated_at=order.changed_at,
        currency=currency,
        payment_status=_payment(standing, at_the_door),
        cash_on_delivery=at_the_door and standing is not Standing.CANCELLED,
        platform_hold=_hold(order, standing, methods),
        cancelled_at=order.changed_at if standing is Standing.CANCELLED else None,
        cancel_reason=_cancel_reason(order),
        buyer=_buyer(order),
        ship_to=_address(order.recipient or Recipient()),
        lines=lines,
        taxes_included=tax_is_included,
        tax=parts.get(TAX, ZERO),
        shipping_charge=parts.get(SHIPPING, ZERO),
        surcharge=_surcharge(parts),
        total=total,
        rounding=minor_unit(currency) * len(lines),
        shipping_method=order.fulfillment.fulfillment_service_level or "",
        note=_note(order),
        ship_by=_ship_by(order),
        extra=_extra(order),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that neither `OrderDocument` nor Amazon's contract names."""
    return unknown_fields(document, OrderDocument) - UNREAD_FIELDS


def _payment(standing: Standing, at_the_door: bool) -> PaymentStatus:
    if standing not in PAYMENTS and at_the_door:
        return PaymentStatus.PENDING
    return PAYMENTS.get(standing, PaymentStatus.PAID)


def _methods(order: OrderDocument) -> list[str]:
    found = order.payment.payment_executions if order.payment else None
    return [one.payment_method for one in found or () if one.payment_method]


def _hold(order: OrderDocument, standing: Standing, methods: list[str]) -> str:
    """What only a person can settle before goods leave."""
    if standing is Standing.HELD:
        return f"Amazon says {order.fulfillment.fulfillment_status}"
    if order.fulfillment.fulfilled_by is None:
        return "Amazon does not say who ships"
    if any(one not in PAYMENT_METHODS.codes for one in methods):
        return "paid by a method that nobody knows: is it cash on delivery?"
    if order.fulfillment.fulfilled_by == "MERCHANT" and standing is Standing.OPEN:
        return _programme_hold(order)
    return ""


def _programme_hold(order: OrderDocument) -> str:
    if any(TRANSPARENCY in (item.programs or ()) for item in order.order_items):
        return "its units carry Transparency codes, which are to be confirmed in Seller Central"
    return next((HOLDING_PROGRAMS[one] for one in order.programs or () if one in HOLDING_PROGRAMS), "")


def _lines(order: OrderDocument, standing: Standing) -> Iterator[OrderLine]:
    code = order.fulfillment.fulfilled_by
    fulfiller = FULFILLED_BY.read(code, "$.fulfillment.fulfilledBy") if code else Fulfiller.MERCHANT
    ships = COLLECTED not in (order.programs or ())
    for position, item in enumerate(order.order_items):
        yield _line(item, f"$.orderItems[{position}]", standing, fulfiller, ships)


def _line(item: ItemDocument, path: str, standing: Standing, fulfiller: Fulfiller, ships: bool) -> OrderLine:
    parts = _parts_of_item(item, path)
    price = item.product.price.unit_price if item.product.price else None
    unit_price = amount(price.amount, f"{path}.product.price.unitPrice.amount") if price else None
    fulfilled, cancelled = _progress(item, standing)
    goods = parts.get(ITEM, (unit_price or ZERO) * (item.quantity_ordered - cancelled))
    if unit_price is None:
        unit_price = goods / item.quantity_ordered if item.quantity_ordered else ZERO
    discount = parts.get(DISCOUNT, ZERO)
    wish = item.cancellation.cancellation_request if item.cancellation else None
    return OrderLine(
        line_id=item.order_item_id,
        listing_id=item.product.seller_sku or "",
        sku=item.product.seller_sku or "",
        title=item.product.title or "",
        quantity=item.quantity_ordered,
        quantity_cancelled=cancelled,
        quantity_fulfilled=fulfilled,
        unit_price=unit_price,
        discount=discount,
        total=goods - discount,
        requires_shipping=ships,
        fulfilled_by=fulfiller,
        refund_requested=wish is not None and cancelled == 0,
    )


def _progress(item: ItemDocument, standing: Standing) -> tuple[int, int]:
    """Units that left, and units that nobody wants any more: what is neither fulfilled nor to be."""
    ordered, told = item.quantity_ordered, item.fulfillment
    default = ordered if standing is Standing.SHIPPED else 0
    fulfilled = default if told is None or told.quantity_fulfilled is None else told.quantity_fulfilled
    fulfilled = min(fulfilled, ordered)
    executed = item.cancellation and item.cancellation.cancellation_execution
    if executed or standing is Standing.CANCELLED:
        return fulfilled, ordered - fulfilled
    if standing is Standing.WAITING or told is None or told.quantity_unfulfilled is None:
        return fulfilled, 0
    return fulfilled, max(0, ordered - fulfilled - told.quantity_unfulfilled)


def _summed(breakdowns: tuple[Breakdown, ...], path: str, parts: Parts) -> Parts:
    """Amounts by type, one that nobody knows as a surcharge; discounts without a sign."""
    for position, one in enumerate(breakdowns):
        value = amount(one.subtotal.amount, f"{path}.breakdowns[{position}].subtotal.amount")
        kind = one.type if one.type in PROCEEDS else "OTHER"
        parts[kind] = parts.get(kind, ZERO) + (abs(value) if kind == DISCOUNT else value)
    return parts


def _parts_of_item(item: ItemDocument, path: str) -> Parts:
    found = item.proceeds.breakdowns if item.proceeds else None
    return _summed(found or (), f"{path}.proceeds", {})


def _parts_of_order(order: OrderDocument) -> Parts:
    """Of all items, and the tip that belongs to none of them."""
    parts: Parts = {}
    for position, item in enumerate(order.order_items):
        found = item.proceeds.breakdowns if item.proceeds else None
        _summed(found or (), f"$.orderItems[{position}].proceeds", parts)
    found = order.proceeds.breakdowns if order.proceeds else None
    tips = tuple(one for one in found or () if one.type == TIP)
    return _summed(tips, "$.proceeds", parts)


def _surcharge(parts: Parts) -> Decimal:
    return sum((parts.get(kind, ZERO) for kind in (*sorted(SURCHARGES), TIP)), ZERO)


def _total(order: OrderDocument, lines: tuple[OrderLine, ...], parts: Parts) -> tuple[Decimal, bool]:
    """The order's total, and whether taxes are part of its other amounts."""
    untaxed = sum((line.total for line in lines), parts.get(SHIPPING, ZERO) + _surcharge(parts))
    stated = order.proceeds.grand_total if order.proceeds else None
    if stated is None:
        return untaxed + parts.get(TAX, ZERO), TAX not in parts
    total = amount(stated.amount, "$.proceeds.grandTotal.amount")
    return total, TAX not in parts or total == untaxed


def _currency(order: OrderDocument) -> str:
    if order.proceeds and order.proceeds.grand_total:
        return order.proceeds.grand_total.currency_code
    prices = (item.product.price.unit_price for item in order.order_items if item.product.price)
    told = next((price.currency_code for price in prices if price), "")
    return told or CURRENCIES.get(order.sales_channel.marketplace_id or "", NO_CURRENCY)


def _cancel_reason(order: OrderDocument) -> str:
    executions = (item.cancellation.cancellation_execution for item in order.order_items if item.cancellation)
    return next((one.cancel_reason for one in executions if one and one.cancel_reason), "")


def _buyer(order: OrderDocument) -> Buyer:
    if order.buyer is None:
        return Buyer()
    return Buyer(name=order.buyer.buyer_name or "", email=order.buyer.buyer_email or "")


def _address(recipient: Recipient) -> PostalAddress | None:
    """Null while Amazon keeps it: not paid yet, shipped long ago, or a role of the application is missing."""
    address = recipient.delivery_address
    if address is None:
        return None
    extended = address.extended_fields
    lines = (address.address_line1, address.address_line2, address.address_line3)
    neighborhood = (extended.neighborhood or "") if extended else ""
    return PostalAddress(
        name=address.name or "",
        company=address.company_name or "",
        telephone=address.phone or "",
        country=address.country_code or UNKNOWN_COUNTRY,
        province=address.state_or_region or "",
        city=address.city or address.municipality or "",
        district=address.district_or_county or neighborhood,
        street=tuple(line for line in lines if line),
        postal_code=address.postal_code or "",
    )


def _note(order: OrderDocument) -> str:
    """What the buyer says about the delivery, and on gifts."""
    preference = order.recipient.delivery_preference if order.recipient else None
    said = [preference.drop_off_location, preference.address_instruction] if preference else []
    packings = (item.fulfillment.packing for item in order.order_items if item.fulfillment)
    said += [one.gift_option.gift_message for one in packings if one and one.gift_option]
    return "\n".join(text for text in said if text)


def _ship_by(order: OrderDocument) -> datetime | None:
    window = order.fulfillment.ship_by_window
    if window is None or not window.latest_date_time:
        return None
    return instant(window.latest_date_time, "$.fulfillment.shipByWindow.latestDateTime")


def _extra(order: OrderDocument) -> dict[str, str]:
    own = (one.alias_id for one in order.order_aliases or () if one.alias_type == "SELLER_ORDER_ID")
    return present(
        {
            "seller_order_id": next(own, ""),
            "marketplace_id": order.sales_channel.marketplace_id,
            "programs": " ".join(order.programs or ()),
            "purchase_order": order.buyer.buyer_purchase_order_number if order.buyer else None,
        }
    )
