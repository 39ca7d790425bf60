"""The cables of a simulated hub: to the twins, and from the twins' webhooks to the hub."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx

from connectors.kit import InvalidSignature, ReceivesWebhooks, UnexpectedPayload, WebhookRequest
from connectors.kit.twin import Twin
from hub.api.receipts import Received, store_receipts
from hub.context import HubContext
from hub.simulation.crash import Crash, Fate, SimulatedClock

STALL_SECONDS = 150.0
"""Longer than a lease."""


class Cable(httpx.AsyncBaseTransport):
    """From the hub to one twin. The process may die before a request or after its answer, or sleep;
    `meanwhile` is what another worker does while this one sleeps."""

    def __init__(
        self,
        twin: Twin,
        fate: Fate,
        clock: SimulatedClock,
        random: Random,
        meanwhile: Callable[[], Awaitable[None]],
    ) -> None:
        self._inner = httpx.ASGITransport(twin)
        self._fate = fate
        self._clock = clock
        self._random = random
        self._meanwhile = meanwhile

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._fate.pass_by("before a request")
        await self._dawdle()
        response = await self._inner.handle_async_request(request)
        await self._dawdle()
        self._fate.pass_by("after an answer")
        return response

    async def _dawdle(self) -> None:
        """Others may run meanwhile, in an order that the seed decides."""
        if self._fate.strikes("stall"):
            await self._clock.sleep(STALL_SECONDS)
            await self._meanwhile()
        if self._fate.mix["race"]:
            for _ in range(self._random.randrange(4)):
                await asyncio.sleep(0)


class Line(httpx.AsyncClient):
    """A client without what twins and hub have no use for and days of virtual time would pay for: a base
    address, cookies, redirects, time-outs, headers of its own."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(transport=transport, trust_env=False)
        self._to = transport

    def build_request(self, method: str, url: Any, *, timeout: Any = None, **given: Any) -> httpx.Request:
        return httpx.Request(method, url, **given)

    async def send(
        self, request: httpx.Request, *, stream: bool = False, auth: Any = None, **_: Any
    ) -> httpx.Response:
        """`auth` signs the request; those that answer to a challenge are not used by any connector."""
        if isinstance(auth, httpx.Auth):
            async with contextlib.aclosing(auth.async_auth_flow(request)) as flow:
                request = await anext(flow)
        response = await self._to.handle_async_request(request)
        response.request = request
        if not stream:
            await response.aread()
        return response


class Door(httpx.AsyncBaseTransport):
    """What `/webhooks/{connection}` does, without a web server: verify, store, commit, answer."""

    def __init__(self, hub: Callable[[], HubContext], fate: Fate) -> None:
        self._hub = hub
        self._fate = fate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._fate.is_dead:
            raise httpx.ConnectError("the hub is down")
        try:
            return await self._answer(request)
        except Crash:
            raise httpx.ReadError("the hub died") from None

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        hub = self._hub()
        connection_id = request.url.path.rpartition("/")[2]
        live = await hub.live.open(connection_id)
        if live is None or not isinstance(live.connector, ReceivesWebhooks):
            return httpx.Response(404, request=request)
        try:
            receipt = live.connector.receive(_webhook(request))
        except InvalidSignature:
            return httpx.Response(401, request=request)
        except UnexpectedPayload:
            return httpx.Response(400, request=request)
        await store_receipts(hub, [Received(connection_id=connection_id, receipt=receipt)])
        reply = receipt.reply
        headers = {"content-type": reply.content_type}
        return httpx.Response(reply.status, headers=headers, content=reply.body, request=request)


def _webhook(request: httpx.Request) -> WebhookRequest:
    return WebhookRequest(
        method=request.method,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.url.params),
        body=request.content,
    )
