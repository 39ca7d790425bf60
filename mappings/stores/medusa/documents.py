"""An order as Medusa's Admin API sends it (2.21.2), as far as the mapping reads it.

Amounts are major units (10 is 10.00), decimal and unrounded: 19 % of 12.99 is 2.4681. JSON numbers are read
as the digits that came, never as floats.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument

Quantity = Annotated[int, Meta(ge=0, le=10**9)]
Instant = Annotated[datetime, Meta(tz=True)]
CurrencyCode = Annotated[str, Meta(min_length=3, max_length=3)]


class CustomerDocument(WireDocument):
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None


class AddressDocument(WireDocument):
    """`country_code` is ISO alpha-2 in lower case."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None


class LineProgress(WireDocument):
    """`fulfilled_quantity` falls again when a fulfilment is cancelled."""

    fulfilled_quantity: Quantity
    return_requested_quantity: Quantity = 0


class LineDocument(WireDocument):
    """`quantity` is what is left after order edits, which Medusa does not count. `unit_price` is before tax
    unless `is_tax_inclusive`; the totals contain tax, `original_total` is before discounts."""

    id: str
    title: str
    variant_id: str | None = None
    variant_sku: str | None = None
    variant_title: str | None = None
    requires_shipping: bool
    quantity: Quantity
    unit_price: Decimal
    total: Decimal
    original_total: Decimal
    tax_total: Decimal = Decimal(0)
    detail: LineProgress


class ShippingMethodDocument(WireDocument):
    name: str
    total: Decimal
    tax_total: Decimal = Decimal(0)


class PaymentCollectionDocument(WireDocument):
    refunded_amount: Decimal | None = None


class OrderDocument(WireDocument):
    """`updated_at` does not move on captures, nor on refunds of what an order edit made too much.

    A refund beyond that adds a credit line, which lowers `total` (all seen on 2.21.2).
    """

    id: str
    display_id: int | str
    status: str
    created_at: Instant
    updated_at: Instant
    canceled_at: Instant | None = None
    currency_code: CurrencyCode
    email: str | None = None
    total: Decimal
    credit_line_total: Decimal = Decimal(0)
    payment_status: str
    fulfillment_status: str = ""
    customer_id: str | None = None
    customer: CustomerDocument | None = None
    shipping_address: AddressDocument | None = None
    items: tuple[LineDocument, ...]
    shipping_methods: tuple[ShippingMethodDocument, ...]
    payment_collections: tuple[PaymentCollectionDocument, ...] | None = None
