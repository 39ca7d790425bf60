"""The imitated store's V2 and V3 interface: token, quota, queries, refusals in BigCommerce's words."""

import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.signing import same
from connectors.stores.bigcommerce.twin_render import (
    encode,
    item_document,
    order_bytes,
    plain_bytes,
    refund_document,
    shipment_document,
)
from connectors.stores.bigcommerce.twin_state import (
    INCOMPLETE,
    LOCATION,
    Item,
    Order,
    Refusal,
    Shipment,
    Store,
)
from mappings.stores.bigcommerce.tables import SHIPPING_PROVIDERS

STORE_HASH, TOKEN = "twin", "twin-access-token"
QUOTA, WINDOW = 150, timedelta(seconds=30)
LARGEST_PAGE = 250
MOST_ITEMS = 2000
SORTS = tuple(
    f"{field}{way}" for field in ("id", "date_created", "date_modified") for way in ("", ":asc", ":desc")
)
TRACKING = {"tracking_number": 50, "tracking_link": 500, "shipping_provider": 100, "tracking_carrier": 100,
            "shipping_method": 255, "comments": 65535, "merchant_shipping_cost": 20}  # fmt: skip
"""Field → its longest value."""

PROVIDERS = frozenset(
    {*SHIPPING_PROVIDERS.codes.values(), "endicia", "upsready", "upsonline", "shipperhq", ""}
)
_INCLUDE = "consignments.line_items"

Handler = Callable[[Request], Awaitable[Response]]


