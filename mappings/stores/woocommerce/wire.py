"""An order as WooCommerce's REST API v3 sends it, as far as the mapping reads it.

Amounts are text, but plug-ins also write numbers; a SKU may be a number and null; `quantity` may be a
fraction where a plug-in sells by weight, which is refused (samples of woocommerce/woocommerce-ios 2077debb).
Instants named `_gmt` carry no zone and are UTC.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta

from mappings.documents import WireDocument

Number = Annotated[int, Meta(ge=0, le=10**18)]
Quantity = Annotated[int, Meta(ge=0, le=10**9)]
CurrencyCode = Annotated[str, Meta(min_length=3, max_length=3)]


class AddressDocument(WireDocument):
    """`state` is a code of WooCommerce's list, or free text where a country has no list."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | int | None = None
    country: str | None = None
    phone: str | int | None = None
    email: str | None = None


class LineDocument(WireDocument):
    """`subtotal` and `total` (after coupons) are without tax, whatever `prices_include_tax` says. `bundled_*`
    and `composite_*` come from the extensions of these names: a container, and what is in it."""

    id: Number
    name: str | None = None
    product_id: Number | None = None
    variation_id: Number | None = None
    quantity: Quantity
    subtotal: Decimal
    total: Decimal
    sku: str | int | None = None
    bundled_by: str | int | None = None
    bundled_items: tuple[str | int, ...] | None = None
    composite_parent: str | int | None = None
    composite_children: tuple[str | int, ...] | None = None


class ShippingLineDocument(WireDocument):
    method_id: str | None = None
    method_title: str | None = None
    total: Decimal


class FeeDocument(WireDocument):
    """A negative fee is a discount."""

    total: Decimal


class CouponDocument(WireDocument):
    code: str | None = None


class GiftCardDocument(WireDocument):
    """Of the Gift Cards extension: lowers the order's total, and no line's."""

    amount: Decimal


class RefundSummary(WireDocument):
    """A refund as the order names it: `total` is negative."""

    id: Number
    total: Decimal


class MetaDocument(WireDocument):
    """`value` is whatever a plug-in stores."""

    id: Number | None = None
    key: str
    value: Any = None


class RefundLineDocument(WireDocument):
    """`quantity` is negative; zero for money without goods. `_refunded_item_id` names the order's line."""

    quantity: int
    meta_data: tuple[MetaDocument, ...] = ()


class RefundDocument(WireDocument):
    id: Number
    line_items: tuple[RefundLineDocument, ...] = ()


class OrderHead(WireDocument):
    """What the connector itself reads of an order."""

    id: Number
    date_created_gmt: datetime
    date_modified_gmt: datetime | None = None
    refunds: tuple[RefundSummary, ...] | None = None

    @property
    def placed_at(self) -> datetime:
        return gmt(self.date_created_gmt)

    @property
    def changed_at(self) -> datetime:
        return gmt(self.date_modified_gmt or self.date_created_gmt)


class OrderDocument(OrderHead):
    """One order. `refund_details` is what `GET /orders/{id}/refunds` says; the connector adds it, because an
    order names its refunds without their lines."""

    number: str | int
    status: str
    currency: CurrencyCode
    created_via: str | None = None
    date_paid_gmt: datetime | None = None
    total: Decimal
    total_tax: Decimal
    customer_id: Number | None = None
    customer_note: str | None = None
    billing: AddressDocument | None = None
    shipping: AddressDocument | None = None
    payment_method: str | None = None
    needs_processing: bool | None = None
    line_items: tuple[LineDocument, ...]
    shipping_lines: tuple[ShippingLineDocument, ...] = ()
    fee_lines: tuple[FeeDocument, ...] = ()
    coupon_lines: tuple[CouponDocument, ...] = ()
    gift_cards: tuple[GiftCardDocument, ...] | None = None
    refund_details: tuple[RefundDocument, ...] | None = None


def gmt(moment: datetime) -> datetime:
    """A `_gmt` value as an aware instant (some plug-ins do write the zone)."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
