"""A hub with two Shopify shops and a carrier, and the twins that post webhooks to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.kit.conformance.rig import ManualClock, load_twin
from connectors.kit.signing import hmac_base64
from connectors.kit.twin import OutgoingWebhook, Product, Purchase, StoreTwin, Twin
from hub import registry
from hub.asgi import application
from hub.bootstrap import World, open_database, open_hub
from hub.context import HubContext
from hub.domain.policies import StorePolicy
from hub.domain.territories import Territory
from hub.jobs.drain import drain
from hub.jobs.listings import pull_listings
from hub.settings import HubSettings
from hub.storage import stores, territories
from hub.storage.all_tables import metadata
from hub.storage.database import UnitOfWork
from hub.storage.stock import Count
from hub.vault import new_master_key
from tests.hub.samples import address, location

HUB = "https://hub.example"
CONNECTIONS = {
    "shop": ("store", "shopify"),
    "other": ("store", "shopify"),
    "sf": ("carrier", "sf-express"),
}
SECRETS = {"shop": "twin-client-secret", "other": "another-client-secret"}


@dataclass
class Door:
    """`post` is what a platform does; `count` asks the database."""

    hub: HubContext
    twins: dict[str, Twin]
    clock: ManualClock
    client: httpx.AsyncClient

    async def webhook(self, connection: str = "shop") -> OutgoingWebhook:
        """A genuine one, about a new order."""
        twin = self.twins[connection]
        assert isinstance(twin, StoreTwin)
        twin.place_order(Purchase(buyer_reference="b1", ship_to=address(), items=[("RED", 1)]))
        return twin.outbound[-1]

    async def post(self, webhook: OutgoingWebhook, to: str = "shop", **changed: Any) -> httpx.Response:
        headers = {**webhook.headers, **changed.pop("headers", {})}
        request: dict[str, Any] = {"headers": headers, "content": webhook.body, **changed}
        return await self.client.post(f"/webhooks/{to}", **request)

    def signed(
        self, body: bytes, topic: str = "orders/create", secret: str = SECRETS["shop"]
    ) -> OutgoingWebhook:
        """A webhook that the platform would sign so."""
        headers = {
            "content-type": "application/json",
            "x-shopify-topic": topic,
            "x-shopify-hmac-sha256": hmac_base64(secret, body),
        }
        return OutgoingWebhook(url=f"{HUB}/webhooks/shop", headers=headers, body=body, due=self.clock())

    async def count(self, table: str) -> int:
        return int((await self.hub.database.read(lambda uow: uow.all(f"SELECT count(*) FROM {table}")))[0][0])

    async def noticed(self) -> set[str]:
        """Ids of orders that the shop spoke of."""
        rows = await self.hub.database.read(lambda uow: uow.all("SELECT external_id FROM notices"))
        return {row.external_id for row in rows}

    async def work(self) -> None:
        await drain(self.hub)


def _set_up(hub: HubContext, uow: UnitOfWork, twins: dict[str, Twin]) -> None:
    for connection, (kind, platform) in CONNECTIONS.items():
        plugin = hub.registry.plugin(kind, platform)
        assert plugin is not None
        if kind == "store":
            stores.add_store(uow, stores.Store(store_id=connection, name=connection, policy=StorePolicy()))
        hub.books.connections.add(
            uow,
            connection_id=connection,
            kind=kind,
            platform=platform,
            title=connection,
            store_id=connection if kind == "store" else "",
            settings=twins[connection].settings(f"https://{connection}.example"),
            capabilities=frozenset(each.__name__ for each in plugin.capabilities),
            accepts_tokens_of=frozenset(),
        )
    stores.add_location(uow, location(), hub.now())
    territories.save(uow, Territory(territory_id="t", store_id="shop", country="CN"), hub.now())
    hub.books.stock.count(uow, [Count(sku="RED", location_id="wh", on_hand=500)], hub.now(), actor="test")


@pytest.fixture
def make_door(tmp_path: Path) -> Callable[..., Awaitable[Door]]:
    """`url` empty: SQLite in a file, so that readers and the writer are apart as in real life."""

    async def make(url: str = "", **chosen: Any) -> Door:
        clock, found = ManualClock(), registry.load()
        twins: dict[str, Twin] = {}
        for number, (connection, (kind, platform)) in enumerate(CONNECTIONS.items()):
            plugin = found.plugin(kind, platform)
            assert plugin is not None
            twins[connection] = load_twin(plugin, clock, number)
        twins["other"].client_secret = SECRETS["other"]  # type: ignore[attr-defined]
        settings = HubSettings(
            data_dir=tmp_path,
            database_url=url,
            master_keys=(new_master_key(),),  # type: ignore[arg-type]  # pydantic wraps it
            public_url=HUB,
            **chosen,
        )
        world = World(
            now=clock,
            sleep=clock.sleep,
            shares_clock=True,
            registry=found,
            make_client=lambda each: httpx.AsyncClient(
                transport=httpx.ASGITransport(twins[each.connection_id])
            ),
        )
        hub = open_hub_with_schema(settings, world)
        await hub.database.run(lambda uow: _set_up(hub, uow, twins))
        for connection in ("shop", "other"):
            twin = twins[connection]
            assert isinstance(twin, StoreTwin)
            twin.offer([Product(sku="RED", title="Red", price=Decimal("10.00"), stock=5)])
            live = await hub.live.open(connection)
            assert live is not None
            await live.connector.register_webhooks(hub.webhook_url(connection))  # type: ignore[attr-defined]
            await pull_listings(hub, connection)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(application(hub)), base_url=HUB)
        return Door(hub, twins, clock, client)

    return make


def open_hub_with_schema(settings: HubSettings, world: World) -> HubContext:
    database = open_database(settings, world)
    metadata.create_all(database.engine)
    return open_hub(settings, world=world, database=database)


@pytest.fixture
async def door(make_door: Callable[..., Awaitable[Door]]) -> AsyncIterator[Door]:
    door = await make_door()
    yield door
    await door.client.aclose()
    await door.hub.close()
