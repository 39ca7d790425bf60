"""Standard Webhooks (standardwebhooks.com, read 2026-11): what is signed is id, time and body."""

from datetime import datetime, timedelta

from connectors.kit.errors import InvalidSignature
from connectors.kit.messages import WebhookRequest
from connectors.kit.signing import hmac_base64, same

TOLERANCE = timedelta(minutes=5)
"""What is older is a replay: every attempt is signed anew."""


def verify(request: WebhookRequest, secret: str, now: datetime) -> None:
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


def signature(secret: str, message: str, moment: str, body: bytes) -> str:
    signed = f"{message}.{moment}.".encode(errors="surrogatepass") + body
    return f"v1,{hmac_base64(secret, signed)}"
