"""What SF Express answers inside a 200, named by what the hub does next.

Source: error tables of the open platform, read 2026-11-24.
"""

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
from mappings.carriers.sf_express.answer import GATEWAY_SUCCESS, read_result, read_token
from mappings.errors import MappingError

STALE_TOKEN = frozenset({"A1002", "A1011"})
DUPLICATE_ORDER = "8016"
ALREADY_CANCELLED = "8037"
NO_SUCH_ORDER = frozenset({"8018", "8024", "6150"})

_UNWELL = frozenset({"A1007", "A1009", "A1099", "S0003"})
"""A1007 says that a request with this id came before: what became of it is as unknown as with the others."""

_CREDENTIALS = {
    "A1002": "the token has expired; sign in again",
    "A1006": "the digest is invalid; enter the check word again",
    "A1011": "the token is not accepted; sign in again",
}

_SETTINGS = {
    "A1003": ("this server's address is not allowed; add it in SF's console", ""),
    "A1004": (
        "the service is not enabled for this partner here; enable it or change the address",
        "service_url",
    ),
}


def name_refusal(response: httpx.Response, write: bool) -> ConnectorError | None:
    """Both layers of the envelope; anything but 2xx means what HTTP says."""
    if failure := classify_status(response, write):
        return failure
    try:
        result = read_result(response.content)
    except MappingError as error:
        broken = OutcomeUnknown if write else UnexpectedPayload
        return broken(f"the answer is not in the agreed shape: {error}")
    return None if result.is_success else _named(result.code, result.message, write)


def name_token_refusal(response: httpx.Response, write: bool) -> ConnectorError | None:
    """The OAuth2 address has one layer only; whatever is not SF's own trouble is a matter of credentials."""
    if failure := classify_status(response, write):
        return failure
    try:
        token = read_token(response.content)
    except MappingError as error:
        return UnexpectedPayload(f"the token's answer is not in the agreed shape: {error}")
    code = token.api_result_code
    if code == GATEWAY_SUCCESS and token.access_token:
        return None
    named = _named(code, token.api_error_msg or "", write)
    if not isinstance(named, Rejected):
        return named
    return AuthenticationFailed(f"no token was given ({code}); check partner id and check word", code=code)


def _named(code: str, message: str, write: bool) -> ConnectorError:
    if code == "A1005":
        return RateLimited("flow control (A1005)", code=code)
    if code in _UNWELL:
        return (OutcomeUnknown if write else Transient)(f"system error ({code})", code=code)
    if code in _CREDENTIALS:
        return AuthenticationFailed(f"{_CREDENTIALS[code]} ({code})", code=code)
    if code in _SETTINGS:
        words, setting = _SETTINGS[code]
        return Misconfigured(f"{words} ({code})", code=code, setting=setting)
    return Rejected(f"refused ({code or 'no code'}): {message[:200]}", code=code)
