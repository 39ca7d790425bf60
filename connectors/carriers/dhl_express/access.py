"""How MyDHL knows who asks: Basic, and a reference of its own for each message."""

import hashlib
from collections.abc import Generator
from email.utils import format_datetime
from itertools import count

import httpx

from connectors.carriers.dhl_express.settings import DhlExpressSettings
from connectors.kit import Outside

VERSION = "3.1.1"


class DhlExpressAccess(httpx.Auth):
    """`Message-Reference` is 28 to 36 characters, never the same twice."""

    def __init__(self, settings: DhlExpressSettings, outside: Outside) -> None:
        self._basic = httpx.BasicAuth(settings.api_key, settings.api_secret.get_secret_value())
        self._outside = outside
        self._count = count()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        now = self._outside.now()
        drawn = f"{request.url} {now.timestamp()} {next(self._count)} {self._outside.jitter()}"
        request.headers["Message-Reference"] = hashlib.sha256(drawn.encode()).hexdigest()[:32]
        request.headers["Message-Reference-Date"] = format_datetime(now)
        request.headers["x-version"] = VERSION
        yield from self._basic.auth_flow(request)
