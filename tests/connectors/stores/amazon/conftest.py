"""A seller account with goods, its connector, and shipments of its orders."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.amazon import PLUGIN
from mappings.canonical import LineQuantity, PostalAddress, SalesOrder, Shipment
from mappings.stores.amazon import read_order

ADDRESS = PostalAddress(name="Jane Doe", country="US", city="Austin", street=("1 Main St",))


class Desk:
    def __init__(self) -> None:
        self.rig = Rig(PLUGIN)
        self.clock = self.rig.clock
        self.twin: Any = self.rig.twin
        self.account = self.twin.account
        self.twin.offer(
            [Product(sku=f"SKU/{it}", title=f"Tea {it}", price=Decimal("9.99"), stock=100) for it in range(3)]
        )

    @property
    def connector(self) -> Any:
        return self.rig.connector

    def connect(self, **overrides: Any) -> Any:
        self.rig.overrides.update(overrides)
        return self.rig.connect()

    def place(self, *items: tuple[str, int], **changes: Any) -> str:
        purchase = Purchase(buyer_reference="b", ship_to=ADDRESS, items=items or (("SKU/0", 2),), **changes)
        order_id: str = self.twin.place_order(purchase)
        return order_id

    async def order(self, order_id: str) -> SalesOrder:
        (delivery,) = await self.connector.fetch_orders([order_id])
        return read_order(delivery.document)

    async def shipment(self, order_id: str, **changes: Any) -> Shipment:
        order = await self.order(order_id)
        usual: dict[str, Any] = {
            "shipment_id": "S-1",
            "order_external_id": order_id,
            "carrier": "usps",
            "tracking_number": "T-1",
            "shipped_at": self.clock(),
            "lines": tuple(
                LineQuantity(line_id=line.line_id, quantity=line.quantity_open) for line in order.lines
            ),
        }
        return Shipment(**{**usual, **changes})


@pytest.fixture
def desk() -> Desk:
    return Desk()
