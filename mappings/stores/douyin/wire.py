"""Douyin's shop order in the shape of the wire (rows of order.searchList, `shop_order_detail` of
order.orderDetail, which are the same; official field lists of 2026-11).

Amounts are fen, times Unix seconds with 0 for «not yet», ids of 19 digits come as numbers or text.
"""

from mappings.documents import WireDocument, unknown_fields

Id = int | str


class AfterSale(WireDocument):
    after_sale_status: int | None = None


class Spec(WireDocument):
    value: str = ""


class SkuOrder(WireDocument):
    """One line. One of them has the shop order's own id. `code` is the merchant's."""

    order_id: str
    item_num: int
    pay_amount: int
    order_status: int
    origin_amount: int | None = None
    sum_amount: int | None = None
    sku_id: Id | None = None
    product_id: Id | None = None
    product_id_str: str | None = None
    code: str | None = None
    out_sku_id: str | None = None
    product_name: str | None = None
    spec: list[Spec] | None = None
    goods_type: int | None = None
    given_product_type: str | None = None
    after_sale_info: AfterSale | None = None


class Region(WireDocument):
    name: str | None = None


class PostAddress(WireDocument):
    province: Region | None = None
    city: Region | None = None
    town: Region | None = None
    street: Region | None = None
    detail: str | None = None
    encrypt_detail: str | None = None


class Product(WireDocument):
    """Units of one line in a parcel."""

    sku_order_id: str | None = None
    product_count: int = 0


class Logistics(WireDocument):
    """One parcel; `delivery_id` is what a correction names."""

    tracking_no: str | None = None
    delivery_id: Id | None = None
    product_info: list[Product] | None = None

    @property
    def units(self) -> dict[str, int]:
        return {it.sku_order_id: it.product_count for it in self.product_info or [] if it.sku_order_id}


class ShopOrder(WireDocument):
    order_id: str
    create_time: int
    order_status: int
    pay_amount: int
    sku_order_list: list[SkuOrder]
    main_status: int | None = None
    pay_type: int | None = None
    pay_time: int | None = None
    update_time: int | None = None
    exp_ship_time: int | None = None
    post_amount: int | None = None
    packing_amount: int | None = None
    promotion_platform_amount: int | None = None
    order_type: int | None = None
    cancel_reason: str | None = None
    buyer_words: str | None = None
    seller_words: str | None = None
    seller_remark_stars: int | None = None
    doudian_open_id: str | None = None
    open_address_id: str | None = None
    post_addr: PostAddress | None = None
    mask_post_addr: PostAddress | None = None
    mask_post_receiver: str | None = None
    mask_post_tel: str | None = None
    encrypt_post_receiver: str | None = None
    encrypt_post_tel: str | None = None
    logistics_info: list[Logistics] | None = None


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths in an order that the declared shape does not name."""
    return unknown_fields(document, ShopOrder)
