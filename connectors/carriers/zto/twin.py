"""ZTO Express, imitated: orders, prices, track queries, subscriptions and pushes of the ZOP open platform."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.parcel_twin import ParcelTwin, Refused, TwinParcel
from connectors.kit.signing import md5_base64
from mappings.canonical import TrackingStatus
from mappings.china import beijing_text

APP_KEY, APP_SECRET = "twin-app-key", "twin-app-secret-0001"
ACCOUNT, PASSWORD = "test", "ZTO123"

SCANS: Mapping[TrackingStatus, tuple[str, str, str]] = {
    TrackingStatus.PICKED_UP: ("收件", "GOT", "【深圳市】【深圳南山】的业务员已揽收"),
    TrackingStatus.IN_TRANSIT: ("发件", "DEPARTURE", "【深圳市】快件离开【深圳南山】发往【成都中转】"),
    TrackingStatus.OUT_FOR_DELIVERY: ("派件", "DISPATCH", "【成都市】【成都高新】的业务员正在派件"),
    TrackingStatus.EXCEPTION: ("问题件", "PROBLEM", "【成都市】快件出现问题，处理中"),
    TrackingStatus.DELIVERED: ("签收", "SIGNED", "【成都市】快件已签收"),
    TrackingStatus.RETURNED: ("退件签收", "RETURN_SIGNED", "【深圳市】退件已签收"),
}
"""scanType of queries, action of pushes, and text per step."""


class Twin(ParcelTwin):
    """A failed delivery and a lost parcel are both «problems»; a return is told when it arrives."""

    platform = "zto"
    retry_webhooks_after = (timedelta(minutes=10),) * 3
    tells_as = {
        TrackingStatus.DELIVERY_ATTEMPTED: TrackingStatus.EXCEPTION,
        TrackingStatus.LOST: TrackingStatus.EXCEPTION,
        TrackingStatus.RETURNING: None,
    }

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.push_url = ""
        self._watched: set[str] = set()
        self._by_order: dict[str, TwinParcel] = {}

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/{service}", self._serve, methods=["POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "app_key": APP_KEY,
            "app_secret": APP_SECRET,
            "order_type": "2",
            "account_id": ACCOUNT,
            "account_password": PASSWORD,
            "service_url": base_url,
        }

    def configure_pushes(self, url: str) -> None:
        self.push_url = url

    def throttled(self) -> Response:
        return _refusal(Refused("S221", "api qps flow limit"))

    def acknowledges(self, answer: httpx.Response) -> bool:
        try:
            words = msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.MsgspecError:
            return False
        return answer.is_success and words.get("status") is True

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        scan_type, action, text = SCANS[step]
        site = {"name": "深圳南山", "prov": "广东省", "city": "深圳市", "phone": "0755-1234567"}
        entry = {"billCode": parcel.number, "scanType": scan_type, "desc": text, "scanSite": site}
        parcel.scans.append({**entry, "scanDate": int(at.timestamp() * 1000), "operateUser": "张三"})
        if self.push_url and parcel.number in self._watched:
            self._push(parcel, action, at, text)

    def _push(self, parcel: TwinParcel, action: str, at: datetime, text: str) -> None:
        event = {
            "billCode": parcel.number,
            "facilityCode": "75501",
            "actionTime": beijing_text(at),
            "city": "深圳市",
            "action": action,
            "facilityName": "深圳南山",
            "desc": text,
        }
        data = msgspec.json.encode(event).decode()
        form = {
            "data": data,
            "data_digest": md5_base64(data + APP_SECRET),
            "company_id": APP_KEY,
            "msg_type": "Traces",
            "token": "",
        }
        self.post(
            self.push_url,
            {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"},
            urlencode(form).encode(),
        )

    async def _serve(self, request: Request) -> Response:
        services: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "zto.open.createOrder": self._create,
            "zto.open.cancelPreOrder": self._cancel,
            "zto.open.obtainPicePrescription": self._price,
            "zto.merchant.waybill.track.query": self._query,
            "zto.merchant.waybill.track.subsrcibe": self._watch,
        }
        try:
            service = services.get(request.path_params["service"])
            body = _admitted(request.headers, await request.body())
            if service is None:
                raise Refused("S207", "API不存在")
            code = "0000" if service == self._create else "SYS000"
            return _json({"result": service(body), "message": "成功", "status": True, "statusCode": code})
        except Refused as refusal:
            return _refusal(refusal)

    def _create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        _check_order(body)
        known = self.by_reference.get(body["partnerOrderCode"])
        if known is None:
            count = len(self.by_number) + 1
            sides = (body["senderInfo"], "sender"), (body["receiveInfo"], "receiver")
            tails = [(side.get(f"{it}Mobile") or side[f"{it}Phone"])[-4:] for side, it in sides]
            known = TwinParcel(
                reference=body["partnerOrderCode"],
                number=f"73{count:012d}",
                company=body["orderType"],
                carrier_order_id=f"26030200000{count:07d}",
                tails=frozenset(tails),
            )
            self._by_order[known.carrier_order_id] = known
            self.carry(known)
        return {
            "partnerOrderCode": known.reference,
            "orderCode": known.carrier_order_id,
            "billCode": known.number,
            "siteCode": "02100",
            "siteName": "上海",
            "bigMarkInfo": {"mark": "300- H12 09", "bagAddr": "沪西"},
            "verifyCode": None,
            "signBillInfo": None,
        }

    def _cancel(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("cancelType") not in ("1", "2", "3", "4", "5", "6", "7"):
            raise Refused("S208", "cancelType不能为空")
        self.advance()
        by_order = self._by_order.get(body.get("orderCode", ""))
        parcel = by_order or self.by_number.get(body.get("billCode", ""))
        if parcel is None or parcel.company not in ("2", "3"):
            raise Refused("B001", "查询不到该订单")
        if parcel.cancelled:
            raise Refused("B002", "订单已取消")
        if not parcel.is_waiting:
            raise Refused("B003", "快件已揽收，不能取消")
        self.take_back(parcel)
        return {}

    def _price(self, body: Mapping[str, Any]) -> dict[str, Any]:
        for side in ("sender", "addresser"):
            for name in ("province", "city", "address"):
                if not body.get(side, {}).get(name):
                    raise Refused("S208", f"{side}.{name}不能为空")
        if body.get("transportType") not in (0, 1) or not body.get("weight", 0) > 0:
            raise Refused("S208", "weight不能为空")
        kilograms = -(-body["weight"] // 1)
        return {"price": f"{10 + 3 * (kilograms - 1):.2f}", "hour": "48"}

    def _query(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        number = _known_form(body)
        self.advance()
        parcel = self.by_number.get(number)
        tail = str(body.get("mobilePhone", ""))
        if len(tail) != 4:
            raise Refused("E413", "鉴权失败,请输入收寄人任一方电话号码后4位")
        if parcel is None:
            return []
        if tail not in parcel.tails:
            raise Refused("E409", "鉴权失败,收寄人电话号码校验不一致")
        return parcel.scans

    def _watch(self, body: Mapping[str, Any]) -> None:
        number = _known_form(body)
        parcel = self.by_number.get(number)
        if parcel is not None and body.get("mobilePhone") not in parcel.tails:
            raise Refused("E409", "鉴权失败,收寄人电话号码校验不一致")
        if number not in self._watched:
            self._watched.add(number)
            self.record("subscribed", number)


def _admitted(headers: Mapping[str, str], content: bytes) -> Mapping[str, Any]:
    if headers.get("x-appkey") != APP_KEY or headers.get("x-companyid") != APP_KEY:
        raise Refused("S210", "无权限访问")
    if headers.get("x-datadigest") != md5_base64(content.decode() + APP_SECRET):
        raise Refused("S211", "签名错误")
    is_json = headers.get("content-type", "").startswith("application/json")
    try:
        return msgspec.json.decode(content if is_json else b"", type=dict[str, Any])
    except msgspec.MsgspecError:
        raise Refused("S208", "body不能为空") from None


def _known_form(body: Mapping[str, Any]) -> str:
    number = str(body.get("billCode", ""))
    if not (number.isdecimal() and 12 <= len(number) <= 15):
        raise Refused("E416", "不符合中通运单号规则校验")
    return number


def _check_order(body: Mapping[str, Any]) -> None:
    for name in ("partnerType", "orderType", "partnerOrderCode", "senderInfo", "receiveInfo"):
        if not body.get(name):
            raise Refused("S208", f"{name}不能为空")
    if body["partnerType"] not in ("1", "2") or body["orderType"] not in ("1", "2", "3", "4"):
        raise Refused("S208", "partnerType或orderType不正确")
    account = body.get("accountInfo") or {}
    if (account.get("accountId"), account.get("accountPassword")) != (ACCOUNT, PASSWORD):
        raise Refused("E404", "鉴权失败,未绑定电子面单账号")
    for side, prefix in (("senderInfo", "sender"), ("receiveInfo", "receiver")):
        for name in ("Name", "Province", "City", "Address"):
            if not body[side].get(f"{prefix}{name}"):
                raise Refused("S208", f"{prefix}{name}不能为空")
        if not (body[side].get(f"{prefix}Mobile") or body[side].get(f"{prefix}Phone")):
            raise Refused("S208", f"{prefix}Mobile不能为空")
    for item in body.get("orderItems", ()):
        whole = all(isinstance(item.get(name, 1), int) for name in ("weight", "unitprice", "quantity"))
        if not item.get("name") or not whole:
            raise Refused("S208", "orderItems不正确")


def _json(body: Mapping[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _refusal(refusal: Refused) -> Response:
    body = {"result": None, "message": refusal.words, "status": False, "statusCode": refusal.code}
    return _json(body)
