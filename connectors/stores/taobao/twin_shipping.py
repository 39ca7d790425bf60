"""How Taobao's twin takes shipments: the four send calls, with the platform's own codes for a refusal."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.stores.taobao.twin_state import Child, SentParcel, Trade, TradeBook

COMPANIES = {
    "SF": "顺丰速运",
    "ZTO": "中通快递",
    "YTO": "圆通速递",
    "STO": "申通快递",
    "YUNDA": "韵达快递",
    "EMS": "EMS",
    "POSTB": "邮政快递包裹",
    "DBKD": "德邦快递",
    "HTKY": "百世快递",
    "CN40000000001": "极兔速递",
}
"""Codes that this platform knows, also one that the connector's table lacks (its code is made up)."""

_NUMBER = re.compile(r"[A-Za-z0-9-]{4,35}")
RESENDABLE = timedelta(days=50)
_SPLIT_LIMIT = {"offline": 50, "online": 20}


class SendRefused(Exception):
    """A business refusal; `code` is what stands after the colon of the sub code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Package(msgspec.Struct, forbid_unknown_fields=True):
    company_code: str
    out_sid: str
    goods: list["Goods"]


class Goods(msgspec.Struct, forbid_unknown_fields=True):
    sub_tid: str
    num: int


class ConsignStatus(msgspec.Struct, forbid_unknown_fields=True):
    sub_tid: str
    is_part_consign: bool


def send_classic(
    book: TradeBook, given: Mapping[str, str], now: datetime, *, channel: str
) -> SentParcel | None:
    """`offline` or `online`; an online call without a number orders a pick-up and ships nothing yet."""
    trade = _shippable(book, given["tid"])
    if (trade.kind == "cod") != (channel == "online"):
        raise SendRefused("B98", "订单类型不匹配")
    company, number = given["company_code"], given.get("out_sid", "")
    _check_company(company)
    if channel == "online" and trade.pickup:
        raise SendRefused("B98", "物流订单已经存在")
    if channel == "online" and not number:
        trade.pickup, trade.cod_status = company, "ACCEPTED_BY_COMPANY"
        return None
    _check_number(book, number, trade)
    return _ship(trade, _children(trade, given, channel), company, number, now)


def confirm(book: TradeBook, given: Mapping[str, str], now: datetime) -> SentParcel:
    """The number for a pick-up that was ordered before."""
    trade = _shippable(book, given["tid"])
    if not trade.pickup:
        raise SendRefused("B05", "物流订单不存在")
    _check_number(book, given["out_sid"], trade)
    return _ship(trade, _children(trade, given, "online"), trade.pickup, given["out_sid"], now)


def send_by_quantity(book: TradeBook, given: Mapping[str, str], now: datetime) -> SentParcel:
    """The newer route (`consign_type` 1): units of child orders, and which children stay partly shipped."""
    trade = _shippable(book, given["tid"])
    if trade.kind == "cod":
        raise SendRefused("B98", "订单类型不匹配")
    try:
        (package,) = msgspec.json.decode(given["consign_pkgs"], type=list[Package])
        states = msgspec.json.decode(given["consign_status"], type=list[ConsignStatus])
    except (msgspec.MsgspecError, ValueError):
        raise SendRefused("P01", "参数错误") from None
    if given["consign_type"] != "1":
        raise SendRefused("P01", "参数错误")
    _check_company(package.company_code)
    _check_number(book, package.out_sid, trade)
    children = {child.oid: child for child in trade.children}
    quantities = {goods.sub_tid: goods.num for goods in package.goods}
    part = {state.sub_tid: state.is_part_consign for state in states}
    _check_units(children, quantities, part)
    parcel = SentParcel(
        number=package.out_sid, company_code=package.company_code, quantities=quantities, split=True
    )
    for oid, units in quantities.items():
        children[oid].sent[package.out_sid] = units
        _mark(children[oid], parcel, now, complete=False)
    for oid, is_part in part.items():
        if not is_part:
            children[oid].status = "WAIT_BUYER_CONFIRM_GOODS"
    trade.parcels.append(parcel)
    trade.settle_status()
    return parcel


def resend(book: TradeBook, given: Mapping[str, str], now: datetime) -> SentParcel:
    """Another number or carrier for a trade that left in one parcel; the twin knows no other correction."""
    trade = book.trades.get(given["tid"])
    if trade is None:
        raise SendRefused("B01", "订单不存在")
    if trade.status in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"):
        raise SendRefused("B27", "订单尚未发货")
    first = min((child.consigned for child in trade.children if child.consigned), default=now)
    if trade.status != "WAIT_BUYER_CONFIRM_GOODS" or now - first > RESENDABLE:
        raise SendRefused("B02", "订单状态不正确")
    if trade.kind == "cod":
        raise SendRefused("B98", "订单类型不匹配")
    if len(trade.parcels) > 1 or trade.parcels[0].split or given.keys() & {"is_split", "sub_tid"}:
        raise SendRefused("P22", "不支持拆单")
    (parcel,), company, number = trade.parcels, given["company_code"], given["out_sid"]
    _check_company(company)
    if (parcel.company_code, parcel.number) == (company, number):
        raise SendRefused("P07", "物流信息没有变化")
    _check_number(book, number, trade)
    parcel.company_code, parcel.number = company, number
    for child in trade.children:
        if child.consigned:
            child.company_code, child.number = company, number
    return parcel


def _check_units(
    children: Mapping[str, Child], quantities: Mapping[str, int], part: Mapping[str, bool]
) -> None:
    if (
        not quantities
        or not (set(quantities) | set(part)) <= set(children)
        or not set(quantities) <= set(part)
    ):
        raise SendRefused("B06", "子订单与包裹不符")
    for oid, units in quantities.items():
        child = children[oid]
        if not child.is_open or units < 1 or sum(child.sent.values()) + units > child.num:
            raise SendRefused("B06", "子订单与包裹不符")


def _shippable(book: TradeBook, tid: str) -> Trade:
    trade = book.trades.get(tid)
    if trade is None:
        raise SendRefused("B01", "订单不存在")
    if trade.status in ("WAIT_BUYER_CONFIRM_GOODS", "TRADE_FINISHED", "TRADE_BUYER_SIGNED"):
        raise SendRefused("B04", "订单已经发货，不能重复发货")
    if trade.status not in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"):
        raise SendRefused("B02", "订单状态不正确")
    return trade


def _check_company(code: str) -> None:
    if code not in COMPANIES:
        raise SendRefused("B56", "物流公司不存在")


def _check_number(book: TradeBook, number: str, trade: Trade) -> None:
    """One number serves one addressee: several trades in one parcel are fine, two addressees are not."""
    if not number:
        raise SendRefused("B59", "运单号不能为空")
    if not _NUMBER.fullmatch(number):
        raise SendRefused("B60", "运单号不符合规则")
    other = book.trades[book.numbers.get(number, trade.tid)]
    if other.ship_to != trade.ship_to:
        raise SendRefused("B60", "运单号已被使用")


def _children(trade: Trade, given: Mapping[str, str], channel: str) -> list[Child]:
    """The children of this parcel, by the platform's rules for splits."""
    split, listed = (
        given.get("is_split", "0") == "1",
        [it for it in given.get("sub_tid", "").split(",") if it],
    )
    if split != bool(listed):
        raise SendRefused("CD25", "拆单标识和子订单列表必须同时存在")
    if not split:
        if trade.status == "SELLER_CONSIGNED_PART":
            raise SendRefused("CD22", "拆单发货必须传子订单列表")
        return [child for child in trade.children if child.is_open]
    children = {child.oid: child for child in trade.children}
    if len(children) == 1:
        raise SendRefused("CD29", "不是拆单订单")
    if len(listed) > _SPLIT_LIMIT[channel] or not set(listed) <= set(children):
        raise SendRefused("B06", "子订单与包裹不符")
    if any(children[oid].is_closed for oid in listed):
        raise SendRefused("B06", "子订单与包裹不符")
    if any(not children[oid].is_open for oid in listed):
        raise SendRefused("CD19", "子订单已经发货")
    return [children[oid] for oid in listed]


def _ship(trade: Trade, children: list[Child], company: str, number: str, now: datetime) -> SentParcel:
    whole = len(children) == sum(not child.is_closed for child in trade.children)
    quantities = {child.oid: child.num for child in children}
    parcel = SentParcel(number=number, company_code=company, quantities=quantities, split=not whole)
    for child in children:
        _mark(child, parcel, now, complete=True)
    trade.parcels.append(parcel)
    trade.settle_status()
    return parcel


def _mark(child: Child, parcel: SentParcel, now: datetime, *, complete: bool) -> None:
    child.company_code, child.number, child.consigned = parcel.company_code, parcel.number, now
    if complete:
        child.status = "WAIT_BUYER_CONFIRM_GOODS"


def shippings(trade: Trade) -> list[dict[str, Any]]:
    """taobao.logistics.orders.get: one logistics order, or several of a split trade."""
    told = []
    for parcel in trade.parcels:
        shipping: dict[str, Any] = {
            "tid": int(trade.tid),
            "out_sid": parcel.number,
            "company_name": COMPANIES[parcel.company_code],
        }
        if parcel.split:
            shipping["sub_tids"] = {"number": [int(oid) for oid in parcel.quantities]}
        told.append(shipping)
    return told
