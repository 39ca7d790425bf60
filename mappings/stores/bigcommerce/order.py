"""One BigCommerce order → `SalesOrder`.

All amounts contain tax. A line's total is after every discount, its share of order discounts included;
BigCommerce rounds each amount, so each may be half a minor unit off. Store credit and gift certificates are
means of payment and lower no total.
"""

from collections.abc import Iterator
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder, minor_unit
from mappings.documents import amount, decode, present, unknown_fields
from mappings.errors import MappingError
from mappings.stores.bigcommerce.tables import (
    CASH_ON_DELIVERY,
    HELD_FOR_REVIEW,
    OFFLINE_METHODS,
    ORDER_STATUSES,
    PAID_BY_STANDING,
    PAYMENT_STATUSES,
    REFUNDED_BY_STATUS,
    TEST_GATEWAY,
    UNREAD_FIELDS,
    Standing,
)
from mappings.stores.bigcommerce.wire import (
    AddressDocument,
    EmailConsignments,
    LineDocument,
    OrderDocument,
    ShippingConsignment,
)

UNKNOWN_COUNTRY = "ZZ"
PAYABLE = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED)


def read_order(document: bytes) -> SalesOrder:
    """An order with its consignments; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    standing = ORDER_STATUSES.codes.get(str(order.status_id))
    payment = _payment(order, standing)
    lines = tuple(_lines(order, standing))
    if not lines:
        raise MappingError("$.consignments", "holds no lines: ask with include=consignments.line_items")
    shipped = _shipped(order)
    return SalesOrder(
        external_id=str(order.id),
        order_number=str(order.id),
        placed_at=order.placed_at,
        updated_at=order.changed_at,
        currency=order.default_currency_code,
        payment_status=payment,
        cash_on_delivery=_is_cash_to_come(order, standing) and payment is PaymentStatus.PENDING,
        is_test=_method(order) == TEST_GATEWAY,
        platform_hold=_hold(order, standing, payment, shipped),
        cancelled_at=order.changed_at if standing is Standing.CANCELLED else None,
        buyer=_buyer(order),
        ship_to=_address(shipped[0]) if shipped else None,
        lines=lines,
        tax=amount(order.total_tax, "$.total_tax"),
        shipping_charge=amount(order.shipping_cost_inc_tax, "$.shipping_cost_inc_tax"),
        surcharge=_surcharge(order),
        order_discount=_order_discount(order, lines),
        total=amount(order.total_inc_tax, "$.total_inc_tax"),
        refunded=_refunded(order),
        rounding=minor_unit(order.default_currency_code) / 2 * (len(lines) + 4),
        shipping_method=(shipped[0].shipping_method or "") if shipped else "",
        note=order.customer_message or "",
        seller_note=order.staff_notes or "",
        extra=present(
            {
                "status_id": str(order.status_id),
                "payment_method": order.payment_method,
                "external_order_id": order.external_order_id,
            }
        ),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that neither `OrderDocument` nor BigCommerce's contract names."""
    return unknown_fields(document, OrderDocument) - UNREAD_FIELDS


def _payment(order: OrderDocument, standing: Standing | None) -> PaymentStatus:
    """What the gateway says; for offline methods, what the seller's status says."""
    if by_status := REFUNDED_BY_STATUS.get(str(order.status_id)):
        return by_status
    if order.payment_status:
        return PAYMENT_STATUSES.read(order.payment_status, "$.payment_status")
    if standing is None or _is_cash_to_come(order, standing):
        return PaymentStatus.PENDING
    return PAID_BY_STANDING.get(standing, PaymentStatus.PENDING)


def _is_cash_to_come(order: OrderDocument, standing: Standing | None) -> bool:
    return standing is Standing.OPEN and _method(order) == CASH_ON_DELIVERY


def _method(order: OrderDocument) -> str:
    """Its display name, whatever the capitals."""
    return (order.payment_method or "").strip().lower()


def _hold(
    order: OrderDocument,
    standing: Standing | None,
    payment: PaymentStatus,
    shipped: tuple[ShippingConsignment, ...],
) -> str:
    """Why only a person knows whether this may ship: a status that says «wait» although the money is there,
    one that nobody knows, a review, a renamed offline method, the archive, several addresses."""
    if standing in (None, Standing.HELD) or (standing is Standing.WAITING and payment in PAYABLE):
        return f"order status {order.status_id}"
    if order.payment_status == HELD_FOR_REVIEW:
        return "the payment is held for review"
    if not order.payment_status and _method(order) not in OFFLINE_METHODS and payment in PAYABLE:
        return "paid by a method that nobody knows: is it cash on delivery?"
    if order.is_deleted:
        return "archived in the store"
    return f"goes to {len(shipped)} addresses" if len(shipped) > 1 else ""


