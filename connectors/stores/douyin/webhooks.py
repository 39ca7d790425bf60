"""What Douyin pushes: MD5 over app key, raw body and secret; read as hints.

The address is entered in the console and serves all shops of the application. A push is acknowledged by
`{"code":0,"msg":"success"}` within 5 seconds.
"""

import hashlib

from connectors.kit import InvalidSignature, Notice, Receipt, Topic, WebhookReply, WebhookRequest
from connectors.kit.signing import same
from connectors.kit.translation import reading
from connectors.stores.douyin.settings import DouyinSettings
from mappings.stores.douyin.messages import read_push

ACKNOWLEDGEMENT = WebhookReply(body=b'{"code":0,"msg":"success"}', content_type="application/json")


def signature(app_key: str, body: bytes, secret: str) -> str:
    """`event-sign`, lower-case hex."""
    signed = app_key.encode() + body + secret.encode()
    return hashlib.md5(signed, usedforsecurity=False).hexdigest()


def receive(request: WebhookRequest, settings: DouyinSettings) -> Receipt:
    """Probes, messages about no order and those that name another shop are only acknowledged."""
    expected = signature(settings.app_key, request.body, settings.app_secret.get_secret_value())
    if not same(expected, request.headers.get("event-sign", "").lower()):
        raise InvalidSignature("the push has no valid event-sign")
    with reading("the push"):
        told = [message.content() for message in read_push(request.body) if message.is_about_an_order]
    ours = (it for it in told if it.p_id and str(it.shop_id or settings.shop_id) == settings.shop_id)
    orders = dict.fromkeys(str(it.p_id) for it in ours)
    notices = tuple(Notice(topic=Topic.ORDER, external_id=order_id) for order_id in orders)
    return Receipt(notices=notices, reply=ACKNOWLEDGEMENT)
