"""Douyin's gateway: a path per method, parameters as the JSON body, the signature in the query."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from connectors.kit import (
    AuthenticationFailed,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    Rejected,
    UnexpectedPayload,
)
from connectors.kit.granted_tokens import Grant, GrantedTokens, instant_of
from connectors.kit.signing import hmac_hex
from connectors.stores.douyin.refusals import TOKEN_REFUSED, classify
from connectors.stores.douyin.settings import DouyinSettings
from mappings.errors import MappingError
from mappings.stores.douyin.answers import Token, unwrap

T = TypeVar("T")

_HEADERS = {"content-type": "application/json", "x-open-no-old-err-code": "1"}
_AN_INSTANT = 10**9
_sorted = msgspec.json.Encoder(order="sorted").encode


def parameter_text(parameters: Mapping[str, Any]) -> str:
    """Sorted keys, no blanks, nothing escaped: exactly what is signed and sent."""
    return _sorted(parameters).decode()


def sign(app_key: str, secret: str, method: str, text: str, timestamp: str) -> str:
    """HMAC-SHA256 in lower-case hex; neither the token nor the name of the digest is signed."""
    told = f"app_key{app_key}method{method}param_json{text}timestamp{timestamp}v2"
    return hmac_hex(secret, f"{secret}{told}{secret}".encode())


class Gateway:
    """Calls methods by name and decodes what stands in the envelope."""

    def __init__(self, settings: DouyinSettings, outside: Outside) -> None:
        self._settings = settings
        self._now = outside.now
        self._client = PlatformClient(outside, classify=classify)
        entered = settings.refresh_token.get_secret_value() if settings.refresh_token else ""
        self._tokens = GrantedTokens(outside, self._granted, entered)

    async def call(
        self, method: str, parameters: Mapping[str, Any], shape: type[T], *, write: bool = False
    ) -> T:
        """The answer in its shape. One that is not: what became of a write is not known."""
        return await self._tokens.calling(
            lambda token: self._send(method, parameters, shape, write=write, access_token=token),
            TOKEN_REFUSED,
        )

    async def _send(
        self, method: str, parameters: Mapping[str, Any], shape: type[T], *, write: bool, **token: str
    ) -> T:
        text, settings = parameter_text(parameters), self._settings
        now, secret = str(int(self._now().timestamp())), settings.app_secret.get_secret_value()
        response = await self._client.send(
            "POST",
            f"{settings.base_url}/{method.replace('.', '/')}",
            write=write,
            headers=_HEADERS,
            params={
                "app_key": settings.app_key,
                "method": method,
                "timestamp": now,
                "v": "2",
                "sign_method": "hmac-sha256",
                "sign": sign(settings.app_key, secret, method, text, now),
                **token,
            },
            content=text.encode(),
        )
        try:
            return unwrap(response.content, shape)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            raise unreadable(f"{method}: the answer is not in the agreed shape: {error}") from None

    async def _granted(self, refresh_token: str) -> Grant:
        """Repeatable: an unanswered renewal can only be asked again."""
        shop = self._settings.shop_id
        own = {"code": "", "grant_type": "authorization_self", "shop_id": shop}
        tool = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        method, parameters = ("token.refresh", tool) if refresh_token else ("token.create", own)
        try:
            token = await self._send(method, parameters, Token, write=False)
        except Rejected as error:
            raise AuthenticationFailed(f"no access token was given: {error}", code=error.code) from None
        is_instant = token.expires_in > _AN_INSTANT
        ends = (
            instant_of(token.expires_in) if is_instant else self._now() + timedelta(seconds=token.expires_in)
        )
        return Grant(access_token=token.access_token, ends_at=ends, refresh_token=token.refresh_token or "")
