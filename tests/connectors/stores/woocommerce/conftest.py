"""A connector on its twin, goods on sale, and short ways to do what tests do."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.woocommerce import PLUGIN
from mappings.canonical import LineQuantity, PostalAddress, SalesOrder, Shipment, StockLevel
from mappings.stores.woocommerce import read_listing, read_order

PRODUCTS = [Product(sku=f"SKU-{n}", title=f"Tea {n}", price=Decimal("9.99"), stock=100) for n in range(6)]
PARIS = PostalAddress(name="Ada Byron", country="FR", city="Paris", street=("1 rue",), postal_code="75002")


class Desk:
    """`desk.rig`, `desk.twin`, `desk.connector`; orders, shipments and pulls in one call each."""

    def __init__(self, **overrides: Any) -> None:
        self.rig = Rig(PLUGIN, overrides=overrides)
        self.clock = self.rig.clock
        self.twin: Any = self.rig.twin
        self.twin.offer(PRODUCTS)

    @property
    def connector(self) -> Any:
        return self.rig.connector

    def place(self, *items: tuple[str, int], **changes: Any) -> str:
        purchase = Purchase(buyer_reference="b", ship_to=PARIS, items=items or [("SKU-0", 2)], **changes)
        return self.twin.place_order(purchase)

    def known(self, order_id: str) -> Any:
        return self.twin.shop.orders[int(order_id)]

    async def pull(self, bookmark: str = "") -> tuple[list[str], str]:
        """Ids in the order of arrival, and the last bookmark."""
        pages = [page async for page in self.connector.pull_orders(bookmark)]
        marks = [page.bookmark for page in pages if page.bookmark]
        ids = [one.external_id for page in pages for one in page.deliveries]
        return ids, marks[-1] if marks else bookmark

    async def order(self, order_id: str) -> SalesOrder:
        (delivery,) = await self.connector.fetch_orders([order_id])
        return read_order(delivery.document)

    async def shipment(self, order_id: str, number: str = "SF123", **changes: Any) -> Shipment:
        """All of an order in one parcel."""
        order = await self.order(order_id)
        usual = {
            "shipment_id": f"S-{number}",
            "order_external_id": order_id,
            "carrier": "sf-express",
            "carrier_name": "SF Express",
            "tracking_number": number,
            "shipped_at": self.clock(),
            "lines": tuple(
                LineQuantity(line_id=line.line_id, quantity=line.quantity_open) for line in order.lines
            ),
        }
        return Shipment(**{**usual, **changes})

    async def levels(self, *available: int) -> list[StockLevel]:
        """Levels of the first listings."""
        pages = [page async for page in self.connector.pull_listings()]
        listings = [read_listing(one.document) for page in pages for one in page.deliveries]
        return [
            StockLevel(listing_id=one.listing_id, sku=one.sku, available=count, as_of=self.clock())
            for one, count in zip(listings, available, strict=False)
        ]

    def effects(self, kind: str) -> list[Any]:
        return [effect for effect in self.twin.effects if effect.kind == kind]

    def sent(self, method: str, end: str) -> list[Any]:
        """The requests of this method whose path ends so."""
        return [it for it in self.rig.wire.sent if it.method == method and it.url.path.endswith(end)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def new_desk() -> Callable[..., Desk]:
    """A desk with other settings: `new_desk(page_size=6)`."""
    return Desk
