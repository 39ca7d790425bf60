"""Kuaidi100, imitated: queries, subscriptions with pushes, and e-waybills."""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.kuaidi100.signing import sign_order, sign_query
from connectors.carriers.kuaidi100.twin_state import ENDS, Watch, Waybill
from connectors.kit.journeys import Journeys, draw_journey
from connectors.kit.twin import CarriedParcel, CarrierTwin
from mappings.canonical import TrackingStatus

CUSTOMER, KEY, SECRET, SALT = "TWINCUSTOMER", "twinkey0001", "twinsecret", "twin-push-salt"
COMPANIES = {
    "yuantong": "YT",
    "zhongtong": "78",
    "shentong": "77",
    "yunda": "43",
    "jtexpress": "JT",
    "shunfeng": "SF",
    "jd": "JD",
    "ems": "11",
    "debangkuaidi": "DP",
}
"""Companies that the imitation follows, and how their numbers begin."""

NEED_TELEPHONE = frozenset({"shunfeng", "zhongtong", "fengwang"})
TOKEN_NETS = frozenset({"taobao", "cainiao"})
SAME_ORDER_FOR = timedelta(hours=48)
NO_RECORD_FOR = timedelta(days=3)
ASK_AGAIN_AFTER = timedelta(minutes=30)
ACKNOWLEDGED = {"result": True, "returnCode": "200"}


