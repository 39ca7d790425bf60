"""One WooCommerce order → `SalesOrder`.

All amounts are «as placed»: a refund changes neither lines nor totals. Tax is always on top of the lines.
WooCommerce rounds each amount that it prints to the shop's decimals, so each may be half a step off.
"""

from collections import Counter
from decimal import Decimal
from html import unescape

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.documents import amount, decode, unknown_fields
from mappings.errors import MappingError
from mappings.stores.woocommerce.tables import (
    CASH_ON_DELIVERY,
    CHINESE_PROVINCES,
    COLLECTED,
    ORDER_STATUSES,
    UNREAD_FIELDS,
    Standing,
)
from mappings.stores.woocommerce.wire import AddressDocument, LineDocument, OrderDocument, gmt

UNKNOWN_COUNTRY = "ZZ"
"""For an address without country: a shop that sells to one country only may leave it out."""


def read_order(document: bytes) -> SalesOrder:
    """An order with the details of its refunds; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    standing = ORDER_STATUSES.codes.get(order.status)
    total = amount(order.total, "$.total")
    refunded = _sum("$.refunds", "total", *(-one.total for one in order.refunds or ()))
    payment = _payment(order, standing, total, refunded)
    return SalesOrder(
        external_id=str(order.id),
        order_number=str(order.number),
        placed_at=order.placed_at,
        updated_at=order.changed_at,
        currency=order.currency,
        payment_status=payment,
        cash_on_delivery=_is_collected_at_the_door(order, standing, payment),
        platform_hold=_hold(order, standing, payment),
        cancelled_at=order.changed_at if standing is Standing.CANCELLED else None,
        cancel_reason="moved to the bin" if order.status == "trash" else "",
        buyer=_buyer(order),
        ship_to=_ship_to(order),
        lines=_lines(order, standing),
        taxes_included=False,
        tax=amount(order.total_tax, "$.total_tax"),
        shipping_charge=_sum("$.shipping_lines", "total", *(one.total for one in order.shipping_lines)),
        surcharge=_sum("$.fee_lines", "total", *(one.total for one in order.fee_lines)),
        order_discount=_sum("$.gift_cards", "amount", *(one.amount for one in order.gift_cards or ())),
        total=total,
        refunded=refunded,
        rounding=_rounding(order),
        shipping_method=(order.shipping_lines[0].method_title or "") if order.shipping_lines else "",
        note=order.customer_note or "",
        paid_at=gmt(order.date_paid_gmt) if order.date_paid_gmt else None,
        extra=_extra(order),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that neither `OrderDocument` nor WooCommerce's documentation names."""
    return unknown_fields(document, OrderDocument) - UNREAD_FIELDS


def _payment(
    order: OrderDocument, standing: Standing | None, total: Decimal, refunded: Decimal
) -> PaymentStatus:
    """`date_paid_gmt` decides: WooCommerce writes it when the money came, for cash when the parcel arrived.
    A completed order is paid even without (orders of old versions)."""
    if standing is Standing.REFUNDED:
        return PaymentStatus.REFUNDED
    if order.date_paid_gmt is None and standing is not Standing.COMPLETED:
        return PaymentStatus.VOIDED if standing is Standing.CANCELLED else PaymentStatus.PENDING
    if refunded > 0:
        return PaymentStatus.REFUNDED if refunded >= total else PaymentStatus.PARTIALLY_REFUNDED
    return PaymentStatus.PAID


def _is_collected_at_the_door(
    order: OrderDocument, standing: Standing | None, payment: PaymentStatus
) -> bool:
    unpaid = payment is PaymentStatus.PENDING and standing is Standing.OPEN
    return unpaid and order.payment_method == CASH_ON_DELIVERY


def _hold(order: OrderDocument, standing: Standing | None, payment: PaymentStatus) -> str:
    """A status that a shop or plug-in added, and one that says «wait» although the money is there: only a
    person knows whether such an order may ship."""
    waits_although_paid = standing is Standing.WAITING and payment is not PaymentStatus.PENDING
    return f"order status {order.status}" if standing is None or waits_although_paid else ""


def _sum(path: str, name: str, *values: Decimal) -> Decimal:
    checked = (amount(value, f"{path}[{position}].{name}") for position, value in enumerate(values))
    return sum(checked, Decimal(0))


