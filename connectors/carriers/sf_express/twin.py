"""SF Express, imitated: the gateway's checks, orders, routes and pushes of the Fengqiao platform."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.sf_express.signing import msg_digest
from connectors.carriers.sf_express.twin_state import (
    Waybill,
    acknowledged,
    order_state_push,
    route_pushes,
)
from connectors.kit.journeys import Journeys, draw_journey
from connectors.kit.twin import CarriedParcel, CarrierTwin
from mappings.canonical import TrackingStatus

Answer = dict[str, Any]
PARTNER, CHECK_WORD, WEBHOOK_TOKEN = (
    "TWINPARTNER",
    "TWINCHECKWORD0123456789abcdefghi",
    "twin-push-token-0123456789",
)
MONTHLY_CARD = "7551234567"


class _Refused(Exception):
    """A refusal of the gateway (A…) or of a service (anything else)."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Twin(CarrierTwin):
    """Chances and delays are attributes, so that a test or simulation can set them."""

    platform = "sf-express"
    retry_webhooks_after = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
    attempt_chance: float = 0.05
    return_chance: float = 0.01
    loss_chance: float = 0.002
    manual_check_chance: float = 0.0
    manual_check_takes: timedelta = timedelta(hours=1)
    booking_visible_after: timedelta = timedelta(seconds=5)
    calls_per_second: int = 30
    token_life: timedelta = timedelta(seconds=7200)
    repeats_first_result: bool = False
    """SF's document allows both answers to a repeated orderId: an error 8016, or the first result."""
    monthly_card_is_bound: bool = False
    """Routes of every waybill may be read without a telephone's last digits."""
    products: frozenset[int] = frozenset({1, 2})
    unserved_provinces: frozenset[str] = frozenset()
    push_format: str = "json"
    services: ClassVar[frozenset[str]] = frozenset(
        {
            "EXP_RECE_CREATE_ORDER",
            "EXP_RECE_SEARCH_ORDER_RESP",
            "EXP_RECE_UPDATE_ORDER",
            "EXP_RECE_SEARCH_ROUTES",
        }
    )

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.push_url = ""
        self._orders: dict[str, Waybill] = {}
        self._waybills: dict[str, Waybill] = {}
        self._journeys = Journeys()
        self._tokens: dict[str, datetime] = {}
        self._request_ids: set[str] = set()
        self._calls: dict[str, deque[datetime]] = {}
        self._numbers = 0
        self._pushed = 0

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/std/service", self._serve, methods=["POST"]),
                Route("/oauth2/accessToken", self._give_token, methods=["POST"]),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "partner_id": PARTNER,
            "check_word": CHECK_WORD,
            "webhook_token": WEBHOOK_TOKEN,
            "monthly_card": MONTHLY_CARD,
            "service_url": f"{base_url}/std/service",
            "sign_in_url": f"{base_url}/oauth2/accessToken",
        }

    def configure_pushes(self, url: str) -> None:
        """What an administrator enters in SF's console: the hub's address with the token appended."""
        self.push_url = f"{url}?token={WEBHOOK_TOKEN}"

    def throttled(self) -> Response:
        return _gateway("A1005", "超出流量限制")

    def expire_tokens(self) -> None:
        self._tokens.clear()

    def advance(self) -> datetime | None:
        fresh: list[dict[str, Any]] = []
        for scan in self._journeys.due(self.now()):
            waybill = self._waybills[scan.number]
            route = waybill.scan(scan.at, scan.status)
            if route is None:
                continue
            self.record("scanned", waybill.number, status=scan.status.value)
            fresh.append(self._pushed_route(waybill, route))
            if scan.status is TrackingStatus.PICKED_UP:
                self._push_state(waybill, "05-40003", "正常收件", scan.at)
        if self.push_url:
            for content_type, body in route_pushes(fresh, self.push_format == "form"):
                self.post(self.push_url, {"content-type": content_type}, body)
        return self._journeys.next_due()

    def parcels(self) -> Sequence[CarriedParcel]:
        return [
            CarriedParcel(
                tracking_number=waybill.number,
                reference=waybill.order_id,
                status=TrackingStatus.CANCELLED if waybill.cancelled else waybill.status,
                cancelled=waybill.cancelled,
                quantities=waybill.quantities,
                collects=waybill.collects,
            )
            for waybill in self._waybills.values()
        ]

    def acknowledges(self, answer: httpx.Response) -> bool:
        return answer.is_success and acknowledged(answer.request.content, answer.content)

    def _pushed_route(self, waybill: Waybill, route: dict[str, Any]) -> dict[str, Any]:
        self._pushed += 1
        return {
            "id": f"{300_000_000_000_000 + self._pushed}",
            "mailno": waybill.number,
            "orderid": waybill.order_id,
            **route,
            "reasonCode": None,
            "reasonName": None,
        }

    def _push_state(self, waybill: Waybill, code: str, words: str, at: datetime) -> None:
        if self.push_url:
            self._pushed += 1
            body = order_state_push(waybill, code, words, at, f"{self._pushed:032x}")
            self.post(self.push_url, {"content-type": "application/json"}, body)

    async def _give_token(self, request: Request) -> Response:
        """Within its life the same token comes back with fewer seconds left."""
        form = await _form(request)
        if form.get("grantType") != "password" or not {"partnerID", "secret"} <= form.keys():
            return _gateway("A1001", "必传参数不可为空")
        if (form["partnerID"], form["secret"]) != (PARTNER, CHECK_WORD):
            return _gateway("A1011", "OAuth2认证失败")
        now = self.now()
        token = next((token for token, end in self._tokens.items() if end > now), "")
        if not token:
            token = f"{self.random.getrandbits(128):032X}"
            self._tokens[token] = now + self.token_life
        left = int((self._tokens[token] - now).total_seconds())
        return _gateway("A1000", "success", accessToken=token, expiresIn=left)

    async def _serve(self, request: Request) -> Response:
        try:
            form = await _form(request)
            self._admit(form)
            answer = self._answer(form["serviceCode"], _message(form["msgData"]))
            return _business(True, "S0000", "", answer)
        except _Refused as refusal:
            if refusal.code.startswith("A"):
                return _gateway(refusal.code, refusal.words)
            return _business(False, refusal.code, refusal.words, None)

    def _admit(self, form: Mapping[str, str]) -> None:
        """What the gateway checks before any service sees the message."""
        needed = ("partnerID", "requestID", "serviceCode", "timestamp", "msgData")
        proofs = [name for name in ("msgDigest", "accessToken") if form.get(name)]
        if not all(form.get(name) for name in needed) or len(proofs) != 1:
            raise _Refused("A1001", "必传参数不可为空")
        if not form["timestamp"].isdecimal() or len(form["requestID"]) > 40 or len(form["partnerID"]) > 64:
            raise _Refused("A1001", "参数格式不正确")
        if form["partnerID"] != PARTNER or form["serviceCode"] not in self.services:
            raise _Refused("A1004", "无对应服务权限")
        if "msgDigest" in proofs:
            if form["msgDigest"] != msg_digest(form["msgData"], form["timestamp"], CHECK_WORD):
                raise _Refused("A1006", "数字签名无效")
        elif form["accessToken"] not in self._tokens:
            raise _Refused("A1011", "OAuth2认证失败")
        elif self._tokens[form["accessToken"]] <= self.now():
            raise _Refused("A1002", "请求时效已过期")
        self._count(form["serviceCode"])
        if form["requestID"] in self._request_ids:
            raise _Refused("A1007", "重复请求")
        self._request_ids.add(form["requestID"])

    def _count(self, service: str) -> None:
        calls = self._calls.setdefault(service, deque())
        now = self.now()
        while calls and calls[0] <= now - timedelta(seconds=1):
            calls.popleft()
        if len(calls) >= self.calls_per_second:
            raise _Refused("A1005", "超出流量限制")
        calls.append(now)

    def _answer(self, service: str, message: Answer) -> Answer:
        match service:
            case "EXP_RECE_CREATE_ORDER":
                return self._create(message)
            case "EXP_RECE_SEARCH_ORDER_RESP":
                return self._search(message)
            case "EXP_RECE_UPDATE_ORDER":
                return self._update(message)
            case _:
                return self._search_routes(message)

    def _create(self, message: Answer) -> Answer:
        _check_order(message, self.products)
        known = self._orders.get(message["orderId"])
        if known is not None:
            if self.repeats_first_result:
                return known.answer(self.now())
            raise _Refused("8016", "重复下单")
        waybill = self._book(message)
        self._orders[waybill.order_id] = waybill
        return waybill.answer(self.now())

    def _book(self, message: Answer) -> Waybill:
        recipient = next(c for c in message["contactInfoList"] if c["contactType"] == 2)
        is_served = recipient.get("province", "") not in self.unserved_provinces
        checked_by_hand = self.random.random() < self.manual_check_chance
        now = self.now()
        parcels = int(message.get("parcelQty", 1))
        waybill = Waybill(
            order_id=message["orderId"],
            number=self._next_number() if is_served else "",
            sub_numbers=[self._next_number() for _ in range(parcels - 1)] if is_served else [],
            tails=frozenset(
                (contact.get("mobile") or contact.get("tel"))[-4:] for contact in message["contactInfoList"]
            ),
            booked_at=now,
            quantities={cargo["name"]: int(cargo.get("count", 1)) for cargo in message["cargoDetails"]},
            collects=sum(
                (Decimal(it["value"]) for it in message.get("serviceList", ()) if it["name"] == "COD"),
                Decimal(0),
            ),
            filter_result=3 if not is_served else 1 if checked_by_hand else 2,
            confirmed_at=now + self.manual_check_takes,
        )
        if is_served:
            self._carry(waybill)
        return waybill

    def _carry(self, waybill: Waybill) -> None:
        self._waybills[waybill.number] = waybill
        journey = draw_journey(
            self.random,
            waybill.booked_at,
            attempt_chance=self.attempt_chance,
            return_chance=self.return_chance,
            loss_chance=self.loss_chance,
        )
        self._journeys.start(waybill.number, journey)
        self.record("booked", waybill.order_id, tracking_number=waybill.number)
        self._push_state(waybill, "04-40037", "下单已接收", waybill.booked_at)

    def _next_number(self) -> str:
        self._numbers += 1
        return f"SF74{self._numbers:011d}"

    def _known(self, message: Answer) -> Waybill:
        waybill = self._orders.get(_needed(message, "orderId"))
        if waybill is None:
            raise _Refused("8024", "未下单")
        return waybill

    def _search(self, message: Answer) -> Answer:
        if _needed(message, "searchType") not in ("1", "2"):
            raise _Refused("S0002", "searchType不正确")
        waybill = self._known(message)
        if message["searchType"] == "2" or self.now() < waybill.booked_at + self.booking_visible_after:
            raise _Refused("8018", "未获取到订单信息")
        return waybill.answer(self.now())

    def _update(self, message: Answer) -> Answer:
        if message.get("dealType") not in (1, 2):
            raise _Refused("S0002", "dealType不正确")
        waybill = self._known(message)
        if waybill.cancelled:
            raise _Refused("8037", "已消单")
        if message["dealType"] == 1:
            raise _Refused("8252", "已确认")
        self.advance()
        if waybill.status is not TrackingStatus.PRE_TRANSIT:
            raise _Refused("8168", "已收件，不能取消")
        waybill.cancelled = True
        self._journeys.stop(waybill.number)
        self.record("cancelled", waybill.order_id, tracking_number=waybill.number)
        return {"orderId": waybill.order_id, "waybillNoInfoList": [], "resStatus": 2, "extraInfoList": None}

    def _search_routes(self, message: Answer) -> Answer:
        numbers = _needed(message, "trackingNumber")
        kind = _needed(message, "trackingType")
        if not isinstance(numbers, list) or kind not in ("1", "2"):
            raise _Refused("S0002", "参数不正确")
        if len(numbers) > 10:
            raise _Refused("8003", "查询单号数量超过限制")
        self.advance()
        tails = frozenset(str(message.get("checkPhoneNo", "")).split(","))
        register = self._waybills if kind == "1" else self._orders
        return {
            "routeResps": [
                {"mailNo": number, "routes": self._visible(register.get(number), tails)} for number in numbers
            ]
        }

    def _visible(self, waybill: Waybill | None, tails: frozenset[str]) -> list[dict[str, Any]]:
        if waybill is None or not (self.monthly_card_is_bound or tails & waybill.tails):
            return []
        return waybill.routes


