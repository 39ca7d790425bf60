"""FedEx's error answers, named by what the hub does next.

Source: errors in ship-v1.json and track-v1.json of ShipStream/fedex-rest-php-sdk, read 2026-11-24.
"""

import httpx

from connectors.kit.problems import classify_told
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError


class _Error(WireDocument):
    code: str = ""
    message: str = ""


class _Refusal(WireDocument):
    errors: tuple[_Error, ...]


def _told(response: httpx.Response) -> tuple[str, str]:
    errors = decode(response.content, _Refusal).errors
    if not errors:
        raise MappingError("$.errors", "is empty")
    return errors[0].code, "; ".join(f"{it.message} ({it.code})" for it in errors)


name_refusal = classify_told(_told)
