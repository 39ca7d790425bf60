"""POST /webhooks/{connection}: verify, store, commit, answer. Nothing else happens in the request."""

import hashlib
import logging
import time
from collections.abc import Mapping
from functools import cache

from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.kit import (
    Delivery,
    InvalidSignature,
    Receipt,
    ReceivesWebhooks,
    Topic,
    UnexpectedPayload,
    WebhookRequest,
)
from hub.api.body import Refusal, read_body
from hub.api.group_commit import GroupCommit
from hub.api.receipts import Received, store_receipts
from hub.connections import Live, UnknownPlatform
from hub.context import HubContext
from hub.telemetry import WEBHOOK_SECONDS, WEBHOOKS

log = logging.getLogger(__name__)

SETTINGS_SECONDS = 5.0
"""How long a connection's settings are taken from memory before they are looked up again."""
STORE_SECONDS = 10.0
"""Platforms wait no longer for an answer; what is stored later comes again and is known then."""
MOST_DIGITS = 18
CONTENT_TYPES = frozenset(
    {"", "application/json", "application/x-www-form-urlencoded", "application/xml", "text/xml", "text/plain"}
)


class Webhooks:
    """The endpoint. Receipts of concurrent requests share commits."""

    def __init__(self, hub: HubContext) -> None:
        self._hub = hub
        self._commits: GroupCommit[Received] = GroupCommit(
            lambda received: store_receipts(hub, received), STORE_SECONDS
        )
        self._looked_up: dict[str, float] = {}

    @property
    def route(self) -> Route:
        return Route("/webhooks/{connection}", self.answer, methods=["POST"])

    async def answer(self, request: Request) -> Response:
        """The platform's own acknowledgement after the commit, or a status that says what was wrong."""
        began = time.perf_counter()
        connection_id = str(request.path_params["connection"])
        try:
            response, result = await self._take(request, connection_id), "stored"
        except Refusal as refusal:
            response, result = PlainTextResponse(refusal.result, refusal.status), refusal.result
        known = connection_id if self._hub.live.cached(connection_id) else "unknown"
        _counter(known, result).inc()
        WEBHOOK_SECONDS.observe(time.perf_counter() - began)
        return response

    async def _take(self, request: Request, connection_id: str) -> Response:
        live = await self._live(connection_id)
        if live is None or not isinstance(live.connector, ReceivesWebhooks):
            raise Refusal(404, "unknown connection")
        headers = dict(request.headers.items())
        _check_headers(headers, self._hub.settings.webhook_limit_bytes)
        message = WebhookRequest(
            method=request.method,
            headers=headers,
            query=dict(request.query_params.items()),
            body=await read_body(
                request, self._hub.settings.webhook_limit_bytes, self._hub.settings.webhook_body_seconds
            ),
        )
        receipt = _understood(live.connector, message)
        if receipt.deliveries or receipt.notices:
            await self._commit(Received(connection_id=connection_id, receipt=receipt))
        reply = receipt.reply
        return Response(reply.body, reply.status, media_type=reply.content_type)

    async def _live(self, connection_id: str) -> Live | None:
        """As last opened, looked up anew from time to time; without a database as last opened."""
        now = time.monotonic()
        live = self._hub.live.cached(connection_id)
        if live and now - self._looked_up.get(connection_id, -SETTINGS_SECONDS) < SETTINGS_SECONDS:
            return live
        if "\0" in connection_id:  # PostgreSQL would refuse the question
            return None
        try:
            live = await self._hub.live.open(connection_id)
        except UnknownPlatform:
            return None
        except SQLAlchemyError:
            if live is None:
                raise Refusal(503, "not stored") from None
        if live is not None:
            self._looked_up[connection_id] = now
        return live

    async def _commit(self, received: Received) -> None:
        try:
            await self._commits.put(received)
        except Exception as error:  # not stored means not acknowledged: the platform sends it again
            facts = {"connection": received.connection_id, "error": type(error).__name__}
            log.exception("webhook could not be stored", extra=facts)
            raise Refusal(503, "not stored") from None


@cache
def _counter(connection_id: str, result: str) -> Counter:
    """Looking a label up costs more than counting."""
    return WEBHOOKS.labels(connection_id, result)


def _check_headers(headers: Mapping[str, str], limit: int) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in CONTENT_TYPES or headers.get("content-encoding", "identity") != "identity":
        raise Refusal(415, "wrong content type")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > MOST_DIGITS:
        raise Refusal(400, "wrong content length")
    if int(length) > limit:
        raise Refusal(413, "too large")


def _understood(connector: ReceivesWebhooks, message: WebhookRequest) -> Receipt:
    try:
        return connector.receive(message)
    except InvalidSignature:
        raise Refusal(401, "wrong signature") from None
    except UnexpectedPayload as error:
        log.warning("genuine webhook cannot be read", extra={"error": str(error)})
        unread = Delivery(
            topic=Topic.UNREAD, external_id=hashlib.sha256(message.body).hexdigest(), document=message.body
        )
        return Receipt(deliveries=(unread,))
