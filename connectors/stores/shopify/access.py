"""Access tokens of one shop, and the signature of Shopify's call-back during installation.

Sources: shopify.dev «Using the client credentials grant», «About offline access tokens» (expiring tokens,
2025-12-10); read 2026-11. Unverified: how long a refresh token lives, and whether a used one still works
for a while; so the one used last is kept and tried after the present one.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import httpx

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    Outside,
    PlatformClient,
    UnexpectedPayload,
    classify_status,
)
from connectors.kit.signing import same
from connectors.stores.shopify.settings import ShopifySettings
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError

RENEW_BEFORE = timedelta(minutes=2)


class TokenAnswer(WireDocument):
    """`refresh_token` comes only with expiring offline tokens."""

    access_token: str
    expires_in: int
    refresh_token: str | None = None


class Access:
    """The token to send, renewed in time under the connection's lock."""

    def __init__(self, settings: ShopifySettings, outside: Outside) -> None:
        self._settings = settings
        self._outside = outside
        self._client = PlatformClient(outside, classify=_classify)

    async def token(self) -> str:
        if self._settings.access_token:
            return self._settings.access_token.get_secret_value()
        tokens = await self._outside.credentials.current()
        if not self._lasts(tokens):
            tokens = await self._outside.credentials.renew(tokens, self._renewed)
        return tokens["access_token"]

    async def token_instead_of(self, refused: str) -> str:
        """Another token for one that Shopify refused; raises `AuthenticationFailed` if there can be none."""
        if self._settings.access_token:
            raise AuthenticationFailed(
                "Shopify refused the access token: install the app again and enter the new token", code="401"
            )
        tokens = await self._outside.credentials.current()
        if tokens.get("access_token") == refused:
            tokens = await self._outside.credentials.renew(tokens, self._renewed)
        return tokens["access_token"]

    def _lasts(self, tokens: Mapping[str, str]) -> bool:
        expires_at = tokens.get("expires_at")
        if not tokens.get("access_token") or not expires_at:
            return False
        return datetime.fromisoformat(expires_at) - RENEW_BEFORE > self._outside.now()

    async def _renewed(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        if self._settings.refresh_token is None:
            return self._tokens(await self._ask({"grant_type": "client_credentials"}))
        refusal: AuthenticationFailed | None = None
        for candidate in self._refresh_tokens(stored):
            try:
                answer = await self._ask({"grant_type": "refresh_token", "refresh_token": candidate})
            except AuthenticationFailed as error:
                refusal = refusal or error
                continue
            return {**self._tokens(answer), "former_refresh_token": candidate}
        raise refusal or AuthenticationFailed("no refresh token is stored: sign in to Shopify again")

    def _refresh_tokens(self, stored: Mapping[str, str]) -> Iterator[str]:
        """Present, former, and the one entered by hand (newer than both after signing in again)."""
        entered = self._settings.refresh_token
        candidates = (
            stored.get("refresh_token"),
            stored.get("former_refresh_token"),
            entered.get_secret_value() if entered else None,
        )
        yield from dict.fromkeys(token for token in candidates if token)

    async def _ask(self, grant: Mapping[str, str]) -> TokenAnswer:
        """Repeatable: a new token takes nothing away, and an unanswered refresh can only be asked again."""
        secret = self._settings.client_secret
        response = await self._client.send(
            "POST",
            f"{self._settings.base_url}/admin/oauth/access_token",
            write=False,
            cost=0,
            headers={"Accept": "application/json"},
            data={
                **grant,
                "client_id": self._settings.client_id,
                "client_secret": secret.get_secret_value() if secret else "",
            },
        )
        try:
            return decode(response.content, TokenAnswer)
        except MappingError as error:
            raise UnexpectedPayload(f"the answer to the token request is not as agreed: {error}") from None

    def _tokens(self, answer: TokenAnswer) -> dict[str, str]:
        expires_at = self._outside.now() + timedelta(seconds=answer.expires_in)
        tokens = {"access_token": answer.access_token, "expires_at": expires_at.isoformat()}
        if answer.refresh_token:
            tokens["refresh_token"] = answer.refresh_token
        return tokens


def _classify(response: httpx.Response, write: bool) -> ConnectorError | None:
    if response.status_code in (400, 401, 403):
        return AuthenticationFailed(
            "Shopify refused client ID, client secret or refresh token: check them, or install the app again",
            code=str(response.status_code),
        )
    return classify_status(response, write)


def callback_is_genuine(query: Mapping[str, str], client_secret: str) -> bool:
    """Is `hmac` in the query of the installation's call-back Shopify's signature of the rest?

    Repeated parameters (`ids[]`) are given joined as they are signed: `ids` → `["2", "1"]`
    (Shopify/shopify_python_api, test/session_test.py; read 2026-11).
    """
    signed = "&".join(f"{name}={value}" for name, value in sorted(query.items()) if name != "hmac")
    expected = hmac.new(client_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return same(expected, query.get("hmac", ""))
