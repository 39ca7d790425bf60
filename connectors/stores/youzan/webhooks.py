"""What Youzan pushes: MD5 over client id, raw body and secret; read as hints.

The address is entered in the console and serves all shops of the application. A push is acknowledged by a
body that holds `success`, within 5 seconds.
"""

import hashlib

from connectors.kit import InvalidSignature, Notice, Receipt, Topic, WebhookReply, WebhookRequest
from connectors.kit.signing import same
from connectors.kit.translation import reading
from connectors.stores.youzan.settings import YouzanSettings
from mappings.stores.youzan.messages import read_push

ACKNOWLEDGEMENT = WebhookReply(body=b'{"code":0,"msg":"success"}', content_type="application/json")


def signature(client_id: str, body: bytes, secret: str) -> str:
    """`Event-Sign`, lower-case hex."""
    signed = client_id.encode() + body + secret.encode()
    return hashlib.md5(signed, usedforsecurity=False).hexdigest()


def receive(request: WebhookRequest, settings: YouzanSettings) -> Receipt:
    """Probes, messages about no trade and those of other shops are only acknowledged."""
    expected = signature(settings.client_id, request.body, settings.client_secret.get_secret_value())
    if not same(expected, request.headers.get("event-sign", "").lower()):
        raise InvalidSignature("the push has no valid Event-Sign")
    with reading("the push"):
        push = read_push(request.body)
        if str(push.kdt_id) != settings.kdt_id or not push.is_about_a_trade:
            return Receipt(reply=ACKNOWLEDGEMENT)
        notice = Notice(topic=Topic.ORDER, external_id=push.trade())
    return Receipt(notices=(notice,), reply=ACKNOWLEDGEMENT)
