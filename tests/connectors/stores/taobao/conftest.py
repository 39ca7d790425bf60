"""A connector wired to the twin, with tea on sale."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.taobao import PLUGIN
from mappings.canonical import LineQuantity, PostalAddress, Shipment

PRODUCTS = (
    Product(sku="TEA-S", title="Tea, small", price=Decimal("19.99"), stock=1000),
    Product(sku="TEA-L", title="Tea, large", price=Decimal("39.99"), stock=1000),
    Product(sku="KETTLE", title="Kettle", price=Decimal("129.00"), stock=1000),
)
ADDRESS = PostalAddress(
    name="林小满", telephone="13800138000", country="CN", province="广东省", city="深圳市", district="南山区",
    street=("科技园路 1 号",), postal_code="518000",
)  # fmt: skip


@pytest.fixture
def rig() -> Rig:
    made = Rig(PLUGIN)
    made.twin.offer(PRODUCTS)
    return made


@pytest.fixture
def buy(rig: Rig) -> Callable[..., str]:
    """A buyer orders; time goes on a little."""

    def order(*items: tuple[str, int], **changes: Any) -> str:
        usual = {"buyer_reference": "b1", "ship_to": ADDRESS, "items": items or (("TEA-S", 2), ("TEA-L", 3))}
        order_id = rig.twin.place_order(Purchase(**{**usual, **changes}))
        rig.clock.advance(timedelta(seconds=20))
        return order_id

    return order


@pytest.fixture
def parcel(rig: Rig) -> Callable[..., Shipment]:
    """A parcel that holds the given units, by position of the line; all of the order if none are given."""

    def pack(order_id: str, units: dict[int, int] | None = None, **changes: Any) -> Shipment:
        children = rig.twin.book.trades[order_id].children
        chosen = {i: child.num for i, child in enumerate(children)} if units is None else units
        lines = tuple(LineQuantity(line_id=children[i].oid, quantity=count) for i, count in chosen.items())
        usual = {
            "shipment_id": "s1",
            "order_external_id": order_id,
            "carrier": "sf-express",
            "tracking_number": "SF1000000000001",
            "shipped_at": rig.clock(),
            "lines": lines,
            "completes_order": units is None,
        }
        return Shipment(**{**usual, **changes})

    return pack


@pytest.fixture
def pull(rig: Rig) -> Callable[..., Any]:
    """All pages of one pull."""

    async def collect(bookmark: str = "") -> list[Any]:
        return [page async for page in rig.connect().pull_orders(bookmark)]

    return collect


@pytest.fixture
def sent(rig: Rig) -> Callable[[str], list[dict[str, str]]]:
    """Parameters of the calls of one method, in order."""

    def calls(method: str) -> list[dict[str, str]]:
        forms = [
            dict(parse_qsl(request.content.decode(), keep_blank_values=True)) for request in rig.wire.sent
        ]
        return [form for form in forms if form["method"] == method]

    return calls
