"""The twin's REST routes: orders, shipments and their tracks, products, inventory."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.stores.magento.twin_render import (
    encode,
    order_bytes,
    product_document,
    shipment_document,
    source_item_document,
    track_document,
)
from connectors.stores.magento.twin_search import Row, Search, Signatures
from connectors.stores.magento.twin_state import (
    SOURCE,
    Order,
    Product,
    Refusal,
    Shipment,
    Store,
    Track,
    no_entity,
)

ROOT = "/rest/all/V1"
STOCK = 1
MOST_ITEMS = 20
"""Of a synchronous array, where the input limit is on."""

CARRIERS = frozenset({"ups", "usps", "fedex", "dhl", "custom"})
TRACK = {"track_number", "title", "carrier_code"}
ENTITY = {*TRACK, "order_id", "parent_id", "weight", "qty", "description"}

Handler = Callable[[Request], Awaitable[Response]]


class Interface:
    """`record` enters an effect."""

    def __init__(self, store: Store, signatures: Signatures, record: Callable[..., None]) -> None:
        self.store = store
        self.signatures = signatures
        self.record = record

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Handler]] = [
            ("GET", "orders", self._orders),
            ("POST", "order/{order:int}/ship", self._ship),
            ("GET", "shipments", self._shipments),
            ("POST", "shipment/track", self._add_track),
            ("DELETE", "shipment/track/{track:int}", self._remove_track),
            ("GET", "products", self._products),
            ("GET", "inventory/sources/{source}", self._source),
            ("GET", "inventory/source-items", self._source_items),
            ("POST", "inventory/source-items", self._write_source_items),
            ("GET", "inventory/get-product-salable-quantity/{sku:path}/{stock:int}", self._salable),
        ]
        paths: dict[str, dict[str, Handler]] = {}
        for method, path, handler in table:
            paths.setdefault(path, {})[method] = handler
        served = [
            Route(f"{ROOT}/{path}", self._guarded(by_method), methods=["GET", "POST", "PUT", "DELETE"])
            for path, by_method in paths.items()
        ]
        return [*served, Route("/{path:path}", self._guarded({}), methods=["GET", "POST", "PUT", "DELETE"])]

    def _guarded(self, by_method: Mapping[str, Handler]) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                if request.method not in by_method:
                    raise Refusal(404, "Request does not match any route.")
                self.signatures.admit(request)
                return await by_method[request.method](request)
            except Refusal as refusal:
                more = {"parameters": refusal.parameters} if refusal.parameters else {}
                return reply({"message": str(refusal), **more}, refusal.status)

        return answer

    # ------------------------------------------------------------------- orders

    async def _orders(self, request: Request) -> Response:
        search = Search(request, ("entity_id", "created_at", "updated_at"))
        since, wanted = search.value("updated_at", "gteq"), search.value("entity_id", "in")
        if wanted is not None:
            ids = [int(it) for it in wanted.split(",") if it.isdecimal()]
        else:
            ids = self.store.changed_since(
                datetime.fromisoformat(since).replace(tzinfo=UTC) if since else None
            )
        orders = self.store.orders
        found = search.select([_order_row(orders[it]) for it in ids if it in orders])
        rows = [order_bytes(orders[row["entity_id"]]) for row in search.page(found)]
        return listed([_selected(row, search) for row in rows], len(found))

    def _named(self, order_id: int) -> Order:
        if order_id not in self.store.orders:
            raise no_entity("orderId", order_id)
        return self.store.orders[order_id]

    # ------------------------------------------------------------------ parcels

    async def _shipments(self, request: Request) -> Response:
        search = Search(request, ("entity_id", "order_id", "created_at"))
        wanted = search.value("order_id", "eq")
        orders = [self.store.orders.get(int(wanted))] if wanted else list(self.store.orders.values())
        pairs = [(order, it) for order in orders if order for it in order.shipments]
        rows = [
            {"entity_id": it.id, "order_id": o.id, "created_at": it.created, "pair": (o, it)}
            for o, it in pairs
        ]
        found = search.select(rows)
        return listed([encode(shipment_document(*row["pair"])) for row in search.page(found)], len(found))

    async def _ship(self, request: Request) -> Response:
        order = self._named(request.path_params["order"])
        body = await json_of(
            request, {"items", "notify", "appendComment", "comment", "tracks", "packages", "arguments"}
        )
        source = (body.get("arguments") or {}).get("extension_attributes", {}).get("source_code", SOURCE)
        if source != SOURCE:
            raise Refusal(400, 'Source with code "%1" does not exist.', [source])
        units: dict[int, int] = {}
        for item in body.get("items") or [{"order_item_id": it.id, "qty": it.open} for it in order.items]:
            if set(item) != {"order_item_id", "qty"}:
                raise missing("order_item_id")
            units[item["order_item_id"]] = units.get(item["order_item_id"], 0) + item["qty"]
        tracks = [self._track(it, TRACK) for it in body.get("tracks") or []]
        shipment = self.store.ship(order, units, tracks)
        self.record("shipment", str(order.id), numbers=[it.number for it in tracks])
        return reply(str(shipment.id))

    def _track(self, fields: Mapping[str, Any], names: set[str]) -> Track:
        for name in names:
            if fields.get(name) is None:
                raise missing(name)
        if set(fields) - names or fields["carrier_code"] not in CARRIERS or not fields["track_number"]:
            raise Refusal(400, "Please enter a tracking number.")
        return Track(self.store.new_id(), fields["track_number"], fields["title"], fields["carrier_code"])

    async def _add_track(self, request: Request) -> Response:
        entity = (await json_of(request, {"entity"})).get("entity") or {}
        track = self._track(entity, ENTITY)
        order = self._named(entity["order_id"])
        shipment = next((it for it in order.shipments if it.id == entity["parent_id"]), None)
        if shipment is None:
            raise Refusal(400, "Could not save the shipment tracking.")
        shipment.tracks.append(track)
        self.record("track_added", str(order.id), number=track.number)
        return reply(track_document(order, shipment, track))

    async def _remove_track(self, request: Request) -> Response:
        wanted = request.path_params["track"]
        for order, shipment in self._all_shipments():
            for track in shipment.tracks:
                if track.id == wanted:
                    shipment.tracks.remove(track)
                    self.record("track_removed", str(order.id), number=track.number)
                    return reply(True)
        raise no_entity("id", wanted)

    def _all_shipments(self) -> list[tuple[Order, Shipment]]:
        return [(order, it) for order in self.store.orders.values() for it in order.shipments]

    # ------------------------------------------------------------------- stock

    async def _products(self, request: Request) -> Response:
        search = Search(request, ("entity_id", "sku", "type_id", "updated_at"))
        kinds = {it.id: "simple" for it in self.store.products.values()}
        kinds |= dict.fromkeys(self.store.parents, "configurable")
        every = [*self.store.products.values(), *self.store.parents.values()]
        rows: list[Row] = [
            {"entity_id": it.id, "sku": it.sku, "type_id": kinds[it.id], "product": it} for it in every
        ]
        found = search.select(rows)
        documents = [product_document(row["product"], row["type_id"]) for row in search.page(found)]
        return listed([encode(search.selected(it)) for it in documents], len(found))

    async def _source(self, request: Request) -> Response:
        code = request.path_params["source"]
        if code != SOURCE:
            raise Refusal(404, 'Source with code "%value" does not exist.', {"value": code})
        return reply({"source_code": SOURCE, "name": "Default Source", "enabled": True})

    async def _source_items(self, request: Request) -> Response:
        search = Search(request, ("sku", "source_code", "quantity", "status"))
        rows: list[Row] = [{**source_item_document(it), "product": it} for it in self.store.products.values()]
        found = search.select(rows)
        return listed(
            [encode(source_item_document(row["product"])) for row in search.page(found)], len(found)
        )

    async def _write_source_items(self, request: Request) -> Response:
        items = (await json_of(request, {"sourceItems"})).get("sourceItems")
        if not isinstance(items, list) or not items:
            raise Refusal(400, "Input data is empty")
        if len(items) > MOST_ITEMS:
            raise Refusal(400, "Maximum items of type %type is %max", {"type": "SourceItem", "max": "20"})
        for item in items:
            self._check_source_item(item)
        for item in items:
            self._set(self.store.products.get(item["sku"]), item)
        return reply([])

    def _check_source_item(self, item: Mapping[str, Any]) -> None:
        if set(item) != {"sku", "source_code", "quantity", "status"} or not item["sku"]:
            raise Refusal(400, "Validation Failed")
        if item["source_code"] != SOURCE or item["status"] not in (0, 1) or type(item["quantity"]) is not int:
            raise Refusal(400, "Validation Failed")

    def _set(self, product: Product | None, item: Mapping[str, Any]) -> None:
        """An SKU that no product has is taken without a word."""
        if product is not None:
            product.quantity, product.in_stock = item["quantity"], item["status"]
            self.record("stock", product.sku, quantity=item["quantity"])

    async def _salable(self, request: Request) -> Response:
        product = self.store.products.get(request.path_params["sku"])
        if product is None or request.path_params["stock"] != STOCK:
            raise Refusal(400, "The requested SKU is not assigned to the stock.")
        return reply(product.salable)


def _order_row(order: Order) -> Row:
    return {"entity_id": order.id, "created_at": order.created, "updated_at": order.updated}


def _selected(row: bytes, search: Search) -> bytes:
    if not search.fields:
        return row
    return encode(search.selected(msgspec.json.decode(row, type=dict[str, msgspec.Raw])))


def missing(name: str) -> Refusal:
    return Refusal(400, '"%fieldName" is required. Enter and try again.', {"fieldName": name})


async def json_of(request: Request, names: set[str]) -> dict[str, Any]:
    """A body whose fields are all known: Magento refuses what it cannot set."""
    try:
        body = msgspec.json.decode(await request.body())
    except msgspec.DecodeError:
        raise Refusal(400, "Decoding error.") from None
    if not isinstance(body, dict) or set(body) - names:
        raise Refusal(400, "Property does not have accessor method in class.")
    return body


def reply(body: Any, status: int = 200) -> Response:
    return Response(encode(body), status, media_type="application/json; charset=utf-8")


def listed(rows: Sequence[bytes], total: int) -> Response:
    content = (
        b'{"items":['
        + b",".join(rows)
        + b'],"search_criteria":{"filter_groups":[]},"total_count":%d}' % total
    )
    return Response(content, media_type="application/json; charset=utf-8")
