"""An order as Vendure's Admin GraphQL sends it (schema of 3.7.3), as far as the mapping reads it.

Money is a whole number of hundredths in every currency, also in yen: Vendure stores amounts times 100, and
its own user interface and payment plug-ins divide by 100 (vendure-ecommerce/vendure 1633446f,
default-money-strategy.ts and stripe-utils.ts; read 2026-11).
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument

MINOR_DIGITS = 2

Minor = Annotated[int, Meta(ge=-(10**15), le=10**15)]
Quantity = Annotated[int, Meta(ge=0, le=10**9)]
Instant = Annotated[datetime, Meta(tz=True)]
CurrencyCode = Annotated[str, Meta(min_length=3, max_length=3)]


class CamelDocument(WireDocument, rename="camel"):
    """Parent of the shapes below: `order_placed_at` is `orderPlacedAt` on the wire."""


class CustomerDocument(CamelDocument):
    id: str
    email_address: str
    first_name: str
    last_name: str
    phone_number: str | None = None


class AddressDocument(CamelDocument):
    """An unset address is an object of nulls. `country` is a name in the shop's language and not read."""

    full_name: str | None = None
    company: str | None = None
    street_line1: str | None = None
    street_line2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone_number: str | None = None


class VariantOfLine(CamelDocument):
    id: str
    sku: str
    name: str


class LineDocument(CamelDocument):
    """`quantity` is what is left after cancellations; `order_placed_quantity` is 0 for units that the shop
    added later. Line prices are rounded once per line, so a unit's price times units may be a cent off
    (seen on 3.7.3: 3 units at 3.56 are 10.69)."""

    id: str
    quantity: Quantity
    order_placed_quantity: Quantity
    unit_price_with_tax: Minor
    line_price_with_tax: Minor
    prorated_line_price_with_tax: Minor
    product_variant: VariantOfLine


class SurchargeDocument(CamelDocument):
    price_with_tax: Minor


class ShippingMethodDocument(CamelDocument):
    code: str


class ShippingLineDocument(CamelDocument):
    shipping_method: ShippingMethodDocument


class LineQuantityDocument(CamelDocument):
    order_line_id: str
    quantity: Quantity


class RefundDocument(CamelDocument):
    state: str
    total: Minor
    lines: tuple[LineQuantityDocument, ...]


class PaymentDocument(CamelDocument):
    state: str
    amount: Minor
    refunds: tuple[RefundDocument, ...]


class FulfilmentDocument(CamelDocument):
    id: str
    state: str
    tracking_code: str | None = None
    lines: tuple[LineQuantityDocument, ...]


class NoteText(CamelDocument):
    note: str = ""


class NoteDocument(CamelDocument):
    data: NoteText


class NotesDocument(CamelDocument):
    items: tuple[NoteDocument, ...]


class OrderDocument(CamelDocument):
    """`updated_at` does not move on payment, fulfilment and refund, and may be before `order_placed_at`."""

    id: str
    code: str
    state: str
    type: str
    created_at: Instant
    updated_at: Instant
    order_placed_at: Instant | None = None
    currency_code: CurrencyCode
    total: Minor
    total_with_tax: Minor
    shipping_with_tax: Minor
    coupon_codes: tuple[str, ...] = ()
    customer: CustomerDocument | None = None
    shipping_address: AddressDocument | None = None
    lines: tuple[LineDocument, ...]
    surcharges: tuple[SurchargeDocument, ...]
    shipping_lines: tuple[ShippingLineDocument, ...]
    payments: tuple[PaymentDocument, ...] | None = None
    fulfillments: tuple[FulfilmentDocument, ...] | None = None
    history: NotesDocument | None = None
