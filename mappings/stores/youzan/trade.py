"""Youzan's trade in the shape of the wire (`data` of youzan.trade.get 4.0.2; read 2026-11).

Amounts are yuan as text, times Beijing wall clock as text. What is not there is null, an empty text, or the
text `null`; some fields hold JSON inside a text.
"""

from mappings.documents import WireDocument, decode, unknown_fields
from mappings.errors import MappingError

Id = int | str
Yuan = str | int


def told(text: str | None) -> str:
    """The text, empty where the platform says nothing in any of its ways."""
    stripped = (text or "").strip()
    return "" if stripped == "null" else stripped


class Oid(WireDocument):
    oid: Id


class Order(WireDocument):
    """One line. `payment` is its share after all discounts; `outer_*` are the merchant's codes."""

    oid: Id
    num: int
    price: Yuan
    payment: Yuan | None = None
    total_fee: Yuan | None = None
    item_id: Id | None = None
    sku_id: Id | None = None
    outer_item_id: str | None = None
    outer_sku_id: str | None = None
    title: str | None = None
    sku_properties_name: str | None = None
    is_present: bool | None = None


class OrderInfo(WireDocument):
    """`type`, `express_type`, `refund_state`, `close_type` are numbers of their own vocabularies."""

    tid: str
    created: str
    status: str
    update_time: str | None = None
    pay_time: str | None = None
    expired_time: str | None = None
    type: int | None = None
    express_type: int | None = None
    refund_state: int | None = None
    close_type: int | None = None
    pay_type_str: str | None = None


class PayInfo(WireDocument):
    payment: Yuan
    post_fee: Yuan | None = None


class AddressInfo(WireDocument):
    receiver_name: str | None = None
    receiver_tel: str | None = None
    delivery_province: str | None = None
    delivery_city: str | None = None
    delivery_district: str | None = None
    delivery_address: str | None = None
    delivery_postal_code: str | None = None


class BuyerInfo(WireDocument):
    """`yz_open_id` is the present identity, `buyer_id` the one of old versions (0: none)."""

    yz_open_id: str | None = None
    buyer_id: Id | None = None
    outer_user_id: str | None = None
    fans_nickname: str | None = None
    buyer_phone: str | None = None


class RemarkInfo(WireDocument):
    buyer_message: str | None = None
    trade_memo: str | None = None
    star: int | None = None


class FullOrder(WireDocument):
    order_info: OrderInfo
    pay_info: PayInfo
    orders: list[Order]
    address_info: AddressInfo | None = None
    buyer_info: BuyerInfo | None = None
    remark_info: RemarkInfo | None = None


class Refund(WireDocument):
    """Without `oids` it is about the whole order."""

    refund_state: int
    refund_fee: Yuan | None = None
    oids: list[Oid] | None = None


class Express(WireDocument):
    express_id: Id | None = None
    express_no: str | None = None


class Dist(WireDocument):
    """One parcel; `dist_id` is what a correction names."""

    dist_id: Id | None = None
    express_info: Express | None = None

    @property
    def number(self) -> str:
        return told(self.express_info.express_no) if self.express_info else ""


class DeliveryOrder(WireDocument):
    """Lines that leave together. `express_state`: 0 to ship, 1 shipped."""

    express_state: int = 0
    oids: list[Oid] | None = None
    dists: list[Dist] | None = None

    @property
    def lines(self) -> set[str]:
        return {str(each.oid) for each in self.oids or []} if self.express_state == 1 else set()


class Trade(WireDocument):
    full_order_info: FullOrder
    refund_order: list[Refund] | None = None
    delivery_order: list[DeliveryOrder] | None = None

    def shipped(self) -> set[str]:
        """Lines that left."""
        return {oid for delivery in self.delivery_order or [] for oid in delivery.lines}


class Property(WireDocument):
    v: str = ""


def variant_words(text: str | None) -> str:
    """The values of a variant, which come as JSON inside a text: `[{"k":"Colour","v":"red"}]` → `red`."""
    inside = told(text)
    if inside in ("", "[]"):
        return ""
    try:
        return ", ".join(filter(None, (each.v for each in decode(inside.encode(), list[Property]))))
    except MappingError:
        return ""


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths in a trade that the declared shape does not name."""
    return unknown_fields(document, Trade)