class _Refused(Exception):
    """A refusal with the vendor's returnCode."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Twin(CarrierTwin):
    """Chances are attributes, so that a test or simulation can set them.

    `hasty_queries` counts numbers that were asked for again within 30 minutes: the real account may be
    locked for it, in a way that no source describes.
    """

    platform = "kuaidi100"
    retry_webhooks_after = (timedelta(minutes=30),) * 3
    attempt_chance: float = 0.05
    return_chance: float = 0.01
    loss_chance: float = 0.002

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.hasty_queries: Counter[str] = Counter()
        self._waybills: dict[str, Waybill] = {}
        self._orders: dict[str, Waybill] = {}
        self._watches: dict[str, Watch] = {}
        self._unheard_of: deque[Watch] = deque()
        self._asked_at: dict[str, datetime] = {}
        self._journeys = Journeys()

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/poll/query.do", self._query, methods=["POST"]),
                Route("/poll", self._subscribe, methods=["POST"]),
                Route("/label/order", self._label, methods=["POST"]),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "customer": CUSTOMER,
            "key": KEY,
            "secret": SECRET,
            "salt": SALT,
            "company": "yuantong",
            "partner_id": "K0001",
            "query_url": f"{base_url}/poll/query.do",
            "subscribe_url": f"{base_url}/poll",
            "label_url": f"{base_url}/label/order",
        }

    def advance(self) -> datetime | None:
        now = self.now()
        for scan in self._journeys.due(now):
            waybill = self._waybills[scan.number]
            waybill.scan(scan.at, scan.status)
            self.record("scanned", waybill.number, status=scan.status.value)
            self._push(waybill)
        while self._unheard_of and self._unheard_of[0].since + NO_RECORD_FOR <= now:
            self._give_up(self._unheard_of.popleft())
        due = [moment for moment in (self._journeys.next_due(), self._next_abort()) if moment]
        return min(due, default=None)

    def _next_abort(self) -> datetime | None:
        return self._unheard_of[0].since + NO_RECORD_FOR if self._unheard_of else None

    def _push(self, waybill: Waybill) -> None:
        """To whom watches it; the watch ends with the journey."""
        watch = self._watches.get(waybill.number)
        if watch is None:
            return
        ends = waybill.status in ENDS
        if ends:
            del self._watches[waybill.number]
        self._post(watch, watch.push("shutdown" if ends else "polling", "", waybill.result()))

    def _give_up(self, watch: Watch) -> None:
        if self._watches.get(watch.number) is not watch or watch.number in self._waybills:
            return
        del self._watches[watch.number]
        self._post(watch, watch.push("abort", "3天查询无记录", watch.nothing_found()))

    def _post(self, watch: Watch, body: bytes) -> None:
        self.post(watch.callback, {"content-type": "application/x-www-form-urlencoded"}, body)

    def parcels(self) -> Sequence[CarriedParcel]:
        return [
            CarriedParcel(
                tracking_number=waybill.number,
                reference=waybill.order_id,
                status=TrackingStatus.CANCELLED if waybill.cancelled else waybill.status,
                cancelled=waybill.cancelled,
                collects=waybill.collects,
            )
            for waybill in self._waybills.values()
        ]

    def acknowledges(self, answer: httpx.Response) -> bool:
        try:
            words = msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.MsgspecError:
            return False
        return answer.is_success and words.items() >= ACKNOWLEDGED.items()

    async def _query(self, request: Request) -> Response:
        try:
            form = await _form(request, ("customer", "sign", "param"))
            if form["customer"] != CUSTOMER or form["sign"] != sign_query(form["param"], KEY, CUSTOMER):
                raise _Refused(503, "验证签名失败")
            return _json(self._result(_param(form)))
        except _Refused as refusal:
            return _poll_refusal(refusal)

    def _result(self, param: Mapping[str, Any]) -> dict[str, Any]:
        company, number = param.get("com"), param.get("num")
        if not company or not number or len(number) > 32:
            raise _Refused(400, "参数不完整")
        self._note_haste(number)
        self.advance()
        waybill = self._waybills.get(number)
        tail = str(param.get("phone", ""))[-4:]
        if company in NEED_TELEPHONE and (not tail or (waybill and tail not in waybill.tails)):
            raise _Refused(408, "快递公司参数异常：验证码错误")
        if waybill is None or waybill.company != company or not waybill.entries:
            raise _Refused(500, "查询无结果，请隔段时间再查")
        return waybill.result()

    def _note_haste(self, number: str) -> None:
        now = self.now()
        before = self._asked_at.get(number)
        if before is not None and now - before < ASK_AGAIN_AFTER:
            self.hasty_queries[number] += 1
        self._asked_at[number] = now

    async def _subscribe(self, request: Request) -> Response:
        try:
            form = await _form(request, ("schema", "param"))
            if form["schema"] != "json":
                raise _Refused(500, "服务器错误")
            self._watch(_param(form))
        except _Refused as refusal:
            return _poll_refusal(refusal)
        return _json({"result": True, "returnCode": "200", "message": "提交成功"})

    def _watch(self, param: Mapping[str, Any]) -> None:
        parameters = param.get("parameters") or {}
        if param.get("key") != KEY:
            raise _Refused(600, "您不是合法的订阅者")
        callback = str(parameters.get("callbackurl", ""))
        if not param.get("number") or not callback.startswith(("http://", "https://")):
            raise _Refused(700, "订阅方的订阅数据存在错误")
        if not param.get("company") and parameters.get("autoCom") != "1":
            raise _Refused(702, "识别不到该单号对应的快递公司")
        if param["company"] not in COMPANIES:
            raise _Refused(701, "订阅方订阅的快递公司不支持")
        if param["number"] in self._watches:
            raise _Refused(501, "重复订阅")
        self._start_watch(param["number"], param["company"], callback, str(parameters.get("salt", "")))

    def _start_watch(self, number: str, company: str, callback: str, salt: str) -> None:
        watch = Watch(number=number, company=company, callback=callback, salt=salt, since=self.now())
        self._watches[number] = watch
        self.record("subscribed", number)
        waybill = self._waybills.get(number)
        if waybill is None:
            self._unheard_of.append(watch)
        elif waybill.entries:
            self._push(waybill)

    async def _label(self, request: Request) -> Response:
        try:
            form = await _form(request, ("key", "method", "t", "sign", "param"))
            expected = sign_order(form["param"], form["t"], KEY, SECRET)
            if form["key"] != KEY or not form["t"].isdecimal() or form["sign"] != expected:
                raise _Refused(503, "验证签名失败")
            param = _param(form)
            match form["method"]:
                case "order":
                    data = self._order(param)
                case "cancel":
                    data = self._cancel(param)
                case _:
                    raise _Refused(400, "method不正确")
        except _Refused as refusal:
            return _json({"success": False, "code": refusal.code, "message": refusal.words, "data": None})
        return _json({"success": True, "code": 200, "message": "成功", "data": data, "time": 12})

    def _order(self, param: Mapping[str, Any]) -> dict[str, Any]:
        _check_order(param)
        order_id = param.get("orderId", "")
        known = self._orders.get(order_id) if order_id and not param.get("reorder", False) else None
        if known is not None and self.now() - known.booked_at < SAME_ORDER_FOR:
            return known.order_data()
        waybill = self._book(param)
        if order_id:
            self._orders[order_id] = waybill
        return waybill.order_data()

    def _book(self, param: Mapping[str, Any]) -> Waybill:
        count = len(self._waybills) + 1
        number = f"{COMPANIES[param['kuaidicom']]}{count:013d}"
        contacts = (param["recMan"], param["sendMan"])
        waybill = Waybill(
            order_id=param.get("orderId", ""),
            number=number,
            sub_numbers=tuple(f"{number}-{child}" for child in range(1, param["count"])),
            company=param["kuaidicom"],
            company_order=f"KDC{count:08d}",
            tails=frozenset((contact.get("mobile") or contact["tel"])[-4:] for contact in contacts),
            booked_at=self.now(),
            collects=Decimal(str(param.get("collection", 0))),
        )
        self._waybills[number] = waybill
        journey = draw_journey(
            self.random,
            waybill.booked_at,
            attempt_chance=self.attempt_chance,
            return_chance=self.return_chance,
            loss_chance=self.loss_chance,
        )
        self._journeys.start(number, journey)
        self.record("booked", waybill.order_id, tracking_number=number)
        return waybill

    def _cancel(self, param: Mapping[str, Any]) -> dict[str, Any]:
        self.advance()
        waybill = self._waybills.get(param.get("kuaidinum", ""))
        if not param.get("partnerId") or waybill is None or waybill.company != param.get("kuaidicom"):
            raise _Refused(400, "订单不存在")
        if param.get("orderId", waybill.company_order) != waybill.company_order:
            raise _Refused(400, "订单号与运单号不一致")
        if waybill.cancelled:
            raise _Refused(400, "订单已取消")
        if waybill.status is not TrackingStatus.PRE_TRANSIT:
            raise _Refused(400, "快件已揽收，不能取消")
        waybill.cancelled = True
        self._journeys.stop(waybill.number)
        self.record("cancelled", waybill.order_id, tracking_number=waybill.number)
        return {}


async def _form(request: Request, needed: Sequence[str]) -> Mapping[str, str]:
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    if not all(form.get(name) for name in needed):
        raise _Refused(400, "参数不完整")
    return form


def _param(form: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(form["param"], type=dict[str, Any])
    except msgspec.MsgspecError:
        raise _Refused(400, "param不是合法的JSON") from None


def _json(body: Mapping[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _poll_refusal(refusal: _Refused) -> Response:
    return _json({"result": False, "returnCode": str(refusal.code), "message": refusal.words})


def _check_order(param: Mapping[str, Any]) -> None:
    for name in ("kuaidicom", "partnerId", "recMan", "sendMan", "cargo", "count", "payType", "printType"):
        if not param.get(name):
            raise _Refused(400, f"{name}不能为空")
    if param["kuaidicom"] not in COMPANIES:
        raise _Refused(400, "不支持的快递公司")
    for contact in (param["recMan"], param["sendMan"]):
        if not (
            contact.get("name") and contact.get("printAddr") and (contact.get("mobile") or contact.get("tel"))
        ):
            raise _Refused(400, "寄件人或收件人信息不完整")
    if param["payType"] not in ("SHIPPER", "CONSIGNEE", "MONTHLY", "THIRDPARTY"):
        raise _Refused(400, "payType不正确")
    if param["printType"] == "CLOUD" and not param.get("siid"):
        raise _Refused(400, "siid不能为空")
    if "weight" in param and not param["weight"] > 0:
        raise _Refused(400, "weight不正确")
    _check_receiver_token(param)


def _check_receiver_token(param: Mapping[str, Any]) -> None:
    is_masked = "*" in param["recMan"]["name"] + param["recMan"]["printAddr"]
    if is_masked and not param.get("oaid"):
        raise _Refused(400, "收件人信息已脱敏，请传oaid")
    if param.get("oaid") and (param.get("net") not in TOKEN_NETS or not param.get("thirdOrderId")):
        raise _Refused(400, "oaid与net、thirdOrderId不匹配")
