"""Platforms over real sockets that accept and never answer, break off, or drip: the worker is free again."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest

from connectors.kit import OutcomeUnknown, Outside, PlatformClient, RateLimit, TokenBucket, Transient
from connectors.kit import http as kit_http
from connectors.kit.outside import CredentialsInMemory
from hub import connections
from hub.connections import internet

pytestmark = pytest.mark.server

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PATIENCE = 0.4


@asynccontextmanager
async def listening(peer: Peer) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await peer(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    server.close()


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PlatformClient]:
    """The hub's own client, less patient than in real life."""
    monkeypatch.setattr(connections, "TIMEOUTS", httpx.Timeout(PATIENCE))
    monkeypatch.setattr(kit_http, "TOTAL_DEADLINE", timedelta(seconds=2 * PATIENCE))
    http = internet()(SimpleNamespace())  # type: ignore[arg-type]  # asks nothing of the connection

    def now() -> datetime:
        return datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    yield PlatformClient(
        Outside(
            http=http,
            now=now,
            sleep=sleep,
            budget=TokenBucket((RateLimit(calls=100, per=timedelta(seconds=1)),), now, sleep),
            credentials=CredentialsInMemory(),
            jitter=lambda: 0.5,
        )
    )
    await http.aclose()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"orders": [')
    await writer.drain()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A time-out per read never strikes: each byte comes in time."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(PATIENCE / 10)


@pytest.mark.parametrize("peer", [silent, cut, half, drip])
async def test_a_write_without_a_whole_answer_is_unknown_and_not_repeated(client, peer: Peer) -> None:
    calls = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await peer(reader, writer)

    began = time.monotonic()
    async with listening(counted) as url:
        with pytest.raises(OutcomeUnknown):
            await client.send("POST", url, write=True, json={})
    assert calls == 1
    assert time.monotonic() - began < 10 * PATIENCE


@pytest.mark.parametrize("peer", [silent, cut, half, drip])
async def test_a_read_without_a_whole_answer_is_tried_again_and_given_up(client, peer: Peer) -> None:
    began = time.monotonic()
    async with listening(peer) as url:
        with pytest.raises(Transient):
            await client.send("GET", url, write=False)
    assert time.monotonic() - began < kit_http.ATTEMPTS * 10 * PATIENCE


async def test_nobody_at_home_is_no_doubt_even_for_a_write(client, unused_tcp_port: int) -> None:
    with pytest.raises(Transient):
        await client.send("POST", f"http://127.0.0.1:{unused_tcp_port}/", write=True, json={})
