"""What Saleor posts: verified by the secret of our own webhook, read as hints.

Saleor's default signature needs its public keys, which a post must not wait for; a webhook with a secret is
signed with it instead (hexadecimal HMAC-SHA256 of the body; saleor/webhook, read 2026-11).
"""

from connectors.kit import InvalidSignature, Notice, Receipt, Topic, WebhookRequest
from connectors.kit.signing import hmac_hex, same
from connectors.kit.translation import understood
from connectors.stores.saleor.settings import SaleorSettings
from mappings.documents import decode
from mappings.stores.saleor.outward import HookBody


def receive(request: WebhookRequest, settings: SaleorSettings) -> Receipt:
    """An event without an order is only acknowledged."""
    secret = settings.webhook_secret.get_secret_value()
    given = request.headers.get("saleor-signature", "")
    if not secret or not same(hmac_hex(secret, request.body), given):
        raise InvalidSignature("Saleor-Signature is missing or wrong")
    order = understood(decode, request.body, HookBody).order
    if order is None:
        return Receipt()
    return Receipt(notices=(Notice(topic=Topic.ORDER, external_id=order.id),))
