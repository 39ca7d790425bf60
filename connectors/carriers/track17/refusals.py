"""What 17TRACK answers inside a 200, named by what the hub does next.

Source: error codes in public integrations and in puhuo-mcp-server 0.1.5, read 2026-11-24.
"""

from collections.abc import Mapping

from connectors.kit import ConnectorError, Rejected
from connectors.kit.refusals import (
    Name,
    at_fault,
    classify_answer,
    credentials,
    fine,
    throttled,
    unsupported,
    unwell,
)
from mappings.carriers.track17.answers import Rejection, read_answer

KEY = credentials("the security key is not accepted")

CALLS: Mapping[str, Name] = {
    "-18010001": at_fault("this server's address is not allowed; add it in 17TRACK's console"),
    "-18010002": KEY,
    "-18010003": unwell,
    "-18010004": KEY,
    "-18010005": KEY,
}

REGISTRATIONS: Mapping[str, Name] = {
    "-18019901": fine,  # registered already
    "-18019903": unsupported("17TRACK does not see whose number this is"),
    "-18019907": throttled,  # no more today
}

name_refusal = classify_answer(read_answer, CALLS)
"""Of a whole call; its items are looked at by whoever asked for them."""


def name_rejection(rejection: Rejection) -> ConnectorError | None:
    """One item of a registration; null if it is registered already."""
    code = str(rejection.error.code)
    if name := REGISTRATIONS.get(code):
        return name(code, False)
    return Rejected(f"refused ({code}): {(rejection.error.message or '')[:200]}", code=code)
