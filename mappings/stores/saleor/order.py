"""One Saleor order → `SalesOrder`. All amounts are gross; a line's total is after every discount."""

from collections import Counter
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder, minor_unit
from mappings.documents import amount, decode, present, unknown_fields
from mappings.stores.saleor.tables import (
    AUTHORISED,
    CANCELLED,
    CHARGE_STATUSES,
    ORDER_STATUSES,
    WITHDRAWN,
)
from mappings.stores.saleor.wire import AddressDocument, LineDocument, OrderDocument


def read_order(document: bytes) -> SalesOrder:
    """A node of our own selection; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    hold = ORDER_STATUSES.read(order.status, "$.status")
    refunded = amount(order.total_refunded.amount, "$.totalRefunded.amount")
    withdrawn = _withdrawn(order)
    return SalesOrder(
        external_id=order.id,
        order_number=order.number,
        placed_at=order.created,
        updated_at=order.updated_at,
        currency=order.total.currency,
        payment_status=_payment(order, refunded),
        platform_hold=hold,
        cancelled_at=order.updated_at if order.status in CANCELLED else None,
        cancel_reason="expired" if order.status == "EXPIRED" else "",
        buyer=_buyer(order),
        ship_to=_address(order.shipping_address),
        lines=tuple(
            _line(line, f"$.lines[{position}]", withdrawn[line.id], order)
            for position, line in enumerate(order.lines)
        ),
        tax=amount(order.total.tax.amount, "$.total.tax.amount"),
        shipping_charge=amount(order.shipping_price.gross.amount, "$.shippingPrice.gross.amount"),
        total=amount(order.total.gross.amount, "$.total.gross.amount"),
        refunded=refunded,
        rounding=minor_unit(order.total.currency) / 2 * (len(order.lines) + 2),
        shipping_method=order.shipping_method_name or "",
        note=order.customer_note,
        extra=present({"status": order.status, "channel": order.channel.slug}),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that the server sends and `OrderDocument` does not name: it sends what is selected."""
    return unknown_fields(document, OrderDocument)


def _payment(order: OrderDocument, refunded: Decimal) -> PaymentStatus:
    """A refund lowers what is charged, so that it is looked at first."""
    charged = CHARGE_STATUSES.read(order.charge_status, "$.chargeStatus")
    is_authorised = AUTHORISED.read(order.authorize_status, "$.authorizeStatus")
    if refunded > 0:
        left = amount(order.total_charged.amount, "$.totalCharged.amount")
        return PaymentStatus.PARTIALLY_REFUNDED if left > 0 else PaymentStatus.REFUNDED
    if charged is not PaymentStatus.PENDING:
        return charged
    if order.status in CANCELLED:
        return PaymentStatus.VOIDED
    return PaymentStatus.AUTHORIZED if is_authorised else PaymentStatus.PENDING


def _withdrawn(order: OrderDocument) -> Counter[str]:
    """Line id → units that were refunded before they left."""
    units = Counter[str]()
    for fulfilment in order.fulfillments:
        for part in (fulfilment.lines or ()) if fulfilment.status in WITHDRAWN else ():
            if part.order_line is not None:
                units[part.order_line.id] += part.quantity
    return units


def _buyer(order: OrderDocument) -> Buyer:
    billing = order.billing_address
    return Buyer(
        reference=order.user.id if order.user else "",
        name=_name(billing) if billing else "",
        telephone=(billing.phone or "") if billing else "",
        email=order.user_email or "",
    )


def _name(address: AddressDocument) -> str:
    return f"{address.first_name} {address.last_name}".strip()


def _address(address: AddressDocument | None) -> PostalAddress | None:
    if address is None:
        return None
    return PostalAddress(
        name=_name(address),
        company=address.company_name,
        telephone=address.phone or "",
        country=address.country.code,
        province=address.country_area,
        city=address.city,
        district=address.city_area,
        street=tuple(line for line in (address.street_address1, address.street_address2) if line),
        postal_code=address.postal_code,
    )


def _line(line: LineDocument, path: str, withdrawn: int, order: OrderDocument) -> OrderLine:
    total = amount(line.total_price.gross.amount, f"{path}.totalPrice.gross.amount")
    before = amount(line.undiscounted_total_price.gross.amount, f"{path}.undiscountedTotalPrice.gross.amount")
    left = min(max(0, line.quantity_fulfilled - withdrawn), line.quantity)
    is_cancelled = order.status in CANCELLED
    unit_path = f"{path}.undiscountedUnitPrice.gross.amount"
    return OrderLine(
        line_id=line.id,
        listing_id=line.product_variant_id or "",
        sku=line.product_sku or "",
        title=f"{line.product_name} - {line.variant_name}" if line.variant_name else line.product_name,
        quantity=line.quantity,
        quantity_cancelled=line.quantity - left if is_cancelled else min(withdrawn, line.quantity - left),
        quantity_fulfilled=left,
        unit_price=amount(line.undiscounted_unit_price.gross.amount, unit_path),
        discount=before - total,
        total=total,
        requires_shipping=line.is_shipping_required and not order.collection_point_name,
        is_gift=bool(line.is_gift),
    )
