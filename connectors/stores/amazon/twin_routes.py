"""The imitated Selling Partner API: tokens, usage plans, queries, refusals in Amazon's words."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.parcel_twin import IssuedTokens
from connectors.stores.amazon.access import (
    CONFIRM,
    LISTINGS,
    PARTICIPATIONS,
    PATCH,
    READ,
    SEARCH,
    USAGE_PLANS,
)
from connectors.stores.amazon.twin_state import (
    CURRENCY,
    MARKETPLACE,
    Account,
    Json,
    Package,
    Refusal,
    invalid,
    item_document,
    order_document,
)
from mappings.documents import form_fields
from mappings.stores.amazon.outward import wire_time
from mappings.stores.amazon.tables import FULFILLED_BY, FULFILLMENT_STATUSES

SELLER, CLIENT_ID = "A1TWINSELLER", "amzn1.application-oa2-client.twin"
CLIENT_SECRET, REFRESH_TOKEN = "amzn1.oa2-cs.v1.twin", "Atzr|twin-refresh-token"
HELD_BACK = timedelta(minutes=2)
TOKEN_LASTS = timedelta(hours=24)
MOST_ITEMS = 1000
DATA_SETS = frozenset({
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES",
    "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
})  # fmt: skip
LISTING_DATA = frozenset({
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships",
    "productTypes",
})  # fmt: skip
SEARCH_PARAMETERS = frozenset({
    "createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore", "fulfillmentStatuses",
    "marketplaceIds", "fulfilledBy", "maxResultsPerPage", "paginationToken", "includedData",
})  # fmt: skip
MAY_CHANGE = frozenset({"maxResultsPerPage", "includedData", "paginationToken"})
LISTING_PARAMETERS = frozenset({
    "marketplaceIds", "includedData", "pageSize", "pageToken", "sortBy", "sortOrder", "createdAfter",
})  # fmt: skip
DETAIL = frozenset({
    "packageReferenceId", "carrierCode", "carrierName", "shippingMethod", "trackingNumber", "shipDate",
    "shipFromSupplySourceId", "orderItems",
})  # fmt: skip
ORDERS = "/orders/2026-01-01/orders"

Handler = Callable[[Request], Awaitable[Response]]
Limits = Mapping[str, tuple[float, float]]


class UsagePlans:
    """A bucket per operation."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._tokens: dict[str, tuple[float, datetime]] = {}

    def allows(self, operation: str) -> bool:
        rate, burst = USAGE_PLANS[operation]
        now = self._now()
        tokens, at = self._tokens.get(operation, (float(burst), now))
        tokens = min(float(burst), tokens + max(0.0, (now - at).total_seconds()) * rate)
        is_allowed = tokens >= 1 - 1e-6
        self._tokens[operation] = (tokens - 1 if is_allowed else tokens, now)
        return is_allowed


