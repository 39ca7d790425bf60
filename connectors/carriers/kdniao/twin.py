"""Kdniao, imitated: tracking with subscriptions and pushes at one address, e-waybills at another."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.kdniao.signing import data_sign
from connectors.kit.parcel_twin import CallsPerSecond, ParcelTwin, Refused, TwinParcel
from mappings.canonical import TrackingStatus
from mappings.china import beijing_text

USER, APP_KEY, ACCOUNT = "1260000", "twin-app-key-0001", "K0001"
COMPANIES = {"YTO": "YT", "ZTO": "78", "STO": "77", "YD": "43", "JTSD": "JT", "SF": "SF", "JD": "JD"}
"""Companies that the imitation follows, and how their numbers begin."""

NEED_TELEPHONE = frozenset({"SF", "ZTO", "KYSY"})
MUNICIPALITIES = ("北京", "天津", "上海", "重庆")

SCANS: Mapping[TrackingStatus, tuple[str, str, str]] = {
    TrackingStatus.PICKED_UP: ("1", "1", "【深圳南山公司】已揽收"),
    TrackingStatus.IN_TRANSIT: ("2", "204", "【深圳转运中心】已发出"),
    TrackingStatus.OUT_FOR_DELIVERY: ("2", "202", "【成都高新公司】派件中"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("4", "405", "无法联系收件人，改日再派"),
    TrackingStatus.DELIVERED: ("3", "301", "已签收"),
    TrackingStatus.RETURNING: ("4", "404", "快件退回中"),
    TrackingStatus.RETURNED: ("4", "406", "退件已签收"),
    TrackingStatus.EXCEPTION: ("4", "403", "长时间未更新"),
}
"""State, StateEx and text per step."""


class Twin(ParcelTwin):
    """A repeated `OrderCode` is refused with 106 and the first waybill, or answered like the first time."""

    platform = "kdniao"
    retry_webhooks_after = (timedelta(minutes=10),) * 3
    tells_as = {TrackingStatus.LOST: TrackingStatus.EXCEPTION}
    repeats_first_result: bool = False

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.push_url = ""
        self._callbacks: dict[str, str] = {}
        self._calls = CallsPerSecond(20)

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/dist", self._track_or_watch, methods=["POST"]),
                Route("/api/EOrderService", self._book_or_cancel, methods=["POST"]),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "user_id": USER,
            "app_key": APP_KEY,
            "company": "YTO",
            "customer_name": ACCOUNT,
            "customer_password": "twin-password",
            "tracking_url": f"{base_url}/api/dist",
            "waybill_url": f"{base_url}/api/EOrderService",
        }

    def configure_pushes(self, url: str) -> None:
        self.push_url = url

    def throttled(self) -> Response:
        return _refusal(Refused("405", "请求次数超限"))

    def acknowledges(self, answer: httpx.Response) -> bool:
        try:
            words = msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.MsgspecError:
            return False
        fits = words.get("EBusinessID") == USER and words.get("Success") is True and words.get("UpdateTime")
        return answer.is_success and bool(fits)

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        _, action, text = SCANS[step]
        entry = {"AcceptTime": beijing_text(at), "AcceptStation": text, "Location": "深圳市"}
        parcel.scans.append({**entry, "Action": action, "Remark": ""})
        self._push(parcel)

    def _push(self, parcel: TwinParcel) -> None:
        if not self.push_url or parcel.number not in self._callbacks:
            return
        entry = {**self._report(parcel), "Callback": self._callbacks[parcel.number]}
        content = {
            "EBusinessID": USER,
            "PushTime": beijing_text(self.now()),
            "Count": "1",
            "Data": [entry],
        }
        data = msgspec.json.encode(content).decode()
        form = {
            "RequestData": data,
            "RequestType": "102",
            "EBusinessID": USER,
            "DataSign": data_sign(data, APP_KEY),
        }
        body = urlencode(form).encode()
        self.post(self.push_url, {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}, body)

    def _report(self, parcel: TwinParcel) -> dict[str, Any]:
        state, state_ex, _ = SCANS.get(parcel.status, ("0", "0", ""))
        return {
            "EBusinessID": USER,
            "OrderCode": "",
            "ShipperCode": parcel.company,
            "LogisticCode": parcel.number,
            "Success": True,
            "State": state,
            "StateEx": state_ex,
            "Location": "深圳市" if parcel.scans else "",
            "Traces": parcel.scans,
        }

    async def _track_or_watch(self, request: Request) -> Response:
        try:
            kind, data = await _admitted(request)
            if not self._calls.allows(self.now()):
                return self.throttled()
            match kind:
                case "8001":
                    return _json(self._track(data))
                case "8008":
                    return _json(self._watch(data))
                case _:
                    raise Refused("101", "RequestType不正确")
        except Refused as refusal:
            return _refusal(refusal)

    def _track(self, data: Mapping[str, Any]) -> dict[str, Any]:
        company, number = _company(data), _needed(data, "LogisticCode")
        self.advance()
        parcel = self.by_number.get(number)
        if company in NEED_TELEPHONE and len(str(data.get("CustomerName", ""))) != 4:
            raise Refused("402", "CustomerName为手机号后四位")
        hidden = company in NEED_TELEPHONE and parcel and data["CustomerName"] not in parcel.tails
        if parcel is None or parcel.company != company or hidden:
            parcel = TwinParcel(reference="", number=number, company=company)
        reason = {} if parcel.scans else {"Reason": "暂无轨迹信息"}
        return {**self._report(parcel), **reason}

    def _watch(self, data: Mapping[str, Any]) -> dict[str, Any]:
        company, number = _company(data), _needed(data, "LogisticCode")
        if company in NEED_TELEPHONE and len(str(data.get("CustomerName", ""))) != 4:
            raise Refused("402", "CustomerName为手机号后四位")
        is_new = number not in self._callbacks
        self._callbacks[number] = str(data.get("Callback", ""))
        parcel = self.by_number.get(number)
        if is_new:
            self.record("subscribed", number)
            if parcel is not None and parcel.scans:
                self._push(parcel)
        return {"EBusinessID": USER, "UpdateTime": beijing_text(self.now()), "Success": True, "Reason": ""}

    async def _book_or_cancel(self, request: Request) -> Response:
        try:
            kind, data = await _admitted(request)
            match kind:
                case "1007":
                    return _json(self._book(data))
                case "1147":
                    return _json(self._cancel(data))
                case _:
                    raise Refused("101", "RequestType不正确")
        except Refused as refusal:
            return _refusal(refusal)

    def _book(self, data: Mapping[str, Any]) -> dict[str, Any]:
        _check_order(data)
        known = self.by_reference.get(data["OrderCode"])
        if known is not None:
            if self.repeats_first_result:
                return _order_answer(known, "100", "成功")
            return _order_answer(known, "106", "该订单号已下单成功")
        number = f"{COMPANIES[data['ShipperCode']]}8{len(self.by_number) + 1:012d}"
        contacts = (data["Sender"], data["Receiver"])
        parcel = TwinParcel(
            reference=data["OrderCode"],
            number=number,
            company=data["ShipperCode"],
            sub_numbers=[f"{number}-{child}" for child in range(1, data["Quantity"])],
            tails=frozenset((contact.get("Mobile") or contact["Tel"])[-4:] for contact in contacts),
        )
        self.carry(parcel)
        return _order_answer(parcel, "100", "成功")

    def _cancel(self, data: Mapping[str, Any]) -> dict[str, Any]:
        company, number = _company(data), _needed(data, "ExpNo")
        self.advance()
        parcel = self.by_number.get(number)
        if parcel is None or (parcel.reference, parcel.company) != (_needed(data, "OrderCode"), company):
            raise Refused("105", "订单不存在")
        if data.get("CustomerName") != ACCOUNT:
            raise Refused("105", "电子面单账号不正确")
        if parcel.cancelled:
            raise Refused("105", "订单已取消")
        if not parcel.is_waiting:
            raise Refused("105", "快件已揽收，不能取消")
        self.take_back(parcel)
        return {"EBusinessID": USER, "Success": True, "ResultCode": "100", "Reason": "成功"}


async def _admitted(request: Request) -> tuple[str, Mapping[str, Any]]:
    """Request type and data of a call that is complete and signed."""
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True)) if is_form else {}
    names = ("EBusinessID", "RequestType", "RequestData", "DataSign", "DataType")
    if not all(form.get(name) for name in names) or form["DataType"] != "2":
        raise Refused("101", "缺少必要参数")
    if form["EBusinessID"] != USER:
        raise Refused("104", "账号不存在")
    if form["DataSign"] != data_sign(form["RequestData"], APP_KEY):
        raise Refused("102", "校验问题")
    try:
        return form["RequestType"], msgspec.json.decode(form["RequestData"], type=dict[str, Any])
    except msgspec.MsgspecError:
        raise Refused("103", "格式问题") from None


def _needed(data: Mapping[str, Any], name: str) -> Any:
    if not data.get(name):
        raise Refused("401", f"{name}不能为空")
    return data[name]


def _company(data: Mapping[str, Any]) -> str:
    company: str = _needed(data, "ShipperCode")
    if company not in COMPANIES:
        raise Refused("403", "不支持的快递公司")
    return company


def _check_order(data: Mapping[str, Any]) -> None:
    _company(data)
    for name in ("OrderCode", "PayType", "ExpType", "Sender", "Receiver", "Commodity", "Quantity"):
        _needed(data, name)
    for contact in (data["Sender"], data["Receiver"]):
        for name in ("Name", "ProvinceName", "CityName", "Address"):
            _needed(contact, name)
        if not (contact.get("Mobile") or contact.get("Tel")):
            raise Refused("401", "电话与手机必填一个")
        province = contact["ProvinceName"]
        if not (province.endswith(("省", "自治区", "特别行政区")) or province in MUNICIPALITIES):
            raise Refused("401", "省份不完整")
    if data["PayType"] not in (1, 2, 3, 4) or data["Quantity"] < 1:
        raise Refused("401", "PayType或Quantity不正确")
    if not all(item.get("GoodsName") for item in data["Commodity"]):
        raise Refused("401", "GoodsName不能为空")
    if "Weight" in data and not data["Weight"] > 0:
        raise Refused("401", "Weight不正确")
    if data.get("CustomerName") != ACCOUNT:
        raise Refused("105", "电子面单账号不正确")


def _order_answer(parcel: TwinParcel, code: str, words: str) -> dict[str, Any]:
    return {
        "EBusinessID": USER,
        "Success": code == "100",
        "ResultCode": code,
        "Reason": words,
        "UniquerRequestNumber": f"{parcel.number}-1",
        "Order": {
            "OrderCode": parcel.reference,
            "ShipperCode": parcel.company,
            "LogisticCode": parcel.number,
            "MarkDestination": "510-01",
        },
        "SubCount": len(parcel.sub_numbers),
        "SubOrders": parcel.sub_numbers,
    }


def _json(body: Mapping[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _refusal(refusal: Refused) -> Response:
    body = {"EBusinessID": USER, "Success": False, "ResultCode": refusal.code, "Reason": refusal.words}
    return _json(body)
