"""EasyPost's error answers, named by what the hub does next.

Source: errors of docs.easypost.com and of easypost 10.7.0, read 2026-11-24.
"""

from typing import Any

import httpx

from connectors.kit import ConnectorError, Misconfigured, Rejected, classify_status
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError

NO_SUCH_TRACKER = "TRACKER.CREATE.ERROR"
"""Also the answer to every number but the seven test numbers, if the key is a test key."""


class _Error(WireDocument):
    """`message` is text, a list or an object. `errors` can repeat what was sent, so it is left alone."""

    code: str = ""
    message: Any = None


class _Refusal(WireDocument):
    error: _Error


def name_refusal(response: httpx.Response, write: bool) -> ConnectorError | None:
    """A 404 with EasyPost's own error speaks of a thing, any other of the address."""
    if response.status_code not in (400, 402, 404, 409, 422):
        return classify_status(response, write)
    try:
        error = decode(response.content, _Refusal).error
    except MappingError:
        return classify_status(response, write)
    words = error.message if isinstance(error.message, str) else "no reason in words"
    if response.status_code == 402:
        return Misconfigured(f"EasyPost wants payment: {words[:200]}", code=error.code)
    return Rejected(f"refused ({error.code or response.status_code}): {words[:200]}", code=error.code)
