"""The names of BigCommerce's refusals (docs, API status codes and rate limits; read 2026-11)."""

from datetime import timedelta

import httpx

from connectors.kit import ConnectorError, RateLimited, Transient
from connectors.kit.http import retry_after
from connectors.kit.refusals import classify_in_words
from mappings.stores.bigcommerce.outward import refusal_words

RESET = "x-rate-limit-time-reset-ms"


def _busy(response: httpx.Response, said: str) -> ConnectorError:
    return Transient("another change of the same thing is under way", code="409")


def _over_quota(response: httpx.Response, said: str) -> ConnectorError:
    """Until the quota's window ends; a 429 of the platform itself says nothing of it."""
    told = response.headers.get(RESET, "")
    wait = timedelta(milliseconds=int(told)) if told.isdecimal() else retry_after(response)
    return RateLimited("the quota of requests is used up", code="429", retry_after=wait)


classify = classify_in_words(refusal_words, {409: _busy, 429: _over_quota})
