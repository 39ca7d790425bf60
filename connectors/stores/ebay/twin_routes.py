"""The imitated Fulfillment and Inventory API: tokens, filters, refusals in eBay's words and numbers."""

import base64
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
from connectors.stores.ebay.twin_state import (
    Account,
    Json,
    Order,
    Parcel,
    Refusal,
    item_document,
    order_document,
    parcel_document,
)
from mappings.documents import form_fields

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "SampleClientId", "SampleClientSecret", "v^1.1#i^1#twin"
SCOPES = frozenset(
    f"https://api.ebay.com/oauth/api_scope/{name}" for name in ("sell.fulfillment", "sell.inventory")
)
ORDER = "/sell/fulfillment/v1/order"
INVENTORY = "/sell/inventory/v1"
REACH = timedelta(days=2 * 365)
MOST_IDS, LARGEST_PAGE = 50, 200
FILTER = re.compile(r"(creationdate|lastmodifieddate):\[([^\].]+\.\d{3}Z)\.\.([^\].]+\.\d{3}Z)\]")
ORDER_PARAMETERS = frozenset({"fieldGroups", "filter", "limit", "offset", "orderIds"})
PARCEL = frozenset({"lineItems", "shippedDate", "shippingCarrierCode", "trackingNumber"})
CARRIERS = frozenset(
    {
        "USPS",
        "UPS",
        "FedEx",
        "DHL",
        "DPD",
        "GLS",
        "Hermes",
        "RoyalMail",
        "China Post",
        "SF Express",
        "YTO Express",
    }
    | {"Yunda Express", "Other"}
)

Handler = Callable[[Request], Awaitable[Response]]


