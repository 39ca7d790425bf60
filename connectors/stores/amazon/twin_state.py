"""What the imitated seller account remembers, and how Amazon writes its orders.

Prices are without tax, which is told apart. A confirmation of a package reference that is known changes that
package.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mappings.canonical import PostalAddress
from mappings.stores.amazon.outward import wire_time

MARKETPLACE, CURRENCY = "ATVPDKIKX0DER", "USD"
CENT = Decimal("0.01")
SHIPPING = Decimal("5.00")
TAX = Decimal("0.06")

Json = dict[str, Any]


class Refusal(Exception):
    """What Amazon says no to, in its own words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidInput", message)


@dataclass
class Item:
    sku: str
    title: str
    price: Decimal
    quantity: int
    created: datetime
    channel: str = "DEFAULT"


@dataclass
class Line:
    id: str
    item: Item
    quantity: int
    cancelled_by: str = ""

    @property
    def wanted(self) -> int:
        return 0 if self.cancelled_by else self.quantity


@dataclass
class Package:
    reference: str
    body: Json
    units: Mapping[str, int]


@dataclass
class Order:
    id: str
    created: datetime
    updated: datetime
    status: str
    method: str
    email: str
    note: str
    address: PostalAddress
    lines: list[Line]
    packages: dict[str, Package] = field(default_factory=dict)
    fulfilled_by: str = "MERCHANT"

    def shipped(self, line: Line, but: str = "") -> int:
        packages = (it for it in self.packages.values() if it.reference != but)
        return sum(it.units.get(line.id, 0) for it in packages)

    @property
    def is_untouched(self) -> bool:
        return self.status in ("PENDING", "UNSHIPPED")


