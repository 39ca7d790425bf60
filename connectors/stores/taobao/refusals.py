"""Refusals of the gateway (`error_response` inside a 200) → errors named by what happens next.

Codes below 100 except 15, 40, 41 come from the gateway itself; 15 passes on what stands behind it, `sub_code`
then starts with `isp.` (the platform is unwell) or `isv.` (the call is wrong).
"""

import re
from datetime import timedelta

import httpx

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
    classify_status,
)
from mappings.errors import MappingError
from mappings.stores.taobao.answers import Refusal, refusal_in

_BAN = re.compile(r"ban will last for (\d+) more second", re.IGNORECASE)
_LIMITED = (4, 5, 6, 7, 8)
_UNWELL = (3, 10)
_UNAUTHORISED = {
    **dict.fromkeys((24, 25), "the signature is refused; check app secret and signature method"),
    **dict.fromkeys((26, 27, 53), "the session key has ended; sign in again"),
}
_MISCONFIGURED = {
    **dict.fromkeys((11, 12, 13), "the application lacks a permission; apply for it on the platform"),
    **dict.fromkeys((28, 29), "the app key is not known"),
}
_TRY_AGAIN = ("B150", "S01")


def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
    """The error that a response means, or null for a success. An unreadable answer to a write is unknown."""
    if refusal := classify_status(response, write):
        return refusal
    try:
        refused = refusal_in(response.content)
    except MappingError as error:
        unreadable = OutcomeUnknown if write else UnexpectedPayload
        return unreadable(f"the gateway's answer cannot be read: {error.reason[:80]}")
    return name_refusal(refused, write) if refused else None


def name_refusal(refused: Refusal, write: bool) -> ConnectorError:
    """One entry of the platform's table of errors."""
    code = refused.sub_code or str(refused.code)
    words = f"code {refused.code} {refused.sub_code}".strip()
    if refused.code in _LIMITED:
        return RateLimited(f"{words}: too many calls", code=code, retry_after=_ban(refused.sub_msg))
    if refused.code in _UNAUTHORISED:
        return AuthenticationFailed(f"{words}: {_UNAUTHORISED[refused.code]}", code=code)
    if refused.code in _MISCONFIGURED:
        return Misconfigured(f"{words}: {_MISCONFIGURED[refused.code]}", code=code, setting="app_key")
    if refused.code == 31:  # signed anew in each attempt; a clock that is set right heals it without a person
        return Transient(f"{words}: the time stamp is refused; set this machine's clock", code=code)
    if (
        refused.code in _UNWELL
        or refused.sub_code.startswith("isp.")
        or fault(refused.sub_code) in _TRY_AGAIN
    ):
        unwell = OutcomeUnknown if write else Transient
        return unwell(f"{words}: the platform is unwell", code=code)
    return Rejected(f"{words}: {refused.sub_msg or refused.msg}"[:200], code=code)


def fault(sub_code: str) -> str:
    """`isv.logistics-offline-service-error:B04` → `B04`."""
    return sub_code.rpartition(":")[2]


def _ban(text: str) -> timedelta | None:
    match = _BAN.search(text)
    return timedelta(seconds=int(match[1])) if match else None
