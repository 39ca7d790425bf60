"""Order nodes as our documents select them, for changing one thing at a time."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mappings.canonical import SalesOrder
from mappings.stores.shopify import read_order

Node = dict[str, Any]


def money(amount: str) -> Node:
    return {"shopMoney": {"amount": amount}}


def line(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": f"SKU-{number}",
        "name": "Tea - 100 g",
        "quantity": 3,
        "currentQuantity": 3,
        "unfulfilledQuantity": 3,
        "requiresShipping": True,
        "originalUnitPriceSet": money("10.00"),
        "discountAllocations": [],
        "customAttributes": [],
        "variant": {"id": f"gid://shopify/ProductVariant/{number}", "barcode": None},
        **changes,
    }


def fulfilment_order(number: int = 1, *, service: bool = False, remaining: int = 3, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/FulfillmentOrder/{number}",
        "status": "OPEN",
        "fulfillAt": None,
        "fulfillBy": None,
        "supportedActions": [{"action": "CREATE_FULFILLMENT"}],
        "fulfillmentHolds": [],
        "deliveryMethod": {"methodType": "SHIPPING"},
        "assignedLocation": {
            "location": {"id": f"gid://shopify/Location/{number}", "isFulfillmentService": service}
        },
        "lineItems": {
            "pageInfo": {"hasNextPage": False, "endCursor": None},
            "nodes": [
                {
                    "id": f"gid://shopify/FulfillmentOrderLineItem/{number}",
                    "totalQuantity": 3,
                    "remainingQuantity": remaining,
                    "lineItem": {"id": "gid://shopify/LineItem/1"},
                }
            ],
        },
        **changes,
    }


def order(*, lines: list[Node] | None = None, routed: list[Node] | None = None, **changes: Any) -> Node:
    last = {"hasNextPage": False, "endCursor": None}
    return {
        "id": "gid://shopify/Order/1",
        "name": "#1001",
        "test": False,
        "processedAt": "2026-03-02T08:00:00Z",
        "updatedAt": "2026-03-02T09:00:00Z",
        "cancelledAt": None,
        "cancelReason": None,
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": True,
        "dutiesIncluded": False,
        "displayFinancialStatus": "PAID",
        "paymentGatewayNames": ["shopify_payments"],
        "sourceName": "web",
        "email": "buyer@example.com",
        "phone": None,
        "note": None,
        "tags": [],
        "customAttributes": [],
        "totalPriceSet": money("34.90"),
        "totalTaxSet": money("5.82"),
        "totalRefundedSet": money("0.0"),
        "originalTotalDutiesSet": None,
        "originalTotalAdditionalFeesSet": None,
        "shippingLines": {"nodes": [{"title": "Standard", "discountedPriceSet": money("4.90")}]},
        "shippingAddress": {
            "name": "Ada Byron",
            "company": None,
            "address1": "1 rue de la Paix",
            "address2": None,
            "city": "Paris",
            "province": None,
            "provinceCode": None,
            "countryCodeV2": "FR",
            "zip": "75002",
            "phone": "+33123456789",
        },
        "customer": {"id": "gid://shopify/Customer/7", "firstName": "Ada", "lastName": "Byron"},
        "lineItems": {"pageInfo": last, "nodes": [line()] if lines is None else lines},
        "fulfillmentOrders": {"pageInfo": last, "nodes": [fulfilment_order()] if routed is None else routed},
        **changes,
    }


@pytest.fixture
def a() -> Any:
    """Builders of nodes: `a.order(...)`, `a.line(...)`, `a.fulfilment_order(...)`, `a.money(...)`."""

    class Builders:
        order = staticmethod(order)
        line = staticmethod(line)
        fulfilment_order = staticmethod(fulfilment_order)
        money = staticmethod(money)

    return Builders


@pytest.fixture
def read(a: Any) -> Callable[..., SalesOrder]:
    """The usual order with some changes, as read."""
    return lambda **changes: read_order(msgspec.json.encode(a.order(**changes)))
