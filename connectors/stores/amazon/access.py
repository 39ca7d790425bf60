"""Login with Amazon, and the names of Amazon's refusals.

Usage plans: each operation has a rate and a burst of its own (models at amzn/selling-partner-api-models,
34dc93fe; read 2026-11). A refusal for going over says the rate, if anything.
"""

from datetime import timedelta

import httpx

from connectors.kit import ConnectorError, Outside, RateLimit, RateLimited
from connectors.kit.client_credentials import ClientCredentials
from connectors.kit.http import retry_after
from connectors.kit.refusals import classify_in_words
from connectors.stores.amazon.settings import AmazonSettings
from mappings.stores.amazon.outward import refusal_words

RATE = "x-amzn-ratelimit-limit"
SEARCH, READ, CONFIRM = "searchOrders", "getOrder", "confirmShipment"
LISTINGS, PATCH, PARTICIPATIONS = "searchListingsItems", "patchListingsItem", "getMarketplaceParticipations"
USAGE_PLANS = {
    SEARCH: (0.0056, 20),
    READ: (0.5, 30),
    CONFIRM: (2, 10),
    LISTINGS: (5, 5),
    PATCH: (5, 5),
    PARTICIPATIONS: (0.016, 15),
}
"""Operation → (calls per second, burst)."""

LIMITS = tuple(
    RateLimit(calls=burst, per=timedelta(seconds=burst / rate), of=operation)
    for operation, (rate, burst) in USAGE_PLANS.items()
)


class LoginWithAmazon(ClientCredentials):
    """The seller's consent. An access token that ended is a 403, like a permission that is missing."""

    requires_response_body = True

    def __init__(self, settings: AmazonSettings, outside: Outside) -> None:
        consent = {
            "grant_type": "refresh_token",
            "refresh_token": settings.refresh_token.get_secret_value(),
        }
        secret = settings.client_secret.get_secret_value()
        super().__init__(outside, settings.token_url, settings.client_id, secret, grant=consent)

    def stamp(self, request: httpx.Request, token: str) -> None:
        request.headers["x-amz-access-token"] = token

    def is_refused(self, response: httpx.Response) -> bool:
        is_forbidden = response.status_code == 403 and b"expired" in response.content
        return response.status_code == 401 or is_forbidden


def _over_quota(response: httpx.Response, said: str) -> ConnectorError:
    told = response.headers.get(RATE, "")
    rate = float(told) if told.replace(".", "", 1).isdecimal() else 0.0
    wait = timedelta(seconds=1 / rate) if rate else retry_after(response)
    return RateLimited("the quota of this operation is used up", code="429", retry_after=wait)


classify = classify_in_words(refusal_words, {429: _over_quota})
