"""What the imitated seller account remembers, and how eBay writes its orders.

Prices contain tax, as in Europe. What was told of a parcel stays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mappings.canonical import PostalAddress
from mappings.stores.ebay.outward import wire_time

CURRENCY, MARKETPLACE = "EUR", "EBAY_DE"
SHIPPING = Decimal("4.95")

Json = dict[str, Any]


class Refusal(Exception):
    """What eBay says no to: a number and its words."""

    def __init__(self, status: int, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.number = number


@dataclass
class Item:
    sku: str
    title: str
    price: Decimal
    quantity: int


@dataclass
class Line:
    id: str
    item: Item
    quantity: int
    price: Decimal
    is_refunded: bool = False

    @property
    def cost(self) -> Decimal:
        return self.price * self.quantity

    @property
    def wanted(self) -> int:
        return 0 if self.is_refunded else self.quantity


@dataclass
class Parcel:
    number: str
    carrier: str
    shipped: str
    units: Mapping[str, int]


@dataclass
class Order:
    id: str
    created: datetime
    modified: datetime
    payment: str
    buyer: str
    email: str
    note: str
    address: PostalAddress
    lines: list[Line]
    cancel_state: str = "NONE_REQUESTED"
    cancelled_at: datetime | None = None
    parcels: list[Parcel] = field(default_factory=list)

    def shipped(self, line: Line) -> int:
        return sum(parcel.units.get(line.id, 0) for parcel in self.parcels)

    def status_of(self, line: Line) -> str:
        units = self.shipped(line)
        if units >= line.quantity:
            return "FULFILLED"
        return "IN_PROGRESS" if units else "NOT_STARTED"

    @property
    def status(self) -> str:
        found = {self.status_of(line) for line in self.lines}
        return found.pop() if len(found) == 1 else "IN_PROGRESS"

    @property
    def total(self) -> Decimal:
        return sum((line.cost for line in self.lines), SHIPPING)


class Account:
    """Inventory items and orders of one seller."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.items: dict[str, Item] = {}
        self.orders: dict[str, Order] = {}

    def now(self) -> datetime:
        moment = self._now()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def offer(self, sku: str, title: str, price: Decimal, quantity: int) -> None:
        item = self.items.setdefault(sku, Item(sku, title, price, quantity))
        item.title, item.price, item.quantity = title, price, quantity

    def place(self, goods: Iterable[tuple[str, int]], **facts: Any) -> Order:
        number = len(self.orders) + 1
        lines = [
            Line(f"1{number:09}{position:04}", self.items[sku], units, self.items[sku].price)
            for position, (sku, units) in enumerate(goods)
        ]
        order_id = f"{number % 89 + 10}-{number:05}-{number * 7:05}"
        now = self.now()
        order = Order(id=order_id, created=now, modified=now, lines=lines, **facts)
        self.orders[order_id] = order
        for line in lines:
            line.item.quantity -= line.quantity
        return order

    def touch(self, order: Order) -> None:
        """No two changes of an order at one instant."""
        order.modified = max(self.now(), order.modified + timedelta(milliseconds=1))

    def cancel(self, order: Order) -> None:
        order.cancel_state, order.cancelled_at = "CANCELED", self.now()
        for line in order.lines:
            line.item.quantity += line.wanted
        self.touch(order)

    def refund(self, order: Order, line: Line) -> None:
        line.is_refunded = True
        line.item.quantity += line.quantity
        is_all = all(it.is_refunded for it in order.lines)
        order.payment = "FULLY_REFUNDED" if is_all else "PARTIALLY_REFUNDED"
        self.touch(order)

    def ship(self, order: Order, parcel: Parcel) -> None:
        """A number that is known already makes a second parcel: that it does not is documented nowhere."""
        lines = {line.id: line for line in order.lines}
        for line_id, units in parcel.units.items():
            if line_id not in lines:
                raise Refusal(400, 32200, f"Invalid line item id: {line_id}")
            if not 0 < units <= lines[line_id].quantity - order.shipped(lines[line_id]):
                raise Refusal(400, 32600, "Invalid input data")
        if order.cancel_state == "CANCELED":
            raise Refusal(400, 32600, "Invalid input data")
        order.parcels.append(parcel)
        self.touch(order)


