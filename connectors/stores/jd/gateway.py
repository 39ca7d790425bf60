"""JD's one address: public parameters, business parameters as one text, signature, tokens renewed in time."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar

from connectors.kit import (
    AuthenticationFailed,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    Rejected,
    UnexpectedPayload,
)
from connectors.kit.granted_tokens import Grant, GrantedTokens
from connectors.kit.signing import md5_hex_upper
from connectors.kit.translation import understood
from connectors.stores.jd.refusals import TOKEN_REFUSED, classify, classify_token, is_about_what_was_asked
from connectors.stores.jd.settings import JdSettings
from mappings.china import beijing_text
from mappings.documents import json_text
from mappings.errors import MappingError
from mappings.stores.jd.answers import read_token, unwrap

T = TypeVar("T")

BUSINESS = "360buy_param_json"
_HEADERS = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """Names and values sorted by name, nothing in between, between two secrets."""
    text = "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return md5_hex_upper(f"{secret}{text}{secret}")


class Gateway:
    """Calls by method and decodes what stands in the envelope."""

    def __init__(self, settings: JdSettings, outside: Outside) -> None:
        self._settings = settings
        self._now = outside.now
        self._client = PlatformClient(outside, classify=classify)
        self._login = PlatformClient(outside, classify=classify_token)
        self._tokens = GrantedTokens(outside, self._granted, settings.refresh_token.get_secret_value())

    async def call(
        self, method: str, parameters: Mapping[str, str], shape: type[T], *, write: bool = False
    ) -> T:
        """The answer in its shape. One that is not: what became of a write is not known."""
        return await self._tokens.calling(
            lambda token: self._send(
                method, token, json_text(dict(sorted(parameters.items()))), shape, write
            ),
            TOKEN_REFUSED,
        )

    async def _send(self, method: str, token: str, business: str, shape: type[T], write: bool) -> T:
        response = await self._client.send(
            "POST",
            self._settings.gateway,
            write=write,
            headers=_HEADERS,
            fresh=lambda: self._signed(method, token, business),
        )
        try:
            return unwrap(response.content, shape)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            raise unreadable(f"{method}: the answer is not in the agreed shape: {error}") from None

    def _signed(self, method: str, token: str, business: str) -> dict[str, str]:
        """Signed anew in each attempt: the time is signed."""
        signed = {
            "method": method,
            "app_key": self._settings.app_key,
            "access_token": token,
            "timestamp": beijing_text(self._now()),
            "v": "2.0",
            "format": "json",
            BUSINESS: business,
        }
        signed["sign"] = sign(signed, self._settings.app_secret.get_secret_value())
        return signed

    async def _granted(self, refresh_token: str) -> Grant:
        """Repeatable: an unanswered renewal can only be asked again."""
        asked = {
            "app_key": self._settings.app_key,
            "app_secret": self._settings.app_secret.get_secret_value(),
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        url = f"{self._settings.login.rstrip('/')}/oauth2/refresh_token"
        try:
            response = await self._login.send("GET", url, write=False, params=asked)
        except Rejected as error:
            if not is_about_what_was_asked(error.code):  # an HTTP status says nothing about the token
                raise
            raise AuthenticationFailed(f"no access token was given: {error}", code=error.code) from None
        token = understood(read_token, response.content)
        return Grant(
            access_token=token.access_token,
            ends_at=self._now() + timedelta(seconds=token.expires_in),
            refresh_token=token.refresh_token,
        )
