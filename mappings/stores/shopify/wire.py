"""What Shopify sends, in the shape of the wire (Admin GraphQL 2026-10, names in camel case there).

A field without default is one that a decision rests on: a document without it is refused.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

import msgspec

from mappings.documents import WireDocument

Node = TypeVar("Node")

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class ShopifyDocument(WireDocument, rename="camel"):
    """Parent of all shapes of this platform."""


class MoneyV2(ShopifyDocument):
    amount: Decimal


class MoneyBag(ShopifyDocument):
    """An amount in the shop's currency; the buyer's currency is never read."""

    shop_money: MoneyV2


class PageInfo(ShopifyDocument):
    has_next_page: bool = False
    end_cursor: str | None = None


class PageOf(ShopifyDocument, Generic[Node]):
    """One page of a connection."""

    nodes: list[Node]
    page_info: PageInfo = PageInfo()


class Attribute(ShopifyDocument):
    key: str = ""
    value: str | None = None


class Reference(ShopifyDocument):
    id: str


class Allocation(ShopifyDocument):
    allocated_amount_set: MoneyBag


class Variant(ShopifyDocument):
    id: str
    barcode: str | None = None


class Line(ShopifyDocument):
    """`quantity` counts refunded and removed units too, `current_quantity` does not."""

    id: str
    sku: str | None = None
    name: str = ""
    quantity: int
    current_quantity: int
    unfulfilled_quantity: int
    requires_shipping: bool
    original_unit_price_set: MoneyBag
    discount_allocations: list[Allocation]
    custom_attributes: list[Attribute] = []
    variant: Variant | None = None


class Action(ShopifyDocument):
    action: str


class Hold(ShopifyDocument):
    reason: str


class DeliveryMethod(ShopifyDocument):
    method_type: str


class Location(ShopifyDocument):
    id: str = ""
    is_fulfillment_service: bool = False


class AssignedLocation(ShopifyDocument):
    """`location` is null once the location was deleted."""

    location: Location | None = None


class FulfilmentOrderLine(ShopifyDocument):
    id: str
    total_quantity: int
    remaining_quantity: int
    line_item: Reference


class FulfilmentOrder(ShopifyDocument):
    """What one location has to ship of an order."""

    id: str
    status: str
    fulfill_at: Instant | None = None
    fulfill_by: Instant | None = None
    supported_actions: list[Action] = []
    fulfillment_holds: list[Hold] = []
    delivery_method: DeliveryMethod | None = None
    assigned_location: AssignedLocation = AssignedLocation()
    line_items: PageOf[FulfilmentOrderLine]


class ShippingLine(ShopifyDocument):
    title: str = ""
    discounted_price_set: MoneyBag


class MailingAddress(ShopifyDocument):
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    province_code: str | None = None
    country_code_v2: str | None = None
    zip: str | None = None
    phone: str | None = None


class Customer(ShopifyDocument):
    id: str = ""
    first_name: str | None = None
    last_name: str | None = None


class Order(ShopifyDocument):
    id: str
    name: str
    test: bool
    processed_at: Instant
    updated_at: Instant
    cancelled_at: Instant | None
    cancel_reason: str | None = None
    currency_code: str
    presentment_currency_code: str
    taxes_included: bool
    duties_included: bool = False
    display_financial_status: str | None
    payment_gateway_names: list[str] = []
    source_name: str | None = None
    email: str | None = None
    phone: str | None = None
    note: str | None = None
    tags: list[str] = []
    custom_attributes: list[Attribute] = []
    total_price_set: MoneyBag
    total_tax_set: MoneyBag | None
    total_refunded_set: MoneyBag
    original_total_duties_set: MoneyBag | None = None
    original_total_additional_fees_set: MoneyBag | None = None
    shipping_lines: PageOf[ShippingLine]
    shipping_address: MailingAddress | None
    customer: Customer | None = None
    line_items: PageOf[Line]
    fulfillment_orders: PageOf[FulfilmentOrder]


class ListedVariant(ShopifyDocument):
    """One sellable variant with the inventory item that its stock is written to."""

    id: str
    sku: str | None = None
    barcode: str | None = None
    display_name: str = ""
    inventory_item: Reference
