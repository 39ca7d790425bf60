"""Pinduoduo's twin: one address, signed calls, refusals inside a 200, and what buyers do in the shop."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.signing import md5_hex_upper, same
from connectors.kit.twin import KnownOrder, Product, Purchase, StoreTwin
from connectors.stores.pinduoduo.twin_state import Order, OrderBook, Shelves, Sku, new_order, render
from mappings.canonical import PostalAddress

SKEW = timedelta(minutes=10)
TOKEN_LIVES = timedelta(days=30)
KEPT = timedelta(days=90)
LISTS_PER_MINUTE = 3000
POSTAGE = Decimal("8.00")
FREE_FROM = Decimal(99)
COMPANIES = {"44": "顺丰快递", "115": "中通快递", "85": "圆通快递", "1": "申通快递", "121": "韵达快递"}
_NUMBER = re.compile(r"[A-Za-z0-9-]{4,35}")
_PUBLIC = frozenset(("type", "client_id", "access_token", "timestamp", "data_type", "version", "sign"))
_LIST = "order_status refund_status page page_size use_has_next trade_type"
_NAMES = {
    "pdd.pop.auth.token.refresh": ("refresh_token", ""),
    "pdd.order.number.list.increment.get": (
        "start_updated_at end_updated_at order_status refund_status is_lucky_flag page",
        _LIST,
    ),
    "pdd.order.list.get": (
        "start_confirm_at end_confirm_at order_status refund_status page page_size",
        _LIST,
    ),
    "pdd.order.information.get": ("order_sn", ""),
    "pdd.goods.list.get": ("", "outer_id is_onsale goods_name page page_size"),
    "pdd.goods.quantity.update": ("goods_id quantity", "sku_id outer_id update_type"),
    "pdd.logistics.online.send": (
        "order_sn logistics_id tracking_number",
        "redelivery_type refund_address_id feature",
    ),
    "pdd.logistics.companies.get": ("", ""),
}
"""Needed and other parameters by `type`; one that no list names is refused, stricter than the platform."""


class Refused(Exception):
    """An `error_response`."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class PinduoduoTwin(StoreTwin):
    """One shop and one application. `review_next`: the next order is held by the risk control."""

    platform = "pinduoduo"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.client_id = f"{random.getrandbits(128):032x}"
        self.client_secret = f"{random.getrandbits(160):040x}"
        self.refresh_token = f"{random.getrandbits(160):040x}"
        self.shelves = Shelves()
        self.book = OrderBook()
        self.review_next = False
        self._token = ""
        self._token_ends = now()
        self._minute: datetime | None = None
        self._lists = 0
        super().__init__(now, random)
        self._opened = now()

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/api/router", self._router, methods=["POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "gateway": f"{base_url}/api/router",
            "start_from": (self._opened - timedelta(hours=1)).isoformat(),
        }

    def throttled(self) -> Response:
        return _refusal(Refused(70031, "调用过于频繁，请调整调用频率"))

    def expire_tokens(self) -> None:
        self._token_ends = self.now()

    async def _router(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        try:
            self._authenticate(given)
            type_ = given["type"]
            business = {name: value for name, value in given.items() if name not in _PUBLIC}
            _check_names(type_, business)
            root, answer = _ANSWERS[type_](self, business)
        except Refused as refused:
            return _refusal(refused)
        return _json({f"{root}_response": {**answer, "request_id": f"{self.requests.total():017}"}})

    def _authenticate(self, given: Mapping[str, str]) -> None:
        if given.get("type") not in _NAMES:
            raise Refused(10001, "公共参数错误:type")
        if given.get("client_id") != self.client_id:
            raise Refused(10016, "client下线或者clientId不正确")
        sent = given.get("timestamp", "")
        if not sent.isdigit() or abs(datetime.fromtimestamp(int(sent), UTC) - self.now()) > SKEW:
            raise Refused(10002, "公共参数错误:timestamp")
        text = "".join(name + given[name] for name in sorted(given) if name != "sign")
        wanted = md5_hex_upper(self.client_secret + text + self.client_secret)
        if not same(wanted, given.get("sign", "")):
            raise Refused(20004, "签名sign校验失败")
        if given["type"] != "pdd.pop.auth.token.refresh" and (
            not self._token or given.get("access_token") != self._token or self.now() >= self._token_ends
        ):
            raise Refused(10019, "access_token已过期")

    def _refresh(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        if given["refresh_token"] != self.refresh_token:
            raise Refused(10036, "refresh_token无效")
        self._token = f"{self.random.getrandbits(160):040x}"
        self._token_ends = self.now() + TOKEN_LIVES
        ends = int(self._token_ends.timestamp())
        told = {"access_token": self._token, "refresh_token": self.refresh_token, "expires_at": ends}
        return "pop_auth_token_refresh", {**told, "expires_in": int(TOKEN_LIVES.total_seconds())}

    def _changed(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        minute = self.now().replace(second=0, microsecond=0)
        self._lists = self._lists + 1 if minute == self._minute else 1
        self._minute = minute
        if self._lists > LISTS_PER_MINUTE:
            raise Refused(70031, "调用过于频繁，请调整调用频率")
        found = self._found(given, "updated_at", longest=timedelta(minutes=30))
        return "order_sn_increment_get", _page(found, given, "order_sn_list")

    def _made(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        found = self._found(given, "confirm_at", longest=timedelta(hours=24))
        return "order_list_get", _page(found, given, "order_list")

    def _found(self, given: Mapping[str, str], name: str, *, longest: timedelta) -> list[Order]:
        edges = [given[f"{edge}_{name}"] for edge in ("start", "end")]
        if not all(edge.isdigit() for edge in edges):
            raise Refused(21001, "业务参数错误:时间")
        start, end = (datetime.fromtimestamp(int(edge), UTC) for edge in edges)
        if end <= start or end - start > longest:
            raise Refused(50001, "开始时间和结束时间间距错误")
        if given["order_status"] != "5" or given["refund_status"] != "5":
            raise Refused(50001, "twin: only «all» is imitated")
        found = self.book.between(start, end, deal=name == "confirm_at")
        return [it for it in found if it.confirmed and it.confirmed > self.now() - KEPT]

    def _one(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        return "order_info_get", {"order_info": render(self._confirmed(given["order_sn"]))}

    def _confirmed(self, order_sn: str) -> Order:
        order = self.book.orders.get(order_sn)
        if order is None or not order.confirmed:
            raise Refused(50001, "订单不存在")
        return order

    def _goods(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        if not given.keys() & {"outer_id", "is_onsale", "goods_name"}:
            raise Refused(21001, "业务参数错误")
        on_sale = given.get("is_onsale", "1") == "1"
        found = [skus for skus in self.shelves.goods.values() if on_sale]
        rows = [_goods_row(skus) for skus in _cut(found, given)]
        return "goods_list_get", {"total_count": len(found), "goods_list": rows}

    def _set_stock(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        sku = self.shelves.by_id.get((given["goods_id"], given.get("sku_id", "")))
        if sku is None:
            raise Refused(50000, "商品或规格不存在")
        if given.get("update_type", "1") != "1" or not given["quantity"].isdigit():
            raise Refused(21001, "业务参数错误:quantity")
        sku.quantity = int(given["quantity"])
        self.record("stock", sku.product.sku, quantity=sku.quantity)
        return "goods_quantity_update", {"is_success": True}

    def _send(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        order = self._confirmed(given["order_sn"])
        is_correction = given.get("redelivery_type", "1") == "2"
        if given["logistics_id"] not in COMPANIES or not _NUMBER.fullmatch(given["tracking_number"]):
            raise Refused(50001, "快递公司或运单号错误")
        if order.order_status != (2 if is_correction else 1) or order.is_cancelled or order.under_review:
            raise Refused(50001, "订单状态不允许发货")
        if order.refund_status in (2, 3):
            raise Refused(50001, "订单有售后处理中")
        order.logistics_id, order.number = int(given["logistics_id"]), given["tracking_number"]
        order.order_status, order.shipped = 2, order.shipped or self.now()
        self.book.touch(order, self.now())
        kind = "correction" if is_correction else "fulfilment"
        self.record(kind, order.order_sn, number=order.number, carrier=given["logistics_id"])
        return "logistics_online_send", {"is_success": True}

    def _companies(self, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        rows = [{"id": it, "logistics_company": name, "available": 1} for it, name in COMPANIES.items()]
        return "logistics_companies_get", {"logistics_companies": rows}

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shelves.offer(product)

    def place_order(self, purchase: Purchase) -> str:
        """Every third order or so has discounts, of the platform and of the merchant. There are no test
        orders and no cash on delivery: such an order waits for its payment."""
        items = [(self.shelves.by_code[sku], count) for sku, count in purchase.items]
        goods = sum((sku.product.price * count for sku, count in items), Decimal(0))
        share = (goods / 40).quantize(Decimal("0.01")) if self.random.random() < 0.3 else Decimal(0)
        order = new_order(
            len(self.book.orders),
            self.now(),
            items=items,
            ship_to=purchase.ship_to,
            note=purchase.note,
            postage=POSTAGE if goods < FREE_FROM else Decimal(0),
            platform_discount=share * 2,
            seller_discount=share,
            under_review=self.review_next,
        )
        self.review_next = False
        self.book.orders[order.order_sn] = order
        for sku, count in items:
            sku.quantity = max(0, sku.quantity - count)
        if purchase.paid and not purchase.cash_on_delivery:
            self.pay_order(order.order_sn)
        return order.order_sn

    def pay_order(self, order_id: str) -> None:
        order = self.book.orders[order_id]
        if not order.confirmed and not order.closed_unpaid:
            self.book.confirm(order, self.now())

    def cancel_order(self, order_id: str) -> bool:
        """Unpaid: closed, and nobody ever hears of it. Paid and waiting: refunded at once."""
        order = self.book.orders[order_id]
        if order.order_status != 1 or order.is_cancelled:
            return False
        if order.confirmed:
            order.refund_status = 4
        order.closed_unpaid = not order.confirmed
        for sku, count in order.items:
            sku.quantity += count
        self.book.touch(order, self.now())
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.book.orders[order_id]
        if order.order_status != 1 or order.is_cancelled:
            return False
        order.ship_to = ship_to
        self.book.touch(order, self.now())
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """Before shipping an order is refunded whole or not at all."""
        order = self.book.orders[order_id]
        whole = len(order.items) == 1 and order.items[position][1] == quantity
        return whole and bool(order.confirmed) and self.cancel_order(order_id)

    def request_refund(self, order_id: str) -> None:
        """The buyer applies; the seller has not answered yet."""
        order = self.book.orders[order_id]
        order.refund_status = 2
        self.book.touch(order, self.now())

    def clear_review(self, order_id: str) -> None:
        """The risk control lets an order go."""
        order = self.book.orders[order_id]
        order.under_review = False
        self.book.touch(order, self.now())

    def drift(self) -> None:
        """The seller writes a remark on some order."""
        if self.book.orders:
            order = self.book.orders[self.faults.random.choice(list(self.book.orders))]
            order.remark = f"remark {self.faults.random.randrange(1000)}"
            self.book.touch(order, self.now())

    def orders(self) -> Sequence[KnownOrder]:
        """Unpaid ones are none of the platform's business yet."""
        return [order.known() for order in self.book.orders.values() if order.confirmed]

    def stock_shown(self) -> Mapping[str, int]:
        return {code: sku.quantity for code, sku in self.shelves.by_code.items()}


Answer = tuple[str, dict[str, Any]]
_ANSWERS: Mapping[str, Callable[[PinduoduoTwin, Mapping[str, str]], Answer]] = {
    "pdd.pop.auth.token.refresh": PinduoduoTwin._refresh,
    "pdd.order.number.list.increment.get": PinduoduoTwin._changed,
    "pdd.order.list.get": PinduoduoTwin._made,
    "pdd.order.information.get": PinduoduoTwin._one,
    "pdd.goods.list.get": PinduoduoTwin._goods,
    "pdd.goods.quantity.update": PinduoduoTwin._set_stock,
    "pdd.logistics.online.send": PinduoduoTwin._send,
    "pdd.logistics.companies.get": PinduoduoTwin._companies,
}


def _check_names(type_: str, given: Mapping[str, str]) -> None:
    needed, others = (set(names.split()) for names in _NAMES[type_])
    for name in sorted(needed):
        if not given.get(name):
            raise Refused(21001, f"业务参数错误:{name}")
    for name in sorted(given.keys() - needed - others):
        raise Refused(21001, f"业务参数错误:{name}")


def _cut(found: Sequence[Any], given: Mapping[str, str]) -> Sequence[Any]:
    size, number = given.get("page_size", "100"), given.get("page", "1")
    if not size.isdigit() or not 1 <= int(size) <= 100 or not number.isdigit() or int(number) < 1:
        raise Refused(21001, "业务参数错误:page_size")
    return found[(int(number) - 1) * int(size) : int(number) * int(size)]


def _page(found: Sequence[Order], given: Mapping[str, str], name: str) -> dict[str, Any]:
    rows = [render(order) for order in _cut(found, given)]
    if given.get("use_has_next") == "true":
        more = int(given["page"]) * int(given.get("page_size", "100")) < len(found)
        return {"has_next": more, "total_count": 0, name: rows}
    return {"total_count": len(found), name: rows}


def _goods_row(skus: Sequence[Sku]) -> dict[str, Any]:
    told = [
        {"sku_id": it.sku_id, "outer_id": it.product.sku, "spec": it.product.sku, "sku_quantity": it.quantity}
        for it in skus
    ]
    return {"goods_id": skus[0].goods_id, "goods_name": skus[0].product.title, "sku_list": told}


_encode = msgspec.json.Encoder(decimal_format="number").encode


def _refusal(refused: Refused) -> Response:
    told = {"error_code": refused.code, "sub_code": str(refused.code)}
    words = {"error_msg": str(refused), "sub_msg": str(refused), "request_id": "1"}
    return _json({"error_response": {**words, **told}})


def _json(answer: Mapping[str, Any]) -> Response:
    return Response(_encode(answer), media_type="application/json;charset=UTF-8")
