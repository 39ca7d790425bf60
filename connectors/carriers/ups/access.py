"""How UPS knows who asks: a token of the app, and a name for each request."""

import hashlib
from itertools import count

import httpx

from connectors.carriers.ups.settings import UpsSettings
from connectors.kit import Outside
from connectors.kit.client_credentials import ClientCredentials

APPLICATION = "orderhub"


class UpsAccess(ClientCredentials):
    """`transId` is never the same twice; `transactionSrc` names us. The token's address has no «/api»."""

    def __init__(self, settings: UpsSettings, outside: Outside) -> None:
        super().__init__(
            outside,
            f"{settings.api_url.rstrip('/')}/security/v1/oauth/token",
            settings.client_id,
            settings.client_secret.get_secret_value(),
            in_header=True,
        )
        self._count = count()

    def stamp(self, request: httpx.Request, token: str) -> None:
        super().stamp(request, token)
        drawn = (
            f"{request.url} {self._outside.now().timestamp()} {next(self._count)} {self._outside.jitter()}"
        )
        request.headers["transId"] = hashlib.sha256(drawn.encode()).hexdigest()[:32]
        request.headers["transactionSrc"] = APPLICATION
