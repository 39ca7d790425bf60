"""Taobao's trade in the shape of the wire (taobao.trade.fullinfo.get, field list of 2026-04).

JSON is made from XML on the platform's side: a list is wrapped once more (`orders.order`), a single element
may arrive without its list, an empty list as `{}` or not at all, an id as number or text (up to 19 digits).
Only the five fields without which a trade means nothing are required; the contract promises none.
"""

from datetime import timedelta, timezone
from typing import TypeVar

from mappings.documents import WireDocument, decode, escape_control_characters, unknown_fields

T = TypeVar("T")

BEIJING = timezone(timedelta(hours=8), "+08:00")
"""Times carry no zone: Asia/Shanghai, without daylight saving since 1991."""

Id = int | str
Yuan = str | int
Flag = int | str | None


def many(elements: list[T] | T | None) -> list[T]:
    """All elements of a list that may have come without its brackets, or not at all."""
    if elements is None:
        return []
    return elements if isinstance(elements, list) else [elements]


class Order(WireDocument):
    """A child order: one line. Of a trade with one child, `oid` equals the trade's `tid`."""

    oid: Id
    price: Yuan
    num: int
    num_iid: Id | None = None
    sku_id: Id | None = None
    outer_iid: str | None = None
    outer_sku_id: str | None = None
    title: str | None = None
    sku_properties_name: str | None = None
    status: str | None = None
    refund_status: str | None = None
    divide_order_fee: Yuan | None = None
    adjust_fee: Yuan | None = None
    discount_fee: Yuan | None = None
    part_mjz_discount: Yuan | None = None
    is_free_gift: bool | None = None
    is_force_dc: bool | None = None
    consign_time: str | None = None
    logistics_company: str | None = None
    invoice_no: str | None = None
    bundle_id: str | None = None


class Orders(WireDocument):
    order: list[Order] | Order | None = None


class ServiceOrder(WireDocument):
    """A service bought with the goods (installation, insurance); nothing to ship."""

    oid: Id
    service_id: Id | None = None
    num: int | None = None
    price: Yuan | None = None
    payment: Yuan | None = None
    title: str | None = None


class ServiceOrders(WireDocument):
    service_order: list[ServiceOrder] | ServiceOrder | None = None


class Promotion(WireDocument):
    """`gift_item_name` names a gift that is no child order: the merchant adds it to the parcel."""

    promotion_name: str | None = None
    gift_item_name: str | None = None
    gift_item_num: Id | None = None


class Promotions(WireDocument):
    promotion_detail: list[Promotion] | Promotion | None = None


class LogisticsInfo(WireDocument):
    """`consign_type`: CN, the platform's warehouse ships this child; SC, the merchant does."""

    sub_trade_id: Id | None = None
    consign_type: str | None = None


class LogisticsInfos(WireDocument):
    logistics_info: list[LogisticsInfo] | LogisticsInfo | None = None


class Trade(WireDocument):
    """One order. Times are Beijing wall clock, amounts are yuan as text."""

    tid: Id
    created: str
    status: str
    payment: Yuan
    orders: Orders
    type: str | None = None
    modified: str | None = None
    pay_time: str | None = None
    end_time: str | None = None
    consign_time: str | None = None
    delivery_time: str | None = None
    est_con_time: str | None = None
    post_fee: Yuan | None = None
    shipping_type: str | None = None
    cod_status: str | None = None
    step_trade_status: str | None = None
    trade_from: str | None = None
    buyer_open_uid: str | None = None
    buyer_nick: str | None = None
    buyer_email: str | None = None
    buyer_message: str | None = None
    seller_memo: str | None = None
    seller_flag: Flag = None
    oaid: str | None = None
    receiver_name: str | None = None
    receiver_mobile: str | None = None
    receiver_phone: str | None = None
    receiver_country: str | None = None
    receiver_state: str | None = None
    receiver_city: str | None = None
    receiver_district: str | None = None
    receiver_town: str | None = None
    receiver_address: str | None = None
    receiver_zip: str | None = None
    is_force_wlb: bool | None = None
    is_force_dc: bool | None = None
    is_sh_ship: bool | None = None
    top_hold: Flag = None
    team_buy_hold: Flag = None
    share_group_hold: Flag = None
    ofp_hold: Flag = None
    forbid_consign: Flag = None
    rx_audit_status: Flag = None
    promotion_details: Promotions | None = None
    service_orders: ServiceOrders | None = None
    logistics_infos: LogisticsInfos | None = None

    @property
    def children(self) -> list[Order]:
        return many(self.orders.order)


TRADE_FIELDS = ",".join(Trade.__struct_fields__)
"""What is asked for: exactly what is read. It holds the five fields without which no `oaid` is made
(receiver_name, receiver_address, created, receiver_mobile, receiver_phone)."""


def decode_trade(document: bytes) -> Trade:
    """The trade object as it came, raw control characters in memos included."""
    return decode(escape_control_characters(document), Trade)


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths in a trade that the declared shape does not name."""
    return unknown_fields(escape_control_characters(document), Trade)
