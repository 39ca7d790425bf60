"""The same few things done at a real Vendure and at its twin, so that one test can ask both.

A world has a connector and a truth that is looked at without it.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from connectors.kit import Credentials, CredentialsInMemory, Outside, TokenBucket
from connectors.kit.conformance.rig import BASE_URL, ManualClock, load_twin
from connectors.kit.twin import Product, Purchase, StoreTwin
from connectors.stores.vendure import PLUGIN
from connectors.stores.vendure.connector import VendureConnector
from hub.clock import system_now
from mappings.canonical import PostalAddress
from tests.interop.vendure_shop import ADDRESS, ADMIN, BUYER, ONE_EACH, PlacedOrder, VendureShop

CATALOGUE = (
    Product(sku="HARBOUR-M", title="Harbour Jacket M", price=Decimal("129.00"), stock=60),
    Product(sku="TIDE-CLOCK", title="Tide Clock", price=Decimal("59.99"), stock=25),
    Product(sku="TEA-250", title="Tea Tin 250 g", price=Decimal("7.49"), stock=12),
    Product(sku="ROPE-10", title="Rope 10 m", price=Decimal("3.33"), stock=1_000_000),
)
"""What the twin offers of `vendure/catalogue.csv`."""

SHIP_TO = PostalAddress(
    name=ADDRESS["fullName"],
    company=ADDRESS["company"],
    telephone=ADDRESS["phoneNumber"],
    country=ADDRESS["countryCode"],
    province=ADDRESS["province"],
    city=ADDRESS["city"],
    street=(ADDRESS["streetLine1"], ADDRESS["streetLine2"]),
    postal_code=ADDRESS["postalCode"],
)


@dataclass(frozen=True, kw_only=True)
class SeenParcel:
    """A parcel as the platform itself knows it; `units` by line id."""

    tracking_number: str
    state: str
    units: Mapping[str, int]


class LossyTransport(httpx.AsyncBaseTransport):
    """Loses one request, or the answer to it, when told to: the connector sees a read timeout either way."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._operation = ""
        self._arrives = False

    def lose(self, operation: str, *, arrives: bool) -> None:
        """The next GraphQL request named `operation` is `done but not answered`, or never arrives."""
        self._operation, self._arrives = operation, arrives

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        struck = self._operation and f" {self._operation}(".encode() in request.content
        if not struck:
            return await self._inner.handle_async_request(request)
        self._operation = ""
        if self._arrives:
            await (await self._inner.handle_async_request(request)).aread()
        raise httpx.ReadTimeout("lost by the test", request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def plain_http() -> httpx.AsyncHTTPTransport:
    """Spares 40 ms of reading certificates. `ONE_EACH` request has a connection."""
    return httpx.AsyncHTTPTransport(verify=False, limits=ONE_EACH)


class World(ABC):
    """One Vendure, real or imitated."""

    def __init__(self, inner: httpx.AsyncBaseTransport, credentials: Credentials) -> None:
        self.transport = LossyTransport(inner)
        self._http = httpx.AsyncClient(transport=self.transport)
        self.connector = self.connect(credentials)

    def connect(self, credentials: Credentials | None = None, **overrides: Any) -> VendureConnector:
        """Another connector, as after a restart or with other settings."""
        outside = Outside(
            http=self._http,
            now=self.now,
            sleep=self.sleep,
            budget=TokenBucket(PLUGIN.limits, self.now, self.sleep),
            credentials=credentials or CredentialsInMemory(),
            jitter=lambda: 0.5,
        )
        return VendureConnector(PLUGIN.settings(**{**self.settings(), **overrides}), outside)

    async def ask(self, document: str, variables: Mapping[str, Any], token: str = "") -> httpx.Response:
        """One document past the connector."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        query = {"query": document, "variables": variables}
        return await self._http.post(self.settings()["url"], json=query, headers=headers)

    async def close(self) -> None:
        await self._http.aclose()

    @abstractmethod
    def settings(self) -> dict[str, Any]: ...

    @abstractmethod
    def now(self) -> datetime: ...

    @abstractmethod
    async def sleep(self, seconds: float) -> None: ...

    @abstractmethod
    def place_order(self, items: Sequence[tuple[str, int]], *, settled: bool = True) -> str:
        """A buyer orders to `SHIP_TO`; returns the order's id."""

    @abstractmethod
    def cancel_order(self, order_id: str) -> None:
        """The shop cancels all of a paid order and gives the money back."""

    @abstractmethod
    def cancel_units(self, order_id: str, sku: str, quantity: int) -> None:
        """The shop cancels units of a paid order and gives their price back."""

    @abstractmethod
    def parcels(self, order_id: str) -> list[SeenParcel]:
        """Oldest first."""

    @abstractmethod
    def on_sale(self, sku: str) -> int:
        """Units that a buyer could still order."""


class RealServer:
    """What all worlds of one server share: its people and the connector's tokens (a log-in takes 0.2 s)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.shop = VendureShop(url)
        self.credentials = CredentialsInMemory()

    def close(self) -> None:
        self.shop.close()


class RealWorld(World):
    """A server of `vendure_server.py`, in real time."""

    def __init__(self, server: RealServer) -> None:
        self._url = server.url
        self.shop = server.shop
        self.placed: dict[str, PlacedOrder] = {}
        super().__init__(plain_http(), server.credentials)

    def settings(self) -> dict[str, Any]:
        return {"url": f"{self._url}/admin-api", **ADMIN}

    def now(self) -> datetime:
        return system_now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def place_order(self, items: Sequence[tuple[str, int]], *, settled: bool = True) -> str:
        placed = self.shop.place_order(items, settled=settled)
        self.placed[placed.id] = placed
        return placed.id

    def cancel_order(self, order_id: str) -> None:
        placed = self.placed[order_id]
        amount = self.shop.order(order_id)["totalWithTax"]
        self.shop.cancel_order(order_id)
        self.shop.refund(placed, amount, placed.quantities)

    def cancel_units(self, order_id: str, sku: str, quantity: int) -> None:
        placed = self.placed[order_id]
        before = self.shop.order(order_id)["totalWithTax"]
        self.shop.cancel_units(placed, sku, quantity)
        after = self.shop.order(order_id)["totalWithTax"]
        self.shop.refund(placed, before - after, {sku: quantity})

    def parcels(self, order_id: str) -> list[SeenParcel]:
        return [
            SeenParcel(tracking_number=code, state=state, units=units)
            for state, _, code, units in self.shop.fulfilments(order_id)
        ]

    def on_sale(self, sku: str) -> int:
        return self.shop.stock(sku).saleable


class TwinWorld(World):
    """The imitation, on a manual clock that moves a second with every purchase."""

    def __init__(self) -> None:
        self._clock = ManualClock()
        twin = load_twin(PLUGIN, self._clock)
        assert isinstance(twin, StoreTwin)
        self._twin = twin
        self.placed: dict[str, list[str]] = {}
        self._twin.offer(CATALOGUE)
        super().__init__(httpx.ASGITransport(twin), CredentialsInMemory())

    def settings(self) -> dict[str, Any]:
        return self._twin.settings(BASE_URL)

    def now(self) -> datetime:
        return self._clock()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)

    def place_order(self, items: Sequence[tuple[str, int]], *, settled: bool = True) -> str:
        self._clock.advance(timedelta(seconds=1))
        purchase = Purchase(
            buyer_reference="ines", ship_to=SHIP_TO, items=items, email=BUYER["emailAddress"], paid=settled
        )
        order_id = self._twin.place_order(purchase)
        self.placed[order_id] = [sku for sku, _ in items]
        return order_id

    def cancel_order(self, order_id: str) -> None:
        assert self._twin.cancel_order(order_id)

    def cancel_units(self, order_id: str, sku: str, quantity: int) -> None:
        assert self._twin.refund_line(order_id, self.placed[order_id].index(sku), quantity)

    def parcels(self, order_id: str) -> list[SeenParcel]:
        known = next(order for order in self._twin.orders() if order.order_id == order_id)
        return [
            SeenParcel(
                tracking_number=parcel.tracking_number, state=parcel.status, units=dict(parcel.quantities)
            )
            for parcel in known.parcels
        ]

    def on_sale(self, sku: str) -> int:
        return self._twin.stock_shown()[sku]
