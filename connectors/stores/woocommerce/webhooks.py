"""What WooCommerce posts: verified over the raw bytes, read as hints.

A post may come minutes late and out of order, has whole seconds only, and names refunds without their lines:
so it becomes a notice, and the hub reads the order as it is now. A failed post is lost (REST API docs,
Webhooks; class-wc-webhook.php of plug-in 11.0.1; read 2026-11).
"""

import re

from connectors.kit import InvalidSignature, Notice, Receipt, Topic, UnexpectedPayload, WebhookRequest
from connectors.kit.signing import hmac_base64, same
from connectors.kit.subscriptions import one_per_topic
from connectors.stores.woocommerce.settings import WooCommerceSettings
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.woocommerce.answers import WebhookAnswer, WebhookBody

WANTED_TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored")
ACTIVE = "active"

_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def receive(request: WebhookRequest, settings: WooCommerceSettings) -> Receipt:
    """Topics that are about no order are only acknowledged, and so is the ping, which nobody signs: it says
    nothing but the webhook's number, and unanswered WooCommerce refuses the webhook."""
    given = request.headers.get("x-wc-webhook-signature", "")
    if not given and _PING.fullmatch(request.body):
        return Receipt()
    secret = settings.webhook_secret.get_secret_value()
    if not secret or not same(hmac_base64(secret, request.body), given):
        raise InvalidSignature("X-WC-Webhook-Signature is missing or wrong")
    topic = request.headers.get("x-wc-webhook-topic", "")
    if not topic:
        raise UnexpectedPayload("the webhook names no topic")
    if not topic.startswith("order."):
        return Receipt()
    try:
        body = decode(request.body, WebhookBody)
    except MappingError as error:
        raise UnexpectedPayload(f"the body of a webhook {topic!r} is not as agreed: {error}") from None
    return Receipt(notices=(Notice(topic=Topic.ORDER, external_id=str(body.id)),))


def plan(
    here: list[WebhookAnswer], settings: WooCommerceSettings, url: str
) -> tuple[dict[int, dict[str, str]], list[int], list[dict[str, str]]]:
    """What makes the webhooks at `url` the wanted ones: (id → changes, ids to delete, webhooks to create).

    Every one that stays is written: its secret cannot be read, and it may have been disabled after failures.
    """
    written = {"status": ACTIVE, "secret": settings.webhook_secret.get_secret_value()}
    found = one_per_topic(here, lambda one: one.topic, WANTED_TOPICS)
    changes = {one.id: dict(written) for one in found.kept.values()}
    missing = [
        {"name": f"orderhub {topic}", "topic": topic, "delivery_url": url, **written}
        for topic in found.missing
    ]
    return changes, [one.id for one in found.surplus], missing
