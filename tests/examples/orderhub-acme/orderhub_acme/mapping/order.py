"""Acme's order and product documents → canonical values. Times are Shanghai wall clock, amounts are text."""

from datetime import timedelta, timezone
from decimal import Decimal

from mappings.canonical import Buyer, Listing, OrderLine, PostalAddress, SalesOrder
from mappings.documents import WireDocument, amount, decode, local_time, unknown_fields

from orderhub_acme.mapping.tables import PAYMENT

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")


class AcmeAddress(WireDocument):
    name: str
    phone: str = ""
    country: str
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""


class AcmeItem(WireDocument):
    item_id: str
    product_id: str
    sku: str
    title: str = ""
    quantity: int
    refunded: int = 0
    shipped: int = 0
    price: str


class AcmeOrder(WireDocument):
    order_id: str
    placed: str
    changed: str
    currency: str
    payment: str
    cancelled: str | None = None
    cash_on_delivery: bool = False
    test: bool = False
    buyer: str
    email: str = ""
    address: AcmeAddress
    items: list[AcmeItem]
    freight: str
    total: str
    note: str | None = None


class AcmeProduct(WireDocument):
    product_id: str
    sku: str
    title: str = ""


def read_order(document: bytes) -> SalesOrder:
    """One order, as pulls, fetches and webhooks bring it alike."""
    order = decode(document, AcmeOrder)
    return SalesOrder(
        external_id=order.order_id,
        order_number=order.order_id,
        placed_at=local_time(order.placed, ZONE, "$.placed"),
        updated_at=local_time(order.changed, ZONE, "$.changed"),
        currency=order.currency,
        payment_status=PAYMENT.read(order.payment, "$.payment"),
        cash_on_delivery=order.cash_on_delivery,
        is_test=order.test,
        cancelled_at=local_time(order.cancelled, ZONE, "$.cancelled") if order.cancelled else None,
        buyer=Buyer(reference=order.buyer, name=order.address.name, email=order.email),
        ship_to=_address(order.address),
        lines=tuple(_line(item, f"$.items[{position}]") for position, item in enumerate(order.items)),
        shipping_charge=amount(order.freight, "$.freight"),
        total=amount(order.total, "$.total"),
        note=order.note or "",
    )


def _line(item: AcmeItem, path: str) -> OrderLine:
    price = amount(item.price, f"{path}.price")
    return OrderLine(
        line_id=item.item_id,
        listing_id=item.product_id,
        sku=item.sku,
        title=item.title,
        quantity=item.quantity,
        quantity_cancelled=item.refunded,
        quantity_fulfilled=item.shipped,
        unit_price=price,
        total=price * Decimal(item.quantity),
    )


def _address(address: AcmeAddress) -> PostalAddress:
    return PostalAddress(
        name=address.name,
        telephone=address.phone,
        country=address.country,
        province=address.province,
        city=address.city,
        district=address.district,
        street=(address.street,),
        postal_code=address.postcode,
    )


def read_listing(document: bytes) -> Listing:
    """One product."""
    product = decode(document, AcmeProduct)
    return Listing(listing_id=product.product_id, sku=product.sku, title=product.title)


def unknown_order_fields(document: bytes) -> set[str]:
    """Schema drift in orders."""
    return unknown_fields(document, AcmeOrder)