class Interface:
    """`record` enters an effect."""

    def __init__(self, store: Store, record: Callable[..., None]) -> None:
        self.store = store
        self.record = record
        self.hooks: dict[int, dict[str, Any]] = {}
        self.min_id_is_inclusive = True
        """Nobody says whether it is."""
        self._calls: deque[datetime] = deque()

    def routes(self) -> list[Route]:
        order = "v2/orders/{order:int}"
        stock = "v3/inventory/locations/{location:int}/items"
        table: list[tuple[str, str, Handler]] = [
            ("GET", "v2/orders", self._orders),
            ("GET", order, self._order),
            ("GET", f"{order}/shipments", self._shipments),
            ("POST", f"{order}/shipments", self._ship),
            ("PUT", f"{order}/shipments/{{shipment:int}}", self._change_shipment),
            ("GET", "v3/orders/{order:int}/payment_actions/refunds", self._refunds),
            ("GET", "v3/inventory/items", self._items),
            ("GET", stock, self._items),
            ("PUT", "v3/inventory/adjustments/absolute", self._adjust),
            ("GET", "v3/hooks", self._list_hooks),
            ("POST", "v3/hooks", self._add_hook),
            ("PUT", "v3/hooks/{hook:int}", self._change_hook),
            ("DELETE", "v3/hooks/{hook:int}", self._remove_hook),
        ]
        return [
            Route(f"/stores/{STORE_HASH}/{path}", self._guarded(handler), methods=[method])
            for method, path, handler in table
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            if not same(TOKEN, request.headers.get("x-auth-token", "")):
                return refused(request, Refusal(401, "X-Auth-Token header is missing or invalid."))
            if "/v2/" in request.url.path and "application/json" not in request.headers.get("accept", ""):
                return Response('<?xml version="1.0"?><answer/>', media_type="application/xml")
            if (wait := self._over_quota()) is not None:
                return limited(wait)
            try:
                return await handler(request)
            except Refusal as refusal:
                return refused(request, refusal)

        return answer

    def _over_quota(self) -> timedelta | None:
        """Until the oldest call leaves the window."""
        now = self.store.now()
        while self._calls and now - self._calls[0] >= WINDOW:
            self._calls.popleft()
        if len(self._calls) >= QUOTA:
            return self._calls[0] + WINDOW - now
        self._calls.append(now)
        return None

    # ------------------------------------------------------------------- orders

    async def _orders(self, request: Request) -> Response:
        query = request.query_params
        limit, page = number(request, "limit", 50, LARGEST_PAGE), number(request, "page", 1)
        field, _, way = one_of(request, "sort", "id", SORTS).partition(":")
        found = self.store.changed(
            instant(request, "min_date_modified"), instant(request, "max_date_modified")
        )
        first, last = number(request, "min_id", 0), number(request, "max_id", 10**12)
        first += 0 if self.min_id_is_inclusive else 1
        orders = [self.store.orders[it] for it in found if first <= it <= last]
        since, until = instant(request, "min_date_created"), instant(request, "max_date_created")
        if since or until:
            orders = [
                it
                for it in orders
                if (not since or it.created >= since) and (not until or it.created <= until)
            ]
        if field != "date_modified":
            orders.sort(key=lambda it: it.id if field == "id" else it.created)
        if way == "desc":
            orders.reverse()
        rows = orders[(page - 1) * limit : page * limit]
        return (
            raw(b"[" + b",".join(self._shown(it, query) for it in rows) + b"]")
            if rows
            else Response(status_code=204)
        )

    def _shown(self, order: Order, query: Mapping[str, str]) -> bytes:
        is_whole = _INCLUDE in query.get("include", "") and query.get("consignment_structure") == "object"
        return order_bytes(order) if is_whole else plain_bytes(order)

    def _named(self, request: Request) -> Order:
        order = self.store.orders.get(request.path_params["order"])
        if order is None:
            raise Refusal(404, "The requested resource was not found.")
        return order

    async def _order(self, request: Request) -> Response:
        return raw(self._shown(self._named(request), request.query_params))

    async def _refunds(self, request: Request) -> Response:
        order = self._named(request)
        return reply({"data": [refund_document(order, it) for it in order.refunds], "meta": {}})

    # ------------------------------------------------------------------ parcels

    async def _shipments(self, request: Request) -> Response:
        order = self._named(request)
        limit, page = number(request, "limit", 50, LARGEST_PAGE), number(request, "page", 1)
        rows = order.shipments[(page - 1) * limit : page * limit]
        return reply([shipment_document(order, it) for it in rows]) if rows else Response(status_code=204)

    async def _ship(self, request: Request) -> Response:
        order, body = self._named(request), await json_of(request)
        fields, items = _tracking(body, ("order_address_id", "items")), body.get("items")
        if body.get("order_address_id") != order.address_id:
            raise Refusal(400, "The field 'order_address_id' is invalid.")
        if order.status == INCOMPLETE or not isinstance(items, list) or not items:
            raise Refusal(400, "The field 'items' is invalid.")
        units: dict[int, int] = {}
        for item in items:
            if not isinstance(item, dict) or set(item) != {"order_product_id", "quantity"}:
                raise Refusal(400, "The field 'items' is invalid.")
            units[item["order_product_id"]] = units.get(item["order_product_id"], 0) + item["quantity"]
        shipment = self.store.ship(order, fields, units)
        self.record("shipment", str(order.id), number=fields.get("tracking_number", ""))
        return reply(shipment_document(order, shipment), 201)

    async def _change_shipment(self, request: Request) -> Response:
        order, body = self._named(request), await json_of(request)
        shipment = _shipment(order, request.path_params["shipment"])
        shipment.fields.update(_tracking(body, ("order_address_id",)))
        self.store.touch(order)
        self.record("shipment_changed", str(order.id), number=shipment.fields.get("tracking_number", ""))
        return reply(shipment_document(order, shipment))

    # -------------------------------------------------------------------- stock

    async def _items(self, request: Request) -> Response:
        place = request.path_params.get("location", LOCATION)
        if place != LOCATION:
            raise Refusal(404, f"Location with id {place} not found")
        wanted = request.query_params.get("variant_id:in")
        ids = [int(it) for it in wanted.split(",")] if wanted else list(self.store.items)
        found = [self.store.items[it] for it in dict.fromkeys(ids) if it in self.store.items]
        return page_of(request, [self._inventory(it, request) for it in found])

    def _inventory(self, item: Item, request: Request) -> dict[str, Any]:
        document = item_document(item)
        if "location" in request.path_params:
            return document
        identity = document.pop("identity")
        return {
            "identity": {**identity, "sku_id": None},
            "locations": [{"location_id": LOCATION, **document}],
        }

    async def _adjust(self, request: Request) -> Response:
        body = await json_of(request)
        items = body.get("items")
        if set(body) - {"reason", "items"} or not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
            raise Refusal(422, "Payload contains invalid fields")
        for one in items:
            self._check_adjustment(one)
        for one in items:
            item = self.store.items[one["variant_id"]]
            item.on_hand = one["quantity"]
            self.record("stock", item.sku, quantity=one["quantity"])
        return reply({"transaction_id": f"{self.store.new_id():032x}", "data": {}, "meta": {}})

    def _check_adjustment(self, one: Any) -> None:
        if not isinstance(one, dict) or set(one) != {"location_id", "variant_id", "quantity"}:
            raise Refusal(422, "Payload contains invalid fields")
        if any(type(value) is not int for value in one.values()) or one["quantity"] < 0:
            raise Refusal(422, "Payload contains invalid fields")
        if one["location_id"] != LOCATION or one["variant_id"] not in self.store.items:
            raise Refusal(422, f"[Item with variant_id {one['variant_id']} not found]")

    # -------------------------------------------------------------------- hooks

    async def _list_hooks(self, request: Request) -> Response:
        wanted = request.query_params.get("destination")
        found = [hook for hook in self.hooks.values() if wanted in (None, hook["destination"])]
        return page_of(request, found)

    async def _add_hook(self, request: Request) -> Response:
        body = await json_of(request)
        self._check_hook(body)
        if not {"scope", "destination"} <= set(body):
            raise Refusal(422, "JSON data is missing or invalid")
        now = int(self.store.now().timestamp())
        number = self.store.new_id()
        hook = {"id": number, "client_id": "twin", "store_hash": STORE_HASH, "headers": None}
        hook |= {"created_at": now, "updated_at": now, "is_active": True, **body}
        self.hooks[number] = hook
        return reply({"data": hook, "meta": {}})

    async def _change_hook(self, request: Request) -> Response:
        body = await json_of(request)
        self._check_hook(body)
        hook = self._hook(request)
        hook.update(body)
        return reply({"data": hook, "meta": {}})

    async def _remove_hook(self, request: Request) -> Response:
        hook = self._hook(request)
        del self.hooks[hook["id"]]
        return reply({"data": hook, "meta": {}})

    def _hook(self, request: Request) -> dict[str, Any]:
        hook = self.hooks.get(request.path_params["hook"])
        if hook is None:
            raise Refusal(404, f"Webhook with id [{request.path_params['hook']}] not found")
        return hook

    def _check_hook(self, body: Mapping[str, Any]) -> None:
        if set(body) - {"scope", "destination", "is_active", "headers"} or not body:
            raise Refusal(422, "JSON data is missing or invalid")
        destination = body.get("destination", "https://kept.example")
        if not re.fullmatch(r"https://[^/:]+(:443)?(/.*)?", destination):
            raise Refusal(400, "Input is invalid.")


def _tracking(body: Mapping[str, Any], beside: Sequence[str]) -> dict[str, Any]:
    """Fields of a shipment that a caller may write."""
    for name, value in body.items():
        if name in beside:
            continue
        if name not in TRACKING:
            raise Refusal(400, f"The field '{name}' is not supported by this resource.")
        if not isinstance(value, str) or len(value) > TRACKING[name]:
            raise Refusal(400, f"The field '{name}' is invalid.")
    provider = body.get("shipping_provider", "")
    if provider not in PROVIDERS and not re.fullmatch(r"carrier_[0-9]+", provider):
        raise Refusal(400, "The field 'shipping_provider' is invalid.")
    return {name: value for name, value in body.items() if name in TRACKING}


def _shipment(order: Order, shipment_id: int) -> Shipment:
    found = next((it for it in order.shipments if it.id == shipment_id), None)
    if found is None:
        raise Refusal(404, "The requested resource was not found.")
    return found


def number(request: Request, name: str, default: int, most: int = 10**12) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) > most:
        raise Refusal(400, f"The field '{name}' is invalid.")
    return int(text)


