"""An imitation of Acme, as strict as Acme: signed webhooks, ending tokens, refusals inside a 200."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from mappings.canonical import PostalAddress
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ZONE = timezone(timedelta(hours=8))
LARGEST_PAGE = 50
LONGEST_WINDOW = timedelta(days=8)
TOKEN_LIFE = timedelta(hours=1)
HIDDEN = timedelta(minutes=5)
"""For so long a message that was handed out is not handed out again."""
LARGEST_BATCH = 50
CARRIERS = {"SWIFT", "SF", "UPS"}

Answering = Callable[[Request], Any]


class Refusal(Exception):
    """Ends a request with `ok: false`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Parcel:
    tracking_number: str
    carrier: str
    items: dict[str, int]
    status: str = "moving"


@dataclass
class Item:
    item_id: str
    product: Product
    quantity: int
    refunded: int = 0


@dataclass
class Order:
    order_id: str
    purchase: Purchase
    placed: datetime
    changed: datetime
    items: list[Item]
    ship_to: PostalAddress
    paid: bool
    cancelled: datetime | None = None
    parcels: list[Parcel] = field(default_factory=list)

    def shipped(self, item_id: str) -> int:
        return sum(parcel.items.get(item_id, 0) for parcel in self.parcels)

    def document(self) -> dict[str, Any]:
        total = sum((item.product.price * item.quantity for item in self.items), Decimal("5.00"))
        return {
            "order_id": self.order_id,
            "placed": wall_clock(self.placed),
            "changed": wall_clock(self.changed),
            "currency": "CNY",
            "payment": self._payment(),
            "cancelled": wall_clock(self.cancelled) if self.cancelled else None,
            "cash_on_delivery": self.purchase.cash_on_delivery,
            "test": self.purchase.is_test,
            "buyer": self.purchase.buyer_reference,
            "email": self.purchase.email,
            "address": self._address(),
            "items": [self._item(item) for item in self.items],
            "freight": "5.00",
            "total": str(total),
            "note": self.purchase.note or None,
        }

    def _payment(self) -> str:
        if not self.paid:
            return "open"
        if self.cancelled:
            return "refunded"
        return "part_refunded" if any(item.refunded for item in self.items) else "settled"

    def _address(self) -> dict[str, str]:
        to = self.ship_to
        return {
            "name": to.name,
            "phone": to.telephone,
            "country": to.country,
            "province": to.province,
            "city": to.city,
            "district": to.district,
            "street": " ".join(to.street),
            "postcode": to.postal_code,
        }

    def _item(self, item: Item) -> dict[str, Any]:
        return {
            "item_id": item.item_id,
            "product_id": f"p-{item.product.sku}",
            "sku": item.product.sku,
            "title": item.product.title,
            "quantity": item.quantity,
            "refunded": item.quantity if self.cancelled else item.refunded,
            "shipped": self.shipped(item.item_id),
            "price": str(item.product.price),
        }


