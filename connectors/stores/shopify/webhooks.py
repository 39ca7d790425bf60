"""What Shopify posts: verified over the raw bytes, read as hints.

Bodies are REST-shaped while everything else is GraphQL, and a repeated delivery holds the state of its first
attempt: so an order's body becomes a notice, and the hub reads the order as it is now. Source: shopify.dev
«Verify webhook deliveries», «Webhooks delivery structure»; read 2026-11.
"""

from connectors.kit import InvalidSignature, Notice, Receipt, Topic, UnexpectedPayload, WebhookRequest
from connectors.kit.signing import hmac_base64, same
from connectors.stores.shopify.settings import ShopifySettings
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.shopify.answers import WebhookBody

WANTED_TOPICS = frozenset(
    {
        "ORDERS_CREATE",
        "ORDERS_UPDATED",
        "ORDERS_CANCELLED",
        "ORDERS_EDITED",
        "ORDERS_PAID",
        "REFUNDS_CREATE",
    }
)
"""`WebhookSubscriptionTopic` of what may change what the hub knows of an order."""

ORDER = "gid://shopify/Order/"

_ABOUT_AN_ORDER = "orders/"
_INSIDE_AN_ORDER = ("refunds/", "fulfillments/", "order_transactions/")


def receive(request: WebhookRequest, settings: ShopifySettings) -> Receipt:
    """Topics that are about no order (compliance, uninstalled, products) are only acknowledged."""
    _verify(request, settings)
    topic = request.headers.get("x-shopify-topic", "")
    if not topic:
        raise UnexpectedPayload("the webhook names no topic")
    if not topic.startswith((_ABOUT_AN_ORDER, *_INSIDE_AN_ORDER)):
        return Receipt()
    try:
        body = decode(request.body, WebhookBody)
    except MappingError as error:
        raise UnexpectedPayload(f"the body of a webhook {topic!r} is not as agreed: {error}") from None
    return Receipt(notices=(Notice(topic=Topic.ORDER, external_id=_order_id(topic, body)),))


def _verify(request: WebhookRequest, settings: ShopifySettings) -> None:
    given = request.headers.get("x-shopify-hmac-sha256", "")
    secrets = [
        secret.get_secret_value()
        for secret in (settings.client_secret, settings.former_client_secret)
        if secret is not None
    ]
    genuine = [same(hmac_base64(secret, request.body), given) for secret in secrets]
    if not any(genuine):
        raise InvalidSignature("X-Shopify-Hmac-SHA256 is missing or wrong")
    domain = request.headers.get("x-shopify-shop-domain", settings.shop)
    if domain.lower() != settings.shop:
        raise InvalidSignature("the webhook is of another shop than this connection's")


def _order_id(topic: str, body: WebhookBody) -> str:
    if topic.startswith(_INSIDE_AN_ORDER):
        number = body.order_id
    elif body.admin_graphql_api_id.startswith(ORDER):
        return body.admin_graphql_api_id
    else:
        number = body.order_edit.order_id or body.id
    if number is None:
        raise UnexpectedPayload(f"the body of a webhook {topic!r} names no order")
    return f"{ORDER}{number}"
