"""What Kuaidi100 answers inside a 200, named by what the hub does next.

Codes mean different things per interface, so each has its own table. Sources: vendor's subscription and query
documents, read 2026-11-24; 408 and 502, and all codes of labels but 200, are *unverified*.
"""

from collections.abc import Callable, Mapping

import httpx

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    OutcomeUnknown,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
    classify_status,
)
from mappings.carriers.kuaidi100.answer import read_answer
from mappings.errors import MappingError

NO_RESULT_YET = "500"
ALREADY_WATCHED = "501"

Name = Callable[[str, bool], ConnectorError | None]
"""(code, was it a write) → the error; null for an answer that is as good as a success."""


def _fine(code: str, write: bool) -> None:
    return None


def _unwell(code: str, write: bool) -> ConnectorError:
    return (OutcomeUnknown if write else Transient)(f"the server is unwell or busy ({code})", code=code)


def _key(code: str, write: bool) -> ConnectorError:
    return AuthenticationFailed(f"key wrong or expired, or no balance ({code})", code=code)


def _signature(code: str, write: bool) -> ConnectorError:
    return AuthenticationFailed(
        f"the signature is wrong ({code}); enter customer, key and secret again", code=code
    )


def _company(code: str, write: bool) -> ConnectorError:
    return Unsupported(f"Kuaidi100 does not follow this carrier ({code})", code=code)


QUERY: Mapping[str, Name] = {
    "200": _fine,
    NO_RESULT_YET: _fine,
    "501": _unwell,
    "502": _unwell,
    "503": _signature,
    "601": _key,
}

SUBSCRIPTION: Mapping[str, Name] = {
    "200": _fine,
    ALREADY_WATCHED: _fine,
    "500": _unwell,
    "600": _key,
    "601": _key,
    "701": _company,
    "702": _company,
}

LABEL: Mapping[str, Name] = {
    "200": _fine,
    "500": _unwell,
    "501": _unwell,
    "502": _unwell,
    "503": _signature,
    "600": _key,
    "601": _key,
}


def name_refusal(table: Mapping[str, Name]) -> Callable[[httpx.Response, bool], ConnectorError | None]:
    """The reading of answers of one interface. Codes outside of its table are refusals."""

    def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
        broken = OutcomeUnknown if write else UnexpectedPayload
        if failure := classify_status(response, write):
            return failure
        try:
            answer = read_answer(response.content)
        except MappingError as error:
            return broken(f"the answer is not in the agreed shape: {error}")
        if not answer.code:
            return broken("the answer says neither yes nor no")
        if name := table.get(answer.code):
            return name(answer.code, write)
        return Rejected(f"refused ({answer.code}): {answer.message[:200]}", code=answer.code)

    return classify
