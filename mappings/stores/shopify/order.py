"""Shopify order (GraphQL node) → SalesOrder.

All amounts are shop money on one basis, «as placed»: `totalPriceSet` is «before returns», `quantity` and
`discountAllocations` include refunded and removed units, so the parts add up whatever was refunded since
(schema descriptions, Admin GraphQL 2026-10; read 2026-11-24). Unverified: shipping lines removed by an order
edit, and duties and additional fees of edited orders, may be on another basis; such an order does not add up
and waits for a person.
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
from mappings.documents import amount, decode, unknown_fields
from mappings.errors import MappingError
from mappings.stores.shopify.tables import (
    COLLECT_ON_DELIVERY_GATEWAYS,
    FULFILMENT_ORDER,
    NEEDS_PARCEL,
    PAYMENT,
    Standing,
)
from mappings.stores.shopify.wire import FulfilmentOrder, Line, MailingAddress, MoneyBag, Order

UNKNOWN_COUNTRY = "ZZ"
"""Shopify's own code for «unknown region»: for an address without country (`countryCodeV2` is nullable)."""

SPLIT_WITH_SERVICE = "SPLIT_WITH_FULFILMENT_SERVICE"
"""Our hold for a line that a fulfilment service and we would both ship: the units cannot be told apart."""


