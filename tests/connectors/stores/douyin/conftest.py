"""A connector wired to the twin, with tea on sale."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.conformance.checks import ADDRESS
from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.douyin import PLUGIN
from mappings.canonical import LineQuantity, Shipment


@pytest.fixture
def rig() -> Rig:
    made = Rig(PLUGIN)
    made.twin.offer(
        [Product(sku=f"TEA-{it}", title="Tea", price=Decimal("19.99"), stock=1000) for it in "SL"]
    )
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
    """Units by position of the line; everything if none are given."""

    def pack(order_id: str, units: dict[int, int] | None = None, **changes: Any) -> Shipment:
        lines = rig.twin.book.orders[order_id].lines
        chosen = {i: line.num for i, line in enumerate(lines)} if units is None else units
        usual = {
            "shipment_id": "s1",
            "order_external_id": order_id,
            "carrier": "sf-express",
            "tracking_number": "SF1000000000001",
            "shipped_at": rig.clock(),
            "lines": tuple(
                LineQuantity(line_id=lines[i].order_id, quantity=count) for i, count in chosen.items()
            ),
        }
        return Shipment(**{**usual, **changes})

    return pack


@pytest.fixture
def sent(rig: Rig) -> Callable[[str], list[dict[str, Any]]]:
    """Parameters of the calls of one method, in order."""

    def calls(method: str) -> list[dict[str, Any]]:
        return [json.loads(it.content) for it in rig.wire.sent if it.url.params["method"] == method]

    return calls
