"""What BigCommerce posts: verified as Standard Webhooks, read as hints.

The body names an order and nothing of it. The client secret of the API account signs, which may serve several
stores (docs/integrations/webhooks/https-webhook-overview; read 2026-11).
"""

from datetime import datetime

from connectors.kit import InvalidSignature, Notice, Receipt, Topic, WebhookRequest
from connectors.kit.standard_webhooks import verify
from connectors.kit.translation import understood
from connectors.stores.bigcommerce.settings import BigCommerceSettings
from mappings.documents import decode
from mappings.stores.bigcommerce.outward import HookEvent

WANTED_SCOPES = tuple(
    f"store/order/{event}" for event in ("created", "updated", "archived", "statusUpdated", "refund/created")
)


def receive(request: WebhookRequest, settings: BigCommerceSettings, now: datetime) -> Receipt:
    """Events about no order are only acknowledged."""
    verify(request, settings.client_secret.get_secret_value(), now)
    event = understood(decode, request.body, HookEvent)
    if event.producer != f"stores/{settings.store_hash}":
        raise InvalidSignature("the webhook is of another store than this connection's")
    order_id = event.data.id if event.data.type == "order" else event.data.order_id
    if order_id is None:
        return Receipt()
    return Receipt(notices=(Notice(topic=Topic.ORDER, external_id=str(order_id)),))
