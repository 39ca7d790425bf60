"""Webhooks: verified, answered, registered and repaired."""

import httpx
import pytest

from connectors.kit import InvalidSignature, Misconfigured, Notice, Topic, UnexpectedPayload, WebhookRequest
from connectors.kit.signing import hmac_base64
from connectors.stores.woocommerce.settings import WooCommerceSettings
from connectors.stores.woocommerce.twin import WEBHOOK_SECRET
from connectors.stores.woocommerce.webhooks import WANTED_TOPICS, receive

HOOK = "https://hub.example/webhooks/connection-1"
SETTINGS = WooCommerceSettings(
    url="https://shop.example", consumer_key="ck", consumer_secret="cs", webhook_secret="my-webhook-secret"
)


def request(body, topic="order.updated", secret="my-webhook-secret"):
    headers = {"x-wc-webhook-topic": topic, "x-wc-webhook-signature": hmac_base64(secret, body)}
    return WebhookRequest(headers=headers, body=body)


def test_signature_vector():
    body = b'{"id":727,"number":"727","status":"processing"}'
    assert hmac_base64("my-webhook-secret", body) == "IkGuslHJnWOZLXTBYQGfwsmYrnO9sePTzVprIse8LrY="
    assert receive(request(body), SETTINGS).notices == (Notice(topic=Topic.ORDER, external_id="727"),)


def test_deletion_holds_only_an_id():
    assert receive(request(b'{"id":9}', "order.deleted"), SETTINGS).notices[0].external_id == "9"


def test_ping_is_answered_with_200_and_brings_nothing():
    receipt = receive(WebhookRequest(headers={}, body=b"webhook_id=142"), SETTINGS)
    assert (receipt.reply.status, receipt.notices, receipt.deliveries) == (200, (), ())


@pytest.mark.parametrize("body", [b"webhook_id=", b"webhook_id=1&id=2", b"id=1", b'{"webhook_id":1}', b""])
def test_whatever_else_is_unsigned_is_refused(body):
    with pytest.raises(InvalidSignature):
        receive(WebhookRequest(headers={}, body=body), SETTINGS)


def test_without_a_secret_nothing_is_believed():
    settings = SETTINGS.model_copy(update={"webhook_secret": type(SETTINGS.webhook_secret)("")})
    with pytest.raises(InvalidSignature):
        receive(request(b'{"id":1}', secret=""), settings)


def test_other_topics_are_only_acknowledged():
    assert receive(request(b'{"id":1}', "product.updated"), SETTINGS).notices == ()


@pytest.mark.parametrize(("body", "topic"), [(b"[]", "order.updated"), (b'{"id":1}', "")])
def test_genuine_but_unreadable_posts_are_parked(body, topic):
    with pytest.raises(UnexpectedPayload):
        receive(request(body, topic), SETTINGS)


@pytest.mark.parametrize("character", list("&<>\"'"))
def test_secret_that_html_changes_cannot_be_saved(character):
    with pytest.raises(ValueError, match="without"):
        WooCommerceSettings(
            url="https://shop.example", consumer_key="c", consumer_secret="c", webhook_secret=f"a{character}b"
        )


async def test_wanted_topics_are_registered_once_and_others_left_alone(desk):
    elsewhere = {"topic": "order.created", "delivery_url": "https://elsewhere.example/", "secret": "x"}
    desk.twin.rest.webhooks[1] = {
        "id": 1, "name": "n", "status": "active", "failures": 0, "at": desk.clock(), **elsewhere
    }  # fmt: skip
    for _ in range(2):
        await desk.connector.register_webhooks(HOOK)
    here = [it["topic"] for it in desk.twin.rest.webhooks.values() if it["delivery_url"] == HOOK]
    assert sorted(here) == sorted(WANTED_TOPICS)
    assert desk.twin.rest.webhooks[1]["secret"] == "x"
    assert [body for _, body in desk.twin.rest.pings] == [
        b"webhook_id=%d" % number for number in desk.twin.rest.webhooks if number != 1
    ]


async def test_disabled_webhook_is_activated_and_its_secret_set_anew(desk):
    await desk.connector.register_webhooks(HOOK)
    hooks = desk.twin.rest.webhooks
    one = next(iter(hooks.values()))
    one.update(status="disabled", secret="of somebody else")
    await desk.connector.register_webhooks(HOOK)
    assert {(it["status"], it["secret"]) for it in hooks.values()} == {("active", WEBHOOK_SECRET)}


async def test_doubles_and_unwanted_topics_at_our_address_are_removed(desk):
    await desk.connector.register_webhooks(HOOK)
    hooks = desk.twin.rest.webhooks
    double = {**next(iter(hooks.values())), "id": 9000}
    hooks[9000] = double
    await desk.connector.register_webhooks(HOOK)
    assert sorted(it["topic"] for it in hooks.values()) == sorted(WANTED_TOPICS)


async def test_registering_needs_a_secret(new_desk):
    with pytest.raises(Misconfigured) as caught:
        await new_desk(webhook_secret="").connector.register_webhooks(HOOK)
    assert caught.value.setting == "webhook_secret"


async def test_hub_that_is_down_too_long_is_disabled_and_repaired(desk):
    await desk.connector.register_webhooks(HOOK)
    down = httpx.MockTransport(lambda request: httpx.Response(503))
    async with httpx.AsyncClient(transport=down) as client:
        for _ in range(6):
            desk.place()
            await desk.twin.deliver_webhooks(client)
    assert not desk.twin.outbound  # lost, never repeated
    desk.place()
    assert not desk.twin.outbound  # disabled
    await desk.connector.register_webhooks(HOOK)
    desk.place()
    assert len(desk.twin.outbound) == 1


async def test_genuine_deletion_is_fetched_from_the_bin(desk):
    await desk.connector.register_webhooks(HOOK)
    order_id = desk.place()
    desk.twin.outbound.clear()
    desk.twin.shop.trash(desk.known(order_id))
    (post,) = desk.twin.outbound
    headers = {name.lower(): value for name, value in post.headers.items()}
    (notice,) = desk.connector.receive(WebhookRequest(headers=headers, body=post.body)).notices
    assert (await desk.order(notice.external_id)).cancelled_at is not None
