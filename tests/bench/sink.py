"""A platform that accepts everything, as a program of its own: it says its port and answers."""

import asyncio

import uvloop

from tests.bench.children import say, told_to_end

ANSWER = b'{"data":{"accepted":true}}'
RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
    len(ANSWER),
    ANSWER,
)


class Sink(asyncio.Protocol):
    """Requests of one connection, in turn."""

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # it is one
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) >= length:
            self._received = b""
            self._transport.write(RESPONSE)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    say(server.sockets[0].getsockname()[1])
    await told_to_end()
    server.close()


if __name__ == "__main__":
    uvloop.run(serve())