class Account:
    """Listings and orders of one seller."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.items: dict[str, Item] = {}
        self.orders: dict[str, Order] = {}

    def offer(self, sku: str, title: str, price: Decimal, quantity: int) -> None:
        item = self.items.setdefault(sku, Item(sku, title, price, quantity, self.now()))
        item.title, item.price, item.quantity = title, price, quantity

    def place(self, goods: Iterable[tuple[str, int]], **facts: Any) -> Order:
        number = len(self.orders) + 1
        lines = [
            Line(f"{number:012}{position:02}", self.items[sku], units)
            for position, (sku, units) in enumerate(goods)
        ]
        now = self.now()
        order = Order(id=f"902-{number:07}-{number * 7:07}", created=now, updated=now, lines=lines, **facts)
        self.orders[order.id] = order
        for line in lines:
            line.item.quantity -= line.quantity
        return order

    def touch(self, order: Order) -> None:
        """No two changes of an order at one instant."""
        order.updated = max(self.now(), order.updated + timedelta(milliseconds=1))

    def cancel(self, order: Order, lines: Iterable[Line], by: str) -> None:
        for line in lines:
            line.cancelled_by = by
            line.item.quantity += line.quantity
        if not any(line.wanted for line in order.lines):
            order.status = "CANCELLED"
        self.touch(order)

    def confirm(self, order: Order, package: Package) -> bool:
        """Did it change anything?"""
        known = order.packages.get(package.reference)
        if known and known.body == package.body:
            return False
        lines = {line.id: line for line in order.lines}
        for line_id, units in package.units.items():
            if line_id not in lines:
                raise invalid(f"OrderItemId {line_id} is invalid")
            left = lines[line_id].wanted - order.shipped(lines[line_id], but=package.reference)
            if not 0 < units <= left:
                words = (
                    "PackageToUpdateNotFound: the order is already fulfilled"
                    if left <= 0
                    else "Quantity: is invalid"
                )
                raise invalid(words)
        order.packages[package.reference] = package
        is_whole = all(order.shipped(line) == line.wanted for line in order.lines)
        order.status = "SHIPPED" if is_whole else "PARTIALLY_SHIPPED"
        self.touch(order)
        return True


def order_document(order: Order, included: frozenset[str]) -> Json:
    """With the data sets that were asked for; what is not paid yet has neither prices nor an address."""
    document: Json = {
        "orderId": order.id,
        "orderAliases": [{"aliasId": f"S-{order.id}", "aliasType": "SELLER_ORDER_ID"}],
        "createdTime": wire_time(order.created),
        "lastUpdatedTime": wire_time(order.updated),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACE},
        "orderItems": [_item(order, line, included) for line in order.lines],
    }
    is_paid = order.status != "PENDING"
    if "FULFILLMENT" in included:
        document["fulfillment"] = _fulfillment(order)
    if "BUYER" in included and is_paid:
        document["buyer"] = {"buyerName": order.address.name, "buyerEmail": order.email or "a@b.example"}
    if "RECIPIENT" in included and is_paid:
        document["recipient"] = _recipient(order)
    if "PROCEEDS" in included and is_paid and order.status != "CANCELLED":
        total = sum((part for line in order.lines for part in _parts(order, line).values()), Decimal(0))
        document["proceeds"] = {"grandTotal": _money(total)}
    if "PAYMENT" in included and is_paid:
        document["payment"] = {"paymentExecutions": [{"paymentMethod": order.method}]}
    if "PACKAGES" in included and order.packages:
        document["packages"] = [_package(package) for package in order.packages.values()]
    return document


def _money(value: Decimal) -> Json:
    return {"amount": str(value.quantize(CENT, ROUND_HALF_UP)), "currencyCode": CURRENCY}


def _parts(order: Order, line: Line) -> dict[str, Decimal]:
    goods = (line.item.price * line.wanted).quantize(CENT, ROUND_HALF_UP)
    parts = {"ITEM": goods, "TAX": (goods * TAX).quantize(CENT, ROUND_HALF_UP)}
    return {**parts, "SHIPPING": SHIPPING} if line is order.lines[0] else parts


def _fulfillment(order: Order) -> Json:
    return {
        "fulfillmentStatus": order.status,
        "fulfilledBy": order.fulfilled_by,
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": {"latestDateTime": wire_time(order.created + timedelta(days=2))},
    }


def _recipient(order: Order) -> Json:
    address = order.address
    lines = {f"addressLine{number}": line for number, line in enumerate(address.street[:3], 1)}
    written = {
        "name": address.name,
        **lines,
        "city": address.city,
        "districtOrCounty": address.district,
        "stateOrRegion": address.province,
        "postalCode": address.postal_code,
        "countryCode": address.country,
        "phone": address.telephone,
    }
    found: Json = {"deliveryAddress": {name: text for name, text in written.items() if text}}
    return {**found, "deliveryPreference": {"addressInstruction": order.note}} if order.note else found


def _item(order: Order, line: Line, included: frozenset[str]) -> Json:
    is_paid = order.status != "PENDING"
    product: Json = {"asin": "B000000000", "title": line.item.title, "sellerSku": line.item.sku}
    if is_paid:
        product["price"] = {"unitPrice": _money(line.item.price)}
    item: Json = {"orderItemId": line.id, "quantityOrdered": line.quantity, "product": product}
    if "FULFILLMENT" in included:
        shipped = order.shipped(line)
        item["fulfillment"] = {"quantityFulfilled": shipped, "quantityUnfulfilled": line.wanted - shipped}
    if "PROCEEDS" in included and is_paid and order.status != "CANCELLED":
        parts = _parts(order, line)
        breakdowns = [{"type": kind, "subtotal": _money(value)} for kind, value in parts.items()]
        item["proceeds"] = {
            "proceedsTotal": _money(sum(parts.values(), Decimal(0))),
            "breakdowns": breakdowns,
        }
    if "CANCELLATION" in included and line.cancelled_by:
        item["cancellation"] = {"cancellationExecution": {"cancelledBy": line.cancelled_by}}
    return item


def _package(package: Package) -> Json:
    detail = package.body["packageDetail"]
    carrier = detail.get("carrierName") or detail["carrierCode"]
    return {
        "packageReferenceId": package.reference,
        "packageStatus": {"status": "SHIPPED"},
        "carrier": carrier,
        "shipTime": detail["shipDate"],
        "trackingNumber": detail["trackingNumber"],
        "packageItems": [
            {"orderItemId": line_id, "quantity": units} for line_id, units in package.units.items()
        ],
    }


def item_document(item: Item, included: frozenset[str]) -> Json:
    document: Json = {"sku": item.sku}
    if "summaries" in included:
        created = wire_time(item.created)
        document["summaries"] = [
            {
                "marketplaceId": MARKETPLACE,
                "asin": "B000000000",
                "productType": "LUGGAGE",
                "status": ["BUYABLE"],
                "itemName": item.title,
                "createdDate": created,
                "lastUpdatedDate": created,
            }
        ]
    if "fulfillmentAvailability" in included:
        known = {"quantity": item.quantity} if item.channel == "DEFAULT" else {}
        document["fulfillmentAvailability"] = [{"fulfillmentChannelCode": item.channel, **known}]
    return document
