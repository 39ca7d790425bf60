"""A connector wired to the twin, with tea on sale."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.kit.conformance.checks import ADDRESS
from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.pinduoduo import PLUGIN
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
        usual = {"buyer_reference": "b1", "ship_to": ADDRESS, "items": items or (("TEA-S", 2),)}
        order_id = rig.twin.place_order(Purchase(**{**usual, **changes}))
        rig.clock.advance(timedelta(seconds=20))
        return order_id

    return order


@pytest.fixture
def parcel(rig: Rig) -> Callable[..., Shipment]:
    def pack(order_id: str, **changes: Any) -> Shipment:
        items = rig.twin.book.orders[order_id].items
        usual = {
            "shipment_id": "s1",
            "order_external_id": order_id,
            "carrier": "sf-express",
            "tracking_number": "SF1000000000001",
            "shipped_at": rig.clock(),
            "lines": tuple(LineQuantity(line_id=sku.listing, quantity=count) for sku, count in items),
        }
        return Shipment(**{**usual, **changes})

    return pack


@pytest.fixture
def sent(rig: Rig) -> Callable[[str], list[dict[str, str]]]:
    """Parameters of the calls of one type, in order."""

    def calls(type_: str) -> list[dict[str, str]]:
        forms = [dict(parse_qsl(it.content.decode(), keep_blank_values=True)) for it in rig.wire.sent]
        return [form for form in forms if form["type"] == type_]

    return calls