def _rounding(order: OrderDocument) -> Decimal:
    """Half of the last printed place per amount: lines, shipping, fees, and the tax."""
    exponent = order.total.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) and exponent < 0 else 0)
    return step / 2 * (1 + len(order.line_items) + len(order.shipping_lines) + len(order.fee_lines))


def _buyer(order: OrderDocument) -> Buyer:
    """`customer_id` is 0 for guests."""
    billing = order.billing or AddressDocument()
    return Buyer(
        reference=str(order.customer_id) if order.customer_id else "",
        name=_name(billing),
        telephone=str(billing.phone or ""),
        email=billing.email or "",
    )


def _name(address: AddressDocument) -> str:
    return f"{address.first_name or ''} {address.last_name or ''}".strip()


def _ship_to(order: OrderDocument) -> PostalAddress | None:
    """The shipping address, else (it may be all empty) the billing address; null if both say nothing."""
    billing = order.billing or AddressDocument()
    address = next((it for it in (order.shipping, billing) if it and (it.address_1 or it.city)), None)
    if address is None:
        return None
    state = address.state or ""
    return PostalAddress(
        name=_name(address),
        company=address.company or "",
        telephone=str(address.phone or billing.phone or ""),
        country=address.country or UNKNOWN_COUNTRY,
        province=CHINESE_PROVINCES.get(state, state),
        province_code=state if len(state) <= 3 and state.isalpha() and state.isupper() else "",
        city=address.city or "",
        street=tuple(line for line in (address.address_1, address.address_2) if line),
        postal_code=str(address.postcode or ""),
    )


def _lines(order: OrderDocument, standing: Standing | None) -> tuple[OrderLine, ...]:
    """A completed order left the shop in full. Nobody ships what the buyer collects or what is virtual."""
    refunded = _refunded_units(order)
    methods = [one.method_id for one in order.shipping_lines]
    is_collected = bool(methods) and all(method in COLLECTED for method in methods)
    ships = order.needs_processing is not False and not is_collected
    return tuple(
        _line(line, f"$.line_items[{position}]", refunded[str(line.id)], standing, ships)
        for position, line in enumerate(order.line_items)
    )


def _refunded_units(order: OrderDocument) -> Counter[str]:
    if order.refunds and order.refund_details is None:
        raise MappingError("$.refund_details", "is missing, although the order has refunds")
    units = Counter[str]()
    for number, refund in enumerate(order.refund_details or ()):
        for position, line in enumerate(refund.line_items):
            named = [str(it.value) for it in line.meta_data if it.key == "_refunded_item_id"]
            if line.quantity and not named:
                path = f"$.refund_details[{number}].line_items[{position}].meta_data"
                raise MappingError(path, "does not name the refunded line")
            if named:
                units[named[0]] += abs(line.quantity)
    return units


def _line(line: LineDocument, path: str, refunded: int, standing: Standing | None, ships: bool) -> OrderLine:
    subtotal, total = amount(line.subtotal, f"{path}.subtotal"), amount(line.total, f"{path}.total")
    cancelled = min(refunded, line.quantity)
    return OrderLine(
        line_id=str(line.id),
        listing_id=listing_id(line.product_id or 0, line.variation_id or 0),
        sku="" if line.sku is None else str(line.sku),
        title=unescape(line.name or ""),
        quantity=line.quantity,
        quantity_cancelled=cancelled,
        quantity_fulfilled=line.quantity - cancelled if standing is Standing.COMPLETED else 0,
        unit_price=_unit_price(subtotal, line.quantity),
        discount=subtotal - total,
        total=total,
        requires_shipping=ships and not (line.bundled_items or line.composite_children),
        bundle_of=str(line.bundled_by or line.composite_parent or ""),
    )


def listing_id(product: int, variation: int) -> str:
    """`product`, or `product:variation`; empty for a product that was deleted."""
    return f"{product}:{variation}" if variation else str(product or "")


def _unit_price(subtotal: Decimal, quantity: int) -> Decimal:
    """Before discounts. With two more places where units do not share the line evenly."""
    if not quantity:
        return subtotal
    exponent = subtotal.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    plain = round(subtotal / quantity, places)
    return plain if plain * quantity == subtotal else round(subtotal / quantity, places + 2)


def _extra(order: OrderDocument) -> dict[str, str]:
    found = {
        "status": order.status,
        "payment_method": order.payment_method or "",
        "created_via": order.created_via or "",
        "coupons": ", ".join(one.code for one in order.coupon_lines if one.code),
    }
    return {name: value for name, value in found.items() if value}
