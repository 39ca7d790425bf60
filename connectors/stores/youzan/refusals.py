"""Youzan's refusals, all inside a 200 → errors named by what happens next.

Sources: doc.youzanyun.com, global error codes, rate limits, youzan.logistics.online.confirm; read 2026-11.
"""

from connectors.kit.refusals import at_fault, classify_answer, credentials, throttled, unwell
from mappings.stores.youzan.answers import read_answer

TOKEN_REFUSED = ("4201", "4202", "4203")
_CALL = at_fault("the gateway does not let this application call this; see its console (address list)")
_PERMISSION = at_fault("the application lacks the package of this interface; apply for it", "client_id")

NAMES = {
    **dict.fromkeys(TOKEN_REFUSED, credentials("the access token is not accepted; authorise the app again")),
    **dict.fromkeys(("4001", "4004", "4005", "4007", "4008", "4010"), _CALL),
    "4204": _PERMISSION,
    **dict.fromkeys(("4101", "500100004", "123000042"), throttled),
    **dict.fromkeys(("-100", "5003", "106000001", "106100118"), unwell),
    "102510001": unwell,  # the same parcel is being told at this moment: the read-back decides
}

PERHAPS_DONE = ("102570007", "102570020")
"""Shipped before, or nothing left to ship: our parcel, or another one."""

NO_SUCH_TRADE = ("106000004", "106100110")
NOT_FOUND = "trade not found"
"""Words of code 5000, which has several meanings."""

classify = classify_answer(read_answer, NAMES)
