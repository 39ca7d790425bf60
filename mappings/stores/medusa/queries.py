"""Queries of Medusa's lists, as pairs for the query string.

`fields` replaces the default selection; lines come complete with every selection that has a total. A
parameter or an operator that Medusa does not know is ignored without a word, so nothing here is written by
hand elsewhere. Sorted by `id`, which never changes; orders are paged by `id[$gt]`, which variants refuse
(all seen on 2.21.2).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

Query = tuple[tuple[str, str], ...]

_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2")
_PLACE = ("city", "province", "postal_code", "country_code", "phone")

ORDER_FIELDS = ",".join(
    (
        "id,display_id,status,created_at,updated_at,canceled_at,currency_code,email,total,credit_line_total",
        "payment_status,fulfillment_status,customer_id",
        "customer.first_name,customer.last_name,customer.phone",
        *(f"shipping_address.{name}" for name in _ADDRESS + _PLACE),
        "*items,items.detail.fulfilled_quantity,items.detail.return_requested_quantity",
        "*shipping_methods,payment_collections.refunded_amount",
    )
)
STAMP_FIELDS = "id,created_at,updated_at"
VARIANT_FIELDS = "id,title,sku,ean,upc,product.title"
LOCATION_FIELDS = "id"
_FULFILMENT = ("id", "shipped_at", "delivered_at", "canceled_at", "metadata")
FULFILMENT_FIELDS = ",".join(
    (
        "id",
        *(f"fulfillments.{name}" for name in _FULFILMENT),
        "fulfillments.items.line_item_id,fulfillments.items.quantity,fulfillments.labels.tracking_number",
    )
)
_LEVEL = ("location_id", "stocked_quantity", "reserved_quantity")
STOCK_FIELDS = ",".join(
    (
        "id,manage_inventory,inventory_items.inventory_item_id,inventory_items.required_quantity",
        *(f"inventory_items.inventory.location_levels.{name}" for name in _LEVEL),
    )
)


def wire_time(moment: datetime) -> str:
    """ISO 8601, UTC, milliseconds: `2026-11-22T10:59:34.426Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def page(fields: str, conditions: Query, *, limit: int, offset: int = 0) -> Query:
    return (
        ("fields", fields),
        ("order", "id"),
        ("limit", str(limit)),
        *((("offset", str(offset)),) if offset else ()),
        *conditions,
    )


def newest() -> Query:
    """The order modified last."""
    return (("fields", STAMP_FIELDS), ("order", "-updated_at"), ("limit", "1"))


def changed_since(moment: datetime | None) -> Query:
    """Orders placed or modified at `moment` or later. `updated_at` never goes back, so an order never leaves
    this list while its pages are read."""
    return (("updated_at[$gte]", wire_time(moment)),) if moment else ()


def placed_between(start: datetime, end: datetime) -> Query:
    """At least all orders placed in `[start, end)`; a millisecond more on either side, since a database may
    keep microseconds that the wire does not show."""
    margin = timedelta(milliseconds=1)
    return (("created_at[$gte]", wire_time(start - margin)), ("created_at[$lte]", wire_time(end + margin)))


def after(order_id: str) -> Query:
    return (("id[$gt]", order_id),) if order_id else ()


def with_ids(ids: Sequence[str]) -> Query:
    return tuple(("id[]", it) for it in ids)
