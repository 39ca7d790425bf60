"""EasyPost's signature of pushes."""

from unicodedata import normalize

from connectors.kit.signing import hmac_hex


def sign_push(body: bytes, secret: str) -> str:
    """`X-Hmac-Signature` over the raw body; the secret is decomposed (NFKD) first."""
    return f"hmac-sha256-hex={hmac_hex(normalize('NFKD', secret), body)}"
