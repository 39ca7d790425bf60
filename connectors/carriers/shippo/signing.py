"""Shippo's signature of pushes, where its support switched it on."""

from connectors.kit.signing import hmac_hex, same


def sign_push(body: bytes, timestamp: str, secret: str) -> str:
    """`Shippo-Auth-Signature`: the time is signed with the raw body."""
    return f"t={timestamp},v1={hmac_hex(secret, timestamp.encode() + b'.' + body)}"


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Any age is taken: Shippo repeats what was not answered."""
    timestamp = header.partition(",")[0].removeprefix("t=")
    return timestamp.isascii() and same(sign_push(body, timestamp, secret), header)
