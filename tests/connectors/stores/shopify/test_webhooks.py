"""What Shopify posts: only the genuine, read as hints; subscriptions equal to what is wanted."""

from datetime import timedelta

import httpx
import pytest

from connectors.kit import InvalidSignature, Notice, Topic, UnexpectedPayload, WebhookRequest
from connectors.kit.signing import hmac_base64
from connectors.stores.shopify.twin import CLIENT_SECRET, SHOP
from connectors.stores.shopify.webhooks import WANTED_TOPICS

URL = "https://hub.example/webhooks/1"


def posted(body: bytes, topic: str = "orders/updated", secret: str = CLIENT_SECRET, **headers: str):
    signed = {
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": SHOP,
        "x-shopify-hmac-sha256": hmac_base64(secret, body),
    }
    return WebhookRequest(
        headers={**signed, **{name.replace("_", "-"): v for name, v in headers.items()}}, body=body
    )


def order(number: int) -> tuple[Notice, ...]:
    return (Notice(topic=Topic.ORDER, external_id=f"gid://shopify/Order/{number}"),)


def test_published_vector_is_genuine(new_desk):
    desk = new_desk(client_secret="hush")
    body = b'{"id":450789469,"name":"#1001"}'
    request = posted(body, x_shopify_hmac_sha256="Y3S0OcgdRab3yE7clVq/m9rzY5a6y13OKkjMFe0FjeI=")
    assert desk.connector.receive(request).notices == order(450789469)


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("orders/create", b'{"id":1,"admin_graphql_api_id":"gid://shopify/Order/7"}'),
        ("orders/paid", b'{"id":7}'),
        ("orders/edited", b'{"order_edit":{"id":1,"order_id":7}}'),
        ("refunds/create", b'{"id":1,"order_id":7,"admin_graphql_api_id":"gid://shopify/Refund/1"}'),
        ("fulfillments/update", b'{"id":1,"order_id":7}'),
        ("orders/delete", b'{"id":7}'),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_is_about_an_order_becomes_a_notice(desk, topic, body):
    receipt = desk.connector.receive(posted(body, topic))
    assert (receipt.notices, receipt.deliveries, receipt.reply.status) == (order(7), (), 200)


@pytest.mark.parametrize(
    "topic",
    ["customers/data_request", "customers/redact", "shop/redact", "app/uninstalled", "products/update"],
)
def test_other_topics_are_only_acknowledged(desk, topic):
    receipt = desk.connector.receive(posted(b"{}", topic))
    assert (receipt.notices, receipt.deliveries, receipt.reply.status) == ((), (), 200)


def test_former_secret_counts_during_rotation(new_desk):
    desk = new_desk(former_client_secret="yesterday")
    assert desk.connector.receive(posted(b'{"id":7}', secret="yesterday")).notices == order(7)
    assert desk.connector.receive(posted(b'{"id":7}')).notices == order(7)
    with pytest.raises(InvalidSignature):
        desk.connector.receive(posted(b'{"id":7}', secret="the day before"))


@pytest.mark.parametrize(
    "request_",
    [
        posted(b'{"id":7}', secret="guessed"),
        posted(b'{"id":7}', x_shopify_hmac_sha256=""),
        posted(b'{"id":7}', x_shopify_hmac_sha256=hmac_base64(CLIENT_SECRET, b'{"id":8}')),
        posted(b'{"id":7}', x_shopify_shop_domain="other.myshopify.com"),
        posted(b'{"id":7}', x_shopify_hmac_sha256="ключ"),
    ],
    ids=["wrong secret", "no signature", "changed body", "another shop", "not even ASCII"],
)
def test_forged_posts_are_refused(desk, request_):
    with pytest.raises(InvalidSignature):
        desk.connector.receive(request_)


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        (b"not json", "orders/updated"),
        (b"{}", "orders/updated"),
        (b'{"id":7}', "refunds/create"),
        (b"{}", ""),
    ],
    ids=["not JSON", "no id", "no order", "no topic"],
)
def test_genuine_but_unreadable_posts_are_named(desk, body, topic):
    with pytest.raises(UnexpectedPayload):
        desk.connector.receive(posted(body, topic))


async def test_registering_twice_leaves_one_subscription_per_topic(desk):
    for _ in range(2):
        await desk.connector.register_webhooks(URL)
    assert sorted(desk.twin.subscriptions.values()) == sorted((topic, URL) for topic in WANTED_TOPICS)
    assert len(desk.effects("webhook_subscription")) == len(WANTED_TOPICS)


async def test_unwanted_ones_at_the_address_go_and_others_stay(desk):
    desk.twin.subscriptions = {1: ("PRODUCTS_UPDATE", URL), 2: ("ORDERS_CREATE", "https://else.example/")}
    await desk.connector.register_webhooks(URL)
    assert 1 not in desk.twin.subscriptions
    assert desk.twin.subscriptions[2] == ("ORDERS_CREATE", "https://else.example/")


async def test_twins_posts_are_genuine_and_name_the_order(desk):
    await desk.connector.register_webhooks(URL)
    order_id = desk.place()
    (webhook,) = desk.twin.outbound
    receipt = desk.connector.receive(WebhookRequest(headers=webhook.headers, body=webhook.body))
    assert [one.external_id for one in receipt.notices] == [order_id]


async def test_subscription_is_gone_after_four_hours_of_failures(desk):
    await desk.connector.register_webhooks(URL)
    desk.place()
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(500)))
    for _ in range(10):
        await desk.twin.deliver_webhooks(client)
        desk.clock.advance(timedelta(hours=1))
    assert ("ORDERS_CREATE", URL) not in desk.twin.subscriptions.values()
    assert len(desk.twin.subscriptions) == len(WANTED_TOPICS) - 1
