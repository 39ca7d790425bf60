"""Standard Webhooks (standardwebhooks.com, read 2026-11): what is signed is id, time and body. Both
sides: what platforms post to the hub, and what the hub posts to those who asked for it."""

import base64
import binascii
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from connectors.kit.errors import InvalidSignature
from connectors.kit.messages import WebhookRequest
from connectors.kit.signing import hmac_base64, same

TOLERANCE = timedelta(minutes=5)
"""What is older is a replay: every attempt is signed anew."""
PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """What sender and receiver share, as it is handed over."""
    return PREFIX + base64.b64encode(random_bytes(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The key in a secret, with or without prefix and padding. Raises `ValueError` if there is none."""
    text = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError(f"the secret of a webhook is {PREFIX} and Base64")
    return key


def signed_headers(secrets: Sequence[str], message: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Headers of one attempt, signed with every secret: while one follows another, both are taken."""
    moment = str(int(at.timestamp()))
    signatures = [signature(key_of(each), message, moment, body) for each in secrets]
    return {"webhook-id": message, "webhook-timestamp": moment, "webhook-signature": " ".join(signatures)}


def verify(request: WebhookRequest, secret: str | bytes, now: datetime) -> None:
    """Raises `InvalidSignature` unless one of the signatures is ours and of the last minutes. `secret` is the
    key itself, not its Base64."""
    header = request.headers
    message, moment = header.get("webhook-id", ""), header.get("webhook-timestamp", "")
    expected = signature(secret, message, moment, request.body)
    genuine = [same(expected, one) for one in header.get("webhook-signature", "").split(" ")]
    if not secret or not any(genuine):
        raise InvalidSignature("webhook-signature is missing or wrong")
    if not moment.isdecimal() or abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise InvalidSignature("webhook-timestamp is not of the last minutes")


def signature(secret: str | bytes, message: str, moment: str, body: bytes) -> str:
    signed = f"{message}.{moment}.".encode(errors="surrogatepass") + body
    return f"v1,{hmac_base64(secret, signed)}"
