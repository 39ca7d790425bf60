"""Douyin's twin: a path per method, signed JSON, refusals inside a 200, pushes, and what buyers do."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import md5
from random import Random
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.signing import hmac_hex, same
from connectors.kit.twin import KnownOrder, Product, Purchase, StoreTwin
from connectors.stores.douyin.twin_state import Order, OrderBook, Pack, Shelves, new_order, render
from mappings.canonical import PostalAddress

SHOP_ID = "7000001"
SKEW = timedelta(minutes=10)
TOKEN_LIVES = timedelta(days=7)
CALLS_PER_SECOND = 100
MOST_ROWS = 50_000
POSTAGE, FREE_FROM = 800, Decimal(99)
COMPANIES = {"shunfeng": "顺丰速运", "zhongtong": "中通快递", "yuantong": "圆通快递", "yunda": "韵达快递"}
_NUMBER = re.compile(r"[A-Za-z0-9-]{4,35}")
_QUERY = {"app_key", "method", "timestamp", "v", "sign_method", "sign", "access_token"}


class Refused(Exception):
    def __init__(self, code: int, sub_code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.sub_code = code, sub_code


class DouyinTwin(StoreTwin):
    """One shop and one application of its own."""

    platform = "douyin"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.app_key = "3409409348479354011"
        self.app_secret = f"{random.getrandbits(128):032x}"
        self.push_url = ""
        self.shelves = Shelves()
        self.book = OrderBook()
        self._token = ""
        self._token_ends = now()
        self._second: datetime | None = None
        self._calls = 0
        self._messages = 0
        super().__init__(now, random)
        self._opened = now()

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/{group}/{verb}", self._call, methods=["POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "app_key": self.app_key,
            "app_secret": self.app_secret,
            "shop_id": SHOP_ID,
            "base_url": base_url,
            "start_from": (self._opened - timedelta(hours=1)).isoformat(),
        }

    def throttled(self) -> Response:
        return _refusal(Refused(60000, "isv.traffic-limited", "接口限流"))

    def expire_tokens(self) -> None:
        self._token_ends = self.now()

    def configure_pushes(self, url: str) -> None:
        self.push_url = url

    def acknowledges(self, answer: httpx.Response) -> bool:
        return answer.status_code == 200 and b'"code":0' in answer.content

    async def _call(self, request: Request) -> Response:
        method = "{group}.{verb}".format(**request.path_params)
        body = await request.body()
        try:
            self._count_call()
            if request.headers.get("content-type") != "application/json":
                raise Refused(40002, "isv.parameter-invalid", "参数错误: content-type")
            self._authenticate(method, dict(request.query_params), body.decode())
            given = msgspec.json.decode(body, type=dict[str, Any])
            if unknown := given.keys() - set(_NAMES[method].split()):
                raise Refused(40002, "isv.parameter-invalid", f"参数错误: {sorted(unknown)[0]}")
            answer = _ANSWERS[method](self, given)
        except Refused as refused:
            return _refusal(refused)
        return _json({"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "data": answer})

    def _count_call(self) -> None:
        second = self.now().replace(microsecond=0)
        self._calls = self._calls + 1 if second == self._second else 1
        self._second = second
        if self._calls > CALLS_PER_SECOND:
            raise Refused(60000, "isv.traffic-limited", "接口限流")

    def _authenticate(self, method: str, query: Mapping[str, str], text: str) -> None:
        if method not in _ANSWERS or query.get("method") != method or query.keys() - _QUERY:
            raise Refused(40002, "isv.method-invalid", "方法不存在")
        if query.get("app_key") != self.app_key or query.get("v") != "2":
            raise Refused(30001, "dop.app-forbidden", "应用不存在")
        sent = query.get("timestamp", "")
        if not sent.isdigit() or abs(datetime.fromtimestamp(int(sent), UTC) - self.now()) > SKEW:
            raise Refused(40003, "isv.timestamp-invalid", "时间戳错误")
        told = f"app_key{self.app_key}method{method}param_json{text}timestamp{sent}v2"
        wanted = hmac_hex(self.app_secret, f"{self.app_secret}{told}{self.app_secret}".encode())
        if query.get("sign_method") != "hmac-sha256" or not same(wanted, query.get("sign", "")):
            raise Refused(40003, "isv.signature-invalid", "签名错误")
        if method.startswith("token."):
            return
        if not self._token or query.get("access_token") != self._token:
            raise Refused(40003, "isv.access-token-no-existed", "access_token不存在")
        if self.now() >= self._token_ends:
            raise Refused(40003, "isv.access-token-expired", "access_token已过期")

    def _create_token(self, given: Mapping[str, Any]) -> Any:
        if given.get("grant_type") != "authorization_self" or given.get("shop_id") != SHOP_ID:
            raise Refused(50001, "isv.token-failed", "token生成失败")
        self._token = f"{self.random.getrandbits(128):032x}"
        self._token_ends = self.now() + TOKEN_LIVES
        lives = int(TOKEN_LIVES.total_seconds())
        return {"access_token": self._token, "expires_in": lives, "refresh_token": "r", "shop_id": SHOP_ID}

    def _search(self, given: Mapping[str, Any]) -> Any:
        created = "create_time_start" in given
        name = "create_time" if created else "update_time"
        start, end = (datetime.fromtimestamp(given[f"{name}_{edge}"], UTC) for edge in ("start", "end"))
        size, page = given["size"], given["page"]
        if not 1 <= size <= 100 or page < 0 or (page + 1) * size > MOST_ROWS or end < start:
            raise Refused(40002, "isv.parameter-invalid", "参数错误: size")
        ascending = bool(given.get("order_asc", False))
        found = self.book.between(start, end, created=created, ascending=ascending)
        rows = [render(order) for order in found[page * size : (page + 1) * size]]
        return {"page": page, "size": len(rows), "total": len(found), "shop_order_list": rows}

    def _detail(self, given: Mapping[str, Any]) -> Any:
        return {"shop_order_detail": render(self._order(given["shop_order_id"]))}

    def _order(self, order_id: str) -> Order:
        order = self.book.orders.get(order_id)
        if order is None:
            raise Refused(50002, "isv.business-failed:1", "订单不存在")
        return order

    def _products(self, given: Mapping[str, Any]) -> Any:
        found = list(self.shelves.products.items()) if given.get("status", 0) == 0 else []
        cut = found[(given["page"] - 1) * given["size"] : given["page"] * given["size"]]
        rows = [{"product_id": it, "name": skus[0].product.title, "status": 0} for it, skus in cut]
        return {"total": len(found), "page": given["page"], "size": given["size"], "data": rows}

    def _skus(self, given: Mapping[str, Any]) -> Any:
        if given["product_id"] not in self.shelves.products:
            raise Refused(50002, "isv.business-failed:2", "商品不存在")
        return [
            {
                "id": sku.sku_id,
                "product_id": sku.product_id,
                "code": sku.product.sku,
                "spec_detail_name1": sku.product.sku,
                "stock_num": sku.quantity,
            }
            for sku in self.shelves.products[given["product_id"]]
        ]

    def _set_stock(self, given: Mapping[str, Any]) -> Any:
        sku = self.shelves.by_id.get((given["product_id"], given["sku_id"]))
        if sku is None:
            raise Refused(50002, "isv.business-failed:3", "sku不存在")
        if given.get("incremental") or given["stock_num"] < 0:
            raise Refused(40002, "isv.parameter-invalid", "参数错误: stock_num")
        sku.quantity = given["stock_num"]
        self.record("stock", sku.product.sku, quantity=sku.quantity)
        return True

    def _send(self, given: Mapping[str, Any]) -> Any:
        order = self._order(given["order_id"])
        if given["request_id"] in order.request_ids:
            raise Refused(40003, "isv.idempotent-id-existed", "幂等ID已存在")
        if order.order_status not in (2, 101):
            raise Refused(50002, "isv.business-failed:4", "订单状态不允许发货")
        (pack,) = given["pack_list"]
        _check_parcel(pack)
        lines = {line.order_id: line for line in order.lines}
        units = {it["shipped_order_id"]: it["shipped_num"] for it in pack["shipped_order_info"]}
        if not units or any(it not in lines or not 1 <= n <= lines[it].left for it, n in units.items()):
            raise Refused(50002, "isv.business-failed:5", "发货数量错误")
        if any(lines[it].after_sale_status in (6, 7) for it in units):
            raise Refused(50002, "isv.business-failed:6", "订单有售后处理中")
        pack_id = str(7_438_525_010_135_810_000 + order.sequence * 100 + len(order.packs))
        number, company = pack["logistics_code"], pack["company_code"]
        sent = Pack(pack_id=pack_id, company=company, number=number, units=units, at=self.now())
        order.packs.append(sent)
        order.request_ids.add(given["request_id"])
        for line_id, count in units.items():
            lines[line_id].sent += count
        order.settle()
        self.changed(order, "102" if order.order_status == 3 else "108")
        self.record("fulfilment", order.order_id, number=number, carrier=company, quantities=units)
        return {"pack_list": [{"logistics_code": number, "pack_id": pack_id}]}

    def _correct(self, given: Mapping[str, Any]) -> Any:
        order = self._order(given["order_id"])
        _check_parcel(given)
        pack = next((it for it in order.packs if it.pack_id == given["pack_id"]), None)
        if pack is None:
            raise Refused(50002, "isv.business-failed:7", "包裹不存在")
        pack.company, pack.number = given["company_code"], given["logistics_code"]
        self.changed(order, "104")
        self.record("correction", order.order_id, number=pack.number, carrier=pack.company)
        return {"pack_id": pack.pack_id}

    def _companies(self, given: Mapping[str, Any]) -> Any:
        return [{"id": i, "name": name, "code": code} for i, (code, name) in enumerate(COMPANIES.items())]

    def changed(self, order: Order, tag: str) -> None:
        """Any change moves the update time, and is pushed."""
        self.book.touch(order, self.now())
        if not self.push_url:
            return
        self._messages += 1
        content = {"p_id": int(order.order_id), "shop_id": int(SHOP_ID), "order_status": order.order_status}
        text = msgspec.json.encode(content).decode()
        message = {"tag": tag, "msg_id": f"{order.order_id}:{tag}:{self._messages}", "data": text}
        body = msgspec.json.encode([message])
        signed = self.app_key.encode() + body + self.app_secret.encode()
        sign = md5(signed, usedforsecurity=False).hexdigest()
        headers = {"content-type": "application/json", "app-id": self.app_key, "event-sign": sign}
        self.post(self.push_url, headers, body)

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shelves.offer(product)

    def place_order(self, purchase: Purchase) -> str:
        """Every third order or so has a reduction, on its first line. Douyin marks no test orders."""
        items = [(self.shelves.by_code[sku], count) for sku, count in purchase.items]
        goods = sum((sku.product.price * count for sku, count in items), Decimal(0))
        order = new_order(
            len(self.book.orders),
            self.now(),
            items,
            ship_to=purchase.ship_to,
            buyer=purchase.buyer_reference,
            words=purchase.note,
            post_amount=POSTAGE if goods < FREE_FROM else 0,
        )
        if self.random.random() < 0.3:
            order.lines[0].pay_amount -= order.lines[0].pay_amount // 20
        self.book.add(order)
        for sku, count in items:
            sku.quantity = max(0, sku.quantity - count)
        self.changed(order, "100")
        if purchase.cash_on_delivery:
            order.pay_type, order.order_status, order.main_status = 0, 2, 2
        elif purchase.paid:
            self.pay_order(order.order_id)
        return order.order_id

    def pay_order(self, order_id: str) -> None:
        order = self.book.orders[order_id]
        if order.order_status == 1:
            order.paid, order.order_status, order.main_status = self.now(), 2, 2
            self.changed(order, "101")

    def cancel_order(self, order_id: str) -> bool:
        """Nothing shipped: closed, and refunded if it was paid. Else the buyer must ask the seller."""
        order = self.book.orders[order_id]
        if order.packs or order.order_status not in (1, 2):
            return False
        for line in order.lines:
            line.sku.quantity += 0 if line.closed else line.num
            line.closed, line.after_sale_status = True, 12 if order.paid else 0
        order.order_status, order.main_status = 4, 21 if order.paid else 4
        self.changed(order, "106")
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.book.orders[order_id]
        if order.packs or order.order_status not in (1, 2):
            return False
        order.ship_to = ship_to
        self.changed(order, "105")
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """Before shipping, and whole lines only."""
        order = self.book.orders[order_id]
        line = order.lines[position]
        if not order.paid or line.closed or line.sent or quantity != line.num:
            return False
        line.closed, line.after_sale_status = True, 12
        line.sku.quantity += line.num
        order.settle()
        self.changed(order, "206")
        return True

    def request_refund(self, order_id: str, position: int) -> None:
        """The buyer applies; the seller has not answered yet."""
        order = self.book.orders[order_id]
        order.lines[position].after_sale_status = 6
        self.changed(order, "200")

    def drift(self) -> None:
        """The seller writes a memo on some order."""
        if self.book.orders:
            order = self.book.orders[self.faults.random.choice(list(self.book.orders))]
            order.seller_words = f"memo {self.faults.random.randrange(1000)}"
            self.changed(order, "113")

    def orders(self) -> Sequence[KnownOrder]:
        return [order.known() for order in self.book.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {code: sku.quantity for code, sku in self.shelves.by_code.items()}


_ANSWERS: Mapping[str, Callable[[DouyinTwin, Mapping[str, Any]], Any]] = {
    "token.create": DouyinTwin._create_token,
    "order.searchList": DouyinTwin._search,
    "order.orderDetail": DouyinTwin._detail,
    "product.listV2": DouyinTwin._products,
    "sku.list": DouyinTwin._skus,
    "sku.syncStock": DouyinTwin._set_stock,
    "order.logisticsAddMultiPack": DouyinTwin._send,
    "order.logisticsEditByPack": DouyinTwin._correct,
    "order.logisticsCompanyList": DouyinTwin._companies,
}
_NAMES = {
    "token.create": "code grant_type shop_id test_shop",
    "order.searchList": "update_time_start update_time_end create_time_start create_time_end order_by"
    " order_asc page size combine_status order_type",
    "order.orderDetail": "shop_order_id",
    "product.listV2": "status check_status page size",
    "sku.list": "product_id out_product_id",
    "sku.syncStock": "code sku_id product_id stock_num incremental idempotent_id out_warehouse_id",
    "order.logisticsAddMultiPack": "order_id pack_list request_id is_reject_refund",
    "order.logisticsEditByPack": "order_id pack_id company_code logistics_code",
    "order.logisticsCompanyList": "",
}
"""Parameters by method; one that no list names is refused, stricter than the platform."""


def _check_parcel(told: Mapping[str, Any]) -> None:
    if told["company_code"] not in COMPANIES or not _NUMBER.fullmatch(told["logistics_code"]):
        raise Refused(50002, "isv.business-failed:8", "快递公司或运单号错误")


def _refusal(refused: Refused) -> Response:
    told = {"sub_code": refused.sub_code, "sub_msg": str(refused), "data": None, "log_id": "1"}
    return _json({"code": refused.code, "msg": str(refused), **told})


def _json(answer: Mapping[str, Any]) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
