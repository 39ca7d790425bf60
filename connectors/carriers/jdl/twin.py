"""JD Logistics, imitated: signed queries, orders, prices, traces and pushes of the JDL open platform."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.jdl.settings import JdlSettings
from connectors.carriers.jdl.signing import VERSION, sign
from connectors.kit.parcel_twin import ParcelTwin, Refused, TwinParcel
from mappings.canonical import TrackingStatus
from mappings.china import BEIJING, beijing_text

CUSTOMER, WEBHOOK_TOKEN = "27K0000001", "twin-push-token-0123456789"
PRODUCTS = {"ed-m-0001": 12, "ed-m-0002": 18}
"""Product → yuan for the first kilogram."""

TOLERANCE = timedelta(minutes=10)
KEYS = {"LOP-DN", "access_token", "app_key", "timestamp", "v", "algorithm", "sign"}

SCANS: Mapping[TrackingStatus, tuple[str, int, str]] = {
    TrackingStatus.PICKED_UP: ("200001", 420, "京东快递 已收取快件"),
    TrackingStatus.IN_TRANSIT: ("200076", 430, "您的快件已发车"),
    TrackingStatus.OUT_FOR_DELIVERY: ("11000", 440, "您的快件正在派送中，请您准备签收"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("10035", 530, "收件人拒收，改日再派"),
    TrackingStatus.DELIVERED: ("10034", 510, "您的快件已由【客户指定地点】代收"),
    TrackingStatus.RETURNED: ("200033", 530, "再投后退回"),
    TrackingStatus.EXCEPTION: ("200000", 500, "快件异常"),
}
"""state, category and text per step."""


PLACE = {
    "scanType": "-640",
    "operateSite": "石景山营业部",
    "operateSiteId": "11111111",
    "routeProvinceName": "北京",
    "routeCityName": "北京市",
    "routeDistrictName": "石景山区",
    "routeAddress": "北京市石景山区八角街道(模拟数据)",
}


class Twin(ParcelTwin):
    """A return is told when it arrives, a lost parcel as an exception."""

    platform = "jdl"
    retry_webhooks_after = (timedelta(minutes=10),) * 3
    tells_as = {TrackingStatus.RETURNING: None, TrackingStatus.LOST: TrackingStatus.EXCEPTION}

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.push_url = ""
        self._settings = JdlSettings(**self.settings(""))
        self._watched: set[str] = set()

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/ecap/v1/orders/{path:path}", self._serve, methods=["POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "app_key": "twin-app-key",
            "app_secret": "twin-app-secret-0001",
            "access_token": "twin-access-token-01",
            "webhook_token": WEBHOOK_TOKEN,
            "customer_code": CUSTOMER,
            "service_url": base_url,
        }

    def configure_pushes(self, url: str) -> None:
        """What an administrator enters in JDL's console: the hub's address with the token appended."""
        self.push_url = f"{url}?token={WEBHOOK_TOKEN}"

    def acknowledges(self, answer: httpx.Response) -> bool:
        try:
            words = msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.MsgspecError:
            return False
        return answer.is_success and words.get("success") is True

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        state, category, text = SCANS[step]
        entry = {
            "waybillCode": parcel.number,
            "operationTime": beijing_text(at),
            "operationTitle": text[:4],
            "operationRemark": text,
            "state": state,
            "category": category,
            "categoryName": text[:4],
        }
        parcel.scans.append({**entry, "operatorName": "张三"})
        if self.push_url and parcel.number in self._watched:
            body = msgspec.json.encode({**entry, **PLACE, "orderId": parcel.reference})
            self.post(self.push_url, {"content-type": "application/json"}, body)

    async def _serve(self, request: Request) -> Response:
        paths: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "create": self._create,
            "cancel": self._cancel,
            "precheck": self._precheck,
            "trace/query": self._query,
            "trace/subscribe": self._watch,
        }
        try:
            self._admit(request, await request.body())
            serve = paths.get(request.path_params["path"])
            if serve is None:
                raise Refused("404", "unknown api")
            asked = _single(await request.body())
            if (asked.get("orderOrigin"), asked.get("customerCode")) != (1, CUSTOMER):
                raise Refused("2001", "客户编码不正确")
            return _json({"code": 0, "msg": "成功", "success": True, **serve(asked)})
        except Refused as refusal:
            return _json({"code": int(refusal.code), "msg": refusal.words, "success": False, "data": None})

    def _admit(self, request: Request, content: bytes) -> None:
        query = request.query_params
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Refused("1001", "缺少必要参数")
        if set(query) != KEYS or query["LOP-DN"] != "ECAP" or query["v"] != VERSION:
            raise Refused("1001", "缺少必要参数")
        token = self._settings.access_token.get_secret_value()
        if (query["access_token"], query["app_key"]) != (token, self._settings.app_key):
            raise Refused("1002", "access_token不正确")
        settings = self._settings.model_copy(update={"algorithm": query["algorithm"]})
        if query["sign"] != sign(settings, request.url.path, content.decode(), query["timestamp"]):
            raise Refused("1003", "签名错误")
        sent = datetime.fromisoformat(query["timestamp"]).replace(tzinfo=BEIJING)
        if request.headers.get("lop-tz", "8") != "8" or abs(self.now() - sent) > TOLERANCE:
            raise Refused("1004", "timestamp不正确")

    def _create(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        _check_shipment(asked)
        if not 1 <= len(asked.get("orderId", "")) <= 50 or asked.get("settleType") not in (1, 2, 3):
            raise Refused("2002", "orderId或settleType不正确")
        known = self.by_reference.get(asked["orderId"])
        again = {"subCode": "0_0001", "subMsg": "商家订单号已被使用"} if known else {}
        if known is None:
            count = len(self.by_number) + 1
            contacts = (asked["senderContact"], asked["receiverContact"])
            known = TwinParcel(
                reference=asked["orderId"],
                number=f"JDVE{count:011d}",
                carrier_order_id=f"EO{count:013d}",
                tails=frozenset((it.get("mobile") or it["phone"])[-4:] for it in contacts),
            )
            self.carry(known)
        return {"data": {"orderCode": known.carrier_order_id, "waybillCode": known.number}, **again}

    def _cancel(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        reason = asked.get("cancelReason", "")
        if asked.get("cancelType") != 1 or not 1 <= len(reason) <= 30:
            raise Refused("2003", "cancelType或cancelReason不正确")
        parcel = self._known(asked)
        if parcel.cancelled:
            raise Refused("2004", "订单已取消")
        numbers = {"orderCode": parcel.carrier_order_id, "waybillCode": parcel.number}
        if not parcel.is_waiting:
            return {"data": {**numbers, "resultType": 3}}
        self.take_back(parcel)
        return {"data": {**numbers, "resultType": 0}}

    def _precheck(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        _check_shipment(asked)
        kilograms = -(-asked["cargoes"][0]["weight"] // 1)
        yuan = PRODUCTS[asked["productsReq"]["productCode"]] + 3 * (kilograms - 1)
        fee = {"calWeight": kilograms, "totalAmount": yuan, "totalPreAmount": yuan, "currency": "CNY"}
        return {"data": {"commonFeeInfoResponse": fee}}

    def _query(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing is shown of what this customer did not book."""
        self.advance()
        parcel = self.by_number.get(asked.get("waybillCode", ""))
        scans = parcel.scans if parcel else []
        return {"data": {"collectorName": "张三", "collectorPhone": "", "traceDetails": scans}}

    def _watch(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        parcel = self._known(asked)
        if asked.get("mobile") not in parcel.tails:
            raise Refused("2005", "手机号后四位不一致")
        if parcel.number not in self._watched:
            self._watched.add(parcel.number)
            self.record("subscribed", parcel.number)
        return {"data": "订阅成功"}

    def _known(self, asked: Mapping[str, Any]) -> TwinParcel:
        self.advance()
        parcel = self.by_number.get(asked.get("waybillCode", ""))
        if parcel is None:
            raise Refused("2006", "运单不存在")
        return parcel


def _single(content: bytes) -> Mapping[str, Any]:
    """Every body is an array of one."""
    try:
        (asked,) = msgspec.json.decode(content, type=tuple[dict[str, Any], ...])
    except (msgspec.MsgspecError, ValueError):
        raise Refused("2000", "请求参数格式错误") from None
    return asked


def _check_shipment(asked: Mapping[str, Any]) -> None:
    for side in ("senderContact", "receiverContact"):
        contact = asked.get(side) or {}
        lengths = len(contact.get("name", "")), len(contact.get("fullAddress", ""))
        if not (1 <= lengths[0] <= 50 and 1 <= lengths[1] <= 200):
            raise Refused("2007", f"{side}不正确")
        if not (len(contact.get("mobile", "")) == 11 or contact.get("phone")):
            raise Refused("2007", f"{side}.mobile不正确")
    if asked.get("productsReq", {}).get("productCode") not in PRODUCTS:
        raise Refused("2008", "产品不可用")
    cargoes = asked.get("cargoes", ())
    if len(cargoes) != 1 or not cargoes[0].get("name") or cargoes[0].get("weight", 1) <= 0:
        raise Refused("2009", "cargoes不正确")


def _json(body: Mapping[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
