"""Signatures and their comparison. Weak digests are here because platforms demand them, nowhere else."""

import base64
import hashlib
import hmac

from connectors.kit.errors import InvalidSignature
from mappings.documents import form_fields
from mappings.errors import MappingError


def md5_hex_upper(text: str) -> str:
    """Upper-case hex MD5 of UTF-8 text (Taobao, Kuaidi100)."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def md5_base64(text: str) -> str:
    """Base64 of the raw MD5 of UTF-8 text (SF Express)."""
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def hmac_hex_upper(secret: str, text: str, digest: str) -> str:
    """Upper-case hex HMAC of UTF-8 text; `digest` as hashlib names it."""
    return hmac.new(secret.encode(), text.encode(), digest).hexdigest().upper()


def hmac_hex(secret: str, body: bytes, digest: str = "sha256") -> str:
    """Lower-case hex HMAC over raw bytes (EasyPost, Shippo)."""
    return hmac.new(secret.encode(), body, digest).hexdigest()


def hmac_base64(secret: str | bytes, body: bytes, digest: str = "sha256") -> str:
    """Base64 HMAC over raw bytes (Shopify)."""
    key = secret.encode() if isinstance(secret, str) else secret
    return base64.b64encode(hmac.new(key, body, digest).digest()).decode()


def same(expected: str, given: str) -> bool:
    """Comparison in constant time; safe for any text, also non-ASCII and broken Unicode."""
    return hmac.compare_digest(expected.encode(), given.encode(errors="surrogatepass"))


def digested_field(body: bytes, field: str, secret: str) -> str:
    """The field of a form post that its `data_digest` signs: Base64 MD5 of field and secret (ZTO, YTO).
    `InvalidSignature` if it is missing, changed or unreadable."""
    try:
        form = form_fields(body)
    except MappingError:
        raise InvalidSignature("nothing in an unreadable form can be verified") from None
    value = form.get(field, "")
    if not value or not same(md5_base64(value + secret), form.get("data_digest", "")):
        raise InvalidSignature("the push has no valid data_digest")
    return value
