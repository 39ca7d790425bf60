"""A deadline for request line and headers: uvicorn has none, so that a drip of bytes would hold a connection
for ever. The body has a deadline of its own (`webhooks.py`), idle connections have uvicorn's."""

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0


class Punctual(HttpToolsProtocol):
    """uvicorn's protocol, which cuts a connection whose headers do not arrive in time. Headers that come in
    one piece, as nearly all do, need no timer."""

    _deadline: asyncio.TimerHandle | None = None
    _awaits_headers = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._headers_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._awaits_headers and self._deadline is None:
            self._set_deadline()

    def on_message_begin(self) -> None:
        self._awaits_headers = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._headers_came()
        super().on_headers_complete()

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _headers_came(self) -> None:
        self._awaits_headers = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
