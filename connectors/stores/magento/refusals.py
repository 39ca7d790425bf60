"""The names of Magento's refusals (get-started/gs-web-api-response; read 2026-11)."""

import httpx

from connectors.kit import ConnectorError, Misconfigured, Transient
from connectors.kit.refusals import classify_in_words
from mappings.stores.magento.outward import refusal_words

NO_ROUTE = "Request does not match any route."


def _nonce(response: httpx.Response, said: str) -> ConnectorError | None:
    words = "the nonce was used before: the request is signed anew"
    return Transient(words, code="401") if "nonce" in said else None


def _no_route(response: httpx.Response, said: str) -> ConnectorError | None:
    words = "the address has no such interface"
    return Misconfigured(words, code="404", setting="url") if said == NO_ROUTE else None


classify = classify_in_words(refusal_words, {401: _nonce, 404: _no_route})