def money(value: Decimal) -> Json:
    """As uneven as eBay writes it: «264.8», «0.0»."""
    text = f"{value.normalize():f}"
    return {"value": text if "." in text else f"{text}.0", "currency": CURRENCY}


def order_document(order: Order) -> Json:
    prices = {"priceSubtotal": money(order.total - SHIPPING), "deliveryCost": money(SHIPPING)}
    document: Json = {
        "orderId": order.id,
        "creationDate": wire_time(order.created),
        "lastModifiedDate": wire_time(order.modified),
        "orderFulfillmentStatus": order.status,
        "orderPaymentStatus": order.payment,
        "sellerId": "twin",
        "buyer": {"username": order.buyer, "buyerRegistrationAddress": _contact(order)},
        "pricingSummary": {**prices, "total": money(order.total)},
        "cancelStatus": {"cancelState": order.cancel_state, "cancelRequests": []},
        "paymentSummary": {"refunds": _refunds(order), "payments": _payments(order)},
        "fulfillmentStartInstructions": [
            {
                "fulfillmentInstructionsType": "SHIP_TO",
                "ebaySupportedFulfillment": False,
                "shippingStep": {"shipTo": _contact(order), "shippingServiceCode": "DE_DPDClassic"},
            }
        ],
        "fulfillmentHrefs": [],
        "lineItems": [_line(order, line) for line in order.lines],
        "salesRecordReference": str(int(order.id.split("-")[1])),
    }
    if order.cancelled_at:
        document["cancelStatus"]["cancelledDate"] = wire_time(order.cancelled_at)
    return {**document, "buyerCheckoutNotes": order.note} if order.note else document


def _contact(order: Order) -> Json:
    address = order.address
    written = {
        "addressLine1": "".join(address.street[:1]),
        "addressLine2": "".join(address.street[1:2]),
        "city": address.city,
        "county": address.district,
        "stateOrProvince": address.province,
        "postalCode": address.postal_code,
        "countryCode": address.country,
    }
    contact: Json = {
        "fullName": address.name,
        "contactAddress": {name: text for name, text in written.items() if text},
        "email": order.email or "b@members.ebay.com",
    }
    return {**contact, "primaryPhone": {"phoneNumber": address.telephone}} if address.telephone else contact


def _payments(order: Order) -> list[Json]:
    if order.payment == "PENDING":
        return []
    payment = {"paymentMethod": "EBAY", "paymentDate": wire_time(order.created), "paymentStatus": "PAID"}
    return [{**payment, "amount": money(order.total)}]


def _refunds(order: Order) -> list[Json]:
    found = [line for line in order.lines if line.is_refunded]
    return [
        {"amount": money(line.cost), "refundDate": wire_time(order.modified), "refundStatus": "REFUNDED"}
        for line in found
    ]


def _line(order: Order, line: Line) -> Json:
    refund = {"amount": money(line.cost), "refundDate": wire_time(order.modified), "refundId": "1"}
    return {
        "lineItemId": line.id,
        "legacyItemId": "406355941732",
        "sku": line.item.sku,
        "title": line.item.title,
        "lineItemCost": money(line.cost),
        "quantity": line.quantity,
        "soldFormat": "FIXED_PRICE",
        "listingMarketplaceId": MARKETPLACE,
        "purchaseMarketplaceId": MARKETPLACE,
        "lineItemFulfillmentStatus": order.status_of(line),
        "total": money(line.cost),
        "appliedPromotions": [],
        "taxes": [],
        "refunds": [refund] if line.is_refunded else [],
        "lineItemFulfillmentInstructions": {"shipByDate": wire_time(order.created + timedelta(days=2))},
    }


def parcel_document(parcel: Parcel) -> Json:
    return {
        "fulfillmentId": parcel.number,
        "shipmentTrackingNumber": parcel.number,
        "shippingCarrierCode": parcel.carrier,
        "shippedDate": parcel.shipped,
        "lineItems": [{"lineItemId": line_id, "quantity": units} for line_id, units in parcel.units.items()],
    }


def item_document(item: Item) -> Json:
    return {
        "sku": item.sku,
        "condition": "NEW",
        "availability": {"shipToLocationAvailability": {"quantity": item.quantity}},
        "product": {"title": item.title},
    }
