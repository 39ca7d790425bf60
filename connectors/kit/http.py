"""All requests of all connectors: limits, retries, deadlines, error names and redaction, once.

Reads are repeated on any transient error. Writes are repeated in place only when the request surely never
arrived: no connection, or a refusal that says «not now» (429). A write whose answer is missing is
`OutcomeUnknown`. No `httpx` exception leaves this module.
"""

import asyncio
import email.utils
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from connectors.kit.errors import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.outside import Outside

Classify = Callable[[httpx.Response, bool], ConnectorError | None]
"""(response, was it a write) → the error it means, or null for a success."""

ATTEMPTS = 3
TOTAL_DEADLINE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(seconds=20)
LARGEST_ANSWER = 64 * 1024 * 1024

_ABOUT_THE_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")
_NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_UNANSWERED = (TimeoutError, httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)
_NO_ADDRESS = (httpx.InvalidURL, httpx.UnsupportedProtocol)


class _TooLarge(Exception):
    """The answer is over `LARGEST_ANSWER`."""


def classify_status(response: httpx.Response, write: bool) -> ConnectorError | None:
    """The default: HTTP statuses as their standards mean them."""
    status = response.status_code
    if status < 300:
        return None
    words = f"answered {status}"
    if status in (401, 403):
        return AuthenticationFailed(f"{words}: credentials or permissions are missing", code=str(status))
    if status == 429:
        return RateLimited(words, code="429", retry_after=retry_after(response))
    if status >= 500 or status == 408:
        return OutcomeUnknown(words, code=str(status)) if write else Transient(words, code=str(status))
    if status < 400:
        return Misconfigured(f"{words}: the address redirects; enter the final address", code=str(status))
    if status in (404, 405):
        return Misconfigured(f"{words}: no such interface at this address", code=str(status))
    return Rejected(words, code=str(status))


def retry_after(response: httpx.Response, now: datetime | None = None) -> timedelta | None:
    """`Retry-After` in seconds or as a date; null if absent, unreadable, negative or over a day."""
    text = response.headers.get("retry-after", "").strip()
    try:
        if text.replace(".", "", 1).isdigit():
            wait = timedelta(seconds=float(text))
        else:
            sent = response.headers.get("date", "")
            start = now or email.utils.parsedate_to_datetime(sent)
            wait = email.utils.parsedate_to_datetime(text) - start
    except (ValueError, TypeError, OverflowError):
        return None
    return wait if timedelta(0) <= wait <= timedelta(days=1) else None


WRITES_BEFORE: ContextVar[datetime | None] = ContextVar("WRITES_BEFORE", default=None)
"""No write begins at this instant or later: somebody else may be doing the same by then. A task that was held
up between two requests of one errand (a frozen machine) must not go on as if nothing had happened."""


class PlatformClient:
    """Sends requests of one connection. `classify` names refusals that a platform hides inside a 200;
    `attempts` is 1 where whoever calls repeats."""

    def __init__(
        self, outside: Outside, *, classify: Classify = classify_status, attempts: int = ATTEMPTS
    ) -> None:
        self._outside = outside
        self._classify = classify
        self._attempts = attempts

    async def send(
        self,
        method: str,
        url: str,
        *,
        write: bool,
        cost: float = 1,
        of: str = "",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        fresh: Callable[[], Mapping[str, str]] | None = None,
    ) -> httpx.Response:
        """One request with its repetitions; returns a response that `classify` calls a success.

        `write` says that repeating it could do something twice. `of` names the operation, where the platform
        limits each on its own. `fresh` makes form data anew for each
        attempt, for platforms that sign the time.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, Transient)),
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            sleep=self._outside.sleep,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                await self._outside.budget.spend(cost, of)
                response = await self._once(
                    write,
                    of,
                    method=method,
                    url=url,
                    headers=headers,
                    params=params,
                    json=json,
                    content=content,
                    data=fresh() if fresh else data,
                    auth=auth if auth is not None else httpx.USE_CLIENT_DEFAULT,
                )
        return response

    async def _once(self, write: bool, of: str, **request: Any) -> httpx.Response:
        latest = WRITES_BEFORE.get()
        if write and latest is not None and self._outside.now() >= latest:
            raise OutcomeUnknown("its time was over before it could be sent")
        try:
            async with asyncio.timeout(TOTAL_DEADLINE.total_seconds()):
                response = await self._exchange(request)
        except Exception as error:  # named one by one below; what is no fault of the exchange goes on
            named = _named(error, _where(request["method"], request["url"]), write)
            if named is None:
                raise
            raise named from None
        refusal = self._classify(response, write)
        if refusal is None:
            return response
        if isinstance(refusal, RateLimited) and refusal.retry_after:
            self._outside.budget.pause(self._outside.now().astimezone(UTC) + refusal.retry_after, of)
        refusal.args = (f"{_where(request['method'], request['url'])}: {refusal}",)
        raise refusal

    async def _exchange(self, request: Mapping[str, Any]) -> httpx.Response:
        """The answer, read piece by piece: a body that unpacks to gigabytes ends the reading, not the hub."""
        body = bytearray()
        async with self._outside.http.stream(**request) as response:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise _TooLarge
        kept = [it for it in response.headers.multi_items() if it[0] not in _ABOUT_THE_TRANSFER]
        return httpx.Response(
            response.status_code, headers=kept, content=bytes(body), request=response.request
        )

    def _wait(self, state: RetryCallState) -> float:
        """What the platform asked for, else exponential back-off with full jitter; never over 20 s."""
        error = state.outcome.exception() if state.outcome else None
        longest = LONGEST_WAIT.total_seconds()
        if isinstance(error, RateLimited) and error.retry_after is not None:
            if error.retry_after > LONGEST_WAIT:
                raise error  # the schedule between jobs waits for hours; a job does not
            return error.retry_after.total_seconds()
        return min(longest, 0.5 * 2.0**state.attempt_number * (0.5 + self._outside.jitter()))


def _where(method: str, url: str) -> str:
    try:
        return f"{method} {httpx.URL(url).host}"
    except httpx.InvalidURL:
        return method


def _named(error: Exception, where: str, write: bool) -> ConnectorError | None:
    """What a failed exchange means; null for what is no fault of the exchange. The words of the original
    stay out: they can hold addresses with secrets in them."""
    kind = type(error).__name__
    if isinstance(error, _NEVER_ARRIVED):
        return Transient(f"{where}: no connection ({kind})")
    if isinstance(error, _UNANSWERED):
        unanswered = OutcomeUnknown if write else Transient
        return unanswered(f"{where}: no complete answer ({kind})")
    if isinstance(error, _NO_ADDRESS):
        return Misconfigured(f"{where}: not a usable address ({kind})")
    if isinstance(error, httpx.LocalProtocolError) or _is_about_a_header(error):
        return Misconfigured(f"{where}: a setting holds characters that no header may hold ({kind})")
    if isinstance(error, UnicodeEncodeError):
        return Rejected(f"{where}: the request holds text that cannot be sent as UTF-8")
    if isinstance(error, httpx.HTTPError | httpx.StreamError | httpx.CookieConflict | _TooLarge):
        unreadable = OutcomeUnknown if write else UnexpectedPayload
        return unreadable(f"{where}: unreadable or over {LARGEST_ANSWER} bytes ({kind})")
    return None


def _is_about_a_header(error: Exception) -> bool:
    """httpx encodes header values as ASCII and everything else as UTF-8."""
    return isinstance(error, UnicodeEncodeError) and error.encoding == "ascii"
