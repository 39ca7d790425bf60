"""Pinduoduo's refusals, inside a 200 → errors named by what happens next.

Source: error ranges of a public SDK (10000 to 39999 the call, 50000 to 52003 business); read 2026-11.
"""

from connectors.kit.refusals import at_fault, classify_answer, credentials, throttled, unwell
from mappings.stores.pinduoduo.answers import read_answer

ACCESS_ENDED = "10019"
NO_SUCH_ORDER = "不存在"
"""Words of a business refusal. *Unverified*: no code for an order that is not the shop's is published."""

_CONSOLE = at_fault("the application may not call this; see its console", "client_id")

NAMES = {
    ACCESS_ENDED: credentials("the access token has ended; the shop must consent again"),
    "20004": credentials("the signature is refused; check the client secret"),
    **dict.fromkeys(("10016", "20005", "30000"), _CONSOLE),
    **dict.fromkeys(("52101", "70031"), throttled),
    **dict.fromkeys(("52102", "52103"), unwell),
}
"""*Unverified*: the meanings of 10016 (client), 20004 (signature), 20005 (address) and 30000 (permission)."""

classify = classify_answer(read_answer, NAMES)


def is_business(code: str) -> bool:
    return code.isdigit() and 50000 <= int(code) <= 52003
