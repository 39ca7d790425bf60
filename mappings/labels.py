"""Labels that a carrier hands out in its answer instead of an address where they can be fetched."""

from collections.abc import Mapping

MEDIA_TYPES: Mapping[str, str] = {
    "GIF": "image/gif",
    "PNG": "image/png",
    "PDF": "application/pdf",
}


def inline_label(kind: str, base64: str | None) -> str:
    """A `data:` address (RFC 2397) of such a picture; printer languages (ZPL, EPL) are plain bytes. Empty
    without a picture."""
    if not base64:
        return ""
    return f"data:{MEDIA_TYPES.get(kind.upper(), 'application/octet-stream')};base64,{base64}"
