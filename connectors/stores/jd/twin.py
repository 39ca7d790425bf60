"""JD's twin: one address, signed calls, refusals inside a 200, and what buyers do in the shop."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.parcel_twin import IssuedTokens
from connectors.kit.signing import md5_hex_upper, same
from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from connectors.stores.jd.twin_state import (
    LONGEST_WINDOW,
    Json,
    Order,
    Refused,
    Shop,
    order_document,
    sku_document,
)
from mappings.canonical import PostalAddress
from mappings.china import BEIJING
from mappings.documents import form_fields
from mappings.stores.jd.tables import LOGISTICS_IDS, STATES

SKEW = timedelta(minutes=10)
LARGEST_PAGE, LAST_PAGE = 100, 100
LIST = "start_date end_date order_state optional_fields page page_size sortType dateType"
NEEDED = {
    "jingdong.pop.order.enSearch": (LIST, "searchorderinfo_result"),
    "jingdong.pop.order.enGet": ("order_id optional_fields order_state", "orderDetailInfo"),
    "jingdong.pop.order.shipment": ("orderId logiCoprId logiNo", "sopjosshipment_result"),
    "jingdong.sku.read.searchSkuList": ("pageNo page_size", "page"),
    "jingdong.stock.write.updateSkuStock": ("skuId stockNum storeId", "result"),
}
"""Parameters, and where the answer stands, by method; another set of parameters is refused."""
PUBLIC = frozenset(
    {"method", "app_key", "access_token", "timestamp", "v", "format", "360buy_param_json", "sign"}
)


class GatewayRefused(Exception):
    """An `error_response`."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class Twin(StoreTwin):
    """One shop and one application. JD refunds whole orders only, and corrects no address."""

    platform = "jd"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.app_key, self.app_secret, self.refresh_token = (
            f"{random.getrandbits(128):032x}" for _ in range(3)
        )
        self.tokens = IssuedTokens(random, timedelta(days=30))
        self.shop = Shop(now)
        super().__init__(now, random)

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/routerjson", self._gateway, methods=["POST"]),
                Route("/oauth2/refresh_token", self._refresh, methods=["GET"]),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "app_key": self.app_key,
            "app_secret": self.app_secret,
            "refresh_token": self.refresh_token,
            "gateway": f"{base_url}/routerjson",
            "login": base_url,
        }

    def throttled(self) -> Response:
        return _refusal(GatewayRefused("66", "调用频率超过限制"))

    def expire_tokens(self) -> None:
        self.tokens.end_all()

    async def _refresh(self, request: Request) -> Response:
        asked = dict(request.query_params)
        wanted = {"app_key": self.app_key, "app_secret": self.app_secret, "grant_type": "refresh_token"}
        if asked != {**wanted, "refresh_token": self.refresh_token}:
            return _json({"code": 400, "msg": "refresh_token无效"})
        token = {"access_token": self.tokens.issue(self.now()), "refresh_token": self.refresh_token}
        moment = int(self.now().timestamp() * 1000)
        return _json({**token, "expires_in": 2_592_000, "time": moment, "token_type": "bearer"})

    async def _gateway(self, request: Request) -> Response:
        form = form_fields(await request.body())
        try:
            self._admit(form)
            method = form["method"]
            asked = self._business(form, method)
            inner = self._answer(method, asked)
        except GatewayRefused as refused:
            return _refusal(refused)
        name = f"{method.replace('.', '_')}_responce"
        return _json({name: {"code": "0", NEEDED[method][1]: inner}})

    def _admit(self, form: Mapping[str, str]) -> None:
        if set(form) != PUBLIC or form["v"] != "2.0" or form["format"] != "json":
            raise GatewayRefused("11", "参数错误")
        if form["app_key"] != self.app_key:
            raise GatewayRefused("22", "无效app_key")
        signed = "".join(f"{name}{form[name]}" for name in sorted(form) if name != "sign")
        if not same(md5_hex_upper(f"{self.app_secret}{signed}{self.app_secret}"), form["sign"]):
            raise GatewayRefused("25", "无效签名")
        moment = _moment(form["timestamp"])
        if moment is None or abs(moment - self.now()) > SKEW:
            raise GatewayRefused("27", "无效时间戳")
        if not self.tokens.accepts(form["access_token"], self.now()):
            raise GatewayRefused("19", "无效access_token")
        if form["method"] not in NEEDED:
            raise GatewayRefused("16", "不存在的方法名")

    def _business(self, form: Mapping[str, str], method: str) -> dict[str, str]:
        try:
            asked = msgspec.json.decode(form["360buy_param_json"], type=dict[str, str])
        except msgspec.DecodeError:
            raise GatewayRefused("12", "360buy_param_json错误") from None
        if set(asked) != set(NEEDED[method][0].split()):
            raise GatewayRefused("12", "参数错误")
        return asked

    def _answer(self, method: str, asked: dict[str, str]) -> Json:
        answers: dict[str, Callable[[dict[str, str]], Json]] = {
            "jingdong.pop.order.enSearch": self._search,
            "jingdong.pop.order.enGet": self._get,
            "jingdong.pop.order.shipment": self._ship,
            "jingdong.sku.read.searchSkuList": self._skus,
            "jingdong.stock.write.updateSkuStock": self._stock,
        }
        try:
            return answers[method](asked)
        except Refused as refused:
            said = {"numberCode": str(refused.number), "chineseErrCode": str(refused), "englishErrCode": ""}
            return {"apiResult": {"success": False, **said}}

    def _search(self, asked: dict[str, str]) -> Json:
        start, end = _moment(asked["start_date"]), _moment(asked["end_date"])
        page, size = int(asked["page"]), int(asked["page_size"])
        if start is None or end is None or not timedelta(0) <= end - start <= LONGEST_WINDOW:
            raise Refused(10100001, "开始时间和结束时间必须在一个月内")
        states = set(asked["order_state"].split(","))
        if not 0 < size <= LARGEST_PAGE or not states or states - set(STATES.codes):
            raise Refused(10100002, "参数错误")
        field = "created" if asked["dateType"] == "1" else "modified"
        found = [it for it in self.shop.within(field, start, end) if it.state in states]
        if asked["sortType"] == "1":
            found.reverse()
        rows = found[(page - 1) * size : page * size] if page <= LAST_PAGE else []
        fields = frozenset(asked["optional_fields"].split(","))
        return {
            **_fine(),
            "orderTotal": len(found),
            "orderInfoList": [order_document(it, fields) for it in rows],
        }

    def _get(self, asked: dict[str, str]) -> Json:
        order = self._named(asked["order_id"])
        fields = frozenset(asked["optional_fields"].split(","))
        return {**_fine(), "orderInfo": order_document(order, fields)}

    def _named(self, order_id: str) -> Order:
        if order_id not in self.shop.orders:
            raise Refused(10100003, "订单不存在")
        return self.shop.orders[order_id]

    def _ship(self, asked: dict[str, str]) -> Json:
        order = self._named(asked["orderId"])
        if asked["logiCoprId"] not in LOGISTICS_IDS.codes.values():
            raise Refused(10400003, "物流公司不存在")
        if not re.fullmatch(r"[A-Za-z0-9-]{4,35}", asked["logiNo"]):
            raise Refused(10400004, "运单号错误")
        self.shop.ship(order, asked["logiCoprId"], asked["logiNo"])
        self.record("shipment", order.id, number=asked["logiNo"])
        return _fine("SOP订单 订单出库成功")

    def _skus(self, asked: dict[str, str]) -> Json:
        page, size = int(asked["pageNo"]), int(asked["page_size"])
        found = [sku_document(it) for it in self.shop.skus.values()]
        place = {"totalItem": len(found), "pageNo": page, "pageSize": size}
        return {**place, "data": found[(page - 1) * size : page * size]}

    def _stock(self, asked: dict[str, str]) -> Json:
        sku = self.shop.skus.get(asked["skuId"])
        if sku is None or asked["storeId"] != "0" or not asked["stockNum"].isdecimal():
            raise Refused(10500001, "SKU不存在")
        sku.stock = int(asked["stockNum"])
        self.record("stock", sku.outer, quantity=sku.stock)
        return {"success": True}

    # ------------------------------------------------------------------- buyers

    def drift(self) -> None:
        """Something about an order changes: its time of change moves."""
        if self.shop.orders:
            order = self.shop.orders[self.random.choice(list(self.shop.orders))]
            self.shop.move(order, order.state)

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shop.offer(product.sku, product.title, product.price, product.stock)

    def place_order(self, purchase: Purchase) -> str:
        is_ready = purchase.paid or purchase.cash_on_delivery
        order = self.shop.place(
            purchase.items,
            state="WAIT_SELLER_STOCK_OUT" if is_ready else "NOT_PAY",
            pay_type="1-货到付款" if purchase.cash_on_delivery else "4-在线支付",
            paid_at=self.shop.now() if purchase.paid and not purchase.cash_on_delivery else None,
            pin=f"jd_{purchase.buyer_reference}",
            note=purchase.note,
            address=purchase.ship_to,
        )
        self.record("order", order.id)
        return order.id

    def pay_order(self, order_id: str) -> None:
        order = self.shop.orders[order_id]
        if order.state == "NOT_PAY":
            order.paid_at = self.shop.now()
            self.shop.move(order, "WAIT_SELLER_STOCK_OUT")

    def cancel_order(self, order_id: str) -> bool:
        order = self.shop.orders[order_id]
        if order.state not in ("NOT_PAY", "WAIT_SELLER_STOCK_OUT"):
            return False
        self.shop.cancel(order)
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        return False

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        return False

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.shop.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {outer: sku.stock for outer, sku in self.shop.by_outer.items()}


def _known(order: Order) -> KnownOrder:
    quantities = {line.sku.id: line.quantity for line in order.lines}
    parcel = KnownParcel(tracking_number=order.number, carrier=order.company, quantities=quantities)
    return KnownOrder(
        order_id=order.id,
        placed_at=order.created,
        cancelled=order.state == "TRADE_CANCELED",
        quantities=quantities,
        parcels=[parcel] if order.number else [],
        delivered=order.state == "FINISHED_L",
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def _fine(words: str = "") -> Json:
    said = {"englishErrCode": "", "chineseErrCode": words, "numberCode": "0"}
    return {"apiResult": {"success": True, **said}}


def _refusal(refused: GatewayRefused) -> Response:
    told = {"code": refused.code, "zh_desc": str(refused), "en_desc": "refused"}
    return _json({"error_response": told})


def _json(answer: Mapping[str, Any]) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json;charset=UTF-8")
