"""AfterShip's envelope, named by what the hub does next: `meta.code` is finer than the status.

Source: error table in the README of aftership-tracking-sdk 10.0.1, read 2026-11-24.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from connectors.kit import ConnectorError, RateLimited, Rejected, Unsupported, classify_status
from connectors.kit.http import Classify
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError

KNOWN_ALREADY = 4003
COURIER_NOT_SUPPORTED = frozenset({4010, 4012})


class _Meta(WireDocument):
    code: int
    message: str | None = None


class _Envelope(WireDocument):
    meta: _Meta


def name_refusal(now: Callable[[], datetime]) -> Classify:
    """`now`, because AfterShip says until when it wants no calls, not for how long."""

    def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
        named = classify_status(response, write)
        if isinstance(named, RateLimited) and named.retry_after is None:
            return RateLimited(str(named), code="429", retry_after=_until_reset(response, now()))
        if response.status_code not in (400, 404):
            return named
        try:
            meta = decode(response.content, _Envelope).meta
        except MappingError:
            return named
        kind = Unsupported if meta.code in COURIER_NOT_SUPPORTED else Rejected
        return kind(f"refused ({meta.code}): {(meta.message or '')[:200]}", code=str(meta.code))

    return classify


def _until_reset(response: httpx.Response, now: datetime) -> timedelta | None:
    """`X-RateLimit-Reset` is a Unix time."""
    reset = response.headers.get("x-ratelimit-reset", "")
    if not reset.isascii() or not reset.isdigit() or len(reset) > 11:
        return None
    return max(timedelta(0), datetime.fromtimestamp(int(reset), UTC) - now.astimezone(UTC))
