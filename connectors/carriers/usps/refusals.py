"""USPS's error answers, named by what the hub does next.

Source: Error Inventory of USPS/api-examples, read 2026-11-24.
"""

import httpx

from connectors.kit.problems import classify_told
from mappings.documents import WireDocument, decode

NO_NEWS = frozenset({"150001", "150002", "150003", "150009", "404"})
"""No scan yet, or not such a number: USPS says so with a 400."""

CANCELLED_BEFORE = "160186"


class _Detail(WireDocument):
    code: str = ""
    detail: str = ""


class _Error(WireDocument):
    code: str = ""
    message: str = ""
    errors: tuple[_Detail, ...] = ()


class _Refusal(WireDocument):
    error: _Error


def _told(response: httpx.Response) -> tuple[str, str]:
    """The inner code is the one of the inventory."""
    error = decode(response.content, _Refusal).error
    inner = error.errors[0] if error.errors else _Detail()
    return inner.code or error.code, inner.detail or error.message


name_refusal = classify_told(_told, done={CANCELLED_BEFORE})
