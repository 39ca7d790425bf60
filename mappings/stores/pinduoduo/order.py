"""Pinduoduo's order → SalesOrder. Field meanings: field notes of pdd.order.information.get; read 2026-11.

The total is what the buyer paid: goods less discounts, postage, and fees of services. Pinduoduo's own share
of the discounts is paid to the merchant later and stands in `extra`.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.china import BEIJING
from mappings.documents import amount, decode, json_text, local_time
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.pinduoduo.tables import (
    COUNTRIES,
    DEALS,
    GOODS,
    IS_UNDER_REVIEW,
    REFUNDS,
    Deal,
    Goods,
    Refund,
)
from mappings.stores.pinduoduo.wire import Item, Order

NONE = Decimal(0)
VIRTUAL = "999"
"""`logistics_id` of goods that nobody carries (seen in a genuine order)."""


def read_order(document: bytes) -> SalesOrder:
    """`order_info` of one answer, or one row of a list, without the envelope around it."""
    order = decode(document, Order)
    if not order.item_list:
        raise MappingError("$.item_list", "holds no line")
    deal = _deal(order)
    goods = GOODS.read(str(order.order_status), "$.order_status")
    refund = REFUNDS.read(str(order.refund_status), "$.refund_status")
    if deal is Deal.MADE and refund is Refund.DONE and goods is Goods.HERE:
        deal = Deal.CANCELLED
    total = _yuan(order.pay_amount, "$.pay_amount")
    status = _payment_status(order, deal, refund)
    updated = _moment(order.updated_at, "updated_at")
    cancelled = deal is Deal.CANCELLED
    return SalesOrder(
        external_id=order.order_sn,
        order_number=order.order_sn,
        placed_at=_time(order.created_time, "created_time"),
        updated_at=updated,
        currency="CNY",
        payment_status=status,
        whole_lines=True,
        one_parcel=True,
        platform_hold=_hold(order),
        cancelled_at=(updated or _time(order.created_time, "created_time")) if cancelled else None,
        cancel_reason=_cancel_reason(refund) if cancelled else "",
        buyer=Buyer(),
        ship_to=_address(order),
        lines=tuple(_lines(order, deal, goods, refund)),
        shipping_charge=_yuan(order.postage, "$.postage"),
        surcharge=_fees(order),
        order_discount=_yuan(order.discount_amount, "$.discount_amount")
        + _yuan(order.order_change_amount, "$.order_change_amount"),
        total=total,
        refunded=total if status is PaymentStatus.REFUNDED else NONE,
        note=(order.buyer_memo or "").strip(),
        seller_note=(order.remark or "").strip(),
        paid_at=_moment(order.pay_time, "pay_time"),
        ship_by=_moment(order.last_ship_time, "last_ship_time"),
        extra=dict(_leftovers(order)),
    )


def _deal(order: Order) -> Deal:
    """Both codes must agree that it is one; where they are missing, the time of the deal says it."""
    told = (("confirm_status", order.confirm_status), ("group_status", order.group_status))
    deals = [DEALS.read(str(code), f"$.{name}") for name, code in told if code is not None]
    if not deals:
        return Deal.MADE if order.confirm_time or order.pay_time else Deal.PENDING
    return next((each for each in (Deal.CANCELLED, Deal.PENDING) if each in deals), Deal.MADE)


def _lines(order: Order, deal: Deal, goods: Goods, refund: Refund) -> Iterator[OrderLine]:
    """Lines have no ids of their own; an order holds a SKU once, as goods or as a gift."""
    ships = str(order.logistics_id) != VIRTUAL and not _is_picked_up(order)
    named = [("item_list", item) for item in order.item_list]
    named += [("gift_list", gift) for gift in order.gift_list or []]
    for position, (kind, item) in enumerate(named):
        path = f"$.{kind}[{position if kind == 'item_list' else position - len(order.item_list)}]"
        yield _line(
            item,
            path,
            is_gift=kind == "gift_list",
            cancelled=deal is Deal.CANCELLED or refund is Refund.DONE,
            shipped=goods is Goods.SHIPPED,
            in_question=refund is Refund.IN_PROGRESS and goods is Goods.HERE,
            ships=ships,
        )


def _line(
    item: Item, path: str, *, is_gift: bool, cancelled: bool, shipped: bool, in_question: bool, ships: bool
) -> OrderLine:
    if item.goods_count < 1:
        raise MappingError(f"{path}.goods_count", "is not a quantity")
    price = NONE if is_gift else _yuan(item.goods_price, f"{path}.goods_price")
    listing = listing_id(item.goods_id, item.sku_id)
    return OrderLine(
        line_id=f"gift:{listing}" if is_gift else listing,
        listing_id=listing,
        sku=(item.outer_id or item.outer_goods_id or "").strip(),
        title=" ".join(filter(None, (item.goods_name, item.goods_spec))),
        quantity=item.goods_count,
        quantity_cancelled=item.goods_count if cancelled else 0,
        quantity_fulfilled=item.goods_count if shipped else 0,
        unit_price=price,
        total=price * item.goods_count,
        requires_shipping=ships,
        refund_requested=in_question,
        is_gift=is_gift,
    )


def listing_id(goods: int | str, sku: int | str | None) -> str:
    """`goods_id:sku_id`."""
    return f"{goods}:{sku}" if sku not in (None, "", 0) else str(goods)


def _payment_status(order: Order, deal: Deal, refund: Refund) -> PaymentStatus:
    """*Unverified*: what a refund after shipping gave back; the order tells only that there was one."""
    if deal is Deal.CANCELLED:
        return PaymentStatus.REFUNDED if order.pay_time or order.confirm_time else PaymentStatus.VOIDED
    if order.trade_type == 1 and order.step_order_info:
        step = order.step_order_info.step_trade_status
        if step not in (0, 1, 2):
            raise UnmappedCode("$.step_order_info.step_trade_status", "is none of 0, 1 and 2")
        if step != 2:
            return PaymentStatus.PARTIALLY_PAID if step else PaymentStatus.PENDING
    if deal is Deal.PENDING:
        return PaymentStatus.PENDING
    return PaymentStatus.REFUNDED if refund is Refund.DONE else PaymentStatus.PAID


def _hold(order: Order) -> str:
    under_review = IS_UNDER_REVIEW.read(str(order.risk_control_status or 0), "$.risk_control_status")
    return "risk_control_status: the platform reviews this order" if under_review else ""


def _cancel_reason(refund: Refund) -> str:
    return "refunded before shipping" if refund is Refund.DONE else "not confirmed"


def _is_picked_up(order: Order) -> bool:
    tags = {tag.name for tag in order.order_tag_list or [] if tag.value == 1}
    return order.self_contained == 1 or "self_contained" in tags


def _fees(order: Order) -> Decimal:
    fees = (it.service_fee for it in order.service_fee_detail or [])
    return sum((_yuan(fee, "$.service_fee_detail") for fee in fees), NONE)


def _address(order: Order) -> PostalAddress | None:
    """Receivers come as cipher texts beside masks, and not at all once the order has left. The token holds
    the cipher texts: that is what the platform's own e-waybills take. `town` is the district."""
    if not (order.receiver_name or order.receiver_name_mask or order.province):
        return None
    ciphers = {"name": order.receiver_name, "phone": order.receiver_phone, "address": order.receiver_address}
    is_hidden = any(text and text[0] in "~$" for text in ciphers.values())
    province, city, district = ((part or "").strip() for part in (order.province, order.city, order.town))
    street = order.address_mask or order.receiver_address_mask if is_hidden else order.receiver_address
    for division in (province, city, district):
        street = (street or "").strip().removeprefix(division)
    return PostalAddress(
        name=((order.receiver_name_mask if is_hidden else order.receiver_name) or "").strip(),
        telephone=((order.receiver_phone_mask if is_hidden else order.receiver_phone) or "").strip(),
        country=COUNTRIES.read((order.country or "").strip(), "$.country"),
        province=province,
        city=city,
        district=district,
        street=(street,) if street else (),
        masked=is_hidden or not order.receiver_name,
        receiver_token=json_text(ciphers) if is_hidden else "",
        token_platform="pinduoduo" if is_hidden else "",
    )


def _leftovers(order: Order) -> Iterator[tuple[str, str]]:
    """Facts that people want to see and no rule reads."""
    facts = (
        ("order_status", order.order_status),
        ("refund_status", order.refund_status),
        ("after_sales_status", order.after_sales_status),
        ("remark_tag", order.remark_tag_name),
        ("platform_discount", order.platform_discount),
        ("tags", ",".join(tag.name for tag in order.order_tag_list or [] if tag.value == 1)),
    )
    return ((name, str(value)) for name, value in facts if value)


def _time(text: str, name: str) -> datetime:
    return local_time(text.replace("T", " ", 1), BEIJING, f"$.{name}")


def _moment(text: str | None, name: str) -> datetime | None:
    return _time(text, name) if text else None


def _yuan(value: Decimal | None, path: str) -> Decimal:
    return amount(value, path) if value is not None else NONE
