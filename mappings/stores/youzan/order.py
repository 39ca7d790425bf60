"""Youzan's trade → SalesOrder. Field meanings: youzan.trade.get 4.0.2 and its FAQ; read 2026-11.

The total is `pay_info.payment`. Two documented relations hold for it, and nobody says which one when: the
lines' payments and `post_fee` add up to it, or the lines' payments alone do (each bears a share of the
postage). Where neither does, the totals disagree and the audit sees it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.china import BEIJING
from mappings.documents import amount, decode, local_time
from mappings.errors import MappingError
from mappings.stores.youzan.tables import (
    CLOSE_REASONS,
    DELIVERIES,
    IS_PAID_AHEAD,
    KINDS,
    PAYMENTS,
    REFUNDS,
    STATUS_HOLDS,
    Delivery,
    Kind,
    RefundState,
)
from mappings.stores.youzan.trade import FullOrder, Order, OrderInfo, Refund, Trade, told, variant_words

NONE = Decimal(0)
FULL = "$.full_order_info"
CLOSED = "TRADE_CLOSED"


def read_order(document: bytes) -> SalesOrder:
    """`data` of one youzan.trade.get answer, without the envelope around it."""
    trade = decode(document, Trade)
    full = trade.full_order_info
    info = full.order_info
    if not full.orders:
        raise MappingError(f"{FULL}.orders", "holds no line")
    kind = KINDS.read(str(info.type or 0), f"{FULL}.order_info.type")
    delivery = DELIVERIES.read(str(info.express_type or 0), f"{FULL}.order_info.express_type")
    lines = _lines(trade, ships=kind is not Kind.NOTHING_TO_SHIP and delivery in _SHIPPED)
    total = amount(full.pay_info.payment, f"{FULL}.pay_info.payment")
    post_fee = _yuan(full.pay_info.post_fee, f"{FULL}.pay_info.post_fee")
    goods = sum((line.total for line in lines), NONE)
    refunded = sum((fee for _, fee in _refunds(trade, RefundState.DONE)), NONE)
    updated = _moment(info.update_time, "update_time")
    return SalesOrder(
        external_id=info.tid,
        order_number=info.tid,
        placed_at=local_time(info.created, BEIJING, f"{FULL}.order_info.created"),
        updated_at=updated,
        currency="CNY",
        payment_status=_payment_status(info, total, refunded),
        cash_on_delivery=info.pay_type_str == "CODPAY",
        whole_lines=True,
        platform_hold=_hold(info, kind, delivery),
        cancelled_at=updated or _moment(info.created, "created") if info.status == CLOSED else None,
        cancel_reason=_close_reason(info) if info.status == CLOSED else "",
        buyer=_buyer(full),
        ship_to=_address(full),
        lines=lines,
        shipping_charge=NONE if (lines_bear_it := goods == total) else post_fee,
        total=total,
        refunded=refunded,
        shipping_method=delivery.value,
        note=told(full.remark_info.buyer_message) if full.remark_info else "",
        seller_note=told(full.remark_info.trade_memo) if full.remark_info else "",
        pay_by=_moment(info.expired_time, "expired_time") if info.status == "WAIT_BUYER_PAY" else None,
        paid_at=_moment(info.pay_time, "pay_time"),
        extra=dict(_leftovers(full, post_fee if lines_bear_it else NONE)),
    )


_SHIPPED = (Delivery.COURIER, Delivery.LOCAL)


def _lines(trade: Trade, *, ships: bool) -> tuple[OrderLine, ...]:
    orders = trade.full_order_info.orders
    shares = {str(order.oid): _share(order, f"{FULL}.orders[{i}]") for i, order in enumerate(orders)}
    given_back = _given_back(trade, shares)
    asked_for = {oid for oids, _ in _refunds(trade, RefundState.IN_PROGRESS) for oid in oids}
    shipped = trade.shipped()
    status = trade.full_order_info.order_info.status
    everything_left = status in ("WAIT_BUYER_CONFIRM_GOODS", "TRADE_SUCCESS")
    return tuple(
        _line(
            order,
            f"{FULL}.orders[{position}]",
            share=(share := shares[oid := str(order.oid)]),
            cancelled=(cancelled := status == CLOSED or (oid in given_back and given_back[oid] >= share)),
            shipped=oid in shipped or (everything_left and not cancelled),
            in_question=oid in asked_for or (oid in given_back and not cancelled),
            ships=ships,
        )
        for position, order in enumerate(orders)
    )


def _line(
    order: Order, path: str, *, share: Decimal, cancelled: bool, shipped: bool, in_question: bool, ships: bool
) -> OrderLine:
    """`in_question`: a refund is asked for, or was given for less than the whole line; a person looks."""
    if order.num < 1:
        raise MappingError(f"{path}.num", "is not a quantity")
    price = amount(order.price, f"{path}.price")
    return OrderLine(
        line_id=str(order.oid),
        listing_id=listing_id(order.item_id, order.sku_id),
        sku=told(order.outer_sku_id) or told(order.outer_item_id),
        title=" ".join(filter(None, (told(order.title), variant_words(order.sku_properties_name)))),
        quantity=order.num,
        quantity_cancelled=order.num if cancelled else 0,
        quantity_fulfilled=order.num if shipped else 0,
        unit_price=price,
        discount=price * order.num - share,
        total=share,
        requires_shipping=ships,
        refund_requested=in_question and not shipped,
        is_gift=bool(order.is_present),
    )


def listing_id(item: int | str | None, sku: int | str | None) -> str:
    """`item_id:sku_id`, or `item_id` of an item without variants."""
    variant = str(sku or "")
    return f"{item}:{variant}" if variant not in ("", "0", "null") else str(item or "")


def _share(order: Order, path: str) -> Decimal:
    """What the line adds to the payment."""
    if order.payment not in (None, ""):
        return amount(order.payment, f"{path}.payment")
    return amount(order.price, f"{path}.price") * order.num


def _refunds(trade: Trade, wanted: RefundState) -> Iterator[tuple[Sequence[str], Decimal]]:
    """Lines and amount of the refunds in one state."""
    every = [str(order.oid) for order in trade.full_order_info.orders]
    for position, refund in enumerate(trade.refund_order or []):
        path = f"$.refund_order[{position}]"
        if REFUNDS.read(str(refund.refund_state), f"{path}.refund_state") is wanted:
            yield _lines_of(refund) or every, _yuan(refund.refund_fee, f"{path}.refund_fee")


def _lines_of(refund: Refund) -> list[str]:
    return [str(each.oid) for each in refund.oids or []]


def _given_back(trade: Trade, shares: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Line → what was refunded of it. A refund of several lines that is less than all of them says nothing
    about any single one."""
    given: dict[str, Decimal] = {}
    for oids, fee in _refunds(trade, RefundState.DONE):
        whole = fee >= sum((shares.get(oid, NONE) for oid in oids), NONE)
        for oid in oids:
            part = fee if len(oids) == 1 else shares.get(oid, NONE) if whole else NONE
            given[oid] = given.get(oid, NONE) + part
    return given


