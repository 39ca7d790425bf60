"""An order as Magento's REST V1 sends it (2.4), as far as the mapping reads it.

Amounts are JSON numbers in the order's currency unless named `base_…`. What is zero or null is often absent.
Times are UTC without a zone. Empty objects may come as empty lists.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument, local_time

Number = Annotated[int, Meta(ge=0, le=10**18)]
Quantity = Annotated[int, Meta(ge=0, le=10**9)]
Nothing = tuple[()]
ZERO = Decimal(0)


class AddressDocument(WireDocument):
    """`region` is a name, `region_code` often one too where Magento has no list."""

    firstname: str | None = None
    lastname: str | None = None
    company: str | None = None
    street: tuple[str, ...] | None = None
    city: str | None = None
    region: str | None = None
    region_code: str | None = None
    postcode: str | None = None
    country_id: str | None = None
    telephone: str | None = None
    email: str | None = None


class ItemDocument(WireDocument):
    """`row_total` is before tax and discount. Part of a configurable or a bundle: `parent_item_id`."""

    item_id: Number
    sku: str
    name: str | None = None
    product_type: str | None = None
    parent_item_id: Number | None = None
    is_virtual: int | None = None
    qty_ordered: Quantity
    qty_shipped: Quantity | None = None
    qty_canceled: Quantity | None = None
    qty_refunded: Quantity | None = None
    price: Decimal | None = None
    row_total: Decimal | None = None
    discount_amount: Decimal | None = None
    discount_tax_compensation_amount: Decimal | None = None


class PaymentDocument(WireDocument):
    method: str | None = None
    amount_authorized: Decimal | None = None


class ShippingDocument(WireDocument):
    address: AddressDocument | None = None
    method: str | None = None


class AssignmentDocument(WireDocument):
    shipping: ShippingDocument | None = None


class ExtensionDocument(WireDocument):
    """What Adobe Commerce takes off the total beside discounts, and adds for gift wrapping."""

    shipping_assignments: tuple[AssignmentDocument, ...] | None = None
    gift_cards_amount: Decimal | None = None
    customer_balance_amount: Decimal | None = None
    reward_currency_amount: Decimal | None = None
    gw_price: Decimal | None = None
    gw_items_price: Decimal | None = None
    gw_card_price: Decimal | None = None


class OrderHead(WireDocument):
    """What the connector itself reads of an order."""

    entity_id: Number
    created_at: str
    updated_at: str

    def instants(self) -> tuple[datetime, datetime]:
        """When it was placed and changed."""
        placed = local_time(self.created_at, UTC, "$.created_at")
        return placed, local_time(self.updated_at, UTC, "$.updated_at")


class OrderDocument(OrderHead):
    increment_id: str
    state: str
    status: str | None = None
    order_currency_code: Annotated[str, Meta(min_length=3, max_length=3)]
    grand_total: Decimal
    tax_amount: Decimal | None = None
    shipping_amount: Decimal | None = None
    shipping_discount_amount: Decimal | None = None
    shipping_discount_tax_compensation_amount: Decimal | None = None
    shipping_description: str | None = None
    total_paid: Decimal | None = None
    total_refunded: Decimal | None = None
    customer_id: Number | None = None
    customer_email: str | None = None
    customer_firstname: str | None = None
    customer_lastname: str | None = None
    customer_note: str | None = None
    coupon_code: str | None = None
    store_id: Number | None = None
    relation_parent_real_id: str | None = None
    items: tuple[ItemDocument, ...]
    billing_address: AddressDocument | None = None
    payment: PaymentDocument | None = None
    extension_attributes: ExtensionDocument | Nothing | None = None

    @property
    def extension(self) -> ExtensionDocument:
        found = self.extension_attributes
        return found if isinstance(found, ExtensionDocument) else ExtensionDocument()

    @property
    def shipping(self) -> ShippingDocument:
        """Of the first assignment; empty for orders that nobody ships."""
        assignments = self.extension.shipping_assignments or ()
        return (assignments[0].shipping if assignments else None) or ShippingDocument()
