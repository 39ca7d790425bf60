"""Pinduoduo's one address: public parameters, signature, one POST per call, tokens renewed in time."""

from collections.abc import Mapping
from typing import TypeVar

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    Rejected,
    UnexpectedPayload,
)
from connectors.kit.granted_tokens import Grant, GrantedTokens, instant_of
from connectors.kit.signing import md5_hex_upper
from connectors.stores.pinduoduo.refusals import ACCESS_ENDED, classify
from connectors.stores.pinduoduo.settings import PinduoduoSettings
from mappings.errors import MappingError
from mappings.stores.pinduoduo.answers import Token, unwrap

T = TypeVar("T")

_HEADERS = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """Names and values sorted by name, nothing in between, between two secrets."""
    text = "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return md5_hex_upper(f"{secret}{text}{secret}")


class Gateway:
    """Calls by `type` and decodes what stands in the envelope."""

    def __init__(self, settings: PinduoduoSettings, outside: Outside) -> None:
        self._settings = settings
        self._now = outside.now
        self._client = PlatformClient(outside, classify=classify)
        self._tokens = GrantedTokens(outside, self._granted, settings.refresh_token.get_secret_value())

    async def call(
        self, type_: str, parameters: Mapping[str, str], shape: type[T], *, write: bool = False
    ) -> T:
        """The answer in its shape. One that is not: what became of a write is not known."""
        return await self._tokens.calling(
            lambda token: self._send(
                {**parameters, "type": type_, "access_token": token}, shape, write=write
            ),
            (ACCESS_ENDED,),
        )

    async def _send(self, parameters: Mapping[str, str], shape: type[T], *, write: bool) -> T:
        response = await self._client.send(
            "POST",
            self._settings.gateway,
            write=write,
            headers=_HEADERS,
            fresh=lambda: self._signed(parameters),
        )
        try:
            return unwrap(response.content, shape)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            words = f"{parameters['type']}: the answer is not in the agreed shape: {error}"
            raise unreadable(words) from None

    def _signed(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Signed anew in each attempt: the time is signed."""
        signed = {
            **parameters,
            "client_id": self._settings.client_id,
            "timestamp": str(int(self._now().timestamp())),
            "data_type": "JSON",
            "version": "V1",
        }
        signed["sign"] = sign(signed, self._settings.client_secret.get_secret_value())
        return signed

    async def _granted(self, refresh_token: str) -> Grant:
        """Repeatable: an unanswered renewal can only be asked again."""
        parameters = {"type": "pdd.pop.auth.token.refresh", "refresh_token": refresh_token}
        try:
            token = await self._send(parameters, Token, write=False)
        except (Rejected, Misconfigured) as error:
            if not error.code or int(error.code) < 1000:  # an HTTP status says nothing about the token
                raise
            raise AuthenticationFailed(f"no access token was given: {error}", code=error.code) from None
        return Grant(
            access_token=token.access_token,
            ends_at=instant_of(token.expires_at),
            refresh_token=token.refresh_token,
        )