def read_order(document: bytes) -> SalesOrder:
    """One complete order node. A document that says that lines are missing is refused."""
    order = decode(document, Order)
    _refuse_incomplete(order)
    routing = _Routing(order.fulfillment_orders.nodes)
    lines = tuple(_lines(order, routing))
    payment = _payment(order)
    return SalesOrder(
        external_id=order.id,
        order_number=order.name,
        placed_at=order.processed_at,
        updated_at=order.updated_at,
        currency=order.currency_code,
        payment_status=payment,
        cash_on_delivery=payment is PaymentStatus.PENDING
        and not COLLECT_ON_DELIVERY_GATEWAYS.isdisjoint(order.payment_gateway_names),
        is_test=order.test,
        platform_hold=routing.hold,
        cancelled_at=order.cancelled_at,
        cancel_reason=order.cancel_reason or "",
        buyer=_buyer(order),
        ship_to=_address(order.shipping_address) if order.shipping_address else None,
        lines=lines,
        taxes_included=order.taxes_included,
        tax=_money(order.total_tax_set, "$.totalTaxSet"),
        shipping_charge=_shipping(order),
        surcharge=_surcharge(order),
        total=_money(order.total_price_set, "$.totalPriceSet"),
        refunded=_money(order.total_refunded_set, "$.totalRefundedSet"),
        rounding=_rounding(order),
        shipping_method=order.shipping_lines.nodes[0].title if order.shipping_lines.nodes else "",
        note="\n".join(_notes(order)),
        ship_by=routing.ship_by,
        extra=_extra(order),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    return unknown_fields(document, Order)


def _refuse_incomplete(order: Order) -> None:
    if order.line_items.page_info.has_next_page:
        raise MappingError("$.lineItems.pageInfo", "says that there are further lines")
    if order.fulfillment_orders.page_info.has_next_page:
        raise MappingError("$.fulfillmentOrders.pageInfo", "says that there are further fulfilment orders")


def _payment(order: Order) -> PaymentStatus:
    """A null status (the schema allows it) counts as not yet paid, which ships nothing."""
    if order.display_financial_status is None:
        return PaymentStatus.PENDING
    return PAYMENT.read(order.display_financial_status, "$.displayFinancialStatus")


class _Routing:
    """What the fulfilment orders say about who ships which line, when, and whether at all.

    A line belongs to a fulfilment service if a location of one was given it and no location of the
    merchant still has units of it.
    """

    def __init__(self, fulfilment_orders: list[FulfilmentOrder]) -> None:
        self.hold = ""
        self.ship_by: datetime | None = None
        self.collected: set[str] = set()
        self._at_service: set[str] = set()
        self._open_at_service: set[str] = set()
        self._open_here: set[str] = set()
        for position, one in enumerate(fulfilment_orders):
            self._read(one, f"$.fulfillmentOrders.nodes[{position}]")
        if not self.hold and self._open_here & self._open_at_service:
            self.hold = SPLIT_WITH_SERVICE

    def fulfiller(self, line_id: str) -> Fulfiller:
        theirs = line_id in self._at_service and line_id not in self._open_here
        return Fulfiller.PLATFORM if theirs else Fulfiller.MERCHANT

    def _read(self, one: FulfilmentOrder, path: str) -> None:
        standing = FULFILMENT_ORDER.read(one.status, f"{path}.status")
        if one.line_items.page_info.has_next_page:
            raise MappingError(f"{path}.lineItems.pageInfo", "says that there are further lines")
        location = one.assigned_location.location
        lines = {line.line_item.id for line in one.line_items.nodes}
        waiting = {line.line_item.id for line in one.line_items.nodes if line.remaining_quantity > 0}
        if one.delivery_method and not NEEDS_PARCEL.read(
            one.delivery_method.method_type, f"{path}.deliveryMethod.methodType"
        ):
            self.collected |= lines
        if location and location.is_fulfillment_service:
            self._at_service |= lines if one.status != "CANCELLED" else set()
            self._open_at_service |= waiting if standing is not Standing.ENDED else set()
        elif waiting and standing is not Standing.ENDED:
            self._read_waiting_here(one, waiting, standing)

    def _read_waiting_here(self, one: FulfilmentOrder, waiting: set[str], standing: Standing) -> None:
        self._open_here |= waiting
        if one.fulfill_by and (self.ship_by is None or one.fulfill_by < self.ship_by):
            self.ship_by = one.fulfill_by
        if standing is Standing.HELD and not self.hold:
            reasons = ", ".join(hold.reason for hold in one.fulfillment_holds)
            until = f"until {one.fulfill_at.isoformat()}" if one.fulfill_at else ""
            self.hold = ": ".join(filter(None, (one.status, reasons or until)))


def _lines(order: Order, routing: _Routing) -> Iterator[OrderLine]:
    for position, line in enumerate(order.line_items.nodes):
        try:
            yield _line(line, routing)
        except MappingError as error:
            raise error.within(f"$.lineItems.nodes[{position}]") from None


def _line(line: Line, routing: _Routing) -> OrderLine:
    unit_price = _money(line.original_unit_price_set, "$.originalUnitPriceSet")
    discount = sum(
        (_money(one.allocated_amount_set, "$.discountAllocations") for one in line.discount_allocations),
        Decimal(0),
    )
    return OrderLine(
        line_id=line.id,
        listing_id=line.variant.id if line.variant else "",
        sku=line.sku or "",
        gtin=(line.variant.barcode if line.variant else None) or "",
        title=line.name,
        quantity=line.quantity,
        quantity_cancelled=max(0, line.quantity - line.current_quantity),
        quantity_fulfilled=max(0, line.current_quantity - line.unfulfilled_quantity),
        unit_price=unit_price,
        discount=discount,
        total=unit_price * line.quantity - discount,
        requires_shipping=line.requires_shipping and line.id not in routing.collected,
        fulfilled_by=routing.fulfiller(line.id),
    )


def _money(bag: MoneyBag | None, path: str) -> Decimal:
    return amount(bag.shop_money.amount, f"{path}.shopMoney.amount") if bag else Decimal(0)


def _shipping(order: Order) -> Decimal:
    return sum(
        (_money(line.discounted_price_set, "$.shippingLines.nodes[]") for line in order.shipping_lines.nodes),
        Decimal(0),
    )


def _surcharge(order: Order) -> Decimal:
    """Duties and fees on top. Tips are lines. Unverified: that additional fees never repeat the duties."""
    fees = _money(order.original_total_additional_fees_set, "$.originalTotalAdditionalFeesSet")
    if order.duties_included:
        return fees
    return fees + _money(order.original_total_duties_set, "$.originalTotalDutiesSet")


def _rounding(order: Order) -> Decimal:
    """Exact in the shop's currency; where the buyer paid in another one, Shopify converts and rounds each
    amount by itself, so each (a unit price once per unit) may be half a minor unit off."""
    if order.presentment_currency_code == order.currency_code:
        return Decimal(0)
    lines = order.line_items.nodes
    amounts = 4 + len(order.shipping_lines.nodes)
    amounts += sum(line.quantity + len(line.discount_allocations) for line in lines)
    return minor_unit(order.currency_code) / 2 * amounts


def _buyer(order: Order) -> Buyer:
    """`customer` is null for guests and tills; then the receiver's name is the best there is."""
    address = order.shipping_address
    name = (address.name if address else None) or ""
    reference = ""
    if order.customer:
        reference = order.customer.id
        name = " ".join(filter(None, (order.customer.first_name, order.customer.last_name))) or name
    telephone = order.phone or (address.phone if address else None) or ""
    return Buyer(reference=reference, name=name, telephone=telephone, email=order.email or "")


def _address(address: MailingAddress) -> PostalAddress:
    return PostalAddress(
        name=address.name or "",
        company=address.company or "",
        telephone=address.phone or "",
        country=address.country_code_v2 or UNKNOWN_COUNTRY,
        province=address.province or "",
        province_code=address.province_code or "",
        city=address.city or "",
        street=tuple(filter(None, (address.address1, address.address2))),
        postal_code=address.zip or "",
    )


def _notes(order: Order) -> Iterator[str]:
    """The buyer's note, then what they filled in for the order and for lines (engravings). Keys that start
    with an underscore are a theme's own and hidden from buyers."""
    if order.note:
        yield order.note
    for attribute in order.custom_attributes:
        if attribute.value and not attribute.key.startswith("_"):
            yield f"{attribute.key}: {attribute.value}"
    for line in order.line_items.nodes:
        for attribute in line.custom_attributes:
            if attribute.value and not attribute.key.startswith("_"):
                yield f"{line.name}: {attribute.key}: {attribute.value}"


def _extra(order: Order) -> dict[str, str]:
    found = {"source": order.source_name or "", "tags": ", ".join(order.tags)}
    if order.presentment_currency_code != order.currency_code:
        found["presentment_currency"] = order.presentment_currency_code
    return {name: value for name, value in found.items() if value}
