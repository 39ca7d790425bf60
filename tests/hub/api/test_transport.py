"""The web door over real sockets: senders that are slow, break off, or say one thing and send another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from hub.api import punctual
from hub.serve import server

pytestmark = pytest.mark.server


@pytest.fixture
async def address(make_door, unused_tcp_port) -> AsyncIterator[tuple[object, int]]:
    door = await make_door(port=unused_tcp_port, webhook_body_seconds=0.3, webhook_limit_bytes=4096)
    web = server(door.hub)
    running = asyncio.create_task(web.serve())
    async with asyncio.timeout(20):
        while not web.started:  # noqa: ASYNC110 - uvicorn offers no event
            await asyncio.sleep(0.01)
    yield door, unused_tcp_port
    web.should_exit = True
    await running
    await door.client.aclose()
    await door.hub.close()


def _head(webhook, length: int | None, *more: str) -> bytes:
    lines = ["POST /webhooks/shop HTTP/1.1", "host: hub", *more]
    lines += [f"{name}: {value}" for name, value in webhook.headers.items()]
    lines += [f"content-length: {length}"] if length is not None else ["transfer-encoding: chunked"]
    return "\r\n".join([*lines, "", ""]).encode()


async def _say(port: int, *pieces: bytes, closes: bool = False) -> bytes:
    """Send pieces, then read what comes until the hub hangs up or the answer is whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    if closes:
        writer.write_eof()
    async with asyncio.timeout(15):
        with contextlib.suppress(ConnectionError):
            answer = await reader.read(65_536)
    writer.close()
    return answer.partition(b"\r\n")[0]


async def test_a_genuine_webhook_comes_through(address) -> None:
    door, port = address
    webhook = await door.webhook()
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"http://127.0.0.1:{port}/webhooks/shop", headers=webhook.headers, content=webhook.body
        )
    assert (answer.status_code, await door.noticed()) == (200, {"gid://shopify/Order/1"})
    assert "server" not in answer.headers


async def test_a_slow_body_is_given_up(address) -> None:
    door, port = address
    webhook = await door.webhook()
    said = await _say(port, _head(webhook, len(webhook.body)), webhook.body[:10])
    assert said == b"HTTP/1.1 408 Request Timeout"
    assert await door.noticed() == set()


async def test_a_chunked_body_without_end_is_given_up(address) -> None:
    door, port = address
    said = await _say(port, _head(await door.webhook(), None), b"5\r\nhello\r\n")
    assert said == b"HTTP/1.1 408 Request Timeout"


async def test_half_a_body_stores_nothing(address) -> None:
    door, port = address
    webhook = await door.webhook()
    await _say(port, _head(webhook, len(webhook.body)), webhook.body[:10], closes=True)
    assert await door.noticed() == set()


async def test_a_chunked_body_over_the_limit_is_cut_off(address) -> None:
    door, port = address
    chunk = b"1000\r\n" + bytes(4096) + b"\r\n"
    said = await _say(port, _head(await door.webhook(), None), *[chunk] * 3)
    assert said == b"HTTP/1.1 413 Request Entity Too Large" or said == b"HTTP/1.1 413 Content Too Large"


async def test_a_body_that_says_it_is_too_large_is_not_waited_for(address) -> None:
    door, port = address
    said = await _say(port, _head(await door.webhook(), 10**12))
    assert said.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "5, 6"])
async def test_a_wrong_length_is_refused(address, length: str) -> None:
    door, port = address
    head = _head(await door.webhook(), 0).replace(b"content-length: 0", f"content-length: {length}".encode())
    assert (await _say(port, head)).startswith(b"HTTP/1.1 400")


async def test_two_ideas_of_the_length_are_refused(address) -> None:
    """Length and chunks together: how requests are smuggled past a proxy."""
    door, port = address
    head = _head(await door.webhook(), 5, "transfer-encoding: chunked")
    assert (await _say(port, head, b"0\r\n\r\n")).startswith(b"HTTP/1.1 400")


async def test_a_probe_is_refused(address) -> None:
    _, port = address
    said = await _say(port, b"GET /webhooks/shop HTTP/1.1\r\nhost: hub\r\n\r\n")
    assert said == b"HTTP/1.1 405 Method Not Allowed"


async def test_headers_that_drip_are_cut_off(address, monkeypatch) -> None:
    _, port = address
    monkeypatch.setattr(punctual, "HEADER_SECONDS", 0.3)
    assert await _say(port, b"POST /webhooks/shop HTTP/1.1\r\nx-slow: 1\r\n") == b""


async def test_a_connection_that_says_nothing_is_cut_off(address, monkeypatch) -> None:
    _, port = address
    monkeypatch.setattr(punctual, "HEADER_SECONDS", 0.3)
    assert await _say(port) == b""


async def test_slow_senders_hold_up_nobody(address) -> None:
    door, port = address
    webhook = await door.webhook()
    slow = [
        asyncio.create_task(_say(port, _head(webhook, len(webhook.body)), webhook.body[:5]))
        for _ in range(30)
    ]
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"http://127.0.0.1:{port}/webhooks/shop",
            headers=webhook.headers,
            content=webhook.body,
            timeout=15,
        )
    assert answer.status_code == 200
    assert {said[:12] for said in await asyncio.gather(*slow)} == {b"HTTP/1.1 408"}
