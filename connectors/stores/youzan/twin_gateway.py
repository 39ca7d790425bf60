"""The HTTP side of Youzan's twin: tokens, one POST of JSON per call, refusals inside a 200."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import md5
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.twin import StoreTwin
from connectors.stores.youzan.twin_state import (
    WAITING,
    Line,
    Sent,
    Shelves,
    Trade,
    TradeBook,
    Variant,
    render,
    render_full,
)
from mappings.china import BEIJING

KDT_ID = 1_000_001
TOKEN_LIVES = timedelta(days=7)
LONGEST_SPAN = timedelta(days=92)
CALLS_PER_SECOND = 100
COMPANIES = {1: "申通快递", 2: "圆通速递", 3: "中通快递", 4: "韵达快递", 7: "顺丰速运", 11: "EMS"}
SF = 7
_NUMBER = re.compile(r"[A-Za-z0-9-]{4,40}")
_TIME = "%Y-%m-%d %H:%M:%S"


class Refused(Exception):
    """A business refusal: `code` and `message` beside `success` false."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class GatewayRefused(Refused):
    """A refusal of the gateway: `gw_err_resp`."""


class YouzanGateway(StoreTwin):
    """One shop and one application of its own."""

    platform = "youzan"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.client_id = "example_client"
        self.client_secret = f"{random.getrandbits(128):032x}"
        self.push_url = ""
        self.shelves = Shelves()
        self.book = TradeBook()
        self._token = ""
        self._token_ends = now()
        self._second: datetime | None = None
        self._calls = 0
        super().__init__(now, random)
        self._opened = now()

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/auth/token", self._grant, methods=["POST"]),
                Route("/api/{name}/{version}", self._call, methods=["POST"]),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "kdt_id": str(KDT_ID),
            "sender_mobile": "13800000000",
            "base_url": base_url,
            "start_from": (self._opened - timedelta(hours=1)).isoformat(),
        }

    def throttled(self) -> Response:
        return _json({"gw_err_resp": {"err_code": 4101, "err_msg": "请求太频繁", "trace_id": "yz7-0"}})

    def expire_tokens(self) -> None:
        self._token_ends = self.now()

    def configure_pushes(self, url: str) -> None:
        self.push_url = url

    def acknowledges(self, answer: httpx.Response) -> bool:
        return answer.is_success and b"success" in answer.content

    async def _grant(self, request: Request) -> Response:
        """The last token is the only one that counts."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _denied(1000, "Content type not supported")
        given = msgspec.json.decode(await request.body(), type=dict[str, str])
        if given.get("client_id") != self.client_id:
            return _denied(1103, "Client 不存在")
        if given.get("client_secret") != self.client_secret:
            return _denied(1000, "client_secret 不正确")
        if given.get("authorize_type") != "silent" or given.get("grant_id") != str(KDT_ID):
            return _denied(1105, "授权类型或店铺不正确")
        self._token = f"{self.random.getrandbits(124):031x}"
        self._token_ends = self.now() + TOKEN_LIVES
        data = {
            "access_token": self._token,
            "expires": int(self._token_ends.timestamp() * 1000),
            "refresh_token": f"{self.random.getrandbits(124):031x}",
            "scope": "trade item",
            "authority_id": str(KDT_ID),
        }
        return _json({"code": 200, "success": True, "data": data, "message": None})

    async def _call(self, request: Request) -> Response:
        api = "{name}/{version}".format(**request.path_params)
        try:
            self._count_call()
            answer = _ANSWERS.get(api)
            if answer is None:
                raise GatewayRefused(4005, "非法的API")
            self._authenticate(request.query_params.get("access_token", ""))
            body = await self._body(request)
            _check_names(api, body)
            return _json(answer(self, body))
        except GatewayRefused as refused:
            told = {"err_code": refused.code, "err_msg": str(refused), "trace_id": "yz7-0"}
            return _json({"gw_err_resp": told})
        except Refused as refused:
            return _json({"code": refused.code, "success": False, "message": str(refused), "data": None})

    def _count_call(self) -> None:
        second = self.now().replace(microsecond=0)
        self._calls = self._calls + 1 if second == self._second else 1
        self._second = second
        if self._calls > CALLS_PER_SECOND:
            raise GatewayRefused(4101, "请求太频繁")

    def _authenticate(self, token: str) -> None:
        if not token:
            raise GatewayRefused(4201, "非法的请求凭证")
        if token != self._token:
            raise GatewayRefused(4203, "Token 不存在")
        if self.now() >= self._token_ends:
            raise GatewayRefused(4202, "请求凭证过期")

    async def _body(self, request: Request) -> dict[str, Any]:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise GatewayRefused(4007, "非法的请求姿势")
        try:
            return msgspec.json.decode(await request.body(), type=dict[str, Any])
        except msgspec.DecodeError:
            raise GatewayRefused(4004, "非法的Content") from None

    def _sold(self, given: Mapping[str, Any]) -> dict[str, Any]:
        created = "start_created" in given
        start, end = (
            _moment(given, f"{edge}_{'created' if created else 'update'}") for edge in ("start", "end")
        )
        if end <= start:
            raise Refused(5000, "开始时间不能大于结束时间")
        if end - start > LONGEST_SPAN:
            raise Refused(5000, "时间跨度不能超过3个月")
        if end > self.now() + timedelta(days=7):
            raise Refused(106000003, "结束时间不能超过当前日期后7天")
        found = self.book.between(start, end, created=created)
        rows = [{"full_order_info": render_full(trade)} for trade in _cut(found, given, most=100)]
        return _data({"total_results": len(found), "full_order_info_list": rows})

    def _trade(self, given: Mapping[str, Any]) -> dict[str, Any]:
        tid = given.get("tid")
        if not isinstance(tid, str) or not tid.startswith("E") or not tid[1:].isdigit():
            raise Refused(106000004, "订单号非法")
        trade = self.book.trades.get(tid)
        if trade is None:
            raise Refused(5000, "trade not found")
        return _data(render(trade))

    def _on_sale(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return self._items(given, [it for it in self.shelves.items.values() if any(v.quantity for v in it)])

    def _in_warehouse(self, given: Mapping[str, Any]) -> dict[str, Any]:
        gone = [it for it in self.shelves.items.values() if not any(v.quantity for v in it)]
        return self._items(given, gone)

    def _items(self, given: Mapping[str, Any], found: Sequence[list[Variant]]) -> dict[str, Any]:
        items = [_item(variants) for variants in _cut(found, given, most=300)]
        return {"response": {"count": len(found), "items": items}}

    def _detail(self, given: Mapping[str, Any]) -> dict[str, Any]:
        variants = self.shelves.items.get(given["item_id"])
        if variants is None:
            raise Refused(122001001, "商品不存在")
        skus = [
            {
                "sku_id": it.sku_id,
                "item_no": it.product.sku,
                "properties_name_json": f'[{{"k":"款式","v":"{it.product.sku}"}}]',
            }
            for it in variants
            if it.sku_id
        ]
        return {"response": {"item": {**_item(variants), "skus": skus}}}

    def _set_stock(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given["item_id"] not in self.shelves.items:
            raise Refused(122001001, "商品不存在")
        variant = self.shelves.by_id.get((given["item_id"], given.get("sku_id", 0)))
        if variant is None:
            raise Refused(123004002, "SKU不存在")
        if given.get("type") != 0 or not isinstance(given["quantity"], int) or given["quantity"] < 0:
            raise GatewayRefused(5001, "系统异常")
        variant.quantity = given["quantity"]
        self.record("stock", variant.product.sku, quantity=variant.quantity)
        return {"response": {"is_success": True}}

    def _express(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return _data({"allExpress": [{"id": it, "name": COMPANIES[it], "display": 0} for it in COMPANIES]})

    def _confirm(self, given: Mapping[str, Any]) -> dict[str, Any]:
        trade = self.book.trades.get(given["tid"])
        if trade is None:
            raise Refused(105000016, "订单不存在")
        if trade.status != WAITING:
            raise Refused(102570020, "订单没有可发货的商品")
        express = _company(given.get("out_stype"))
        if not _NUMBER.fullmatch(str(given.get("out_sid", ""))):
            raise Refused(105000003, "快递单号只能包含字母、数字或中划线")
        if express == SF and not given.get("outer_sender", {}).get("sender_mobile"):
            raise Refused(5000, "顺丰发货必须填写发货人手机号")
        lines = _chosen(trade, str(given.get("oids", "")))
        oids = [line.oid for line in lines]
        dist_id = f"{trade.tid[1:13]}{trade.sequence:010}{len(trade.parcels):04}"
        sent = Sent(dist_id=dist_id, number=given["out_sid"], express_id=express, oids=oids, at=self.now())
        for line in lines:
            line.shipped = True
        trade.parcels.append(sent)
        trade.settle(self.now())
        whole = trade.status != WAITING
        self.changed(trade, f"trade_Trade{'' if whole else 'Partly'}SellerShip")
        units = {line.oid: line.num for line in lines}
        self.record("fulfilment", trade.tid, number=sent.number, carrier=express, quantities=units)
        return _data({"is_success": True})

    def _correct(self, given: Mapping[str, Any]) -> dict[str, Any]:
        trade = self.book.trades.get(given["tid"])
        if trade is None or trade.status != "WAIT_BUYER_CONFIRM_GOODS":
            raise Refused(102570020, "订单状态不允许修改物流")
        for change in given["trade_express_modify"]:
            sent = next((it for it in trade.parcels if it.dist_id == change.get("dist_id")), None)
            if sent is None or change.keys() - {"dist_id", "express_id", "express_no", "version"}:
                raise Refused(5000, "包裹不存在")
            sent.express_id, sent.number = _company(change["express_id"]), change["express_no"]
            self.record("correction", trade.tid, number=sent.number, carrier=sent.express_id)
        self.changed(trade, "")
        return _data({"isSuccess": True})

    def changed(self, trade: Trade, message: str, *, moves: bool = True) -> None:
        """A change moves the update time (a memo does not), and may be pushed."""
        if moves:
            self.book.touch(trade, self.now())
        if self.push_url and message:
            self._push(trade, message)

    def _push(self, trade: Trade, message: str) -> None:
        content: dict[str, Any] = {"tid": trade.tid, "update_time": trade.updated.isoformat()}
        if message in ("trade_TradeCreate", "trade_TradePaid", "trade_TradeBuyerPay"):
            content = {"full_order_info": render_full(trade)}
        text = quote(msgspec.json.encode(content).decode(), safe="")
        body = msgspec.json.encode(
            {
                "mode": 1,
                "msg": text,
                "kdt_id": KDT_ID,
                "id": trade.tid,
                "client_id": self.client_id,
                "sign": _md5(self.client_id + text + self.client_secret),
                "sendCount": 0,
                "type": message,
                "version": int(self.now().timestamp()),
                "test": False,
                "status": trade.status,
                "kdt_name": "示例店铺",
            }
        )
        headers = {
            "content-type": "application/json",
            "Event-Sign": _md5(self.client_id + body.decode() + self.client_secret),
            "Event-Type": message,
            "Client-Id": self.client_id,
        }
        self.post(self.push_url, headers, body)


_ANSWERS: Mapping[str, Callable[[YouzanGateway, Mapping[str, Any]], dict[str, Any]]] = {
    "youzan.trades.sold.get/4.0.4": YouzanGateway._sold,
    "youzan.trade.get/4.0.2": YouzanGateway._trade,
    "youzan.items.onsale.get/3.0.0": YouzanGateway._on_sale,
    "youzan.items.inventory.get/3.0.0": YouzanGateway._in_warehouse,
    "youzan.item.get/3.0.0": YouzanGateway._detail,
    "youzan.item.quantity.update/3.0.0": YouzanGateway._set_stock,
    "youzan.logistics.express.get/3.0.0": YouzanGateway._express,
    "youzan.logistics.online.confirm/3.0.0": YouzanGateway._confirm,
    "youzan.logistics.online.update/3.0.1": YouzanGateway._correct,
}
_PAGES = "page_no page_size"
_NAMES = {
    "youzan.trades.sold.get/4.0.4": f"start_update end_update start_created end_created status type {_PAGES}",
    "youzan.trade.get/4.0.2": "tid",
    "youzan.items.onsale.get/3.0.0": f"q order_by update_time_start update_time_end {_PAGES}",
    "youzan.items.inventory.get/3.0.0": f"q order_by update_time_start update_time_end {_PAGES}",
    "youzan.item.get/3.0.0": "item_id alias",
    "youzan.item.quantity.update/3.0.0": "item_id sku_id quantity type",
    "youzan.logistics.express.get/3.0.0": "",
    "youzan.logistics.online.confirm/3.0.0": "tid oids is_no_express out_stype out_sid outer_sender admin_id",
    "youzan.logistics.online.update/3.0.1": "tid trade_express_modify",
}
"""Parameters by interface; one that no list names is refused, stricter than the platform."""


def _check_names(api: str, given: Mapping[str, Any]) -> None:
    if unknown := given.keys() - set(_NAMES[api].split()):
        raise GatewayRefused(5001, f"系统异常: {sorted(unknown)[0]}")


def _chosen(trade: Trade, oids: str) -> list[Line]:
    """The lines of a parcel; without `oids` all of a trade of which nothing left yet."""
    if not oids:
        if trade.parcels or any(line.refunded for line in trade.lines):
            raise Refused(102570020, "订单没有可发货的商品")
        return list(trade.lines)
    listed = oids.split(",")
    if not all(oid.isdigit() for oid in listed):
        raise Refused(102599996, "oids非法")
    lines = {line.oid: line for line in trade.lines}
    if not set(listed) <= lines.keys() or any(lines[oid].refunded for oid in listed):
        raise Refused(102570020, "订单没有可发货的商品")
    if any(lines[oid].shipped for oid in listed):
        raise Refused(102570007, "不能重复提交已发过货的商品")
    return [lines[oid] for oid in listed]


def _company(text: Any) -> int:
    if not str(text).isdigit() or int(text) not in COMPANIES:
        raise Refused(5000, "物流公司不存在")
    return int(text)


def _moment(given: Mapping[str, Any], name: str) -> datetime:
    try:
        return datetime.strptime(str(given.get(name, "")), _TIME).replace(tzinfo=BEIJING)
    except ValueError:
        raise GatewayRefused(5001, "系统异常") from None


def _cut(found: Sequence[Any], given: Mapping[str, Any], *, most: int) -> Sequence[Any]:
    size, number = given.get("page_size", 20), given.get("page_no", 1)
    if not 1 <= size <= most:
        raise Refused(5000, f"每页最多显示{most}条数据")
    if not 1 <= number <= 100:
        raise Refused(5000, "页码最大为100")
    return found[(number - 1) * size : number * size]


def _item(variants: Sequence[Variant]) -> dict[str, Any]:
    first = variants[0]
    code = "" if first.sku_id else first.product.sku
    quantity = sum(it.quantity for it in variants)
    return {"item_id": first.item_id, "title": first.product.title, "item_no": code, "quantity": quantity}


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"trace_id": "yz7-0", "code": 200, "data": data, "success": True, "message": "successful"}


def _denied(code: int, message: str) -> Response:
    return _json({"success": False, "code": code, "data": None, "message": message})


def _json(answer: Mapping[str, Any]) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
