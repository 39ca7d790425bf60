"""Visits and posts to addresses that people entered, without becoming a way into the network that the hub
stands in.

A name is resolved once, every answer must be public, and the connection goes to the address that was judged,
under the name's TLS: a second answer («rebinding») is never asked for. A redirection of a visit is a new
visit, and only within the site; that of a post is not followed. Size and time are limited; nothing is
decompressed, no cookie is kept, no proxy is used.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TypeVar
from urllib.parse import urljoin

import httpx

from hub.domain.store_records.links import canonical_url, is_public, is_same_site
from mappings.structs import FrozenStruct

Answer = TypeVar("Answer")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port → IP addresses, the preferred first. Raises `OSError` if there are none."""

MOST_BYTES = 256 * 1024
MOST_HOPS = 3
TOTAL_SECONDS = 15.0
TIMEOUT = httpx.Timeout(8, connect=4)
HEADERS = {"user-agent": "orderhub", "accept": "text/html, text/plain;q=0.9", "accept-encoding": "identity"}


class Page(FrozenStruct):
    """What a site answered; `text` is cut at `MOST_BYTES`."""

    status: int
    text: str


class Reply(FrozenStruct):
    """What came back of a post; nobody reads more of it. `retry_after` as the header says it."""

    status: int
    retry_after: str


class NotVisited(Exception):
    """Nothing was sent, or nothing came of it; says why."""


class Refused(NotVisited):
    """The address, or what it resolves to or redirects to, must not be visited."""


class Visitor:
    """Visits one page at a time. `transport` takes requests whose host is an IP address already."""

    def __init__(
        self, resolve: Resolve | None = None, transport: Callable[[], httpx.AsyncBaseTransport] | None = None
    ) -> None:
        self._resolve = resolve or _resolve
        self._transport = transport or self._internet

    async def visit(self, url: str) -> Page:
        """Raises `NotVisited`."""
        return await _in_time(self._follow(url))

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """One request, one answer, whatever its status. Raises `NotVisited`."""
        return await _in_time(self._post(url, body, headers))

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        request = await self._pinned("POST", url, body, headers)
        async with self._sent(request) as response:
            retry_after = response.headers.get("retry-after", "")
        return Reply(status=response.status_code, retry_after=retry_after)

    async def _follow(self, url: str) -> Page:
        here = url
        for _ in range(MOST_HOPS + 1):
            target, page = await self._get(here)
            if not target:
                return page
            here = _within_the_site(here, target)
        raise NotVisited(f"it redirects more than {MOST_HOPS} times")

    async def _get(self, url: str) -> tuple[str, Page]:
        """Where it redirects to (empty: nowhere), and the page."""
        async with self._sent(await self._pinned("GET", url, b"", {})) as response:
            text = (await _beginning(response)).decode("utf-8", "replace")
        location = response.headers.get("location", "") if response.is_redirect else ""
        return location, Page(status=response.status_code, text=text)

    @asynccontextmanager
    async def _sent(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """The answer, of which nothing was read yet."""
        transport = self._transport()
        async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=TIMEOUT) as client:
            response = await client.send(request, stream=True)
            try:
                yield response
            finally:
                await response.aclose()

    async def _pinned(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Request:
        """A request to the address that the name has now, if that may be visited."""
        try:
            named = httpx.URL(canonical_url(url))
        except (ValueError, httpx.InvalidURL) as error:
            raise Refused(str(error)) from None
        port = 443 if named.scheme == "https" else 80
        try:
            addresses = await self._resolve(named.host, port)
        except OSError:
            addresses = ()
        if not addresses:
            raise NotVisited(f"the name {named.host} is not known")
        if not all(map(is_public, addresses)):
            raise Refused(f"{named.host} lies in an inner network")
        return httpx.Request(
            method,
            named.copy_with(host=addresses[0]),
            headers={**HEADERS, **headers, "host": named.host},
            content=body or None,
            extensions={"sni_hostname": named.host, "timeout": TIMEOUT.as_dict()},
        )

    def _internet(self) -> httpx.AsyncBaseTransport:
        """Of one visit: a connection that was made for one name is never used for another."""
        return httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, retries=0)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


async def _in_time(answer: Awaitable[Answer]) -> Answer:
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return await answer
    except TimeoutError:
        raise NotVisited(f"no answer within {TOTAL_SECONDS:.0f} s") from None
    except httpx.TransportError as error:
        raise NotVisited(f"cannot be reached ({type(error).__name__})") from None


def _within_the_site(here: str, target: str) -> str:
    """Where a redirection leads, if it may be followed."""
    try:
        there = canonical_url(urljoin(here, target))
    except ValueError as error:
        raise Refused(f"it redirects where nobody may go: {error}") from None
    if not is_same_site(here, there):
        raise Refused("it redirects to another site: enter that address if it is the store's")
    if here.startswith("https:") and not there.startswith("https:"):
        raise Refused("it redirects from https to http, where anybody could answer")
    return there


async def _beginning(response: httpx.Response) -> bytes:
    """As it came over the wire: what is compressed although we asked for it plain stays so."""
    found = bytearray()
    async for chunk in response.aiter_raw():
        found += chunk
        if len(found) >= MOST_BYTES:
            break
    return bytes(found[:MOST_BYTES])


async def _resolve(host: str, port: int) -> Sequence[str]:
    answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in answers]
