"""Order documents as the REST API sends them, for changing one thing at a time."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mappings.canonical import SalesOrder
from mappings.stores.woocommerce import read_order

Document = dict[str, Any]


def line(number: int = 1, **changes: Any) -> Document:
    return {
        "id": number,
        "name": "Tea &ndash; 100 g",
        "product_id": 90 + number,
        "variation_id": 0,
        "quantity": 3,
        "subtotal": "30.00",
        "total": "27.00",
        "total_tax": "1.62",
        "sku": f"SKU-{number}",
        "price": 9,
        "meta_data": [],
        **changes,
    }


def refund(number: int = 5, *, line_id: int = 1, units: int = 1, **changes: Any) -> Document:
    named = [{"id": 9, "key": "_refunded_item_id", "value": str(line_id)}]
    return {"id": number, "line_items": [{"id": 8, "quantity": -units, "meta_data": named}], **changes}


ADDRESS = {
    "first_name": "Ada", "last_name": "Byron", "company": "", "address_1": "1 rue de la Paix",
    "address_2": "", "city": "Paris", "state": "", "postcode": "75002", "country": "FR",
    "phone": "+33123456789",
}  # fmt: skip


def order(**changes: Any) -> Document:
    return {
        "id": 727,
        "number": "727",
        "status": "processing",
        "currency": "EUR",
        "date_created_gmt": "2026-03-02T08:00:00",
        "date_modified_gmt": "2026-03-02T09:00:00",
        "date_paid_gmt": "2026-03-02T08:00:05",
        "total": "33.62",
        "total_tax": "1.62",
        "customer_id": 7,
        "customer_note": "Ring twice",
        "billing": {**ADDRESS, "email": "ada@example.com"},
        "shipping": ADDRESS,
        "payment_method": "stripe",
        "line_items": [line()],
        "shipping_lines": [{"method_id": "flat_rate", "method_title": "Flat rate", "total": "5.00"}],
        "fee_lines": [],
        "coupon_lines": [{"code": "spring"}],
        "refunds": [],
        **changes,
    }


@pytest.fixture
def a() -> Any:
    """Builders: `a.order(...)`, `a.line(...)`, `a.refund(...)`, `a.ADDRESS`."""

    class Builders:
        order = staticmethod(order)
        line = staticmethod(line)
        refund = staticmethod(refund)
        address = ADDRESS

    return Builders


@pytest.fixture
def read() -> Callable[..., SalesOrder]:
    """The usual order with some changes, as read."""
    return lambda **changes: read_order(msgspec.json.encode(order(**changes)))
