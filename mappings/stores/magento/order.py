"""One Magento order → `SalesOrder`.

A configurable item and its simple part are one line, the parent's. A bundle's parts are the goods, and the
bundle itself a line that nobody ships. Tax is on top of the lines; Magento rounds each row.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder, minor_unit
from mappings.documents import amount, decode, present, unknown_fields
from mappings.stores.magento.tables import (
    BUNDLE,
    CASH_ON_DELIVERY,
    COLLECTED,
    CONFIGURABLE,
    ORDER_STATES,
    UNREAD_FIELDS,
    Standing,
)
from mappings.stores.magento.wire import ZERO, AddressDocument, ItemDocument, OrderDocument


def read_order(document: bytes) -> SalesOrder:
    """One order of a list, or alone; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    standing = ORDER_STATES.codes.get(order.state)
    payment = _payment(order, standing)
    extension = order.extension
    lines = tuple(_lines(order))
    placed, changed = order.instants()
    is_cash = order.payment is not None and order.payment.method == CASH_ON_DELIVERY
    return SalesOrder(
        external_id=str(order.entity_id),
        order_number=order.increment_id,
        placed_at=placed,
        updated_at=changed,
        currency=order.order_currency_code,
        payment_status=payment,
        cash_on_delivery=is_cash and payment is PaymentStatus.PENDING and standing is Standing.OPEN,
        platform_hold=f"order state {order.state}" if standing in (None, Standing.HELD) else "",
        cancelled_at=changed if standing is Standing.CANCELLED else None,
        buyer=_buyer(order),
        ship_to=_address(order.shipping.address),
        lines=lines,
        taxes_included=False,
        tax=_sum("", tax_amount=order.tax_amount),
        shipping_charge=_shipping_charge(order),
        surcharge=_sum(
            ".extension_attributes",
            gw_price=extension.gw_price,
            gw_items_price=extension.gw_items_price,
            gw_card_price=extension.gw_card_price,
        ),
        order_discount=_sum(
            ".extension_attributes",
            gift_cards_amount=extension.gift_cards_amount,
            customer_balance_amount=extension.customer_balance_amount,
            reward_currency_amount=extension.reward_currency_amount,
        ),
        total=_sum("", grand_total=order.grand_total),
        refunded=_sum("", total_refunded=order.total_refunded),
        rounding=minor_unit(order.order_currency_code) / 2 * (len(lines) + 2),
        shipping_method=order.shipping_description or "",
        note=order.customer_note or "",
        extra=_extra(order),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that neither `OrderDocument` nor Magento's contract names."""
    return unknown_fields(document, OrderDocument) - UNREAD_FIELDS


def _sum(above: str, **amounts: Decimal | None) -> Decimal:
    """Of the amounts that are there, by the names of their fields."""
    given = (amount(value or ZERO, f"${above}.{name}") for name, value in amounts.items())
    return sum(given, ZERO)


def _payment(order: OrderDocument, standing: Standing | None) -> PaymentStatus:
    """From amounts alone: offline methods stay unpaid until somebody invoices them."""
    total, paid = _sum("", grand_total=order.grand_total), _sum("", total_paid=order.total_paid)
    refunded = _sum("", total_refunded=order.total_refunded)
    if refunded > 0 or standing is Standing.REFUNDED:
        is_all = refunded >= paid or standing is Standing.REFUNDED
        return PaymentStatus.REFUNDED if is_all else PaymentStatus.PARTIALLY_REFUNDED
    if paid >= total and standing is not Standing.CANCELLED:
        return PaymentStatus.PAID
    if paid > 0:
        return PaymentStatus.PAID if paid >= total else PaymentStatus.PARTIALLY_PAID
    if standing is Standing.CANCELLED:
        return PaymentStatus.VOIDED
    authorised = order.payment.amount_authorized if order.payment else None
    return PaymentStatus.AUTHORIZED if authorised else PaymentStatus.PENDING


def _shipping_charge(order: OrderDocument) -> Decimal:
    discount = _sum("", shipping_discount_amount=order.shipping_discount_amount)
    compensation = order.shipping_discount_tax_compensation_amount
    return (
        _sum(
            "",
            shipping_amount=order.shipping_amount,
            shipping_discount_tax_compensation_amount=compensation,
        )
        - discount
    )


def _buyer(order: OrderDocument) -> Buyer:
    """Guests have no id, and sometimes no name of their own."""
    billing = order.billing_address or AddressDocument()
    own = _name(order.customer_firstname, order.customer_lastname)
    return Buyer(
        reference=str(order.customer_id or ""),
        name=own or _name(billing.firstname, billing.lastname),
        telephone=billing.telephone or "",
        email=order.customer_email or billing.email or "",
    )


def _name(first: str | None, last: str | None) -> str:
    return f"{first or ''} {last or ''}".strip()


def _address(address: AddressDocument | None) -> PostalAddress | None:
    """Null without a country: nothing can be sent there."""
    if address is None or not address.country_id:
        return None
    code = address.region_code or ""
    return PostalAddress(
        name=_name(address.firstname, address.lastname),
        company=address.company or "",
        telephone=address.telephone or "",
        country=address.country_id,
        province=address.region or "",
        province_code=code if code != address.region else "",
        city=address.city or "",
        street=tuple(line for line in address.street or () if line),
        postal_code=address.postcode or "",
    )


def _lines(order: OrderDocument) -> Iterator[OrderLine]:
    """The simple part of a configurable is the same goods as its parent, at no price."""
    types = {item.item_id: item.product_type or "" for item in order.items}
    priced = {item.parent_item_id for item in order.items if item.parent_item_id and item.row_total}
    is_collected = order.shipping.method in COLLECTED
    for position, item in enumerate(order.items):
        if types.get(item.parent_item_id or 0) != CONFIGURABLE:
            yield _line(item, f".items[{position}]", types, item.item_id in priced, is_collected)


def _line(
    item: ItemDocument, path: str, types: Mapping[int, str], has_priced_parts: bool, is_collected: bool
) -> OrderLine:
    """A bundle whose parts have prices counts nothing. What was refunded before it left is cancelled."""
    is_bundle = item.product_type == BUNDLE
    is_counted = not (is_bundle and has_priced_parts)
    gross = _sum(path, row_total=item.row_total) if is_counted else ZERO
    discount = _sum(path, discount_amount=item.discount_amount) if is_counted else ZERO
    if is_counted:
        discount -= _sum(path, discount_tax_compensation_amount=item.discount_tax_compensation_amount)
    shipped = min(item.qty_shipped or 0, item.qty_ordered)
    undone = (item.qty_canceled or 0) + (item.qty_refunded or 0)
    return OrderLine(
        line_id=str(item.item_id),
        listing_id="" if is_bundle else item.sku,
        sku=item.sku,
        title=item.name or "",
        quantity=item.qty_ordered,
        quantity_cancelled=min(undone, item.qty_ordered - shipped),
        quantity_fulfilled=shipped,
        unit_price=_sum(path, price=item.price) if is_counted else ZERO,
        discount=discount,
        total=gross - discount,
        requires_shipping=not (is_bundle or item.is_virtual or is_collected),
        bundle_of=str(item.parent_item_id) if types.get(item.parent_item_id or 0) == BUNDLE else "",
    )


def _extra(order: OrderDocument) -> dict[str, str]:
    return present(
        {
            "state": order.state,
            "status": order.status,
            "payment_method": order.payment.method if order.payment else None,
            "store_id": str(order.store_id or ""),
            "coupon": order.coupon_code,
            "replaces": order.relation_parent_real_id,
        }
    )
