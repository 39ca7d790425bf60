"""What the twin's own tests promise (`tests/connectors/stores/vendure/behaviours.py`), at a real server."""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.kit import CredentialsInMemory
from connectors.stores.vendure import documents
from connectors.stores.vendure.connector import VendureConnector
from mappings.canonical import Shipment
from mappings.stores.vendure import outward
from tests.interop.vendure_worlds import RealServer, RealWorld

_FILE = Path(__file__).parents[1] / "connectors" / "stores" / "vendure" / "behaviours.py"
_spec = importlib.util.spec_from_file_location("vendure_behaviours", _FILE)
assert _spec and _spec.loader
behaviours = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(behaviours)


class RealShop:
    """`ShopUnderTest` over a real server."""

    skus = ("CLEAT-S", "CLEAT-L")

    def __init__(self, server: RealServer) -> None:
        self.world = RealWorld(server)
        self.shop = server.shop
        self._began = self.world.now()
        self._credentials = CredentialsInMemory()

    def connect(self, **overrides: Any) -> VendureConnector:
        """One session per test, since each log-in takes 0.2 s; another one for other settings. Orders of
        former tests are not pulled again."""
        credentials = None if overrides else self._credentials
        return self.world.connect(credentials, **{"start_from": self._began, **overrides})

    async def place_order(self, items: Sequence[tuple[str, int]], *, paid: bool = True) -> str:
        return self.world.place_order(items, settled=paid)

    async def pay_order(self, order_id: str) -> None:
        self.shop.settle_payment(order_id)

    async def cancel(self, order_id: str, quantities: Mapping[str, int] | None = None) -> None:
        if quantities is None:
            self.shop.cancel_order(order_id)
            return
        order = self.world.placed[order_id]
        for sku, line_id in order.lines.items():
            if line_id in quantities:
                self.shop.cancel_units(order, sku, quantities[line_id])

    async def refund(self, order_id: str, minor: int) -> None:
        self.shop.refund(self.world.placed[order_id], minor, {})

    async def parcels(self, order_id: str) -> Sequence[Any]:
        return [
            behaviours.ParcelThere(code, method, state, units)
            for state, method, code, units in self.shop.fulfilments(order_id)
        ]

    async def add_parcel(self, shipment: Shipment) -> None:
        self.shop.admin.send(documents.ADD_FULFILMENT, input=outward.fulfilment_input(shipment))

    async def saleable(self, sku: str) -> int:
        return self.world.on_sale(sku)


@pytest.fixture
async def vendure(postgres: RealServer):
    shop = RealShop(postgres)
    yield shop
    await shop.world.close()


class TestAtARealServer(behaviours.VendureBehaviours):
    """Every promise of `behaviours.py`."""
