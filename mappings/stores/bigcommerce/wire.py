"""An order as BigCommerce's V2 sends it with `include=consignments.line_items,fees`, as far as we read it.

Amounts are text of two to four decimals, or numbers, in the transactional currency. Instants are RFC 2822
text. Without `include`, links stand where lists are expected: such a document is refused.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument, internet_time

Number = Annotated[int, Meta(ge=0, le=10**18)]
Quantity = Annotated[int, Meta(ge=0, le=10**9)]
CurrencyCode = Annotated[str, Meta(min_length=3, max_length=3)]


class AddressDocument(WireDocument):
    """`state` and `country` are names."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    street_1: str | None = None
    street_2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | int | None = None
    country_iso2: str | None = None
    phone: str | int | None = None
    email: str | None = None


class LineDocument(WireDocument):
    """`total_inc_tax` is before discounts, `discounted_total_inc_tax` after all of them. A bundled product
    belongs to `parent_order_product_id` and is goods of its own. Custom products have no variant."""

    id: Number
    variant_id: Number | None = None
    name: str | None = None
    sku: str | None = None
    upc: str | None = None
    type: str | None = None
    quantity: Quantity
    quantity_shipped: Quantity | None = None
    quantity_refunded: Quantity | None = None
    price_inc_tax: Decimal
    total_inc_tax: Decimal
    discounted_total_inc_tax: Decimal | None = None
    parent_order_product_id: Number | None = None


class ShippingConsignment(AddressDocument):
    """Goods that go to one address; `id` is what shipments call `order_address_id`."""

    id: Number
    shipping_method: str | None = None
    line_items: tuple[LineDocument, ...]


class OtherConsignment(WireDocument):
    """Goods that nobody ships: collected, downloaded or mailed."""

    line_items: tuple[LineDocument, ...]


class EmailConsignments(WireDocument):
    gift_certificates: tuple[OtherConsignment, ...] | None = None


class Consignments(WireDocument):
    shipping: tuple[ShippingConsignment, ...] | None = None
    pickups: tuple[OtherConsignment, ...] | None = None
    downloads: tuple[OtherConsignment, ...] | None = None
    email: EmailConsignments | None = None


class FeeDocument(WireDocument):
    cost_inc_tax: Decimal


class LinkDocument(WireDocument):
    """What stands where a list was not asked for."""

    resource: str


class RefundDocument(WireDocument):
    """V3 refund, as far as it is read."""

    total_amount: Decimal


class OrderHead(WireDocument):
    """What the connector itself reads of an order."""

    id: Number
    status_id: Number
    date_created: str
    date_modified: str
    payment_status: str | None = None

    @property
    def placed_at(self) -> datetime:
        return internet_time(self.date_created, "$.date_created")

    @property
    def changed_at(self) -> datetime:
        return internet_time(self.date_modified, "$.date_modified")


class OrderDocument(OrderHead):
    """One order. `refunds` is what V3 says of them; the connector adds it, because V2 always says 0.

    `default_currency_code` is what the buyer pays in, `currency_code` what the storefront showed.
    """

    default_currency_code: CurrencyCode
    customer_id: Number | None = None
    payment_method: str | None = None
    total_inc_tax: Decimal
    total_tax: Decimal
    shipping_cost_inc_tax: Decimal
    handling_cost_inc_tax: Decimal = Decimal(0)
    wrapping_cost_inc_tax: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    coupon_discount: Decimal = Decimal(0)
    refunded_amount: Decimal | None = None
    is_deleted: bool | None = None
    billing_address: AddressDocument | None = None
    customer_message: str | None = None
    staff_notes: str | None = None
    external_order_id: str | None = None
    consignments: Consignments
    fees: tuple[FeeDocument, ...] | LinkDocument | None = None
    refunds: tuple[RefundDocument, ...] | None = None
