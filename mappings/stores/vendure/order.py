"""One Vendure order → `SalesOrder`.

After a cancellation Vendure lowers a line's `quantity`, keeps `orderPlacedQuantity` and adds its totals up
anew from the lines: line totals cover the units that are left. The totals are sums of whole hundredths, so
nothing is lost by rounding.
"""

from collections import Counter
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.documents import decode, unknown_fields
from mappings.stores.vendure.documents import (
    MINOR_DIGITS,
    AddressDocument,
    CustomerDocument,
    LineDocument,
    OrderDocument,
    PaymentDocument,
)
from mappings.stores.vendure.tables import (
    CANCELLED,
    ORDER_STATES,
    ORDER_TYPES,
    PAYMENT_STATES,
    REFUND_STATES,
    WITHOUT_MONEY,
    Progress,
)


def read_order(document: bytes) -> SalesOrder:
    """An order as the connector's field list selects it; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    payments = order.payments or ()
    refunded = _refunded(payments)
    return SalesOrder(
        external_id=order.id,
        order_number=order.code,
        placed_at=order.order_placed_at or order.created_at,
        updated_at=order.updated_at,
        currency=order.currency_code,
        payment_status=_payment_status(order, payments, refunded),
        platform_hold=_hold(order),
        cancelled_at=order.updated_at if order.state == CANCELLED else None,
        buyer=_buyer(order.customer),
        ship_to=_address(order.shipping_address),
        lines=_lines(order, payments),
        tax=_money(order.total_with_tax - order.total),
        shipping_charge=_money(order.shipping_with_tax),
        surcharge=_money(sum(surcharge.price_with_tax for surcharge in order.surcharges)),
        total=_money(order.total_with_tax),
        refunded=_money(refunded),
        shipping_method=order.shipping_lines[0].shipping_method.code if order.shipping_lines else "",
        seller_note="\n".join(entry.data.note for entry in order.history.items) if order.history else "",
        extra=_extra(order),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that the shop sends and `OrderDocument` does not name."""
    return unknown_fields(document, OrderDocument)


def _money(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-MINOR_DIGITS)


def _refunded(payments: tuple[PaymentDocument, ...]) -> int:
    return sum(
        refund.total
        for position, payment in enumerate(payments)
        for number, refund in enumerate(payment.refunds)
        if REFUND_STATES.read(refund.state, f"$.payments[{position}].refunds[{number}].state")
        is Progress.SETTLED
    )


def _payment_status(
    order: OrderDocument, payments: tuple[PaymentDocument, ...], refunded: int
) -> PaymentStatus:
    """The order's state where it says it, else (and after refunds) the payments.

    Payments decide about a shop's own states too; where they tell nothing such a state is unmapped.
    """
    by_state = ORDER_STATES.codes.get(order.state)
    if by_state is not None and not refunded:
        return by_state
    by_payments = _by_payments(payments, refunded, order.total_with_tax)
    if by_payments is not None:
        return by_payments
    return WITHOUT_MONEY.get(order.state) or ORDER_STATES.read(order.state, "$.state")


def _by_payments(payments: tuple[PaymentDocument, ...], refunded: int, total: int) -> PaymentStatus | None:
    sums = dict.fromkeys(Progress, 0)
    for position, payment in enumerate(payments):
        sums[PAYMENT_STATES.read(payment.state, f"$.payments[{position}].state")] += payment.amount
    settled = sums[Progress.SETTLED]
    if refunded:
        return PaymentStatus.REFUNDED if refunded >= settled else PaymentStatus.PARTIALLY_REFUNDED
    if settled:
        return PaymentStatus.PAID if settled >= total else PaymentStatus.PARTIALLY_PAID
    return PaymentStatus.AUTHORIZED if sums[Progress.AUTHORIZED] else None


def _hold(order: OrderDocument) -> str:
    """A state that Vendure does not come with is a shop's own: whether it may ship, only a person knows."""
    refusal = ORDER_TYPES.read(order.type, "$.type")
    if refusal or order.state in ORDER_STATES.codes or order.state == CANCELLED:
        return refusal
    return f"order state {order.state}"


def _buyer(customer: CustomerDocument | None) -> Buyer:
    if customer is None:
        return Buyer()
    return Buyer(
        reference=customer.id,
        name=f"{customer.first_name} {customer.last_name}".strip(),
        telephone=customer.phone_number or "",
        email=customer.email_address,
    )


def _address(address: AddressDocument | None) -> PostalAddress | None:
    """Null without a country code: Vendure takes no address without one, so none was entered."""
    if address is None or not address.country_code:
        return None
    return PostalAddress(
        name=address.full_name or "",
        company=address.company or "",
        telephone=address.phone_number or "",
        country=address.country_code,
        province=address.province or "",
        city=address.city or "",
        street=tuple(line for line in (address.street_line1, address.street_line2) if line),
        postal_code=address.postal_code or "",
    )


def _lines(order: OrderDocument, payments: tuple[PaymentDocument, ...]) -> tuple[OrderLine, ...]:
    fulfilled = Counter[str]()
    for fulfilment in order.fulfillments or ():
        if fulfilment.state != CANCELLED:
            for part in fulfilment.lines:
                fulfilled[part.order_line_id] += part.quantity
    disputed = {
        part.order_line_id
        for payment in payments
        for refund in payment.refunds
        if REFUND_STATES.codes[refund.state] is Progress.OPEN
        for part in refund.lines
    }
    return tuple(_line(line, fulfilled[line.id], line.id in disputed) for line in order.lines)


def _line(line: LineDocument, fulfilled: int, refund_requested: bool) -> OrderLine:
    ordered = max(line.quantity, line.order_placed_quantity)
    return OrderLine(
        line_id=line.id,
        listing_id=line.product_variant.id,
        sku=line.product_variant.sku,
        title=line.product_variant.name,
        quantity=ordered,
        quantity_cancelled=ordered - line.quantity,
        quantity_fulfilled=fulfilled,
        unit_price=_money(line.unit_price_with_tax),
        discount=_money(line.line_price_with_tax - line.prorated_line_price_with_tax),
        total=_money(line.prorated_line_price_with_tax),
        refund_requested=refund_requested,
    )


def _extra(order: OrderDocument) -> dict[str, str]:
    extra = {"state": order.state, "type": order.type}
    if order.coupon_codes:
        extra["coupon_codes"] = ", ".join(order.coupon_codes)
    return extra
