"""Shippo's error answers, named by what the hub does next.

Source: recorded answers of the vendor's client (2017) and errors of shippo 3.9.0, read 2026-11-24.
"""

from typing import Any

import httpx

from connectors.kit import ConnectorError, Rejected, classify_status
from mappings.documents import decode
from mappings.errors import MappingError

NOT_FOUND = "404"


def name_refusal(response: httpx.Response, write: bool) -> ConnectorError | None:
    """A refusal names fields (`{field: [messages]}`) or tells a `detail`; a 404 in JSON speaks of a thing."""
    if response.status_code not in (400, 404, 409, 422):
        return classify_status(response, write)
    try:
        refusal = decode(response.content, dict[str, Any])
    except MappingError:
        return classify_status(response, write)
    told = refusal.get("detail")
    words = told if isinstance(told, str) else f"see {', '.join(sorted(refusal))}"
    return Rejected(f"refused ({response.status_code}): {words[:200]}", code=str(response.status_code))


def name_missing_track(response: httpx.Response, write: bool) -> ConnectorError | None:
    """A number that its carrier cannot have is a 404 without JSON."""
    if response.status_code == 404:
        return Rejected("no such number", code=NOT_FOUND)
    return name_refusal(response, write)
