"""An order as Saleor's GraphQL API sends it (3.22), as far as our own selection asks for it.

Amounts are JSON numbers in major units; ids are opaque global ids of their server.
"""

from base64 import b64decode
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument

Quantity = Annotated[int, Meta(ge=0, le=10**9)]
Instant = Annotated[datetime, Meta(tz=True)]
CurrencyCode = Annotated[str, Meta(min_length=3, max_length=3)]


class SaleorDocument(WireDocument, rename="camel"):
    """Fields are written in camel case."""


class Identified(SaleorDocument):
    id: str


class MoneyDocument(SaleorDocument):
    amount: Decimal


class GrossDocument(SaleorDocument):
    """Of a taxed amount, what the buyer pays."""

    gross: MoneyDocument


class TotalDocument(GrossDocument):
    currency: CurrencyCode
    tax: MoneyDocument


class CountryDocument(SaleorDocument):
    code: str


class AddressDocument(SaleorDocument):
    """`country_area` is a state or province, `city_area` a district."""

    first_name: str
    last_name: str
    company_name: str
    street_address1: str
    street_address2: str
    city: str
    city_area: str
    postal_code: str
    country: CountryDocument
    country_area: str
    phone: str | None = None


class LineDocument(SaleorDocument):
    """`quantity` is what was ordered; `quantity_fulfilled` counts refunded units too."""

    id: str
    product_sku: str | None = None
    product_variant_id: str | None = None
    product_name: str
    variant_name: str
    quantity: Quantity
    quantity_fulfilled: Quantity
    is_shipping_required: bool
    is_gift: bool | None = None
    total_price: GrossDocument
    undiscounted_total_price: GrossDocument
    undiscounted_unit_price: GrossDocument


class FulfilledUnits(SaleorDocument):
    quantity: Quantity
    order_line: Identified | None = None


class FulfilmentHead(SaleorDocument):
    status: str
    lines: tuple[FulfilledUnits, ...] | None = None


class ChannelDocument(SaleorDocument):
    slug: str


class OrderHead(SaleorDocument):
    """What the connector itself reads of an order."""

    id: str
    created: Instant
    updated_at: Instant


class OrderDocument(OrderHead):
    number: str
    status: str
    channel: ChannelDocument
    charge_status: str
    authorize_status: str
    total: TotalDocument
    shipping_price: GrossDocument
    total_charged: MoneyDocument
    total_refunded: MoneyDocument
    user: Identified | None = None
    user_email: str | None = None
    customer_note: str
    shipping_method_name: str | None = None
    collection_point_name: str | None = None
    billing_address: AddressDocument | None = None
    shipping_address: AddressDocument | None = None
    lines: tuple[LineDocument, ...]
    fulfillments: tuple[FulfilmentHead, ...]


def is_id_of(kind: str, text: str) -> bool:
    """Is this a global id of such a thing? Saleor fails on anything else."""
    try:
        return b64decode(text, validate=True).startswith(f"{kind}:".encode())
    except ValueError:
        return False
