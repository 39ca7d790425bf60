"""Pinduoduo's order in the shape of the wire (`order_info` of pdd.order.information.get, and the rows of the
lists, which are the same; field notes of 2026-11).

Amounts are yuan, as numbers or text; times Beijing wall clock, with a blank or a `T` in the middle. The
contract names every field as there, old documents lack several: required is what gives an order its meaning.
"""

from decimal import Decimal

from mappings.documents import WireDocument, unknown_fields

Id = int | str


class Item(WireDocument):
    """One SKU; an order normally holds one. `outer_*` are the merchant's codes."""

    goods_id: Id
    goods_count: int
    goods_price: Decimal
    sku_id: Id | None = None
    goods_name: str | None = None
    goods_spec: str | None = None
    outer_id: str | None = None
    outer_goods_id: str | None = None


class Tag(WireDocument):
    name: str = ""
    value: int = 0


class ServiceFee(WireDocument):
    service_fee: Decimal | None = None


class StepOrder(WireDocument):
    """A deposit: `step_trade_status` 0 nothing paid, 1 the deposit, 2 all."""

    step_trade_status: int | None = None


class Delivery(WireDocument):
    """A further parcel."""

    tracking_number: str | None = None


class Order(WireDocument):
    order_sn: str
    created_time: str
    order_status: int
    refund_status: int
    pay_amount: Decimal
    item_list: list[Item]
    confirm_status: int | None = None
    group_status: int | None = None
    risk_control_status: int | None = None
    after_sales_status: int | None = None
    trade_type: int | None = None
    pay_time: str | None = None
    confirm_time: str | None = None
    updated_at: str | None = None
    last_ship_time: str | None = None
    discount_amount: Decimal | None = None
    order_change_amount: Decimal | None = None
    platform_discount: Decimal | None = None
    postage: Decimal | None = None
    service_fee_detail: list[ServiceFee] | None = None
    step_order_info: StepOrder | None = None
    gift_list: list[Item] | None = None
    order_tag_list: list[Tag] | None = None
    self_contained: int | None = None
    country: str | None = None
    province: str | None = None
    city: str | None = None
    town: str | None = None
    receiver_name: str | None = None
    receiver_name_mask: str | None = None
    receiver_phone: str | None = None
    receiver_phone_mask: str | None = None
    receiver_address: str | None = None
    receiver_address_mask: str | None = None
    address_mask: str | None = None
    buyer_memo: str | None = None
    remark: str | None = None
    remark_tag_name: str | None = None
    logistics_id: Id | None = None
    tracking_number: str | None = None
    traking_number: str | None = None
    extra_delivery_list: list[Delivery] | None = None

    @property
    def number(self) -> str:
        """Of the parcel; old documents write the field with a slip."""
        return (self.tracking_number or self.traking_number or "").strip()


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths in an order that the declared shape does not name."""
    return unknown_fields(document, Order)
