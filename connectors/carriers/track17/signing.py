"""17TRACK's signature of pushes: a plain digest, no HMAC."""

import hashlib


def sign_push(body: bytes, key: str) -> str:
    """Header `sign`, over the raw body and the security key."""
    return hashlib.sha256(body + b"/" + key.encode()).hexdigest()
