"""Genuine exchanges with a Medusa 2.21.2 server, and a shop with goods."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.medusa import PLUGIN
from mappings.canonical import LineQuantity, PostalAddress, SalesOrder, Shipment
from mappings.stores.medusa import read_order

ADDRESS = PostalAddress(name="Test Buyer", country="GB", city="Testtown", street=("12 Sample Street",))


class Store:
    """A twin with two products, its connector, and shipments of its orders."""

    def __init__(self) -> None:
        self.rig = Rig(PLUGIN)
        self.twin: Any = self.rig.twin
        self.shop = self.twin.shop
        self.twin.offer(
            Product(sku=sku, title=sku, price=Decimal("12.50"), stock=100) for sku in ("TEA-100", "MUG-1")
        )

    def connect(self, **overrides: Any) -> Any:
        self.rig.overrides.update(overrides)
        return self.rig.connect()

    def buy(self, *items: tuple[str, int], **changes: Any) -> str:
        order_id: str = self.twin.place_order(
            Purchase(
                buyer_reference="7", ship_to=ADDRESS, items=items or (("TEA-100", 2), ("MUG-1", 3)), **changes
            )
        )
        return order_id

    async def read(self, order_id: str) -> SalesOrder:
        (delivery,) = await self.connect().fetch_orders([order_id])
        return read_order(delivery.document)

    def parcel(self, order_id: str, *units: int, **changes: Any) -> Shipment:
        """So many units of each line (default: all)."""
        lines = self.shop.orders[order_id].lines
        counts = units or [line.quantity for line in lines]
        usual: dict[str, Any] = {
            "shipment_id": "S-1",
            "order_external_id": order_id,
            "carrier": "dhl",
            "carrier_name": "DHL",
            "tracking_number": "T-1",
            "tracking_url": "https://track.example/T-1",
            "shipped_at": self.rig.clock(),
            "lines": tuple(
                LineQuantity(line_id=line.id, quantity=count)
                for line, count in zip(lines, counts, strict=False)
                if count
            ),
        }
        return Shipment(**{**usual, **changes})


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture(scope="session")
def sample(contracts: Path) -> Callable[[str], Any]:
    """Name → the captured exchange: request, status, response."""
    folder = contracts / "medusa" / "samples"
    return lambda name: json.loads((folder / f"{name}.json").read_bytes())