def _payment_status(info: OrderInfo, total: Decimal, refunded: Decimal) -> PaymentStatus:
    """The time of payment decides; without one, the way of payment says whether the money is there."""
    status = PAYMENTS.read(info.status, f"{FULL}.order_info.status")
    is_paid = bool(told(info.pay_time))
    if status is PaymentStatus.PAID and not is_paid:
        ahead = IS_PAID_AHEAD.read(told(info.pay_type_str), f"{FULL}.order_info.pay_type_str")
        is_paid = ahead or info.status == "TRADE_SUCCESS"
    if status is PaymentStatus.PENDING:
        return status
    if not is_paid:
        return PaymentStatus.VOIDED if info.status == CLOSED else PaymentStatus.PENDING
    if info.status == CLOSED and (info.refund_state == _ALL_REFUNDED or refunded >= total):
        return PaymentStatus.REFUNDED
    return PaymentStatus.PARTIALLY_REFUNDED if refunded else PaymentStatus.PAID


_ALL_REFUNDED = 12


def _hold(info: OrderInfo, kind: Kind, delivery: Delivery) -> str:
    """The platform's reason not to ship from here."""
    if info.status in STATUS_HOLDS:
        return STATUS_HOLDS[info.status]
    if kind is Kind.SUPPLY:
        return "type 3: a distributor's purchase; only the supply system ships it"
    return "express_type 2: delivered by the shop's own riders" if delivery is Delivery.LOCAL else ""


def _close_reason(info: OrderInfo) -> str:
    return CLOSE_REASONS.get(str(info.close_type), f"close_type {info.close_type}")


def _buyer(full: FullOrder) -> Buyer:
    buyer = full.buyer_info
    if buyer is None:
        return Buyer()
    old = str(buyer.buyer_id or "")
    return Buyer(
        reference=told(buyer.yz_open_id) or (old if old != "0" else "") or told(buyer.outer_user_id),
        name=told(buyer.fans_nickname),
        telephone=told(buyer.buyer_phone),
    )


def _address(full: FullOrder) -> PostalAddress | None:
    """Null for what is picked up or virtual. *Unverified*: addresses outside of China, the form of cipher
    texts; masked and encrypted values stay as they came, and no token stands for them."""
    told_of = full.address_info
    if told_of is None or not (told(told_of.receiver_name) or told(told_of.delivery_address)):
        return None
    name, telephone = told(told_of.receiver_name), told(told_of.receiver_tel)
    street = told(told_of.delivery_address)
    return PostalAddress(
        name=name,
        telephone=telephone,
        country="CN",
        province=told(told_of.delivery_province),
        city=told(told_of.delivery_city),
        district=told(told_of.delivery_district),
        street=(street,) if street else (),
        postal_code=told(told_of.delivery_postal_code),
        masked=any(_is_hidden(text) for text in (name, telephone, street)),
    )


def _is_hidden(text: str) -> bool:
    return "*" in text or (len(text) > 2 and text[0] == text[-1] and text[0] in "$#~")


def _leftovers(full: FullOrder, postage_in_lines: Decimal) -> Iterator[tuple[str, str]]:
    """Facts that people want to see and no rule reads."""
    info = full.order_info
    facts = (
        ("status", info.status),
        ("type", info.type),
        ("pay_type", told(info.pay_type_str)),
        ("refund_state", info.refund_state),
        ("star", full.remark_info.star if full.remark_info else None),
        ("postage_in_lines", postage_in_lines),
    )
    return ((name, str(value)) for name, value in facts if value)


def _moment(text: str | None, name: str) -> datetime | None:
    return local_time(moment, BEIJING, f"{FULL}.order_info.{name}") if (moment := told(text)) else None


def _yuan(value: str | int | None, path: str) -> Decimal:
    return amount(value, path) if value not in (None, "", "null") else NONE
