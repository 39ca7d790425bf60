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
from connectors.stores.youzan import PLUGIN
from mappings.canonical import LineQuantity, Shipment

PRODUCTS = (
    Product(sku="TEA-S", title="Tea, small", price=Decimal("19.99"), stock=1000),
    Product(sku="TEA-L", title="Tea, large", price=Decimal("39.99"), stock=1000),
    Product(sku="KETTLE", title="Kettle", price=Decimal("129.00"), stock=1000),
)


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
    """A parcel of whole lines, by position; of all lines if none are given."""

    def pack(order_id: str, *positions: int, **changes: Any) -> Shipment:
        lines = rig.twin.book.trades[order_id].lines
        chosen = [lines[it] for it in positions] if positions else lines
        usual = {
            "shipment_id": "s1",
            "order_external_id": order_id,
            "carrier": "sf-express",
            "tracking_number": "SF1000000000001",
            "shipped_at": rig.clock(),
            "lines": tuple(LineQuantity(line_id=line.oid, quantity=line.num) for line in chosen),
            "completes_order": not positions,
        }
        return Shipment(**{**usual, **changes})

    return pack


@pytest.fixture
def sent(rig: Rig) -> Callable[[str], list[dict[str, Any]]]:
    """Bodies of the calls of one interface, in order."""

    def calls(api: str) -> list[dict[str, Any]]:
        return [json.loads(it.content) for it in rig.wire.sent if f"/{api}/" in it.url.path]

    return calls