def one_of(request: Request, name: str, default: str, allowed: Sequence[str]) -> str:
    value = request.query_params.get(name, default)
    if value not in allowed:
        raise Refusal(400, f"The field '{name}' is invalid.")
    return value


def instant(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(400, f"The field '{name}' is invalid.") from None
    if moment.tzinfo is None:
        raise Refusal(400, f"The field '{name}' is invalid.")
    return moment


async def json_of(request: Request) -> dict[str, Any]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refusal(415, "The content type must be application/json.")
    try:
        body = msgspec.json.decode(await request.body())
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "Input is invalid.")
    return body


def page_of(request: Request, rows: Sequence[Any]) -> Response:
    limit, page = number(request, "limit", 50, 1000), number(request, "page", 1)
    shown = rows[(page - 1) * limit : page * limit]
    pagination = {"total": len(rows), "count": len(shown), "per_page": limit, "current_page": page}
    pagination["total_pages"] = -(-len(rows) // limit)
    return reply({"data": list(shown), "meta": {"pagination": pagination}})


def reply(body: Any, status: int = 200) -> Response:
    return raw(encode(body), status)


def raw(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")


def refused(request: Request, refusal: Refusal) -> Response:
    """V2 answers a list of messages, V3 a problem."""
    if "/v2/" in request.url.path:
        return reply([{"status": refusal.status, "message": str(refusal)}], refusal.status)
    problem = {
        "status": refusal.status,
        "title": str(refusal),
        "type": "/api-docs/api-status-codes",
        "errors": {},
    }
    return reply(problem, refusal.status)


def limited(wait: timedelta) -> Response:
    milliseconds = str(int(wait.total_seconds() * 1000))
    headers = {
        "X-Rate-Limit-Time-Window-Ms": str(int(WINDOW.total_seconds() * 1000)),
        "X-Rate-Limit-Time-Reset-Ms": milliseconds,
        "X-Rate-Limit-Requests-Quota": str(QUOTA),
        "X-Rate-Limit-Requests-Left": "0",
    }
    return Response(encode({"status": 429, "title": "Too many requests"}), 429, headers)
