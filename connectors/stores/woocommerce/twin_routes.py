"""The twin's REST routes: orders and their parcels, products, webhooks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.stores.woocommerce.twin_render import (
    dates,
    fulfilment_document,
    note_document,
    order_bytes,
    product_document,
    refund_document,
    tracking_document,
)
from connectors.stores.woocommerce.twin_rest import (
    LARGEST_PAGE,
    Keys,
    Query,
    RestRefusal,
    body_of,
    invalid,
    missing,
    no_route,
    raw_reply,
    reply,
    selected,
)
from connectors.stores.woocommerce.twin_shop import STATUSES, Item, Note, Order, Parcel, Shop

CORE = "/wp-json/wc/v3"
TRACKING = "/wp-json/wc-shipment-tracking/v3"
ORDERINGS = ("date", "id", "include", "title", "slug", "modified")
TOPICS = tuple(f"order.{event}" for event in ("created", "updated", "deleted", "restored"))

Handler = Callable[[Request], Awaitable[Response]]


class RestRoutes:
    """`features`: what is switched on or installed beside the core. `record` enters an effect."""

    def __init__(self, shop: Shop, keys: Keys, record: Callable[..., None]) -> None:
        self.shop = shop
        self.keys = keys
        self.record = record
        self.features = {"fulfillments", "shipment-tracking"}
        self.webhooks: dict[int, dict[str, Any]] = {}
        self.pings: list[tuple[str, bytes]] = []
        """(address, body) of the unsigned posts that follow a creation at once."""

    def routes(self) -> list[Route]:
        order = f"{CORE}/orders/{{order:int}}"
        tracked = f"{TRACKING}/orders/{{order:int}}/shipment-trackings"
        table: list[tuple[str, str, Handler]] = [
            ("GET", f"{CORE}/orders", self._orders),
            ("GET", order, self._order),
            ("PUT", order, self._change_order),
            ("GET", f"{order}/refunds", self._refunds),
            ("GET", f"{order}/notes", self._notes),
            ("POST", f"{order}/notes", self._add_note),
            ("GET", f"{order}/fulfillments", self._fulfilments),
            ("POST", f"{order}/fulfillments", self._add_fulfilment),
            ("PUT", f"{order}/fulfillments/{{parcel:int}}", self._change_fulfilment),
            ("GET", tracked, self._trackings),
            ("POST", tracked, self._add_tracking),
            ("DELETE", f"{tracked}/{{parcel}}", self._remove_tracking),
            ("GET", f"{CORE}/products", self._products),
            ("GET", f"{CORE}/products/{{product:int}}/variations", self._variations),
            ("POST", f"{CORE}/products/batch", self._write_products),
            ("POST", f"{CORE}/products/{{product:int}}/variations/batch", self._write_variations),
            ("GET", f"{CORE}/webhooks", self._webhooks),
            ("POST", f"{CORE}/webhooks", self._add_webhook),
            ("PUT", f"{CORE}/webhooks/{{webhook:int}}", self._change_webhook),
            ("DELETE", f"{CORE}/webhooks/{{webhook:int}}", self._remove_webhook),
        ]
        paths: dict[str, dict[str, Handler]] = {}
        for method, path, handler in table:
            paths.setdefault(path, {})[method] = handler
        return [
            Route(path, self._guarded(by_method), methods=["GET", "POST", "PUT", "DELETE"])
            for path, by_method in paths.items()
        ]

    def _guarded(self, by_method: Mapping[str, Handler]) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                if request.method not in by_method:
                    raise no_route()
                self.keys.admit(request)
                return await by_method[request.method](request)
            except RestRefusal as refusal:
                return refusal.answer()

        return answer

    # ------------------------------------------------------------------- orders

    async def _orders(self, request: Request) -> Response:
        query = Query(request, ORDERINGS)
        statuses = query.some_of("status", "any", ("any", "trash", *STATUSES))
        bounds = [query.instant(name) for name in ("modified_after", "modified_before", "after", "before")]
        aware = [it.replace(tzinfo=self.shop.now().tzinfo) if it else None for it in bounds]
        name, orders = "trash" if statuses == ["trash"] else "any", self.shop.orders
        include = query.numbers("include")
        if include is None:
            entries = self.shop.changed(name, aware[0], aware[1])
        else:
            known = (orders.get(order_id) for order_id in set(include))
            entries = sorted((it.modified, it.id) for it in known if it and it.is_in(name))
        if aware[2] or aware[3] or statuses not in (["any"], ["trash"]):
            entries = [it for it in entries if _is_between(orders[it[1]], aware[2], aware[3], statuses)]
        if query.order_by != "modified":
            by_id = query.order_by == "id"
            entries.sort(key=lambda it: it[1] if by_id else (orders[it[1]].created, it[1]))
        if query.descending:
            entries.reverse()
        return query.page(entries, lambda entry: order_bytes(orders[entry[1]]))

    def _named(self, request: Request, code: str = "woocommerce_rest_shop_order_invalid_id") -> Order:
        order = self.shop.orders.get(request.path_params["order"])
        if order is None:
            raise RestRefusal(404, code, "Invalid ID.")
        return order

    async def _order(self, request: Request) -> Response:
        document = order_bytes(self._named(request))
        return raw_reply(selected(document, request.query_params.get("_fields", "")))

    async def _change_order(self, request: Request) -> Response:
        order = self._named(request)
        body = await body_of(request, {"status": str, "meta_data": list})
        if body.get("status", order.status) not in STATUSES:
            raise invalid("status")
        if "status" in body and body["status"] != order.status:
            self.shop.set_status(order, body["status"])
            self.record("status", str(order.id), status=order.status)
        return raw_reply(order_bytes(order))

    async def _refunds(self, request: Request) -> Response:
        order, query = self._named(request, "woocommerce_rest_invalid_order_id"), Query(request, ORDERINGS)
        render = lambda refund: msgspec.json.encode(refund_document(order, refund))  # noqa: E731 - for one call
        return query.page(order.refunds[::-1], render)

    async def _notes(self, request: Request) -> Response:
        order = self._named(request, "woocommerce_rest_order_invalid_id")
        return reply([note_document(note) for note in reversed(order.notes)])

    async def _add_note(self, request: Request) -> Response:
        order = self._named(request, "woocommerce_rest_order_invalid_id")
        body = await body_of(request, {"note": str, "customer_note": bool})
        if not body.get("note"):
            raise missing("note")
        is_told = body.get("customer_note", False)
        note = Note(self.shop.new_id(), body["note"], is_told, self.shop.now(), order.left())
        order.notes.append(note)
        self.record("note", str(order.id), text=note.text)
        return reply(note_document(note), 201)

    # ------------------------------------------------------------------ parcels

    def _of_feature(self, request: Request, feature: str) -> Order:
        if feature not in self.features:
            raise no_route()
        return self._named(request, "woocommerce_rest_order_invalid_id")

    async def _fulfilments(self, request: Request) -> Response:
        order = self._of_feature(request, "fulfillments")
        return reply([fulfilment_document(order, it) for it in order.fulfilments])

    async def _add_fulfilment(self, request: Request) -> Response:
        order = self._of_feature(request, "fulfillments")
        body = await body_of(request, {"status": str, "is_fulfilled": bool, "meta_data": list})
        parcel = Parcel(str(self.shop.new_id()), "", "", {})
        self._read_meta(parcel, body)
        order.fulfilments.append(parcel)
        self.record("fulfilment", str(order.id), number=parcel.number)
        return reply(fulfilment_document(order, parcel), 201)

    async def _change_fulfilment(self, request: Request) -> Response:
        order = self._of_feature(request, "fulfillments")
        wanted = str(request.path_params["parcel"])
        parcel = next((it for it in order.fulfilments if it.id == wanted), None)
        if parcel is None:
            raise RestRefusal(404, "woocommerce_rest_fulfillment_invalid_id", "Invalid fulfillment ID.")
        body = await body_of(request, {"status": str, "is_fulfilled": bool, "meta_data": list})
        self._read_meta(parcel, body)
        self.record("fulfilment_changed", str(order.id), number=parcel.number)
        return reply(fulfilment_document(order, parcel))

    def _read_meta(self, parcel: Parcel, body: Mapping[str, Any]) -> None:
        """A value with an id replaces the one that has it; without, it is a value more."""
        known = {one["id"]: dict(one) for one in parcel.meta}
        for given in body.get("meta_data", []):
            if not isinstance(given, dict) or not isinstance(given.get("key"), str):
                raise invalid("meta_data")
            number = given.get("id") or self.shop.new_id()
            known[number] = {"id": number, "key": given["key"], "value": given.get("value")}
        by_key = {one["key"]: one["value"] for one in reversed(list(known.values()))}
        units = _items(by_key.get("_items"))
        parcel.meta = list(known.values())
        parcel.units, parcel.number = units, str(by_key.get("_tracking_number", ""))
        parcel.carrier = str(by_key.get("_shipment_provider", ""))

    async def _trackings(self, request: Request) -> Response:
        order = self._of_feature(request, "shipment-tracking")
        return reply([tracking_document(it) for it in order.trackings])

    async def _add_tracking(self, request: Request) -> Response:
        order = self._of_feature(request, "shipment-tracking")
        names = ("tracking_provider", "custom_tracking_provider", "custom_tracking_link")
        body = await body_of(request, dict.fromkeys((*names, "tracking_number", "date_shipped"), str))
        if not body.get("tracking_number"):
            raise missing("tracking_number")
        carrier = body.get("tracking_provider") or body.get("custom_tracking_provider")
        if not carrier:
            raise invalid("tracking_provider")
        number = f"{self.shop.new_id():032x}"
        parcel = Parcel(number, body["tracking_number"], carrier, order.left())
        parcel.shipped_on, parcel.link = body.get("date_shipped", ""), body.get("custom_tracking_link", "")
        order.trackings.append(parcel)
        self.record("tracking", str(order.id), number=parcel.number)
        return reply(tracking_document(parcel), 201)

    async def _remove_tracking(self, request: Request) -> Response:
        order = self._of_feature(request, "shipment-tracking")
        wanted = request.path_params["parcel"]
        parcel = next((it for it in order.trackings if it.id == wanted), None)
        if parcel is None:
            words = "Invalid shipment tracking ID."
            raise RestRefusal(404, "woocommerce_rest_shipment_tracking_invalid_id", words)
        order.trackings.remove(parcel)
        self.record("tracking_removed", str(order.id), number=parcel.number)
        return reply(tracking_document(parcel))

    # ----------------------------------------------------------------- products

    async def _products(self, request: Request) -> Response:
        query = Query(request, ORDERINGS)
        query.some_of("status", "any", ("any", "draft", "pending", "private", "publish", "trash"))
        return self._listed(query, [it for it in self.shop.items.values() if not it.parent])

    async def _variations(self, request: Request) -> Response:
        query, product = Query(request, ORDERINGS), request.path_params["product"]
        if product not in self.shop.items:
            raise RestRefusal(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return self._listed(query, [it for it in self.shop.items.values() if it.parent == product])

    def _listed(self, query: Query, items: list[Item]) -> Response:
        items.sort(key=lambda it: it.id, reverse=query.descending)
        return query.page(items, lambda item: msgspec.json.encode(product_document(item)))

    async def _write_products(self, request: Request) -> Response:
        return await self._batch(request, 0, "woocommerce_rest_product_invalid_id")

    async def _write_variations(self, request: Request) -> Response:
        parent = request.path_params["product"]
        return await self._batch(request, parent, "woocommerce_rest_product_variation_invalid_id")

    async def _batch(self, request: Request, parent: int, code: str) -> Response:
        updates = (await body_of(request, {"update": list})).get("update", [])
        if len(updates) > LARGEST_PAGE:
            words = f"Unable to accept more than {LARGEST_PAGE} items for this request."
            raise RestRefusal(413, "woocommerce_rest_request_entity_too_large", words)
        return reply({"update": [self._update(one, parent, code) for one in updates]})

    def _update(self, given: Any, parent: int, code: str) -> dict[str, Any]:
        """A refusal stays inside the success, in the place of its object."""
        item = self.shop.items.get(given.get("id"))
        quantity = given.get("stock_quantity")
        if item is None or item.parent != parent:
            error = {"code": code, "message": "Invalid ID.", "data": {"status": 400}}
            return {"id": given.get("id"), "error": error}
        if type(quantity) is not int or given.get("manage_stock") is not True:
            error = {"code": "rest_invalid_param", "message": "Invalid parameter(s): stock_quantity"}
            return {"id": item.id, "error": {**error, "data": {"status": 400}}}
        item.stock = quantity
        self.record("stock", item.sku, quantity=quantity)
        return product_document(item)

    # ----------------------------------------------------------------- webhooks

    async def _webhooks(self, request: Request) -> Response:
        query = Query(request, ("date", "id", "title"))
        hooks = sorted(self.webhooks.values(), key=lambda it: it["id"], reverse=query.descending)
        return query.page(hooks, lambda hook: msgspec.json.encode(_hook_document(hook)))

    async def _add_webhook(self, request: Request) -> Response:
        """Without a secret WooCommerce draws one; with the creation goes a ping."""
        fields = dict.fromkeys(("name", "topic", "delivery_url", "secret", "status"), str)
        body = await body_of(request, fields)
        if body.get("topic") not in TOPICS:
            words = "Webhook topic is required and must be valid."
            raise RestRefusal(400, "woocommerce_rest_shop_webhook_invalid_topic", words)
        if urlsplit(body.get("delivery_url", "")).scheme not in ("http", "https"):
            words = "Webhook delivery URL must be a valid URL starting with http:// or https://."
            raise RestRefusal(400, "woocommerce_rest_shop_webhook_invalid_delivery_url", words)
        number = self.shop.new_id()
        usual = {"name": "Webhook", "status": "active", "secret": "drawn"}
        self.webhooks[number] = {**usual, **body, "id": number, "failures": 0, "at": self.shop.now()}
        self.pings.append((body["delivery_url"], f"webhook_id={number}".encode()))
        return reply(_hook_document(self.webhooks[number]), 201)

    def _hook(self, request: Request, status: int) -> dict[str, Any]:
        hook = self.webhooks.get(request.path_params["webhook"])
        if hook is None:
            raise RestRefusal(status, "woocommerce_rest_shop_webhook_invalid_id", "ID is invalid.")
        return hook

    async def _change_webhook(self, request: Request) -> Response:
        """A new status does not begin the count of failures anew."""
        hook = self._hook(request, 400)
        body = await body_of(request, dict.fromkeys(("secret", "status"), str))
        if body.get("status", "active") not in ("active", "paused", "disabled"):
            raise invalid("status")
        hook.update(body)
        return reply(_hook_document(hook))

    async def _remove_webhook(self, request: Request) -> Response:
        hook = self._hook(request, 404)
        if request.query_params.get("force") != "true":
            words = "Webhooks do not support trashing."
            raise RestRefusal(501, "woocommerce_rest_trash_not_supported", words)
        del self.webhooks[hook["id"]]
        return reply(_hook_document(hook))


def _is_between(order: Order, after: Any, before: Any, statuses: Sequence[str]) -> bool:
    in_time = (not after or order.created > after) and (not before or order.created < before)
    return in_time and ("any" in statuses or order.status in statuses)


def _items(value: Any) -> dict[int, int]:
    """`_items` of a fulfilment, as its data store checks them; each refusal has the code 0."""
    if not value:
        raise RestRefusal(400, 0, "The fulfillment should contain at least one item.")
    if not isinstance(value, list):
        raise RestRefusal(400, 0, "The fulfillment items should be an array.")
    for item in value:
        numbers = [item.get(name) for name in ("item_id", "qty")] if isinstance(item, dict) else [None]
        if not all(type(number) is int and number > 0 for number in numbers):
            raise RestRefusal(400, 0, "Invalid item.")
    return {item["item_id"]: item["qty"] for item in value}


def _hook_document(hook: Mapping[str, Any]) -> dict[str, Any]:
    """Its secret is never told."""
    resource, _, event = hook["topic"].partition(".")
    return {
        "id": hook["id"],
        "name": hook["name"],
        "status": hook["status"],
        "topic": hook["topic"],
        "resource": resource,
        "event": event,
        "hooks": [],
        "delivery_url": hook["delivery_url"],
        **dates("created", hook["at"]),
        **dates("modified", hook["at"]),
    }
