"""Receivers that can be fooled, or that the platform gives up on."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

import msgspec
from orderhub_acme.connector import AcmeConnector
from orderhub_acme.connector import _order as order_of
from orderhub_acme.twin import AcmeTwin
from orderhub_swift.connector import SwiftConnector
from starlette.requests import Request

from broken.planted import in_acme, in_swift
from connectors.kit import InvalidSignature, Notice, Receipt, Topic, WebhookReply, WebhookRequest
from connectors.kit.signing import hmac_base64, same


class BelievesAnybody(AcmeConnector):
    """accepts any signature"""

    def receive(self, request: WebhookRequest) -> Receipt:
        return Receipt(deliveries=(order_of(request.body),))


class BelievesTheUnsigned(AcmeConnector):
    """verifies a signature only if there is one"""

    def receive(self, request: WebhookRequest) -> Receipt:
        return super().receive(request) if "x-acme-signature" in request.headers else Receipt()


class VerifiesItsOwnWords(AcmeConnector):
    """verifies the body as it would have written it, not as it came"""

    def receive(self, request: WebhookRequest) -> Receipt:
        try:
            body = json.dumps(json.loads(request.body), ensure_ascii=False).encode()
        except ValueError:
            raise InvalidSignature from None
        expected = hmac_base64(self.settings.webhook_secret.get_secret_value(), body)
        if not same(expected, request.headers.get("x-acme-signature", "")):
            raise InvalidSignature
        return Receipt(deliveries=(order_of(request.body),))


class ReadsFirst(AcmeConnector):
    """reads a body before it verifies it"""

    def receive(self, request: WebhookRequest) -> Receipt:
        order_of(request.body)
        return super().receive(request)


class NamesTheWrongThing(AcmeConnector):
    """gives the parcel's number of items as the order's id"""

    def receive(self, request: WebhookRequest) -> Receipt:
        super().receive(request)
        return Receipt(notices=(Notice(topic=Topic.ORDER, external_id="2"),))


class Counts(AcmeConnector):
    """gives every post a new id"""

    count = 0

    def receive(self, request: WebhookRequest) -> Receipt:
        (delivery,) = super().receive(request).deliveries
        self.count += 1
        named = msgspec.structs.replace(delivery, external_id=f"{delivery.external_id}-{self.count}")
        return Receipt(deliveries=(named,))


class SaysThankYou(SwiftConnector):
    """answers in words that the carrier does not understand"""

    def receive(self, request: WebhookRequest) -> Receipt:
        return msgspec.structs.replace(super().receive(request), reply=WebhookReply(body=b"thank you"))


class ManyHooksTwin(AcmeTwin):
    """adds an address beside those that it knows"""

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.hooks: list[str] = []
        super().__init__(now, random)

    def _set_hook(self, request: Request) -> None:
        self.hook = request.state.body["url"]
        self.hooks.append(self.hook)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        for hook in self.hooks:
            super().post(hook, headers, body)


WEBHOOK_FAULTS = (
    in_acme("webhook.changed_post_is_refused", connector=BelievesAnybody),
    in_acme("webhook.stranger_is_refused", connector=BelievesTheUnsigned),
    in_acme("webhook.changed_post_is_refused", connector=VerifiesItsOwnWords),
    in_acme("webhook.changed_post_is_refused", connector=ReadsFirst),
    in_acme("webhook.genuine_is_understood", connector=NamesTheWrongThing),
    in_acme("webhook.same_post_same_receipt", connector=Counts),
    in_acme(
        "webhook.registering_is_repeatable",
        twin="broken.webhooks:ManyHooksTwin",
        fault="registers again where the platform adds every registration",
    ),
    in_swift("webhook.reply_satisfies_the_platform", connector=SaysThankYou),
)
