"""One Medusa order → `SalesOrder`.

Totals are sums of unrounded parts, each sent as a double: nothing is lost but what a double cannot hold.
"""

from collections.abc import Sequence
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PostalAddress, SalesOrder
from mappings.documents import WireDocument, amount, decode, unknown_fields
from mappings.stores.medusa.documents import AddressDocument, LineDocument, OrderDocument
from mappings.stores.medusa.tables import CANCELLED, ORDER_STATUSES, PAYMENT_STATUSES, UNREAD

DOUBLES = Decimal("0.0001")
"""More than the sums of a whole order's doubles can be off."""

PRICE_DIGITS = Decimal("0.000001")


def read_order(document: bytes) -> SalesOrder:
    """An order as the connector's field list selects it; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    hold = ORDER_STATUSES.read(order.status, "$.status")
    is_cancelled = order.status == CANCELLED
    credited = amount(order.credit_line_total, "$.credit_line_total")
    refunded = _sum("payment_collections", order.payment_collections or (), "refunded_amount")
    given_back = min(credited, refunded)
    methods = order.shipping_methods
    return SalesOrder(
        external_id=order.id,
        order_number=str(order.display_id),
        placed_at=order.created_at,
        updated_at=order.updated_at,
        currency=order.currency_code.upper(),
        payment_status=PAYMENT_STATUSES.read(order.payment_status, "$.payment_status"),
        platform_hold=hold,
        cancelled_at=(order.canceled_at or order.updated_at) if is_cancelled else None,
        buyer=_buyer(order),
        ship_to=_address(order.shipping_address),
        lines=tuple(_line(line, f"$.items[{it}]", is_cancelled) for it, line in enumerate(order.items)),
        tax=_sum("items", order.items, "tax_total") + _sum("shipping_methods", methods, "tax_total"),
        shipping_charge=_sum("shipping_methods", methods, "total"),
        order_discount=credited - given_back,
        total=amount(order.total, "$.total") + given_back,
        refunded=refunded,
        rounding=DOUBLES,
        shipping_method=methods[0].name if methods else "",
        extra={"status": order.status, "fulfillment_status": order.fulfillment_status},
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that the shop sends and `OrderDocument` does not name, but for those that Medusa adds by itself
    to every line and shipping method whatever is asked for."""
    return unknown_fields(document, OrderDocument) - UNREAD


def _sum(name: str, parts: Sequence[WireDocument], field: str) -> Decimal:
    """Of one amount of all parts; an amount that is null counts nothing."""
    amounts = (
        amount(getattr(part, field) or Decimal(0), f"$.{name}[{position}].{field}")
        for position, part in enumerate(parts)
    )
    return sum(amounts, Decimal(0))


def _buyer(order: OrderDocument) -> Buyer:
    customer = order.customer
    return Buyer(
        reference=order.customer_id or "",
        name=_name(customer.first_name, customer.last_name) if customer else "",
        telephone=(customer.phone or "") if customer else "",
        email=order.email or "",
    )


def _name(first: str | None, last: str | None) -> str:
    return f"{first or ''} {last or ''}".strip()


def _address(address: AddressDocument | None) -> PostalAddress | None:
    """Null without a country code: nothing can be sent there."""
    if address is None or not address.country_code:
        return None
    return PostalAddress(
        name=_name(address.first_name, address.last_name),
        company=address.company or "",
        telephone=address.phone or "",
        country=address.country_code.upper(),
        province=address.province or "",
        city=address.city or "",
        street=tuple(line for line in (address.address_1, address.address_2) if line),
        postal_code=address.postal_code or "",
    )


def _line(line: LineDocument, path: str, is_cancelled: bool) -> OrderLine:
    """A cancelled order keeps its quantities and totals."""
    total = amount(line.total, f"{path}.total")
    original = amount(line.original_total, f"{path}.original_total")
    fulfilled = line.detail.fulfilled_quantity
    return OrderLine(
        line_id=line.id,
        listing_id=line.variant_id or "",
        sku=line.variant_sku or "",
        title=f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
        quantity=line.quantity,
        quantity_cancelled=max(0, line.quantity - fulfilled) if is_cancelled else 0,
        quantity_fulfilled=fulfilled,
        unit_price=_unit_price(line, original, path),
        discount=original - total,
        total=total,
        requires_shipping=line.requires_shipping,
        refund_requested=line.detail.return_requested_quantity > 0,
    )


def _unit_price(line: LineDocument, original: Decimal, path: str) -> Decimal:
    """With tax: as stated if the stated price contains it, else the line's share."""
    stated = amount(line.unit_price, f"{path}.unit_price")
    if not line.quantity or stated * line.quantity == original:
        return stated
    return (original / line.quantity).quantize(PRICE_DIGITS).normalize() + 0
