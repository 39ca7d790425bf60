"""Live connectors: one per connection, built from sealed settings, rebuilt when these change."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
from pydantic import ValidationError

from connectors.kit import Connector, Misconfigured, Outside, Plugin, TokenBucket
from connectors.kit.outside import CredentialsInMemory, Renew, Sleep
from hub.clock import Clock
from hub.registry import Registry
from hub.storage.connections import Connection, Connections
from hub.storage.database import Database, UnitOfWork

POOL_SIZE = 5
"""Connections per pool: httpcore's cost per request grows with the square of a pool's size."""
KEEP_ALIVE_SECONDS = 4
"""Shorter than the 5 s after which Node and others hang up: a write on a dying connection has no answer."""
TIMEOUTS = httpx.Timeout(20, connect=5, pool=20)
RENEWAL_LEASE = timedelta(seconds=60)

MakeClient = Callable[[Connection], httpx.AsyncClient]


@dataclass(frozen=True)
class Live:
    """A connection with its plug-in and its connector, ready to be used."""

    connection: Connection
    plugin: Plugin[Any, Any]
    connector: Connector


class UnknownPlatform(Misconfigured):
    """The plug-in of a connection is not installed or broken."""


def internet(shared: ssl.SSLContext | None = None) -> MakeClient:
    """Makes clients for real platforms; all share one TLS context, because making one costs 40 ms."""
    context = shared or ssl.create_default_context()
    limits = httpx.Limits(
        max_connections=POOL_SIZE, max_keepalive_connections=POOL_SIZE, keepalive_expiry=KEEP_ALIVE_SECONDS
    )

    def make(connection: Connection) -> httpx.AsyncClient:
        return httpx.AsyncClient(verify=context, limits=limits, timeout=TIMEOUTS, trust_env=False)

    return make


class LiveConnections:
    """Opens connectors and keeps them; `open` looks once at the database to see whether settings changed."""

    def __init__(
        self,
        database: Database,
        connections: Connections,
        registry: Registry,
        *,
        now: Clock,
        sleep: Sleep,
        jitter: Callable[[], float],
        make_client: MakeClient,
    ) -> None:
        self._database = database
        self._connections = connections
        self._registry = registry
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self._make_client = make_client
        self._live: dict[str, Live] = {}
        self._clients: list[httpx.AsyncClient] = []

    async def open(self, connection_id: str) -> Live | None:
        """The live connector, or null if there is no such connection. Raises `Misconfigured` if its plug-in
        or its settings cannot be used."""
        connection = await self._database.read(lambda uow: self._connections.one(uow, connection_id))
        if connection is None:
            return None
        live = self._live.get(connection_id)
        if live is None or live.connection.settings != connection.settings:
            live = self._build(connection)
        live = Live(connection, live.plugin, live.connector)
        self._live[connection_id] = live
        return live

    def cached(self, connection_id: str) -> Live | None:
        """The connector as last opened, without a look at the database (webhooks)."""
        return self._live.get(connection_id)

    def _build(self, connection: Connection) -> Live:
        """A connector of its own. The client of a former one stays open: a job may be in the middle of it."""
        plugin = self._registry.plugin(connection.kind, connection.platform)
        if plugin is None:
            why = self._registry.broken.get(connection.platform, "it is not installed")
            raise UnknownPlatform(f"the plug-in {connection.platform} cannot be used: {why}")
        settings = _valid(plugin, connection)
        client = self._make_client(connection)
        self._clients.append(client)
        return Live(connection, plugin, plugin.connector(settings, self._outside(connection, plugin, client)))

    def _outside(
        self, connection: Connection, plugin: Plugin[Any, Any], client: httpx.AsyncClient
    ) -> Outside:
        return Outside(
            http=client,
            now=self._now,
            sleep=self._sleep,
            budget=TokenBucket(plugin.limits, self._now, self._sleep),
            credentials=StoredCredentials(
                self._database, self._connections, connection.connection_id, self._sleep
            ),
            jitter=self._jitter,
        )

    async def check(self, plugin: Plugin[Any, Any], connection: Connection) -> None:
        """Try settings that need not be saved yet («test connection»); raises the connector's errors. Tokens
        that it gets are forgotten."""
        async with self._make_client(connection) as client:
            outside = replace(self._outside(connection, plugin, client), credentials=CredentialsInMemory())
            connector: Connector = plugin.connector(plugin.settings(**connection.settings), outside)
            await connector.check()

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


def _valid(plugin: Plugin[Any, Any], connection: Connection) -> Any:
    """Stored settings may be older than the plug-in. Names the field only: values may be secrets."""
    try:
        return plugin.settings(**connection.settings)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(f"{field}: {first['msg']}", setting=field) from None


class StoredCredentials:
    """Tokens in the vault; renewed by one worker at a time, under a lease that all workers see."""

    def __init__(
        self, database: Database, connections: Connections, connection_id: str, sleep: Sleep
    ) -> None:
        self._database = database
        self._connections = connections
        self._connection_id = connection_id
        self._sleep = sleep
        self._lock = asyncio.Lock()

    async def current(self) -> Mapping[str, str]:
        return await self._database.read(lambda uow: self._connections.credentials(uow, self._connection_id))

    async def renew(self, seen: Mapping[str, str], renew: Renew) -> Mapping[str, str]:
        async with self._lock:
            while not (lease := await self._database.run(self._lease)):
                await self._sleep(0.2)
            try:
                stored = await self.current()
                if dict(stored) != dict(seen):
                    return stored
                fresh = dict(await renew(stored))
                is_ours = await self._database.run(
                    lambda uow: self._connections.save_credentials(uow, self._connection_id, fresh, lease)
                )
                return fresh if is_ours else await self.current()
            finally:
                await self._database.run(
                    lambda uow: self._connections.end_renewal(uow, self._connection_id, lease)
                )

    def _lease(self, uow: UnitOfWork) -> int:
        return self._connections.begin_renewal(
            uow, self._connection_id, self._database.lease_now(uow), RENEWAL_LEASE
        )
