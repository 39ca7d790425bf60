"""One eBay order → `SalesOrder`.

The cost of a line is of all its units. Which taxes the total contains depends on who collects them: the total
tells. An order that eBay refunded line by line says amounts and no units: a line that was refunded in full
before it left is not sent.
"""

from collections.abc import Mapping
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
from mappings.stores.ebay.tables import (
    CANCEL_STATES,
    FAILED,
    INSTRUCTIONS,
    LINE_STATUSES,
    PAYMENT_STATUSES,
    UNREAD_FIELDS,
    Cancelling,
    Way,
)
from mappings.stores.ebay.wire import (
    Address,
    AmountDocument,
    BuyerDocument,
    Contact,
    LineDocument,
    OrderDocument,
    ShippingStep,
)

UNKNOWN_COUNTRY = "ZZ"
ZERO = Decimal(0)
PRICE_PLACES = Decimal("0.0001")


def read_order(document: bytes) -> SalesOrder:
    """An order, with its parcels where some lines are on their way; raises `MappingError` with a path."""
    order = decode(document, OrderDocument)
    cancelling = _cancelling(order)
    way = _way(order)
    step = _step(order)
    shipped = _shipped(order)
    found = enumerate(order.line_items)
    lines = tuple(_line(line, f"$.lineItems[{position}]", shipped, way) for position, line in found)
    prices, tax = order.pricing_summary, _tax(order)
    total = amount(prices.total.value, "$.pricingSummary.total.value")
    shipping = _priced(order, "deliveryCost") + _priced(order, "deliveryDiscount")
    surcharge = _priced(order, "fee") + _priced(order, "adjustment")
    discount = _order_discount(order, lines)
    untaxed = sum((line.total for line in lines), shipping + surcharge - discount)
    return SalesOrder(
        external_id=order.order_id,
        order_number=order.order_id,
        placed_at=order.placed_at,
        updated_at=order.changed_at,
        currency=prices.total.currency,
        payment_status=PAYMENT_STATUSES.read(order.order_payment_status, "$.orderPaymentStatus"),
        platform_hold=_hold(order, cancelling, way),
        cancelled_at=_cancelled_at(order) if cancelling is Cancelling.DONE else None,
        buyer=_buyer(order.buyer or BuyerDocument()),
        ship_to=_address(step) if step.ship_to else None,
        lines=lines,
        taxes_included=total == untaxed,
        tax=tax,
        shipping_charge=shipping,
        surcharge=surcharge,
        order_discount=discount,
        total=total,
        refunded=_refunded(order),
        rounding=minor_unit(prices.total.currency) * len(lines),
        shipping_method=step.shipping_service_code or "",
        note=order.buyer_checkout_notes or "",
        paid_at=_paid_at(order),
        ship_by=_ship_by(order),
        extra=present(
            {
                "sales_record": order.sales_record_reference,
                "forwarder_reference": step.ship_to_reference_id,
            }
        ),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that neither `OrderDocument` nor eBay's contract names."""
    return unknown_fields(document, OrderDocument) - UNREAD_FIELDS


def _cancelling(order: OrderDocument) -> Cancelling:
    if order.cancel_status is None:
        return Cancelling.NO
    return CANCEL_STATES.read(order.cancel_status.cancel_state, "$.cancelStatus.cancelState")


def _cancelled_at(order: OrderDocument) -> datetime:
    told = order.cancel_status.cancelled_date if order.cancel_status else None
    return instant(told, "$.cancelStatus.cancelledDate") if told else order.changed_at


def _hold(order: OrderDocument, cancelling: Cancelling, way: Way) -> str:
    if cancelling is Cancelling.ASKED:
        return "a cancellation is under way"
    count = len(order.fulfillment_start_instructions or ())
    return f"eBay gives {count} fulfilment instructions" if count > 1 and way is Way.SHIPPED else ""


def _way(order: OrderDocument) -> Way:
    """The first instruction's; orders without any are shipped, to where eBay does not say yet."""
    found = order.fulfillment_start_instructions or ()
    code = found[0].fulfillment_instructions_type if found else None
    path = "$.fulfillmentStartInstructions[0].fulfillmentInstructionsType"
    return INSTRUCTIONS.read(code, path) if code else Way.SHIPPED


def _step(order: OrderDocument) -> ShippingStep:
    found = order.fulfillment_start_instructions or ()
    return (found[0].shipping_step if found else None) or ShippingStep()


def _shipped(order: OrderDocument) -> Mapping[str, int]:
    units: dict[str, int] = {}
    for parcel in order.fulfillments or ():
        for line in parcel.line_items or ():
            units[line.line_item_id] = units.get(line.line_item_id, 0) + line.quantity
    return units


def _line(line: LineDocument, path: str, shipped: Mapping[str, int], way: Way) -> OrderLine:
    cost = amount(line.line_item_cost.value, f"{path}.lineItemCost.value")
    reduced = line.discounted_line_item_cost
    total = cost if reduced is None else amount(reduced.value, f"{path}.discountedLineItemCost.value")
    path_of_status = f"{path}.lineItemFulfillmentStatus"
    is_done = LINE_STATUSES.read(line.line_item_fulfillment_status, path_of_status)
    fulfilled = line.quantity if is_done else min(shipped.get(line.line_item_id, 0), line.quantity)
    legacy = "/".join(part for part in (line.legacy_item_id, line.legacy_variation_id) if part)
    return OrderLine(
        line_id=line.line_item_id,
        listing_id=line.sku or legacy,
        sku=line.sku or "",
        title=line.title or "",
        quantity=line.quantity,
        quantity_cancelled=line.quantity - fulfilled if _is_refunded(line, path, total) else 0,
        quantity_fulfilled=fulfilled,
        unit_price=(cost / line.quantity).quantize(PRICE_PLACES) if line.quantity else ZERO,
        discount=cost - total,
        total=total,
        requires_shipping=way in (Way.SHIPPED, Way.BY_PLATFORM),
        fulfilled_by=Fulfiller.PLATFORM if way is Way.BY_PLATFORM else Fulfiller.MERCHANT,
    )


def _is_refunded(line: LineDocument, path: str, total: Decimal) -> bool:
    refunds = enumerate(line.refunds or ())
    paid_back = sum(
        (amount(it.amount.value, f"{path}.refunds[{at}].amount.value") for at, it in refunds if it.amount),
        ZERO,
    )
    return total > 0 and paid_back >= total


def _priced(order: OrderDocument, name: str) -> Decimal:
    """A part of the summary, with its sign; discounts lower it, whatever theirs is."""
    prices = order.pricing_summary
    parts: dict[str, AmountDocument | None] = {
        "deliveryCost": prices.delivery_cost,
        "deliveryDiscount": prices.delivery_discount,
        "priceDiscount": prices.price_discount,
        "fee": prices.fee,
        "adjustment": prices.adjustment,
    }
    told = parts[name]
    value = amount(told.value, f"$.pricingSummary.{name}.value") if told else ZERO
    return -abs(value) if name.endswith("Discount") else value


def _order_discount(order: OrderDocument, lines: tuple[OrderLine, ...]) -> Decimal:
    """What of the order's discount no line carries."""
    return max(-_priced(order, "priceDiscount") - sum(line.discount for line in lines), ZERO)


def _tax(order: OrderDocument) -> Decimal:
    """Of the summary, else of the lines: the seller's taxes and those that eBay remits."""
    if told := order.pricing_summary.tax:
        return amount(told.value, "$.pricingSummary.tax.value")
    tax = ZERO
    for position, line in enumerate(order.line_items):
        for name, found in (
            ("taxes", line.taxes),
            ("ebayCollectAndRemitTaxes", line.ebay_collect_and_remit_taxes),
        ):
            for number, one in enumerate(found or ()):
                if one.amount:
                    path = f"$.lineItems[{position}].{name}[{number}].amount.value"
                    tax += amount(one.amount.value, path)
    return tax


def _refunded(order: OrderDocument) -> Decimal:
    found = enumerate((order.payment_summary.refunds if order.payment_summary else None) or ())
    return sum(
        (
            amount(one.amount.value, f"$.paymentSummary.refunds[{position}].amount.value")
            for position, one in found
            if one.refund_status != FAILED
        ),
        ZERO,
    )


def _paid_at(order: OrderDocument) -> datetime | None:
    """The last payment; null while the order is not paid."""
    payments = (order.payment_summary.payments if order.payment_summary else None) or ()
    if PAYMENT_STATUSES.codes.get(order.order_payment_status) is PaymentStatus.PENDING:
        return None
    path = "$.paymentSummary.payments[].paymentDate"
    return max((instant(one.payment_date, path) for one in payments if one.payment_date), default=None)


def _ship_by(order: OrderDocument) -> datetime | None:
    """The earliest of its lines."""
    told = [line.line_item_fulfillment_instructions for line in order.line_items]
    path = "$.lineItems[].lineItemFulfillmentInstructions.shipByDate"
    return min((instant(one.ship_by_date, path) for one in told if one and one.ship_by_date), default=None)


def _buyer(buyer: BuyerDocument) -> Buyer:
    """The user name may change; eBay gives nothing else that stays."""
    contact = buyer.buyer_registration_address or Contact()
    return Buyer(
        reference=buyer.username or "",
        name=contact.full_name or "",
        telephone=_telephone(contact),
        email=contact.email or "",
    )


def _telephone(contact: Contact) -> str:
    return (contact.primary_phone.phone_number or "") if contact.primary_phone else ""


def _address(step: ShippingStep) -> PostalAddress:
    """A forwarder's reference stands above its street, as eBay demands of the label."""
    contact = step.ship_to or Contact()
    address = contact.contact_address or Address()
    reference = f"Reference #{step.ship_to_reference_id}" if step.ship_to_reference_id else ""
    return PostalAddress(
        name=contact.full_name or "",
        company=contact.company_name or "",
        telephone=_telephone(contact),
        country=address.country_code or UNKNOWN_COUNTRY,
        province=address.state_or_province or "",
        city=address.city or "",
        district=address.county or "",
        street=tuple(it for it in (reference, address.address_line1, address.address_line2) if it),
        postal_code=address.postal_code or "",
    )
