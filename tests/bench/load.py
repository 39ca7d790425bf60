"""32 clients as a program of its own: raw sockets kept alive, signed requests made beforehand; each client
sends its next one when its last was answered. Says how many were answered, how fast, and which."""

import argparse
import asyncio
import base64
import hashlib
import hmac
import statistics
import time

import msgspec
import uvloop

from tests.bench.children import say

CLIENTS = 32
BODY_BYTES = 1024
ANSWER_SECONDS = 30
SECRET = "shpss_a_secret_for_figures"
SHOP = "bench.myshopify.com"
ORDER = "gid://shopify/Order/"


def order_number(start: int, client: int, number: int) -> int:
    """Which order a client's request is about: no two are about the same."""
    return start + number * CLIENTS + client


def request(path: str, order: int) -> bytes:
    """One signed webhook, as Shopify posts it."""
    body = _body(order)
    digest = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Shopify-Captain-Hook\r\naccept: */*\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"x-shopify-topic: orders/updated\r\nx-shopify-shop-domain: {SHOP}\r\n"
        "x-shopify-api-version: 2026-10\r\n"
        f"x-shopify-hmac-sha256: {digest}\r\nx-shopify-webhook-id: {order:032x}\r\n"
        f"x-shopify-event-id: {order:032x}\r\nx-shopify-triggered-at: 2026-11-23T00:00:00Z\r\n\r\n"
    )
    return head.encode() + body


def _body(order: int) -> bytes:
    facts = {
        "id": order,
        "admin_graphql_api_id": f"{ORDER}{order}",
        "name": f"#{order}",
        "email": "buyer@example.com",
        "currency": "EUR",
        "total_price": "61.90",
        "line_items": [
            {
                "id": order * 10 + line,
                "sku": f"SKU-{line:04d}",
                "title": "A thing",
                "quantity": 1,
                "price": "30.95",
            }
            for line in range(3)
        ],
        "note": "",
    }
    facts["note"] = "n" * (BODY_BYTES - len(msgspec.json.encode(facts)))
    return msgspec.json.encode(facts)


class Client(asyncio.Protocol):
    """One keep-alive connection; answers are recognised by their length."""

    def __init__(self, requests: list[bytes], deadline: float, ended: asyncio.Future[None]) -> None:
        self._requests = requests
        self._deadline = deadline
        self._ended = ended
        self._received = b""
        self._sent_at = 0.0
        self.answered = 0
        self.seconds: list[float] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # it is one
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        if self.answered == len(self._requests) or self._sent_at > self._deadline:
            self._transport.close()
            self._ended.set_result(None)
            return
        self._transport.write(self._requests[self.answered])

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._ended.set_exception(RuntimeError(f"refused: {head[:60]!r}"))
            self._transport.close()
            return
        self.seconds.append(time.perf_counter() - self._sent_at)
        self.answered += 1
        self._received = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(ConnectionError("the server hung up"))


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0] or 0)


async def run(port: int, paths: list[str], start: int, seconds: float, most: int) -> None:
    loop = asyncio.get_running_loop()
    requests = [
        [request(paths[client % len(paths)], order_number(start, client, number)) for number in range(most)]
        for client in range(CLIENTS)
    ]
    clients, ends = [], []
    began = time.perf_counter()
    for client in range(CLIENTS):
        ended: asyncio.Future[None] = loop.create_future()
        connected = Client(requests[client], began + seconds, ended)
        await loop.create_connection(lambda connected=connected: connected, "127.0.0.1", port)
        clients.append(connected)
        ends.append(ended)
    async with asyncio.timeout(seconds + ANSWER_SECONDS):
        await asyncio.gather(*ends)
    every = sorted(second for client in clients for second in client.seconds)
    say(
        {
            "answered": [client.answered for client in clients],
            "rate": len(every) / (time.perf_counter() - began),
            "p50": statistics.median(every),
            "p99": every[int(len(every) * 0.99)],
        }
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--paths", required=True)
    parser.add_argument("--start", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--most", type=int, required=True, help="requests per client")
    given = parser.parse_args()
    uvloop.run(run(given.port, given.paths.split(","), given.start, given.seconds, given.most))