class AcmeTwin(StoreTwin):
    """Acme with one store in it."""

    platform = "acme"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.secret = f"app-secret-{random.getrandbits(64):016x}"
        self.webhook_secret = f"hook-secret-{random.getrandbits(64):016x}"
        self.tokens: dict[str, datetime] = {}
        self.known: dict[str, Order] = {}
        self.products: dict[str, Product] = {}
        self.stock: dict[str, int] = {}
        self.hook = ""
        self.queue: dict[str, tuple[str, datetime]] = {}
        self.queues = False
        super().__init__(now, random)

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "base_url": base_url,
            "app_key": "app-1",
            "app_secret": self.secret,
            "webhook_secret": self.webhook_secret,
        }

    def expire_tokens(self) -> None:
        self.tokens.clear()

    # the interface

    def routes(self) -> Starlette:
        def route(path: str, method: str, answer: Answering, *, open_to_all: bool = False) -> Route:
            async def endpoint(request: Request) -> Response:
                if not open_to_all and not self._is_authorised(request):
                    return JSONResponse({"ok": False, "code": "token", "message": "token"}, 401)
                body = await request.body()
                request.state.body = json.loads(body) if body else {}
                try:
                    return JSONResponse({"ok": True, **(answer(request) or {})})
                except Refusal as refusal:
                    return JSONResponse({"ok": False, "code": refusal.code, "message": str(refusal)})

            return Route(path, endpoint, methods=[method])

        return Starlette(
            routes=[
                route("/token", "POST", self._issue_token, open_to_all=True),
                route("/orders", "GET", self._list_orders),
                route("/orders/by-id", "GET", self._get_orders),
                route("/orders/ids", "GET", self._list_ids),
                route("/orders/{order_id}/parcels", "GET", self._get_parcels),
                route("/orders/{order_id}/parcels", "POST", self._add_parcel),
                route("/orders/{order_id}/parcels/{number}", "PUT", self._move_parcel),
                route("/orders/{order_id}/parcels/{number}", "PATCH", self._correct_parcel),
                route("/products", "GET", self._list_products),
                route("/stock", "PUT", self._set_stock),
                route("/hooks", "PUT", self._set_hook),
                route("/queue", "GET", self._hand_out),
                route("/queue/confirm", "POST", self._forget),
            ]
        )

    def _is_authorised(self, request: Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return token in self.tokens and self.tokens[token] > self.now()

    def _issue_token(self, request: Request) -> dict[str, Any]:
        if request.state.body != {"key": "app-1", "secret": self.secret}:
            raise Refusal("login", "key or secret is wrong")
        token = f"{self.random.getrandbits(128):032x}"
        self.tokens[token] = self.now() + TOKEN_LIFE
        return {"token": token}

    def _list_orders(self, request: Request) -> dict[str, Any]:
        start, end = _moment(request, "changed_from"), _moment(request, "changed_to")
        number, size = int(request.query_params["page"]), int(request.query_params["size"])
        if end - start > LONGEST_WINDOW:
            raise Refusal("window", "the window is too long")
        if not 1 <= size <= LARGEST_PAGE or number < 1:
            raise Refusal("page", "no such page")
        found = [
            order for order in self.known.values() if start <= order.changed.replace(microsecond=0) <= end
        ]
        found.sort(key=lambda order: (order.changed, order.order_id), reverse=True)
        some = found[(number - 1) * size : number * size]
        return {"total": len(found), "orders": [order.document() for order in some]}

    def _get_orders(self, request: Request) -> dict[str, Any]:
        ids = request.query_params["ids"].split(",")
        if len(ids) > LARGEST_PAGE:
            raise Refusal("page", "too many ids")
        found = [self.known[order_id].document() for order_id in ids if order_id in self.known]
        return {"total": len(found), "orders": found}

    def _list_ids(self, request: Request) -> dict[str, Any]:
        start, end = _moment(request, "placed_from"), _moment(request, "placed_before")
        skip = int(request.query_params["skip"])
        ids = [order.order_id for order in self.known.values() if start <= order.placed < end]
        return {"total": len(ids), "ids": ids[skip : skip + LARGEST_PAGE]}

    def _list_products(self, request: Request) -> dict[str, Any]:
        number, size = int(request.query_params["page"]), int(request.query_params["size"])
        some = list(self.products.values())[(number - 1) * size : number * size]
        products = [{"product_id": f"p-{it.sku}", "sku": it.sku, "title": it.title} for it in some]
        return {"total": len(self.products), "products": products}

    def _order(self, request: Request) -> Order:
        order = self.known.get(request.path_params["order_id"])
        if order is None:
            raise Refusal("unknown_order", "no such order")
        return order

    def _get_parcels(self, request: Request) -> dict[str, Any]:
        parcels = self._order(request).parcels
        return {"parcels": [{"tracking_number": it.tracking_number, "items": it.items} for it in parcels]}

    def _add_parcel(self, request: Request) -> None:
        order, body = self._order(request), request.state.body
        if set(body) != {"tracking_number", "carrier", "items"} or body["carrier"] not in CARRIERS:
            raise Refusal("parcel", "the parcel is not complete or its carrier not known")
        quantities = {item.item_id: item.quantity - item.refunded for item in order.items}
        for item_id, quantity in body["items"].items():
            if not 0 < quantity <= quantities.get(item_id, 0) - order.shipped(item_id):
                raise Refusal("quantity", f"item {item_id} has not so many units open")
        order.parcels.append(Parcel(**body))
        self.record("parcel", order.order_id, number=body["tracking_number"])
        self._change(order)

    def _move_parcel(self, request: Request) -> None:
        order, body = self._order(request), request.state.body
        if body not in ({"status": "moving"}, {"status": "done"}):
            raise Refusal("status", "no such status")
        parcel = self._parcel(request, order)
        parcel.status = body["status"]
        self.record("status", order.order_id, status=parcel.status)

    def _correct_parcel(self, request: Request) -> None:
        order, body = self._order(request), request.state.body
        parcel = self._parcel(request, order)
        if set(body) != {"tracking_number", "carrier", "items"} or body["items"] != parcel.items:
            raise Refusal("parcel", "only the number and the carrier can be corrected")
        parcel.tracking_number, parcel.carrier = body["tracking_number"], body["carrier"]
        self.record("correction", order.order_id, number=parcel.tracking_number)
        self._change(order)

    def _parcel(self, request: Request, order: Order) -> Parcel:
        for parcel in order.parcels:
            if parcel.tracking_number == request.path_params["number"]:
                return parcel
        raise Refusal("unknown_parcel", "no such parcel")

    def _set_stock(self, request: Request) -> dict[str, Any]:
        refused = []
        for level in request.state.body["levels"]:
            sku = level["product_id"].removeprefix("p-")
            if sku in self.products:
                self.stock[sku] = level["available"]
                self.record("stock", sku, available=level["available"])
            else:
                refused.append({"product_id": level["product_id"], "reason": "no such product"})
        return {"refused": refused}

    def _set_hook(self, request: Request) -> None:
        self.hook = request.state.body["url"]

    def _hand_out(self, request: Request) -> dict[str, Any]:
        self.queues = True
        due = [(name, order_id) for name, (order_id, at) in self.queue.items() if at <= self.now()]
        for receipt, order_id in due[:LARGEST_BATCH]:
            self.queue[receipt] = (order_id, self.now() + HIDDEN)
        return {"messages": [{"receipt": it, "order_id": order_id} for it, order_id in due[:LARGEST_BATCH]]}

    def _forget(self, request: Request) -> None:
        for receipt in request.state.body["receipts"]:
            self.queue.pop(receipt, None)

    def _change(self, order: Order) -> None:
        order.changed = self.now()
        if self.queues:
            self.queue[f"m{self.random.getrandbits(64):016x}"] = (order.order_id, self.now())
        if self.hook:
            body = json.dumps(order.document(), ensure_ascii=False).encode()
            digest = hmac.new(self.webhook_secret.encode(), body, hashlib.sha256).digest()
            self.post(self.hook, {"x-acme-signature": base64.b64encode(digest).decode()}, body)

    # the world

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.products[product.sku] = product
            self.stock[product.sku] = product.stock

    def place_order(self, purchase: Purchase) -> str:
        order_id = f"A{len(self.known) + 1001}"
        items = [
            Item(f"{order_id}-{position}", self.products[sku], quantity)
            for position, (sku, quantity) in enumerate(purchase.items)
        ]
        for sku, quantity in purchase.items:
            self.stock[sku] -= quantity
        now = self.now()
        order = Order(order_id, purchase, now, now, items, purchase.ship_to, purchase.paid)
        self.known[order_id] = order
        self._change(order)
        return order_id

    def pay_order(self, order_id: str) -> None:
        self.known[order_id].paid = True
        self._change(self.known[order_id])

    def cancel_order(self, order_id: str) -> bool:
        order = self.known[order_id]
        if order.parcels or order.cancelled:
            return False
        order.cancelled = self.now()
        self._change(order)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.known[order_id]
        if order.parcels or order.cancelled:
            return False
        order.ship_to = ship_to
        self._change(order)
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        order = self.known[order_id]
        item = order.items[position]
        if quantity > item.quantity - item.refunded - order.shipped(item.item_id):
            return False
        item.refunded += quantity
        self._change(order)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.known.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return self.stock


def _known(order: Order) -> KnownOrder:
    return KnownOrder(
        order_id=order.order_id,
        placed_at=order.placed,
        cancelled=order.cancelled is not None,
        quantities={it.item_id: 0 if order.cancelled else it.quantity - it.refunded for it in order.items},
        parcels=[
            KnownParcel(
                tracking_number=it.tracking_number, carrier=it.carrier, quantities=it.items, status=it.status
            )
            for it in order.parcels
        ],
        delivered=bool(order.parcels) and all(parcel.status == "done" for parcel in order.parcels),
    )


def wall_clock(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _moment(request: Request, name: str) -> datetime:
    return datetime.strptime(request.query_params[name], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