class Interface:
    """`record` enters an effect. `refuses_unknown_ids`: nobody says whether eBay does."""

    def __init__(self, account: Account, random: Random, record: Callable[..., None]) -> None:
        self.account = account
        self.record = record
        self.tokens = IssuedTokens(random, timedelta(hours=2))
        self.refuses_unknown_ids = False

    def routes(self) -> list[Route]:
        parcels = f"{ORDER}/{{order}}/shipping_fulfillment"
        table: list[tuple[str, str, Handler]] = [
            ("GET", ORDER, self._orders),
            ("GET", parcels, self._parcels),
            ("POST", parcels, self._ship),
            ("GET", f"{INVENTORY}/inventory_item", self._items),
            ("POST", f"{INVENTORY}/bulk_update_price_quantity", self._stock),
        ]
        guarded = [Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table]
        return [*guarded, Route("/identity/v1/oauth2/token", self._token, methods=["POST"])]

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            if not self.tokens.accepts(request.headers.get("authorization", ""), self.account.now()):
                return refused(Refusal(401, 1001, "Invalid access token"))
            try:
                return await handler(request)
            except Refusal as refusal:
                return refused(refusal)

        return answer

    async def _token(self, request: Request) -> Response:
        form = form_fields(await request.body())
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return reply(
                {"error": "invalid_client", "error_description": "client authentication failed"}, 401
            )
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != REFRESH_TOKEN:
            words = "the provided authorization refresh token is invalid or was issued to another client"
            return reply({"error": "invalid_grant", "error_description": words}, 400)
        if not set(form.get("scope", "").split()) <= SCOPES:
            return reply({"error": "invalid_scope", "error_description": "exceeds the scope granted"}, 400)
        token = self.tokens.issue(self.account.now())
        return reply({"access_token": token, "expires_in": 7200, "token_type": "User Access Token"})

    # ------------------------------------------------------------------- orders

    async def _orders(self, request: Request) -> Response:
        """Newest order first; nobody says which order eBay's is."""
        query = dict(request.query_params)
        if set(query) - ORDER_PARAMETERS or query.get("fieldGroups", "TAX_BREAKDOWN") != "TAX_BREAKDOWN":
            raise Refusal(400, 32800, f"Invalid field group: {query.get('fieldGroups')}")
        limit, offset = number(query, "limit", 50, 31100), number(query, "offset", 0, 31000)
        if not 0 < limit <= LARGEST_PAGE:
            raise Refusal(400, 31100, f"Invalid limit: {limit}")
        found = self._named(query["orderIds"]) if "orderIds" in query else self._filtered(query)
        found.sort(key=lambda order: (order.created, order.id), reverse=True)
        rows = [order_document(order) for order in found[offset : offset + limit]]
        place = {"href": str(request.url), "total": len(found), "limit": limit, "offset": offset}
        more = {"next": str(request.url.include_query_params(offset=offset + limit))}
        return reply({**place, **(more if offset + limit < len(found) else {}), "orders": rows})

    def _named(self, ids: str) -> list[Order]:
        wanted = ids.split(",")
        if len(wanted) > MOST_IDS:
            raise Refusal(400, 30900, "Exceeded maximum number of order IDs")
        unknown = [it for it in wanted if it not in self.account.orders]
        if unknown and self.refuses_unknown_ids:
            raise Refusal(400, 32100, f"Invalid order ID: {unknown[0]}")
        return [self.account.orders[it] for it in dict.fromkeys(wanted) if it in self.account.orders]

    def _filtered(self, query: Mapping[str, str]) -> list[Order]:
        now = self.account.now()
        if "filter" not in query:
            return [it for it in self.account.orders.values() if it.created >= now - timedelta(days=90)]
        told = FILTER.fullmatch(query["filter"])
        if told is None:
            raise Refusal(400, 30800, "Invalid filter value for filter")
        start, end = (instant(text) for text in told.groups()[1:])
        if start > now or end > now:
            raise Refusal(400, 30850, "Start and end dates can't be in the future")
        if start > end or end - start > REACH:
            raise Refusal(400, 30840, "Start date should be before end date")
        name = "created" if told[1] == "creationdate" else "modified"
        oldest = now - REACH
        return [it for it in self.account.orders.values() if max(start, oldest) <= getattr(it, name) <= end]

    def _order(self, request: Request) -> Order:
        order = self.account.orders.get(request.path_params["order"])
        if order is None:
            raise Refusal(400, 32100, f"Invalid order ID: {request.path_params['order']}")
        return order

    async def _parcels(self, request: Request) -> Response:
        found = [parcel_document(it) for it in self._order(request).parcels]
        return reply({"fulfillments": found, "total": len(found), "warnings": []})

    async def _ship(self, request: Request) -> Response:
        order, body = self._order(request), await json_of(request)
        if set(body) - PARCEL:
            raise Refusal(400, 32600, "Invalid input data")
        number, carrier = body.get("trackingNumber", ""), body.get("shippingCarrierCode", "")
        if not re.fullmatch(r"[A-Za-z0-9]+", number) or carrier not in CARRIERS:
            raise Refusal(400, 32300, "Invalid shipment tracking number or carrier")
        if instant(body.get("shippedDate", ""), 32500) > self.account.now():
            raise Refusal(400, 32500, "Invalid shipped date")
        parcel = Parcel(number, carrier, body["shippedDate"], self._units(body))
        self.account.ship(order, parcel)
        self.record("parcel", order.id, number=number)
        location = f"{request.url.scheme}://{request.url.netloc}{request.url.path}/{number}"
        return Response(status_code=201, headers={"location": location})

    def _units(self, body: Json) -> dict[str, int]:
        units: dict[str, int] = {}
        for line in body.get("lineItems", ()):
            if set(line) - {"lineItemId", "quantity"} or type(line.get("quantity", 1)) is not int:
                raise Refusal(400, 32600, "Invalid input data")
            if line["lineItemId"] in units:
                raise Refusal(400, 32210, "Duplicate line item in the request")
            units[line["lineItemId"]] = line.get("quantity", 1)
        return units

    # ---------------------------------------------------------------- inventory

    async def _items(self, request: Request) -> Response:
        """`offset` counts pages here."""
        query = dict(request.query_params)
        limit, page = number(query, "limit", 25, 25709), number(query, "offset", 0, 25709)
        if set(query) - {"limit", "offset"} or not 0 < limit <= LARGEST_PAGE:
            raise Refusal(400, 25709, "Invalid value for limit.")
        found = [item_document(it) for it in self.account.items.values()]
        rows = found[page * limit : (page + 1) * limit]
        place = {"href": str(request.url), "limit": limit, "size": len(rows), "total": len(found)}
        return reply({**place, "inventoryItems": rows})

    async def _stock(self, request: Request) -> Response:
        body = await json_of(request)
        told = body.get("requests")
        if set(body) != {"requests"} or not isinstance(told, list) or len(told) != 1:
            raise Refusal(400, 25709, "Invalid value for requests. Only one SKU can be updated per call.")
        sku, available = told[0].get("sku"), told[0].get("shipToLocationAvailability")
        quantity = available.get("quantity") if isinstance(available, dict) else None
        if set(told[0]) != {"sku", "shipToLocationAvailability"} or type(quantity) is not int or quantity < 0:
            raise Refusal(400, 25709, "Invalid value for quantity.")
        if sku not in self.account.items:
            words = {"errorId": 25702, "domain": "API_INVENTORY", "category": "REQUEST"}
            error = {**words, "message": f"{sku} could not be found or is not available in the system."}
            return reply({"responses": [{"sku": sku, "statusCode": 404, "errors": [error]}]}, 207)
        self.account.items[sku].quantity = quantity
        self.record("stock", sku, quantity=quantity)
        return reply({"responses": [{"sku": sku, "statusCode": 200, "errors": [], "warnings": []}]})


def number(query: Mapping[str, str], name: str, default: int, error: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise Refusal(400, error, f"Invalid {name}: {text}")
    return int(text)


def instant(text: Any, error: int = 30810) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise Refusal(400, error, "Invalid date format") from None
    if moment.tzinfo is None:
        raise Refusal(400, error, "Invalid date format")
    return moment


async def json_of(request: Request) -> Json:
    if request.headers.get("content-type") != "application/json":
        raise Refusal(415, 2000, "Unsupported media type")
    try:
        body = msgspec.json.decode(await request.body())
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, 32600, "Invalid input data")
    return body


def reply(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def refused(refusal: Refusal) -> Response:
    error = {"errorId": refusal.number, "domain": "ACCESS" if refusal.number < 3000 else "API_FULFILLMENT"}
    return reply({"errors": [{**error, "category": "REQUEST", "message": str(refusal)}]}, refusal.status)
