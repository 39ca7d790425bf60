"""An order as jingdong.pop.order.enSearch and enGet send it (`orderInfo`), as far as we read it.

Everything is text, amounts and numbers too. Times are Beijing's wall clock; the years 1 and 1970 mean «not
yet». Fields that were not asked for are absent. Receivers come as cipher texts, telephones masked.
"""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument

Id = str | int
Quantity = Annotated[int, Meta(ge=1, le=10**9)]


class Wire(WireDocument, rename="camel"):
    """Parent of JD's shapes."""


class Consignee(Wire):
    fullname: str | None = None
    telephone: str | None = None
    mobile: str | None = None
    full_address: str | None = None
    province: str | None = None
    city: str | None = None
    county: str | None = None
    town: str | None = None
    oaid: str | None = None


class Item(Wire):
    """One SKU of the order, which may hold it twice (a gift)."""

    sku_id: Id
    item_total: Quantity
    jd_price: Decimal
    outer_sku_id: str | None = None
    sku_name: str | None = None


class Coupon(Wire):
    """What somebody pays of the price; `skuId` only where it is about one SKU."""

    sku_id: Id | None = None
    coupon_price: Decimal | None = None


class OrderHead(Wire):
    """What the connector itself reads of an order. Of a split order only the parts stay."""

    order_id: Annotated[str, Meta(min_length=1)] | int
    order_start_time: str | None = None
    parent_order_id: Id | None = None
    direct_parent_order_id: Id | None = None


class Order(OrderHead):
    """`orderPayment` is without the balance that the buyer used."""

    order_start_time: str
    order_state: str
    order_type: Id | None = None
    pay_type: str | int | None = None
    order_payment: Decimal
    balance_used: Decimal | None = None
    freight_price: Decimal | None = None
    seller_discount: Decimal | None = None
    service_fee: Decimal | None = None
    tax_fee: Decimal | None = None
    payment_confirm_time: str | None = None
    order_end_time: str | None = None
    modified: str | None = None
    consignee_info: Consignee | None = None
    item_info_list: Annotated[tuple[Item, ...], Meta(min_length=1)]
    coupon_detail_list: tuple[Coupon | tuple[Coupon, ...], ...] | None = None
    order_remark: str | None = None
    vender_remark: str | None = None
    pin: str | None = None
    return_order: str | int | None = None
    order_state_remark: str | None = None
    waybill: str | None = None
    logistics_id: str | None = None

    @property
    def numbers(self) -> list[str]:
        """Of its parcels: companies stand between `|`, numbers of one company between commas."""
        return [one for one in (self.waybill or "").replace("|", ",").split(",") if one]


OPTIONAL_FIELDS = ",".join(
    (*(name for name in Order.__struct_encode_fields__ if name != "orderId"), "venderId", "orderSource")
)
"""What every call asks for: a field that is not named here does not come."""
