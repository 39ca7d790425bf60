"""All that a connector may touch of the world."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx

from connectors.kit.limits import Budget

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
Renew = Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]


class Credentials(Protocol):
    """Tokens that change while the hub runs (access and refresh tokens), shared by all workers."""

    async def current(self) -> Mapping[str, str]:
        """The tokens stored last; empty before the first renewal."""

    async def renew(self, seen: Mapping[str, str], renew: Renew) -> Mapping[str, str]:
        """Under the connection's lock: if the stored tokens are no longer `seen`, somebody else renewed
        them and they are returned; else `renew(stored)` is called and its answer stored before use."""


@dataclass(frozen=True, kw_only=True)
class Outside:
    """One client, one clock, one way to wait, one budget, one set of tokens; all of one connection.

    The client decides what is outside: the real platform, a respx router, or a twin over ASGI.
    `jitter` gives numbers in [0, 1) for back-off.
    """

    http: httpx.AsyncClient
    now: Clock
    sleep: Sleep
    budget: Budget
    credentials: Credentials
    jitter: Callable[[], float]


class CredentialsInMemory:
    """Tokens of one process: for tests, and for tokens that are cheap to get again."""

    def __init__(self, tokens: Mapping[str, str] | None = None) -> None:
        self._tokens: Mapping[str, str] = dict(tokens or {})

    async def current(self) -> Mapping[str, str]:
        return self._tokens

    async def renew(self, seen: Mapping[str, str], renew: Renew) -> Mapping[str, str]:
        if self._tokens == seen:
            self._tokens = dict(await renew(self._tokens))
        return self._tokens
