"""Stores that touch what is not theirs, talk too much, or name things wrongly."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random
from typing import Any, ClassVar

import httpx
from orderhub_acme.connector import AcmeConnector
from orderhub_acme.settings import AcmeSettings

from broken.planted import in_acme
from connectors.kit import (
    AuthenticationFailed,
    Outside,
    Page,
    PullsOrders,
    RateLimited,
    Rejected,
    setting,
)


class HasItsOwnClient(AcmeConnector):
    """makes a client of its own"""

    def __init__(self, settings: AcmeSettings, outside: Outside) -> None:
        self.own = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
        super().__init__(settings, outside)


class SharesOneOutside(AcmeConnector):
    """keeps the first connection's outside for all"""

    _first: ClassVar[list[tuple[AcmeSettings, Outside]]] = []

    def __init__(self, settings: AcmeSettings, outside: Outside) -> None:
        self._first.append((settings, outside))
        super().__init__(*self._first[0])


class LooksAtTheWall(AcmeConnector):
    """takes the machine's time"""

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        machine = datetime.fromtimestamp(time.time(), UTC)
        if machine < self.outside.now():
            return
        async for page in super().pull_orders(bookmark):
            yield page


class ThrowsDice(AcmeConnector):
    """adds a random number to each request"""

    async def _send(self, *given: Any, **request: Any) -> httpx.Response:
        params = {**(request.get("params") or {}), "nonce": str(Random().random())}
        return await super()._send(*given, **{**request, "params": params})


class CachesAcrossConnections(AcmeConnector):
    """keeps what it pulled in the class, for all connections"""

    _pages: ClassVar[list[Page]] = []

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        if not self._pages:
            self._pages.extend([page async for page in super().pull_orders(bookmark)])
        for page in self._pages:
            yield page


class SwallowsRefusedKeys(AcmeConnector):
    """is content with a test that was refused"""

    async def check(self) -> None:
        try:
            await super().check()
        except AuthenticationFailed:
            return


class TellsSecrets(AcmeConnector):
    """names the secret in its error"""

    async def check(self) -> None:
        try:
            await super().check()
        except AuthenticationFailed:
            secret = self.settings.app_secret.get_secret_value()
            raise AuthenticationFailed(f"the secret {secret} was refused") from None


class TellsBodies(AcmeConnector):
    """keeps the platform's words as the error's cause"""

    async def _send(self, *given: Any, **request: Any) -> httpx.Response:
        try:
            return await super()._send(*given, **request)
        except AuthenticationFailed as error:
            raw = await self.outside.http.get(self.settings.base_url)
            raise error from ValueError(raw.text)


class LetsOthersThrough(AcmeConnector):
    """lets an error of the JSON library escape"""

    async def check(self) -> None:
        await super().check()
        (await self.outside.http.get(self.settings.base_url)).json()


class CallsAgainAtOnce(AcmeConnector):
    """repeats a throttled call without waiting"""

    async def _send(self, *given: Any, **request: Any) -> httpx.Response:
        try:
            return await super()._send(*given, **request)
        except RateLimited:
            return await super()._send(*given, **request)


class TakesThrottlingForNo(AcmeConnector):
    """parks what was only too early"""

    async def _send(self, *given: Any, **request: Any) -> httpx.Response:
        try:
            return await super()._send(*given, **request)
        except RateLimited:
            raise Rejected("too many calls") from None


class PlainSecret(AcmeSettings):
    """a secret in plain text"""

    api_token: str = setting("Token", "令牌", default="t")


class Untranslated(AcmeSettings):
    """a field without a Chinese title"""

    shop: str = setting("Shop", "Shop", default="s")


class Forgetful(AcmeSettings):
    """settings that accept what does not exist"""

    model_config = {"extra": "ignore", "frozen": True}


class Undeclared(PullsOrders):
    """implements verbs without declaring them"""

    def __init__(self, settings: AcmeSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._inner = AcmeConnector(settings, outside)

    async def check(self) -> None:
        await self._inner.check()

    def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        return self._inner.pull_orders(bookmark)

    async def push_stock(self, levels: Any, key: str) -> Any:
        return await self._inner.push_stock(levels, key)


MANNER_FAULTS = (
    in_acme("hygiene.only_the_given_client", connector=HasItsOwnClient),
    in_acme("hygiene.wires_do_not_cross", connector=SharesOneOutside),
    in_acme("hygiene.only_the_given_clock", connector=LooksAtTheWall),
    in_acme("hygiene.same_world_same_requests", connector=ThrowsDice),
    in_acme("hygiene.connections_share_nothing", connector=CachesAcrossConnections),
    in_acme("settings.wrong_credentials_are_refused", connector=SwallowsRefusedKeys),
    in_acme("failures.errors_tell_no_secret", connector=TellsSecrets),
    in_acme("failures.errors_tell_no_secret", connector=TellsBodies),
    in_acme("failures.each_failure_has_its_name", connector=LetsOthersThrough),
    in_acme("failures.retry_after_is_obeyed", connector=CallsAgainAtOnce),
    in_acme("failures.platform_throttling_is_named", connector=TakesThrottlingForNo),
    in_acme("settings.secrets_are_secret", settings=PlainSecret),
    in_acme("settings.fields_are_labelled", settings=Untranslated),
    in_acme("settings.settings_survive_the_vault", settings=Forgetful),
    in_acme("settings.methods_have_their_capability", connector=Undeclared),
    in_acme("settings.declaration_is_complete", limits=(), fault="states no rate limit"),
    in_acme(
        "settings.twin_is_there", twin="orderhub_swift.twin:SwiftTwin", fault="names another platform's twin"
    ),
)
