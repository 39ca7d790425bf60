"""A Shopify shop in memory: OAuth, the Admin GraphQL interface, webhooks.

It understands exactly the documents that the connector sends (a test validates those and these answers
against the vendor's schema), checks variables as strictly as the schema does, counts cost points, and refuses
in Shopify's words. `plan` (points a second) may be raised for a bigger shop.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from connectors.kit.signing import hmac_base64
from connectors.kit.twin import OutgoingWebhook
from connectors.stores.shopify import documents, twin_answers, twin_discounts, twin_inputs, twin_operations
from connectors.stores.shopify.campaigns import CAMPAIGN_SCOPES
from connectors.stores.shopify.connector import REQUIRED_SCOPES
from connectors.stores.shopify.twin_world import LOCATION, ShopifyWorld, ShopOrder, gid

SHOP = "twin-store.myshopify.com"
CLIENT_ID, CLIENT_SECRET = "twin-client", "twin-client-secret"
DEAREST_QUERY = 1000
TOKEN_LIFE = timedelta(seconds=86_399)
OFFLINE_TOKEN_LIFE = timedelta(hours=1)


class Twin(ShopifyWorld):
    """`refresh_token` is what an expiring offline sign-in would start with; each use replaces it."""

    # Eight repetitions in four hours, each with the first payload; then the subscription is gone.
    retry_webhooks_after: ClassVar = tuple(timedelta(minutes=m) for m in (1, 4, 10, 20, 35, 50, 60, 60))

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.plan = 100.0
        self.client_secret = CLIENT_SECRET
        self.refresh_token = "shprt_0"
        self.scopes = set(REQUIRED_SCOPES | CAMPAIGN_SCOPES)
        self._tokens: dict[str, datetime] = {}
        self._points = 20 * self.plan
        self._counted_at = now()

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "shop": SHOP,
            "endpoint": base_url,
            "client_id": CLIENT_ID,
            "client_secret": self.client_secret,
            "location_id": gid("Location", LOCATION),
        }

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/admin/oauth/access_token", self._access_token, methods=["POST"]),
                Route(f"/admin/api/{documents.API_VERSION}/graphql.json", self._graphql, methods=["POST"]),
            ]
        )

    def expire_tokens(self) -> None:
        self._tokens.clear()

    def throttled(self) -> Response:
        return _Throttling(self._throttled(10))

    # ------------------------------------------------------------------- tokens

    async def _access_token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, self.client_secret):
            return _json(
                {"error": "invalid_client", "error_description": "Client authentication failed"}, 400
            )
        match form.get("grant_type"):
            case "client_credentials":
                return _json({**self._new_token(TOKEN_LIFE), "scope": ",".join(sorted(self.scopes))})
            case "refresh_token" if form.get("refresh_token") == self.refresh_token:
                self.refresh_token = f"shprt_{self.next_id()}"
                renewed = {"refresh_token": self.refresh_token, "refresh_token_expires_in": 7_776_000}
                return _json({**self._new_token(OFFLINE_TOKEN_LIFE), **renewed, "scope": ""})
            case _:
                return _json({"error": "invalid_grant"}, 400)

    def _new_token(self, life: timedelta) -> dict[str, Any]:
        token = f"shpat_{self.next_id()}"
        self._tokens[token] = self.now() + life
        return {"access_token": token, "expires_in": int(life.total_seconds())}

    def issue_static_token(self) -> str:
        """The token of an app made in the shop's admin."""
        self._tokens["shpat_static"] = datetime.max.replace(tzinfo=UTC)
        return "shpat_static"

    # ------------------------------------------------------------------ GraphQL

    async def _graphql(self, request: Request) -> Response:
        expires_at = self._tokens.get(request.headers.get("x-shopify-access-token", ""))
        if expires_at is None or expires_at <= self.now():
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return _json({"errors": message}, 401)
        try:
            sent = msgspec.json.decode(await request.body(), type=twin_inputs.GraphQLRequest)
        except msgspec.MsgspecError:
            return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        operation = OPERATIONS.get(sent.query)
        if operation is None:
            return _refused("The twin knows only the connector's documents", "undefinedField")
        try:
            variables = msgspec.convert(sent.variables, operation.variables)
        except msgspec.ValidationError as error:
            return _refused(f"Variable was provided invalid value: {error}", "INVALID_VARIABLE")
        return self._run(operation, variables)

    def _run(self, operation: "Operation", variables: Any) -> Response:
        requested = operation.cost(variables)
        self._restore()
        if requested > DEAREST_QUERY:
            return self._too_expensive(requested)
        if requested > self._points:
            return self._throttled(requested)
        try:
            data = operation.run(self, variables)
        except twin_inputs.Refused as refusal:
            return _refused(str(refusal), refusal.code)
        actual = 10 if operation.is_mutation else _objects(data)
        self._points -= actual
        return _json({"data": data, "extensions": {"cost": self._cost(requested, actual)}})

    def _restore(self) -> None:
        now = self.now()
        gained = max(0.0, (now - self._counted_at).total_seconds()) * self.plan
        self._points = min(20 * self.plan, self._points + gained)
        self._counted_at = now

    def _cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        status = {
            "maximumAvailable": 20 * self.plan,
            "currentlyAvailable": int(self._points),
            "restoreRate": self.plan,
        }
        return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}

    def _throttled(self, requested: int) -> Response:
        errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
        return _json({"errors": errors, "extensions": {"cost": self._cost(requested, None)}})

    def _too_expensive(self, requested: int) -> Response:
        message = (
            f"Query cost is {requested}, which exceeds the single query max cost limit ({DEAREST_QUERY})."
        )
        code = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": DEAREST_QUERY}
        return _json({"errors": [{"message": message, "extensions": code}]})

    # ----------------------------------------------------------------- webhooks

    def tell(self, topic: str, order: ShopOrder) -> None:
        body = msgspec.json.encode(twin_answers.webhook_body(order)) if self.subscriptions else b""
        for wanted, url in self.subscriptions.values():
            if wanted == topic:
                self.post(url, self.webhook_headers(topic, body), body)

    def webhook_headers(self, topic: str, body: bytes) -> Mapping[str, str]:
        number = self.next_id()
        return {
            "content-type": "application/json",
            "x-shopify-topic": topic.lower().replace("_", "/", 1),
            "x-shopify-shop-domain": SHOP,
            "x-shopify-hmac-sha256": hmac_base64(self.client_secret, body),
            "x-shopify-api-version": documents.API_VERSION,
            "x-shopify-webhook-id": hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest(),
            "x-shopify-event-id": f"event-{number}",
            "x-shopify-triggered-at": self.now().isoformat(),
        }

    def _retry_later(self, webhook: OutgoingWebhook) -> None:
        if webhook.attempt > len(self.retry_webhooks_after):
            topic = webhook.headers["x-shopify-topic"].replace("/", "_").upper()
            gone = [number for number, one in self.subscriptions.items() if one == (topic, webhook.url)]
            for number in gone:
                del self.subscriptions[number]
        super()._retry_later(webhook)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One document: its variables, what running it costs at most, and how it runs."""

    variables: type[Any]
    cost: Callable[[Any], int]
    run: Callable[[Twin, Any], dict[str, Any]]
    is_mutation: bool = False


def _query(variables: type[Any], cost: int, run: Callable[[Twin, Any], dict[str, Any]]) -> Operation:
    return Operation(variables=variables, cost=lambda _: cost, run=run)


def _mutation(variables: type[Any], run: Callable[[Twin, Any], dict[str, Any]]) -> Operation:
    return Operation(variables=variables, cost=lambda _: 10, run=run, is_mutation=True)


LINE, FULFILMENT_ORDER, ORDER = 8, 29, 175
"""Points of one node as selected, by the rule of «GraphQL Admin API rate limits» (read 2026-11)."""

OPERATIONS = {
    documents.CHECK_CONNECTION: _query(twin_inputs.Check, 4, twin_operations.check_connection),
    documents.CHANGED_ORDERS: Operation(
        variables=twin_inputs.ChangedOrders,
        cost=lambda variables: 3 + ORDER * variables.first,
        run=twin_operations.changed_orders,
    ),
    documents.ORDERS_BY_ID: Operation(
        variables=twin_inputs.Ids,
        cost=lambda variables: ORDER * len(variables.ids),
        run=twin_operations.orders_by_id,
    ),
    documents.ORDER_IDS: _query(twin_inputs.Search, 253, twin_operations.order_ids),
    documents.ORDER_LINES: _query(twin_inputs.PageOfId, 4 + 100 * LINE, twin_operations.order_lines),
    documents.ORDER_FULFILMENT_ORDERS: _query(
        twin_inputs.PageOfId, 4 + 20 * FULFILMENT_ORDER, twin_operations.order_fulfilment_orders
    ),
    documents.FULFILMENT_ORDER_LINES: _query(
        twin_inputs.PageOfId, 504, twin_operations.fulfilment_order_lines
    ),
    documents.ORDER_FULFILMENTS: _query(twin_inputs.Id, 401, twin_operations.order_fulfilments),
    documents.FULFILMENT_LINES: _query(twin_inputs.PageOfId, 504, twin_operations.fulfilment_lines),
    documents.FULFILMENT_EVENTS: _query(twin_inputs.Id, 103, twin_operations.fulfilment_events),
    documents.LISTINGS: _query(twin_inputs.NextPage, 503, twin_operations.listings),
    documents.WEBHOOK_SUBSCRIPTIONS: _query(twin_inputs.NextPage, 103, twin_operations.subscriptions),
    documents.CREATE_FULFILMENT: _mutation(twin_inputs.NewFulfilment, twin_operations.create_fulfilment),
    documents.CORRECT_TRACKING: _mutation(twin_inputs.NewTracking, twin_operations.correct_tracking),
    documents.CREATE_FULFILMENT_EVENT: _mutation(twin_inputs.NewEvent, twin_operations.create_event),
    documents.SET_STOCK: _mutation(twin_inputs.SetStock, twin_operations.set_stock),
    documents.CREATE_WEBHOOK_SUBSCRIPTION: _mutation(
        twin_inputs.NewSubscription, twin_operations.create_subscription
    ),
    documents.DELETE_WEBHOOK_SUBSCRIPTION: _mutation(twin_inputs.Id, twin_operations.delete_subscription),
    documents.DISCOUNT: _query(twin_inputs.Id, 256, twin_discounts.discount),
    documents.DISCOUNTS_BY_TAG: _query(twin_inputs.TagSearch, 514, twin_discounts.discounts_by_tag),
    documents.CREATE_DISCOUNT: _mutation(twin_inputs.NewDiscount, twin_discounts.create_discount),
    documents.UPDATE_DISCOUNT: _mutation(twin_inputs.ChangedDiscount, twin_discounts.update_discount),
    documents.END_DISCOUNT: _mutation(twin_inputs.Id, twin_discounts.end_discount),
}


def _objects(value: Any) -> int:
    """Points of an answer: its objects."""
    match value:
        case dict():
            return 1 + sum(_objects(inner) for inner in value.values())
        case list():
            return sum(_objects(inner) for inner in value)
        case _:
            return 0


class _Throttling(Response):
    """Inside a 200 on the GraphQL interface, a plain 429 elsewhere."""

    def __init__(self, on_graphql: Response) -> None:
        super().__init__("too many requests", 429, {"retry-after": "2.0"})
        self._on_graphql = on_graphql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith("graphql.json"):
            await self._on_graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _json(content: Any, status: int = 200) -> Response:
    headers = {"x-shopify-api-version": documents.API_VERSION}
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


def _refused(message: str, code: str) -> Response:
    return _json({"errors": [{"message": message, "extensions": {"code": code}}]})