class Interface:
    """`record` enters an effect."""

    def __init__(self, account: Account, random: Random, record: Callable[..., None]) -> None:
        self.account = account
        self.record = record
        self.tokens = IssuedTokens(random, timedelta(hours=1))
        self.plans = UsagePlans(account.now)
        self._pages: dict[str, tuple[Json, tuple[Any, ...], datetime]] = {}

    def routes(self) -> list[Route]:
        items = f"/listings/2021-08-01/items/{SELLER}"
        table: list[tuple[str, str, str, Handler]] = [
            (SEARCH, "GET", ORDERS, self._search),
            (READ, "GET", f"{ORDERS}/{{order}}", self._read),
            (CONFIRM, "POST", "/orders/v0/orders/{order}/shipmentConfirmation", self._confirm),
            (LISTINGS, "GET", items, self._listings),
            (PATCH, "PATCH", f"{items}/{{sku:path}}", self._patch),
            (PARTICIPATIONS, "GET", "/sellers/v1/marketplaceParticipations", self._participations),
        ]
        guarded = [
            Route(path, self._guarded(operation, handler), methods=[method])
            for operation, method, path, handler in table
        ]
        return [*guarded, Route("/auth/o2/token", self._token, methods=["POST"])]

    def _guarded(self, operation: str, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            token = request.headers.get("x-amz-access-token", "")
            if not self.tokens.accepts(token, self.account.now()) or not request.headers.get("user-agent"):
                return denied()
            if not self.plans.allows(operation):
                return limited(USAGE_PLANS[operation][0])
            try:
                return await handler(request)
            except Refusal as refusal:
                return refused(refusal)

        return answer

    async def _token(self, request: Request) -> Response:
        form = form_fields(await request.body())
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return reply(
                {"error": "invalid_client", "error_description": "Client authentication failed"}, 401
            )
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != REFRESH_TOKEN:
            return reply(
                {"error": "invalid_grant", "error_description": "The request has an invalid grant"}, 400
            )
        token = self.tokens.issue(self.account.now())
        granted = {"access_token": token, "token_type": "bearer", "expires_in": 3600}
        return reply({**granted, "refresh_token": REFRESH_TOKEN})

    async def _participations(self, request: Request) -> Response:
        place = {
            "id": MARKETPLACE,
            "name": "Amazon.com",
            "countryCode": "US",
            "defaultCurrencyCode": CURRENCY,
        }
        place |= {"defaultLanguageCode": "en_US", "domainName": "www.amazon.com"}
        part = {"isParticipating": True, "hasSuspendedListings": False}
        return reply({"payload": [{"marketplace": place, "participation": part, "storeName": "Twin"}]})

    # ------------------------------------------------------------------- orders

    async def _search(self, request: Request) -> Response:
        """Ordered by what was asked for; a page token holds the place behind its last order."""
        query = known(request, SEARCH_PARAMETERS)
        field, after, before = self._interval(query)
        included = listed(query, "includedData", DATA_SETS)
        size = whole(query, "maxResultsPerPage", 100, 100)
        behind = self._place(query)
        statuses = listed(query, "fulfillmentStatuses", frozenset(FULFILLMENT_STATUSES.codes))
        channels = listed(query, "fulfilledBy", frozenset(FULFILLED_BY.codes))
        found = sorted(
            ((getattr(it, field), it.id, it) for it in self.account.orders.values()), key=lambda it: it[:2]
        )
        rows = [
            (moment, order.id, order)
            for moment, _, order in found
            if after <= moment <= before
            and (not statuses or order.status in statuses)
            and (not channels or order.fulfilled_by in channels)
            and (behind is None or (moment, order.id) > behind)
        ]
        shown = [order_document(order, included) for _, _, order in rows[:size]]
        name = "createdBefore" if field == "created" else "lastUpdatedBefore"
        answer: Json = {"orders": shown, name: wire_time(before)}
        if len(rows) > size:
            answer["pagination"] = {"nextToken": self._next(query, (*rows[size - 1][:2], before))}
        return reply(answer)

    def _interval(self, query: Mapping[str, str]) -> tuple[str, datetime, datetime]:
        given = [name for name in ("createdAfter", "lastUpdatedAfter") if name in query]
        if len(given) != 1 or query.get("marketplaceIds") != MARKETPLACE:
            raise invalid("Exactly one of createdAfter and lastUpdatedAfter, and your own marketplaces")
        field = "created" if given == ["createdAfter"] else "updated"
        other = "lastUpdatedBefore" if field == "created" else "createdBefore"
        latest = self.account.now() - HELD_BACK
        if token := self._pages.get(query.get("paginationToken", "")):
            latest = token[1][2]
        after = moment(query, given[0])
        before = moment(query, given[0].replace("After", "Before"), latest)
        if other in query or before > latest or after > before:
            raise invalid("The interval must end two minutes ago, and not before it begins")
        return field, after, before

    def _place(self, query: Mapping[str, str]) -> tuple[Any, ...] | None:
        token = query.get("paginationToken")
        if token is None:
            return None
        asked, place, made = self._pages.get(token, ({}, (), self.account.now() - TOKEN_LASTS))
        filters = {name: text for name, text in query.items() if name not in MAY_CHANGE}
        if asked != filters or self.account.now() - made >= TOKEN_LASTS:
            raise invalid("The pagination token is invalid")
        return place[:2]

    def _next(self, query: Mapping[str, str], place: tuple[Any, ...]) -> str:
        token = f"2YgYW55{len(self._pages) + 1:06}/="
        filters = {name: text for name, text in query.items() if name not in MAY_CHANGE}
        self._pages[token] = (filters, place, self.account.now())
        return token

    async def _read(self, request: Request) -> Response:
        query = known(request, frozenset({"includedData"}))
        order = self._named(request)
        return reply({"order": order_document(order, listed(query, "includedData", DATA_SETS))})

    def _named(self, request: Request) -> Any:
        order_id = request.path_params["order"]
        if not re.fullmatch(r"\d{3}-\d{7}-\d{7}", order_id):
            raise invalid("OrderId: is invalid")
        if order_id not in self.account.orders:
            raise Refusal(404, "NotFound", "The order does not exist")
        return self.account.orders[order_id]

    async def _confirm(self, request: Request) -> Response:
        order, body = self._named(request), await json_of(request)
        if set(body) - {"marketplaceId", "packageDetail", "codCollectionMethod"}:
            raise invalid("The body holds a field that is not known")
        detail = body.get("packageDetail")
        if body.get("marketplaceId") != MARKETPLACE or not isinstance(detail, dict) or set(detail) - DETAIL:
            raise invalid("MarketplaceId or PackageDetail: is invalid")
        package = Package(self._reference(detail), body, self._units(detail))
        if order.fulfilled_by != "MERCHANT" or order.status in ("PENDING", "CANCELLED"):
            raise invalid("The order cannot be confirmed in its present status")
        if self.account.confirm(order, package):
            self.record("package", order.id, reference=package.reference)
        return Response(status_code=204)

    def _reference(self, detail: Json) -> str:
        reference, code = detail.get("packageReferenceId"), detail.get("carrierCode")
        if not isinstance(reference, str) or not re.fullmatch(r"[1-9]\d*", reference):
            raise invalid("PackageReferenceId: is invalid")
        if not code or (code == "Other" and not detail.get("carrierName")):
            raise invalid("CarrierCode: is required, with Other also CarrierName")
        if not isinstance(detail.get("trackingNumber"), str) or not detail["trackingNumber"]:
            raise invalid("TrackingNumber: is required")
        if moment(detail, "shipDate") > self.account.now():
            raise invalid("ShipDate: is in the future")
        return reference

    def _units(self, detail: Json) -> dict[str, int]:
        items = detail.get("orderItems")
        if not isinstance(items, list) or not items:
            raise invalid("OrderItems: is required")
        for item in items:
            if not isinstance(item, dict) or set(item) != {"orderItemId", "quantity"}:
                raise invalid("OrderItems: is invalid")
            if type(item["quantity"]) is not int or not isinstance(item["orderItemId"], str):
                raise invalid("OrderItems: is invalid")
        return {item["orderItemId"]: item["quantity"] for item in items}

    # ----------------------------------------------------------------- listings

    async def _listings(self, request: Request) -> Response:
        query = known(request, LISTING_PARAMETERS)
        if query.get("marketplaceIds") != MARKETPLACE or query.get("sortBy", "sku") not in (
            "sku",
            "createdDate",
        ):
            raise invalid("marketplaceIds or sortBy is invalid")
        included = listed(query, "includedData", LISTING_DATA)
        size, place = (
            whole(query, "pageSize", 10, 20),
            whole({"at": query.get("pageToken", "0")}, "at", 0, 10**9),
        )
        after = moment(query, "createdAfter") if "createdAfter" in query else None
        found = sorted(self.account.items.values(), key=lambda it: (it.created, it.sku))
        found = [it for it in found if after is None or it.created >= after]
        rows = found[:MOST_ITEMS][place : place + size]
        answer: Json = {"numberOfResults": len(found), "items": [item_document(it, included) for it in rows]}
        if place + size < min(len(found), MOST_ITEMS):
            answer["pagination"] = {"nextToken": str(place + size)}
        return reply(answer)

    async def _patch(self, request: Request) -> Response:
        known(request, frozenset({"marketplaceIds"}))
        body = await json_of(request)
        sku, patches = request.path_params["sku"], body.get("patches")
        if set(body) != {"productType", "patches"} or not isinstance(patches, list) or len(patches) != 1:
            raise invalid("productType and patches are required")
        if sku not in self.account.items:
            raise invalid(f"SKU {sku} is not a listing of this seller")
        patch = patches[0]
        value = patch.get("value")
        if patch.get("op") != "replace" or patch.get("path") != "/attributes/fulfillment_availability":
            raise invalid("this imitation knows stock alone")
        answer: Json = {"sku": sku, "submissionId": f"{len(self._pages):08}-75dd-11ea-bc55-0242ac130003"}
        if issue := _stock_issue(value):
            return reply({**answer, "status": "INVALID", "issues": [issue]})
        item = self.account.items[sku]
        item.channel, item.quantity = "DEFAULT", value[0]["quantity"]
        self.record("stock", sku, quantity=item.quantity)
        return reply({**answer, "status": "ACCEPTED", "issues": []})


def _stock_issue(value: Any) -> Json | None:
    fields = {"fulfillment_channel_code", "quantity", "lead_time_to_ship_max_days"}
    one = value[0] if isinstance(value, list) and len(value) == 1 else {}
    quantity = one.get("quantity")
    is_right = not set(one) - fields and one.get("fulfillment_channel_code") == "DEFAULT"
    if is_right and type(quantity) is int and quantity >= 0:
        return None
    words = "The value of fulfillment_availability is not valid."
    return {"code": "4000001", "message": words, "severity": "ERROR", "categories": ["INVALID_ATTRIBUTE"]}


def known(request: Request, names: frozenset[str]) -> dict[str, str]:
    query = dict(request.query_params)
    if unknown := set(query) - names:
        raise invalid(f"The parameter {sorted(unknown)[0]} is not known")
    return query


def listed(query: Mapping[str, str], name: str, allowed: frozenset[str]) -> frozenset[str]:
    found = frozenset(query[name].split(",")) if name in query else frozenset()
    if found - allowed:
        raise invalid(f"{name} is invalid")
    return found


def whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) > most:
        raise invalid(f"{name} is invalid")
    return int(text)


