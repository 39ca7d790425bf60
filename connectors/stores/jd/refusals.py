"""JD's refusals, inside a 200 → errors named by what happens next.

Source: the old 360buy table of gateway codes; read 2026-11. *Unverified*: 66 to 68 and 2001.
"""

from connectors.kit.refusals import at_fault, classify_answer, credentials, throttled, unwell
from mappings.stores.jd.answers import REFUSED, read_answer, read_token

TOKEN_REFUSED = ("18", "19", "20")

_KEYS = credentials("key or signature is refused; check app key and secret")
_TOKEN = credentials("the access token is missing, ended or refused; the shop must consent again")

NAMES = {
    **dict.fromkeys(("1", "2", "3", "43"), unwell),
    **dict.fromkeys(TOKEN_REFUSED, _TOKEN),
    **dict.fromkeys((str(code) for code in range(21, 28)), _KEYS),
    **dict.fromkeys(("66", "67", "68"), throttled),
    "2001": at_fault("the application may not call this; see its console", "app_key"),
}
BUSY = {"系统繁忙": unwell, "超时": unwell}
"""Words of a method's own refusal, which has no code for it."""

classify = classify_answer(read_answer, NAMES, BUSY)
classify_token = classify_answer(read_token, NAMES, BUSY)


def is_about_what_was_asked(code: str) -> bool:
    """A method's own «no», not the gateway's."""
    return code.startswith(REFUSED)
