"""The names of eBay's refusals (API call errors and rate limits; read 2026-11)."""

import httpx

from connectors.kit import ConnectorError, Transient
from connectors.kit.refusals import classify_in_words
from mappings.stores.ebay.outward import refusal_words


def _conflict(response: httpx.Response, said: str) -> ConnectorError:
    """What is recorded by now is read before it is tried again."""
    return Transient("another change of the same order is under way", code="409")


classify = classify_in_words(refusal_words, {409: _conflict})
