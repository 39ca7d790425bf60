"""UPS's error answers, named by what the hub does next.

Source: error tables of UPS-API/api-documentation, read 2026-11-24.
"""

import httpx

from connectors.kit.problems import classify_told
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError

NOTHING_KNOWN = frozenset({"TW0001", "TV1002", "404"})
"""No such number, or none that UPS knows yet."""

TOO_LATE_OR_DONE = "190117"
"""A void that comes too late, or again (*unverified*)."""


class _Error(WireDocument):
    code: str = ""
    message: str = ""


class _Errors(WireDocument):
    errors: tuple[_Error, ...]


class _Refusal(WireDocument):
    response: _Errors


def _told(response: httpx.Response) -> tuple[str, str]:
    errors = decode(response.content, _Refusal).response.errors
    if not errors:
        raise MappingError("$.response.errors", "is empty")
    return errors[0].code, "; ".join(f"{it.message} ({it.code})" for it in errors)


name_refusal = classify_told(_told)
