"""The shared behaviours, on the twin."""

import importlib.util
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.vendure import PLUGIN
from connectors.stores.vendure.connector import VendureConnector
from mappings.canonical import PostalAddress, Shipment

_spec = importlib.util.spec_from_file_location(
    "vendure_behaviours", Path(__file__).with_name("behaviours.py")
)
behaviours = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(behaviours)

ADDRESS = PostalAddress(name="Test Buyer", country="GB", city="Testtown", street=("12 Sample Street",))


class TwinShop:
    skus = ("TEA-100", "MUG-1")

    def __init__(self) -> None:
        self.rig = Rig(PLUGIN)
        self.twin: Any = self.rig.twin
        self.twin.offer(
            [Product(sku=sku, title=sku, price=Decimal("12.50"), stock=1000) for sku in self.skus]
        )

    def connect(self, **overrides: Any) -> VendureConnector:
        return Rig.connect(_with(self.rig, overrides))

    async def place_order(self, items: Sequence[tuple[str, int]], *, paid: bool = True) -> str:
        return self.twin.place_order(
            Purchase(buyer_reference="7", ship_to=ADDRESS, items=items, email="b@example.com", paid=paid)
        )

    async def pay_order(self, order_id: str) -> None:
        self.twin.pay_order(order_id)

    async def cancel(self, order_id: str, quantities: Mapping[str, int] | None = None) -> None:
        order = self.twin.shop.orders[order_id]
        everything = {line.id: line.quantity for line in order.lines}
        self.twin.shop.cancel(order, quantities or everything, shipping=quantities is None)

    async def refund(self, order_id: str, minor: int) -> None:
        self.twin.shop.refund(self.twin.shop.orders[order_id], minor, {})

    async def parcels(self, order_id: str) -> Sequence[Any]:
        return [
            behaviours.ParcelThere(it.tracking_code, it.method, it.state, it.quantities)
            for it in self.twin.shop.orders[order_id].fulfilments
        ]

    async def add_parcel(self, shipment: Shipment) -> None:
        quantities = {part.line_id: part.quantity for part in shipment.lines}
        self.twin.shop.add_fulfilment(quantities, shipment.carrier_name, shipment.tracking_number)

    async def saleable(self, sku: str) -> int:
        return self.twin.stock_shown()[sku]


def _with(rig: Rig, overrides: Mapping[str, Any]) -> Rig:
    """The same twin, other settings, no session yet."""
    other = Rig(PLUGIN, overrides=overrides)
    other.clock, other.twin, other.wire = rig.clock, rig.twin, rig.wire
    return other


@pytest.fixture
def vendure() -> TwinShop:
    return TwinShop()


class TestOnTwin(behaviours.VendureBehaviours):
    """Every promise of `behaviours.py`."""
