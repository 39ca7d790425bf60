"""An imitation of Medusa's Admin API (2.21): lists, changes, refusals in its own words, and its buyers."""

from base64 import b64encode
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import format_datetime
from random import Random
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from connectors.stores.medusa import twin_query as query
from connectors.stores.medusa.twin_answers import select_order, variant_document
from connectors.stores.medusa.twin_changes import Changes
from connectors.stores.medusa.twin_state import LOCATIONS, Order, Refusal, Shop, invalid
from mappings.canonical import PostalAddress

API_KEY = "sk_" + "0123456789abcdef" * 4

Parameters = Mapping[str, list[str]]
Answer = Callable[[Request, Parameters, Any], bytes]

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Twin(StoreTwin):
    """Unpaid purchases are placed with an authorised payment: capturing it later moves no time stamp. Cash on
    delivery is not offered here: it would stay authorised."""

    platform = "medusa"

    def __init__(self, now: Callable[[], Any], random: Random) -> None:
        super().__init__(now, random)
        self.shop = Shop(now, random)
        self.changes = Changes(self.shop, self.record)

    def routes(self) -> Starlette:
        orders = "/admin/orders"
        parcel = f"{orders}/{{order_id}}/fulfillments/{{fulfilment_id}}"
        return Starlette(
            routes=[
                Route(orders, self._serve(self._list_orders), methods=["GET"]),
                Route(f"{orders}/{{order_id}}/fulfillments", self._serve(self._add), methods=["POST"]),
                Route(f"{parcel}/shipments", self._serve(self._ship), methods=["POST"]),
                Route(f"{parcel}/mark-as-delivered", self._serve(self._deliver), methods=["POST"]),
                Route(f"{parcel}/cancel", self._serve(self._cancel_parcel), methods=["POST"]),
                Route("/admin/product-variants", self._serve(self._list_variants), methods=["GET"]),
                Route("/admin/stock-locations", self._serve(self._list_locations), methods=["GET"]),
                Route(
                    "/admin/inventory-items/location-levels/batch",
                    self._serve(self._write_levels),
                    methods=["POST"],
                ),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {"url": base_url, "api_key": API_KEY}

    def drift(self) -> None:
        """Somebody edits an order: its `updated_at` moves."""
        if self.shop.orders:
            self.shop.touch(self.random.choice(list(self.shop.orders.values())))

    def _serve(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            parameters = parse_qs(request.url.query, keep_blank_values=True)
            try:
                content, status = self._answer(answer, request, parameters, await request.body()), 200
            except Refusal as refusal:
                content, status = _refused(refusal), refusal.status
            headers = {"date": format_datetime(self.now(), usegmt=True)}
            return Response(content, status, headers, media_type="application/json")

        return serve

    def _answer(self, answer: Answer, request: Request, parameters: Parameters, content: bytes) -> bytes:
        if request.headers.get("authorization", "") not in _KEYS:
            raise Refusal(401, "", "Unauthorized")
        try:
            body = msgspec.json.decode(content) if content else {}
        except msgspec.DecodeError:
            raise invalid("Unexpected end of JSON input") from None
        return answer(request, parameters, body)

    def _list_orders(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        found = self._matching(parameters)
        limit = query.number(parameters, "limit", query.DEFAULT_LIMIT)
        offset = query.number(parameters, "offset", 0)
        fields = parameters.get("fields", ["id"])[-1]
        tree = query.selection(fields)
        page = [self._rendered(self.shop.orders[it], fields, tree) for it in found[offset : offset + limit]]
        rest = f'],"count":{len(found)},"offset":{offset},"limit":{limit}}}'
        return b'{"orders":[' + b",".join(page) + rest.encode()

    def _matching(self, parameters: Parameters) -> list[str]:
        """Ids in the wanted order; a list by time is sorted by nothing else."""
        field, descending = query.sorting(parameters)
        wanted, since = query.ids(parameters), query.instant(parameters, "updated_at[$gte]")
        if wanted is not None:
            found = [it for it in dict.fromkeys(wanted) if it in self.shop.orders]
        elif since is not None:
            found = list(self.shop.touched_since(since))
        else:
            found = list(self.shop.orders)
        found.sort()
        if above := parameters.get("id[$gt]"):
            found = found[bisect_right(found, above[-1]) :]
        found = [it for it in found if self._is_placed_in(parameters, self.shop.orders[it])]
        if field == "updated_at":
            found.sort(key=lambda it: self.shop.orders[it].updated)
        return found[::-1] if descending else found

    def _is_placed_in(self, parameters: Parameters, order: Order) -> bool:
        first, last = (query.instant(parameters, f"created_at[{it}]") for it in ("$gte", "$lte"))
        return (first is None or order.created >= first) and (last is None or order.created <= last)

    def _rendered(self, order: Order, fields: str, tree: query.Selection) -> bytes:
        if fields not in order.rendered:
            order.rendered[fields] = _encode(select_order(order, tree))
        return order.rendered[fields]

    def _list_variants(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        """This list takes no operators for ids."""
        if any(name.startswith("id[$") for name in parameters):
            raise invalid(
                "Invalid request: Expected type: 'string, array' for field 'id', got: '[object Object]'"
            )
        wanted = query.ids(parameters)
        found = [it for it in self.shop.variants.values() if wanted is None or it.id in wanted]
        return self._page("variants", parameters, [variant_document(it) for it in found])

    def _list_locations(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        wanted = query.ids(parameters)
        found = [{"id": it} for it in LOCATIONS if wanted is None or it in wanted]
        return self._page("stock_locations", parameters, found)

    def _page(self, name: str, parameters: Parameters, found: list[dict[str, Any]]) -> bytes:
        query.sorting(parameters)
        limit = query.number(parameters, "limit", query.DEFAULT_LIMIT)
        offset = query.number(parameters, "offset", 0)
        tree = query.selection(parameters.get("fields", [""])[-1])
        page = [query.select(item, tree) for item in found[offset : offset + limit]]
        return _encode({name: page, "count": len(found), "offset": offset, "limit": limit})

    def _add(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        return self._changed(parameters, self.changes.add(request.path_params["order_id"], body))

    def _ship(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        return self._changed(parameters, self.changes.ship(**request.path_params, body=body))

    def _deliver(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        return self._changed(parameters, self.changes.deliver(**request.path_params, body=body))

    def _cancel_parcel(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        return self._changed(parameters, self.changes.cancel(**request.path_params, body=body))

    def _changed(self, parameters: Parameters, order: Order) -> bytes:
        tree = query.selection(parameters.get("fields", ["id"])[-1])
        return _encode({"order": query.select(select_order(order, {**tree, "id": {}}), {**tree, "id": {}})})

    def _write_levels(self, request: Request, parameters: Parameters, body: Any) -> bytes:
        return _encode(self.changes.write_levels(body))

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shop.offer(product.sku, product.title, product.price, product.stock)

    def place_order(self, purchase: Purchase) -> str:
        order = self.shop.place(purchase.items, purchase.ship_to, purchase.buyer_reference, purchase.email)
        if purchase.paid:
            self.shop.capture(order)
        self.record("order", order.id)
        return order.id

    def pay_order(self, order_id: str) -> None:
        self.shop.capture(self.shop.orders[order_id])

    def cancel_order(self, order_id: str) -> bool:
        """The shop cancels for its buyer, which gives the money back, while nothing is in a fulfilment."""
        order = self.shop.orders[order_id]
        if not _is_untouched(order):
            return False
        self.shop.cancel(order)
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        """Medusa keeps the country of an order."""
        order = self.shop.orders[order_id]
        if not _is_untouched(order) or ship_to.country != order.address.country:
            return False
        order.address = ship_to
        self.shop.touch(order)
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """The shop edits the order down, which lowers its total, and gives the difference back. A line
        without units left disappears."""
        order = self.shop.orders[order_id]
        if position >= len(order.lines) or order.status == "canceled" or not order.payment.captured:
            return False
        line = order.lines[position]
        if line.quantity - line.fulfilled < quantity:
            return False
        self.shop.reduce(order, line, quantity)
        self.record("refund", order_id, line=line.id, quantity=quantity)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.shop.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: variant.available for sku, variant in self.shop.by_sku.items()}


_KEYS = {f"Basic {b64encode(f'{API_KEY}:'.encode()).decode()}", f"Basic {API_KEY}"}


def _refused(refusal: Refusal) -> bytes:
    if refusal.status == 401:
        return _encode({"message": str(refusal)})
    code = {"code": refusal.kind} if refusal.status == 500 else {}
    return _encode({**code, "type": refusal.kind, "message": str(refusal)})


def _is_untouched(order: Order) -> bool:
    return order.status != "canceled" and not order.standing


def _known(order: Order) -> KnownOrder:
    shipped = [fulfilment for fulfilment in order.standing if fulfilment.shipped_at]
    return KnownOrder(
        order_id=order.id,
        placed_at=order.created,
        cancelled=order.status == "canceled",
        quantities={line.id: line.quantity for line in order.lines},
        parcels=[
            KnownParcel(
                tracking_number=number,
                carrier=str((fulfilment.metadata or {}).get("carrier", "")),
                quantities=fulfilment.quantities,
                status="delivered" if fulfilment.delivered_at else "shipped",
            )
            for fulfilment in shipped
            for number in fulfilment.numbers
        ],
        delivered=order.fulfillment_status == "delivered",
    )
