"""What was acknowledged is stored: when the web process dies, and when the database server crashes."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import httpx
import psycopg
import pytest
import sqlalchemy as sa

from connectors.kit.signing import hmac_base64
from hub import registry
from hub.bootstrap import World, open_database, open_hub
from hub.domain.policies import StorePolicy
from hub.settings import HubSettings
from hub.storage import stores
from hub.storage.all_tables import metadata
from hub.storage.database import Database, UnitOfWork
from hub.vault import new_master_key

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
SECRET = "a-client-secret-of-a-shop"
SENDERS = 12
WEB = "from hub.serve import serve; from hub.settings import HubSettings; serve(HubSettings(), lanes=())"


class Sender:
    """A platform that posts webhooks about ever new orders, and remembers which were acknowledged."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/webhooks/shop"
        self._number = 0
        self.acknowledged: set[str] = set()
        self.refused = 0
        self._has_enough = False

    async def post(self, client: httpx.AsyncClient) -> int:
        """The status; 0 without an answer."""
        self._number += 1
        order = f"gid://shopify/Order/{self._number}"
        body = f'{{"admin_graphql_api_id": "{order}"}}'.encode()
        headers = {
            "content-type": "application/json",
            "x-shopify-topic": "orders/create",
            "x-shopify-hmac-sha256": hmac_base64(SECRET, body),
        }
        try:
            answer = await client.post(self._url, headers=headers, content=body)
        except httpx.HTTPError:
            return 0
        if answer.is_success:
            self.acknowledged.add(order)
        self.refused += answer.status_code == 503
        return answer.status_code

    @asynccontextmanager
    async def flooding(self) -> AsyncIterator[None]:
        """Senders at work. They end by themselves: one that is cancelled while it connects may leave its
        socket open."""
        async with httpx.AsyncClient(timeout=10) as client, asyncio.TaskGroup() as group:

            async def send() -> None:
                while not self._has_enough:
                    if not await self.post(client):
                        await asyncio.sleep(0.01)

            for _ in range(SENDERS):
                group.create_task(send())
            yield
            self._has_enough = True

    async def until_acknowledged(self, more: int) -> None:
        wanted = len(self.acknowledged) + more
        async with asyncio.timeout(60):
            while len(self.acknowledged) < wanted:  # noqa: ASYNC110 - counts what another process does
                await asyncio.sleep(0.005)


@pytest.fixture
def settings(tmp_path: Path, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> HubSettings:
    """Given to this process and, through the environment, to the web process."""
    given = {
        "DATA_DIR": str(tmp_path),
        "PORT": str(unused_tcp_port),
        "MASTER_KEYS": f'["{new_master_key()}"]',
        "REDIS_URL": "unix:///nonexistent/queue.sock",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    return HubSettings()


@pytest.fixture
def durable_postgres(empty_postgres: str) -> Iterator[str]:
    """Commits wait for the log, as by default; the tests' server does without."""
    engine = sa.create_engine(empty_postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER DATABASE orderhub SET synchronous_commit = on")
    yield empty_postgres
    engine.dispose()
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER DATABASE orderhub RESET synchronous_commit")
    engine.dispose()


def _with_a_shop(settings: HubSettings) -> Database:
    """A database with one Shopify connection."""
    world = World()
    database = open_database(settings, world)
    metadata.create_all(database.engine)
    hub = open_hub(settings, world=world, database=database)

    def add(uow: UnitOfWork) -> None:
        stores.add_store(uow, stores.Store(store_id="shop", name="Shop", policy=StorePolicy()))
        hub.books.connections.add(
            uow,
            connection_id="shop",
            kind="store",
            platform="shopify",
            title="Shop",
            store_id="shop",
            settings={"shop": "a.myshopify.com", "client_id": "c", "client_secret": SECRET},
            capabilities=frozenset(each.__name__ for each in registry.load().stores["shopify"].capabilities),
            accepts_tokens_of=frozenset(),
        )

    database.transact(add)
    return database


def _stored(database: Database) -> set[str]:
    database.engine.dispose()  # connections of before a crash
    rows, _ = database.transact(lambda uow: uow.all("SELECT external_id FROM notices"), reading=True)
    return {row.external_id for row in rows}


@asynccontextmanager
async def web_process() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WEB, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_what_was_acknowledged_survives_the_death_of_the_web_process(settings: HubSettings) -> None:
    database = _with_a_shop(settings)
    sender, random = Sender(settings.port), Random(5)
    async with sender.flooding():
        for _ in range(3):
            async with web_process() as web:
                await sender.until_acknowledged(random.randint(30, 150))
                web.kill()
    assert len(sender.acknowledged) >= 80
    assert sender.acknowledged <= _stored(database)
    database.close()


async def test_a_crash_of_the_database_loses_nothing_acknowledged_and_needs_no_restart(
    settings: HubSettings, durable_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = durable_postgres.replace("postgresql+psycopg://", "postgresql://")
    monkeypatch.setenv("HUB_DATABASE_URL", url)
    database = _with_a_shop(HubSettings())
    sender = Sender(settings.port)
    async with web_process() as web, sender.flooding():
        for _ in range(3):
            await sender.until_acknowledged(60)
            _crash(url)
        await sender.until_acknowledged(60)
        assert web.returncode is None, "it needed a restart"
    assert sender.acknowledged <= _stored(database)
    database.close()


def _crash(url: str) -> None:
    """One server process dies, so PostgreSQL ends all of them and recovers, as after any crash."""
    with psycopg.connect(url) as connection:
        pid = connection.info.backend_pid
        os.kill(pid, signal.SIGKILL)