def moment(fields: Mapping[str, Any], name: str, default: datetime | None = None) -> datetime:
    if name not in fields and default is not None:
        return default
    try:
        found = datetime.fromisoformat(fields.get(name, ""))
    except (ValueError, TypeError):
        raise invalid(f"{name} is no ISO 8601 time") from None
    if found.tzinfo is None:
        raise invalid(f"{name} has no time zone")
    return found


async def json_of(request: Request) -> Json:
    if request.headers.get("content-type") != "application/json":
        raise Refusal(415, "UnsupportedMediaType", "The content type must be application/json")
    try:
        body = msgspec.json.decode(await request.body())
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise invalid("The body is invalid")
    return body


def reply(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def refused(refusal: Refusal) -> Response:
    return reply({"errors": [{"code": refusal.code, "message": str(refusal)}]}, refusal.status)


def denied() -> Response:
    error = {"code": "Unauthorized", "message": "Access to requested resource is denied."}
    details = "The access token you provided has expired."
    return reply({"errors": [{**error, "details": details}]}, 403)


def limited(rate: float | None = None) -> Response:
    """The rate is told with some refusals only."""
    error = {"code": "QuotaExceeded", "message": "You exceeded your quota for the requested resource."}
    answer = reply({"errors": [{**error, "details": ""}]}, 429)
    if rate is not None:
        answer.headers["x-amzn-RateLimit-Limit"] = str(rate)
    return answer