def _shipped(order: OrderDocument) -> tuple[ShippingConsignment, ...]:
    """Consignments with goods in them: a split that was undone leaves an empty one."""
    return tuple(one for one in order.consignments.shipping or () if one.line_items)


def _lines(order: OrderDocument, standing: Standing | None) -> Iterator[OrderLine]:
    """Of all consignments. Nobody ships what the buyer collects, downloads or is mailed."""
    consignments, email = order.consignments, order.consignments.email or EmailConsignments()
    kinds = {
        "shipping": [one.line_items for one in consignments.shipping or ()],
        "pickups": [one.line_items for one in consignments.pickups or ()],
        "downloads": [one.line_items for one in consignments.downloads or ()],
        "email.gift_certificates": [one.line_items for one in email.gift_certificates or ()],
    }
    for kind, found in kinds.items():
        ships = kind == "shipping" and standing is not Standing.COLLECTED
        for number, lines in enumerate(found):
            for position, line in enumerate(lines):
                path = f"$.consignments.{kind}[{number}].line_items[{position}]"
                yield _line(line, path, standing, ships)


def _line(line: LineDocument, path: str, standing: Standing | None, ships: bool) -> OrderLine:
    """What was refunded before it left is cancelled; a shipped order left in full."""
    before = amount(line.total_inc_tax, f"{path}.total_inc_tax")
    after = line.discounted_total_inc_tax
    total = before if after is None else amount(after, f"{path}.discounted_total_inc_tax")
    shipped = min(line.quantity_shipped or 0, line.quantity)
    cancelled = min(line.quantity_refunded or 0, line.quantity - shipped)
    return OrderLine(
        line_id=str(line.id),
        listing_id=str(line.variant_id or ""),
        sku=line.sku or "",
        gtin=line.upc or "",
        title=line.name or "",
        quantity=line.quantity,
        quantity_cancelled=cancelled,
        quantity_fulfilled=line.quantity - cancelled if standing is Standing.SHIPPED else shipped,
        unit_price=amount(line.price_inc_tax, f"{path}.price_inc_tax"),
        discount=before - total,
        total=total,
        requires_shipping=ships and (line.type or "physical") == "physical",
        bundle_of=str(line.parent_order_product_id or ""),
    )


def _order_discount(order: OrderDocument, lines: tuple[OrderLine, ...]) -> Decimal:
    """What of the order's discounts no line carries."""
    stated = amount(order.discount_amount, "$.discount_amount")
    stated += amount(order.coupon_discount, "$.coupon_discount")
    return max(stated - sum(line.discount for line in lines), Decimal(0))


def _surcharge(order: OrderDocument) -> Decimal:
    """Handling, gift wrapping and fees."""
    fees = order.fees if isinstance(order.fees, tuple) else ()
    own = amount(order.handling_cost_inc_tax, "$.handling_cost_inc_tax")
    own += amount(order.wrapping_cost_inc_tax, "$.wrapping_cost_inc_tax")
    return sum((amount(one.cost_inc_tax, f"$.fees[{it}].cost_inc_tax") for it, one in enumerate(fees)), own)


def _refunded(order: OrderDocument) -> Decimal:
    if order.refunds is None:
        return amount(order.refunded_amount or Decimal(0), "$.refunded_amount")
    found = enumerate(order.refunds)
    return sum((amount(one.total_amount, f"$.refunds[{it}].total_amount") for it, one in found), Decimal(0))


def _buyer(order: OrderDocument) -> Buyer:
    """`customer_id` is 0 for guests."""
    billing = order.billing_address or AddressDocument()
    return Buyer(
        reference=str(order.customer_id) if order.customer_id else "",
        name=_name(billing),
        telephone=str(billing.phone or ""),
        email=billing.email or "",
    )


def _name(address: AddressDocument) -> str:
    return f"{address.first_name or ''} {address.last_name or ''}".strip()


def _address(address: AddressDocument) -> PostalAddress:
    return PostalAddress(
        name=_name(address),
        company=address.company or "",
        telephone=str(address.phone or ""),
        country=address.country_iso2 or UNKNOWN_COUNTRY,
        province=address.state or "",
        city=address.city or "",
        street=tuple(line for line in (address.street_1, address.street_2) if line),
        postal_code=str(address.zip or ""),
    )
