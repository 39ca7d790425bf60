"""Twins as real HTTP servers: each connection's platform listens on a port of its own and posts webhooks."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator, Mapping

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send

from connectors.kit.twin import Twin

NOTHING_TO_POST_SECONDS = 0.01
START_SECONDS = 10


class _Server(uvicorn.Server):
    """Leaves signals to the demo."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class TwinServers:
    """One server for all sockets; the port that was called says whose twin answers."""

    def __init__(self, twins: Mapping[str, Twin], hub_port: int) -> None:
        self._twins = twins
        self._hub_port = hub_port
        self._sockets = {connection_id: _listening() for connection_id in twins}
        self._by_port = {self._port(each): twin for each, twin in twins.items()}
        self._posting: set[str] = set()
        self.posted = 0

    def address(self, connection_id: str) -> str:
        """Where a connection's twin is reached."""
        return f"http://127.0.0.1:{self._port(connection_id)}"

    def _port(self, connection_id: str) -> int:
        return int(self._sockets[connection_id].getsockname()[1])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._by_port[scope["server"][1]](scope, receive, send)

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer requests meanwhile."""
        config = uvicorn.Config(
            self, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=list(self._sockets.values())))
        try:
            async with asyncio.timeout(START_SECONDS):
                while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                    await asyncio.sleep(NOTHING_TO_POST_SECONDS)
            yield
        finally:
            server.should_exit = True
            await running

    async def post_webhooks(self) -> None:
        """Until cancelled: each platform posts one webhook after the other."""
        async with asyncio.TaskGroup() as group:
            for connection_id in self._twins:
                group.create_task(self._post(connection_id))

    async def _post(self, connection_id: str) -> None:
        twin = self._twins[connection_id]
        async with httpx.AsyncClient(transport=FrontDoor(self._hub_port), timeout=30) as client:
            while True:
                self._posting.add(connection_id)
                posted = await twin.deliver_webhooks(client)
                self._posting.discard(connection_id)
                self.posted += posted
                if not posted:
                    await asyncio.sleep(NOTHING_TO_POST_SECONDS)

    @property
    def to_post(self) -> int:
        """Webhooks that wait or are on their way."""
        return len(self._posting) + sum(len(twin.outbound) for twin in self._twins.values())

    @property
    def answered(self) -> int:
        """Requests that reached a twin."""
        return sum(twin.requests.total() for twin in self._twins.values())


class FrontDoor(httpx.AsyncBaseTransport):
    """Stands for the proxy that ends TLS in front of a hub: platforms post to https addresses only."""

    def __init__(self, hub_port: int) -> None:
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)
        self._hub_port = hub_port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._hub_port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _listening() -> socket.socket:
    """Bound at once, so that the address is known before anybody serves."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    return sock
