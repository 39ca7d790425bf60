"""Refusals: one way to name them for platforms that answer a 200 with «yes or no, code, words», and one for
those that put words beside an HTTP status."""

from collections.abc import Callable, Mapping
from typing import Protocol

import httpx

from connectors.kit.errors import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
)
from connectors.kit.http import Classify, classify_status
from mappings.errors import MappingError

Name = Callable[[str, bool], ConnectorError | None]
"""(the platform's code, was it a write) → the error; null for an answer that is as good as a success."""


Meaning = Callable[[httpx.Response, str], ConnectorError | None]
"""(the refusal, its words) → the error; null where it says nothing special."""

ABOUT_WHAT_WAS_ASKED = frozenset({400, 404, 409, 410, 413, 415, 422})


class Answered(Protocol):
    """What a mapping reads of any answer of its platform."""

    @property
    def is_success(self) -> bool: ...

    @property
    def code(self) -> str: ...

    @property
    def message(self) -> str: ...


def classify_answer(
    read: Callable[[bytes], Answered],
    names: Mapping[str, Name],
    words: Mapping[str, Name] | None = None,
) -> Classify:
    """HTTP statuses first, then the answer as `read` understands it. `names` are the platform's codes,
    `words` parts of its message where it has no code for something. Any other refusal is `Rejected` with code
    and message; an answer that cannot be read says nothing about a write."""

    def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
        if failure := classify_status(response, write):
            return failure
        try:
            answer = read(response.content)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            return unreadable(f"the answer is not in the agreed shape: {error}")
        if answer.is_success:
            return None
        name = names.get(answer.code) or _by_words(answer.message, words or {})
        if name is not None:
            return name(answer.code, write)
        return Rejected(f"refused ({answer.code or 'no code'}): {answer.message[:200]}", code=answer.code)

    return classify


def _by_words(message: str, words: Mapping[str, Name]) -> Name | None:
    return next((name for part, name in words.items() if part in message), None)


def classify_in_words(words: Callable[[bytes], str], meanings: Mapping[int, Meaning]) -> Classify:
    """HTTP statuses, in the platform's own words where a refusal has some: then it is about what was asked,
    a 404 too, and not about the address. `words` may raise `MappingError`; `meanings` are what a status means
    on this platform alone."""

    def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
        failure, status = classify_status(response, write), response.status_code
        if failure is None or status >= 500:
            return failure
        try:
            said = words(response.content)[:200]
        except MappingError:
            said = ""
        meaning = meanings.get(status)
        if meaning is not None and (named := meaning(response, said)):
            return named
        if said and status in (401, 403):
            return AuthenticationFailed(f"credentials or permissions are missing: {said}", code=str(status))
        if said and status in ABOUT_WHAT_WAS_ASKED:
            return Rejected(f"refused: {said}", code=str(status))
        return failure

    return classify


def fine(code: str, write: bool) -> None:
    """«No», but nothing is wrong: no result yet, done before."""
    return None


def unwell(code: str, write: bool) -> ConnectorError:
    """The platform could not; whether a write was done is not known."""
    return (OutcomeUnknown if write else Transient)(f"the platform is unwell ({code})", code=code)


def throttled(code: str, write: bool) -> ConnectorError:
    """Too many calls; nothing was done."""
    return RateLimited(f"too many calls ({code})", code=code)


def credentials(words: str) -> Name:
    """Keys, signatures, tokens, permissions."""
    return lambda code, write: AuthenticationFailed(f"{words} ({code})", code=code)


def at_fault(words: str, setting: str = "") -> Name:
    """A setting, or something in the platform's console."""
    return lambda code, write: Misconfigured(f"{words} ({code})", code=code, setting=setting)


def unsupported(words: str) -> Name:
    """The platform does not do such a thing."""
    return lambda code, write: Unsupported(f"{words} ({code})", code=code)
