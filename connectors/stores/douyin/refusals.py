"""Douyin's refusals, inside a 200 → errors named by what happens next.

Source: the platform's table of codes (10000 to 90000) with their sub codes; read 2026-11.
"""

from connectors.kit.refusals import at_fault, classify_answer, credentials, fine, throttled, unwell
from mappings.stores.douyin.answers import read_answer

TOKEN_REFUSED = tuple(f"isv.access-token-{fault}" for fault in ("expired", "no-existed", "invalid"))
NO_SUCH_ORDER = "不存在"
"""Words of a refusal. *Unverified*: no code for an order that is not the shop's is published."""

BUSINESS = "50002"
_PERMISSION = at_fault("the application may not call this; see its console", "app_key")

NAMES = {
    **dict.fromkeys(TOKEN_REFUSED, credentials("the access token is not accepted; authorise the app again")),
    "isv.signature-invalid": credentials("the signature is refused; check the app secret"),
    "isv.timestamp-invalid": unwell,  # signed anew in each call; a clock that is set right heals it
    "isv.idempotent-id-existed": fine,
    "isv.app-permissions-insufficient": _PERMISSION,
    "dop.app-forbidden": _PERMISSION,
    **dict.fromkeys(
        ("dop.authorization-no-existed", "dop.authorization-closed", "50001"),
        credentials("the shop does not authorise this application (any more)"),
    ),
    "30002": at_fault("this machine's address is not in the application's white list"),
    "60000": throttled,
    **dict.fromkeys(("20000", "20001", "90000"), unwell),
}

classify = classify_answer(read_answer, NAMES)
