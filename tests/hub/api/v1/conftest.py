"""A hub with one order on hold and one that ships, and callers of each role."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.asgi import application
from hub.bootstrap import World, open_hub
from hub.context import HubContext
from hub.registry import Registry
from hub.settings import HubSettings
from hub.storage import accounts
from hub.storage.accounts import Role
from hub.storage.all_tables import metadata
from hub.storage.database import Database, InlineDatabase
from hub.vault import Vault, new_master_key
from tests.hub.house import House, ManualClock, set_up
from tests.hub.samples import line, sales

SHIPS, HELD = "N-4711", "N-4712"


@dataclass
class Callers:
    """`send` speaks as a role; `order` is what the API says of an order now."""

    hub: HubContext
    house: House
    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, role: str, name: str = "", **more: Any) -> str:
        text, index = accounts.new_token(), self.house.run(self.house.books.connections.open_index)
        self.house.run(
            lambda uow: accounts.add(
                uow, text, name or role, Role(role), index=index, actor="test", now=self.house.now, **more
            )
        )
        return text

    async def send(self, method: str, path: str, role: str = "administrator", **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.tokens[role]}", **more.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    async def get(self, path: str, role: str = "administrator", **params: Any) -> Any:
        """What must be answered."""
        answer = await self.send("GET", path, role, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, role: str = "clerk", **headers: str) -> Any:
        answer = await self.send("POST", path, role, json=body or {}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, status: int, method: str, path: str, role: str = "clerk", **more: Any) -> Any:
        """The problem document of what must be refused."""
        answer = await self.send(method, path, role, **more)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status and problem["title"] and problem["detail"]
        return problem


@pytest.fixture
def database(clock: ManualClock) -> Iterator[Database]:
    """SQLite; `test_postgres.py` has the walks that are done on both."""
    made = InlineDatabase("sqlite://", clock=clock)
    metadata.create_all(made.engine)
    yield made
    made.close()


@pytest.fixture
async def callers(database: Database, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Callers]:
    world = World(now=clock, sleep=clock.sleep, registry=Registry(), shares_clock=True)
    hub = open_hub(
        HubSettings(data_dir=tmp_path), world=world, database=database, vault=Vault([new_master_key()])
    )
    house = House(database=database, clock=clock, books=hub.books)
    house.run(lambda uow: set_up(uow, house, {"RED": 10, "BLUE": 10}))
    house.take(
        sales(line(quantity=3)),
        sales(line(sku="NONE"), external_id="4712", order_number=HELD),
    )
    client = httpx.AsyncClient(transport=httpx.ASGITransport(application(hub)), base_url="http://hub")
    callers = Callers(hub, house, client)
    callers.tokens = {role.value: callers.token(role) for role in Role}
    yield callers
    await client.aclose()


@pytest.fixture
async def parcel(callers: Callers) -> str:
    """Of the order that ships."""
    shown = await callers.get(f"/orders/{SHIPS}")
    return str(shown["parcels"][0]["parcel"])