async def _form(request: Request) -> dict[str, str]:
    """The fields; none under another content type, which SF answers like missing ones."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _gateway(code: str, words: str, **more: Any) -> Response:
    body = {"apiResultCode": code, "apiErrorMsg": words, "apiResponseID": "0001", **more}
    return Response(msgspec.json.encode(body), media_type="application/json")


def _business(success: bool, code: str, words: str, answer: Answer | None) -> Response:
    inner = {"success": success, "errorCode": code, "errorMsg": words or None, "msgData": answer}
    return _gateway("A1000", "", apiResultData=msgspec.json.encode(inner).decode())


def _message(text: str) -> Answer:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError:
        raise _Refused("S0001", "非法的JSON格式") from None


def _needed(message: Answer, name: str) -> Any:
    if not message.get(name):
        raise _Refused("S0002", f"{name}不可为空")
    return message[name]


def _check_order(message: Answer, products: frozenset[int]) -> None:
    """The checks of EXP_RECE_CREATE_ORDER; codes are of the families that SF's document names."""
    for name in ("language", "orderId", "cargoDetails", "contactInfoList", "expressTypeId"):
        _needed(message, name)
    if message["language"] not in ("zh-CN", "zh-TW", "zh-HK", "zh-MO", "en"):
        raise _Refused("S0002", "language不正确")
    if len(message["orderId"]) > 64 or message.get("isReturnRoutelabel") != 1:
        raise _Refused("S0002", "参数不正确")
    if not all(cargo.get("name") for cargo in message["cargoDetails"]):
        raise _Refused("1023", "托寄物品名不能为空")
    contacts = {contact.get("contactType"): contact for contact in message["contactInfoList"]}
    for kind, first_code in ((1, 1010), (2, 1014)):
        contact = contacts.get(kind, {})
        checks = (contact.get("address"), contact.get("contact") or contact.get("company"))
        for offset, value in enumerate((*checks, contact.get("mobile") or contact.get("tel"))):
            if not value:
                raise _Refused(str(first_code + offset), "寄件或到件信息不能为空")
    if message["expressTypeId"] not in products:
        raise _Refused("20036", "产品不可用")
    if message.get("monthlyCard", MONTHLY_CARD) != MONTHLY_CARD:
        raise _Refused("6126", "月结卡号不合法")
    weight, parcels = message.get("totalWeight"), message.get("parcelQty", 1)
    if not 1 <= parcels <= 307 or (weight is not None and weight <= 0) or (parcels > 1 and weight is None):
        raise _Refused("S0002", "重量或包裹数不正确")
    if len(message.get("remark", "")) > 100:
        raise _Refused("S0002", "备注过长")
