"""YTO Express, imitated: an address and a secret per interface, orders, track queries, and XML pushes."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.yto.signing import sign
from connectors.kit.parcel_twin import ParcelTwin, Refused, TwinParcel
from connectors.kit.signing import md5_base64
from mappings.canonical import TrackingStatus
from mappings.china import beijing_text

TOKEN, CUSTOMER, PUSH_SECRET = "TwinT0", "K0000001", "twin-partner-0001"
SECRETS = {
    "privacy_create_adapter": "create-secret-01",
    "korder_cancel_adapter": "cancel-secret-01",
    "track_query_adapter": "track-secret-001",
    "subscribe_adapter": "subscribe-secret",
}
NAMES = {
    "create": "privacy_create_adapter",
    "cancel": "korder_cancel_adapter",
    "track": "track_query_adapter",
    "subscribe": "subscribe_adapter",
}
FIELDS = {"timestamp", "param", "sign", "format"}

SCANS: Mapping[TrackingStatus, tuple[str, str]] = {
    TrackingStatus.PICKED_UP: ("GOT", "【广东省深圳市南山公司】 已揽收"),
    TrackingStatus.IN_TRANSIT: ("DEPARTURE", "【深圳转运中心】 已发出"),
    TrackingStatus.OUT_FOR_DELIVERY: ("SENT_SCAN", "【四川省成都市高新公司】 派件中"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("FAILED", "签收失败，改日再派"),
    TrackingStatus.DELIVERED: ("SIGNED", "客户签收人: 已签收"),
    TrackingStatus.RETURNING: ("TMS_RETURN", "快件退回"),
}
"""infoContent and text per step."""


class Twin(ParcelTwin):
    """YTO tells of a return when it starts, and of a lost parcel nothing at all."""

    platform = "yto"
    retry_webhooks_after = (timedelta(minutes=10),) * 3
    tells_as = {TrackingStatus.RETURNED: None, TrackingStatus.LOST: None}

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.push_url = ""
        self._orders: dict[str, TwinParcel] = {}
        self._watched: set[str] = set()

    def routes(self) -> Starlette:
        path = "/open/{method}/{version}/{token}/{customer}"
        return Starlette(routes=[Route(path, self._serve, methods=["POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        addresses = {
            f"{name}_url": f"{base_url}/open/{method}/v1/{TOKEN}/{CUSTOMER}" for name, method in NAMES.items()
        }
        secrets = {f"{name}_secret": SECRETS[method] for name, method in NAMES.items()}
        return {**addresses, **secrets, "push_secret": PUSH_SECRET}

    def configure_pushes(self, url: str) -> None:
        self.push_url = url

    def acknowledges(self, answer: httpx.Response) -> bool:
        return answer.is_success and b"<success>true</success>" in answer.content

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        code, text = SCANS[step]
        entry = {"waybill_No": parcel.number, "upload_Time": beijing_text(at), "infoContent": code}
        parcel.scans.append({**entry, "processInfo": text, "city": "深圳市", "district": "南山区"})
        if self.push_url and parcel.number in self._watched:
            self._push(parcel, code, text, at)

    def _push(self, parcel: TwinParcel, code: str, text: str, at: datetime) -> None:
        fields = {
            "logisticProviderID": "YTO",
            "clientID": CUSTOMER,
            "mailNo": parcel.number,
            "txLogisticID": parcel.carrier_order_id,
            "infoType": "STATUS",
            "infoContent": code,
            "remark": text,
            "weight": "0.0",
            "acceptTime": f"{beijing_text(at)}.0 CST",
        }
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        document = f"<UpdateInfo>{inner}</UpdateInfo>"
        form = {
            "logistics_interface": document,
            "data_digest": md5_base64(document + PUSH_SECRET),
            "clientId": CUSTOMER,
            "type": "online",
        }
        body = urlencode(form).encode()
        self.post(self.push_url, {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}, body)

    async def _serve(self, request: Request) -> Response:
        methods: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "privacy_create_adapter": self._create,
            "korder_cancel_adapter": self._cancel,
            "track_query_adapter": self._query,
            "subscribe_adapter": self._watch,
        }
        try:
            if not request.headers.get("content-type", "").startswith("application/json"):
                raise Refused("1000", "请求报文格式错误")
            param = _admitted(request.path_params, await request.body())
            return _json(methods[request.path_params["method"]](param))
        except Refused as refusal:
            return _json({"success": False, "code": refusal.code, "message": refusal.words})

    def _create(self, param: Mapping[str, Any]) -> dict[str, Any]:
        _check_order(param)
        number = param["logisticsNo"]
        if number not in self._orders:
            parcel = TwinParcel(
                reference=param.get("cstOrderNo", number),
                number=f"YT9{len(self._orders) + 1:012d}",
                carrier_order_id=number,
            )
            self._orders[number] = parcel
            self.carry(parcel)
        known = self._orders[number]
        answer = {"customerCode": CUSTOMER, "logisticsNo": number, "mailNo": known.number}
        return {**answer, "shortAddress": "755-010-01"}

    def _cancel(self, param: Mapping[str, Any]) -> dict[str, Any]:
        self.advance()
        parcel = self._orders.get(_needed(param, "logisticsNo"))
        _needed(param, "cancelDesc")
        if parcel is None:
            raise Refused("2001", "订单不存在")
        if parcel.cancelled:
            raise Refused("2002", "订单已取消")
        if not parcel.is_waiting:
            raise Refused("2003", "订单已揽收，不能取消")
        self.take_back(parcel)
        return {"customerCode": CUSTOMER, "logisticsNo": parcel.carrier_order_id}

    def _query(self, param: Mapping[str, Any]) -> Any:
        number = _needed(param, "NUMBER")
        self.advance()
        parcel = self.by_number.get(number)
        if parcel is None or not parcel.scans:
            return {"map": {number: []}, "code": "1001", "success": "true", "message": "查询结果为空。"}
        return parcel.scans

    def _watch(self, param: Mapping[str, Any]) -> dict[str, Any]:
        if (_needed(param, "client_id"), _needed(param, "msg_type")) != (CUSTOMER, "online"):
            raise Refused("2004", "client_id或msg_type不正确")
        wanted = msgspec.json.decode(_needed(param, "logistics_interface"), type=dict[str, Any])
        number = _needed(wanted, "waybillNo")
        if _needed(wanted, "clientId") != CUSTOMER:
            raise Refused("2004", "clientId不正确")
        if number not in self._watched:
            self._watched.add(number)
            self.record("subscribed", number)
        return {"success": True, "code": "200", "message": "成功"}


def _admitted(path: Mapping[str, str], content: bytes) -> Mapping[str, Any]:
    method, version = path["method"], path["version"]
    try:
        body = msgspec.json.decode(content, type=dict[str, str])
    except msgspec.MsgspecError:
        raise Refused("1000", "请求报文格式错误") from None
    complete = body.keys() == FIELDS and body["format"] == "JSON" and body["timestamp"].isdecimal()
    issued = method in SECRETS and (version, path["token"], path["customer"]) == ("v1", TOKEN, CUSTOMER)
    if not complete or not issued or body["sign"] != sign(body["param"], method, version, SECRETS[method]):
        raise Refused("1000", "请求加密校验失败")
    try:
        return msgspec.json.decode(body["param"], type=dict[str, Any])
    except msgspec.MsgspecError:
        raise Refused("1000", "param格式错误") from None


def _needed(param: Mapping[str, Any], name: str) -> Any:
    if not param.get(name):
        raise Refused("1002", f"{name}不能为空")
    return param[name]


def _check_order(param: Mapping[str, Any]) -> None:
    if len(_needed(param, "logisticsNo")) < 7:
        raise Refused("1002", "logisticsNo最低长度为7")
    for side in ("sender", "recipient"):
        for name in ("Name", "ProvinceName", "CityName", "Address", "Mobile"):
            _needed(param, f"{side}{name}")
    if param.get("productCode", "PK") not in ("PK", "YZD") or len(param.get("goods", ())) > 20:
        raise Refused("1002", "productCode或goods不正确")
    increments = {each.get("type"): each.get("amount", 0) for each in param.get("increments", ())}
    if increments.keys() >= {1, 2} or not 3 <= increments.get(1, 3) <= 20000:
        raise Refused("1002", "increments不正确")


def _json(body: Any) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
