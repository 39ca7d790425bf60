"""A store with goods, its connector, and shipments of its orders."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.magento import PLUGIN
from mappings.canonical import LineQuantity, PostalAddress, SalesOrder, Shipment, StockLevel
from mappings.stores.magento import read_order

ADDRESS = PostalAddress(name="Jane Doe", country="US", city="Austin", street=("1 Main St",))


class Desk:
    def __init__(self) -> None:
        self.rig = Rig(PLUGIN)
        self.clock = self.rig.clock
        self.twin: Any = self.rig.twin
        self.store = self.twin.store
        self.offer("SKU-0", "SKU-1", "SKU/2 with, odd & signs")

    def offer(self, *skus: str) -> None:
        self.twin.offer([Product(sku=it, title=it, price=Decimal("9.99"), stock=100) for it in skus])

    @property
    def connector(self) -> Any:
        return self.rig.connector

    def connect(self, **overrides: Any) -> Any:
        self.rig.overrides.update(overrides)
        return self.rig.connect()

    def place(self, *items: tuple[str, int], **changes: Any) -> str:
        purchase = Purchase(buyer_reference="b", ship_to=ADDRESS, items=items or (("SKU-0", 2),), **changes)
        order_id: str = self.twin.place_order(purchase)
        return order_id

    def known(self, order_id: str) -> Any:
        return self.store.orders[int(order_id)]

    async def order(self, order_id: str) -> SalesOrder:
        (delivery,) = await self.connector.fetch_orders([order_id])
        return read_order(delivery.document)

    async def shipment(self, order_id: str, **changes: Any) -> Shipment:
        order = await self.order(order_id)
        usual: dict[str, Any] = {
            "shipment_id": "S-1",
            "order_external_id": order_id,
            "carrier": "ups",
            "carrier_name": "UPS",
            "tracking_number": "T-1",
            "shipped_at": self.clock(),
            "lines": tuple(
                LineQuantity(line_id=line.line_id, quantity=line.quantity_open) for line in order.lines
            ),
        }
        return Shipment(**{**usual, **changes})

    def level(self, sku: str, available: int) -> StockLevel:
        return StockLevel(listing_id=sku, sku=sku, available=available, as_of=self.clock())


@pytest.fixture
def desk() -> Desk:
    return Desk()
