"""Douyin's shop order → SalesOrder. Field meanings: official field list of order.orderDetail; read 2026-11.

The total is `pay_amount`, what the buyer has to pay; what Douyin adds to it for its own promotions goes to
the merchant later. *Unverified*: whether the lines' `pay_amount` hold a share of the postage; what adds up is
taken, and where neither does, the totals disagree and the audit sees it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.documents import amount, decode, json_text
from mappings.errors import MappingError
from mappings.stores.douyin.tables import AFTER_SALES, IS_PAID_AHEAD, STATES, AfterSale, State
from mappings.stores.douyin.wire import PostAddress, Region, ShopOrder, SkuOrder

NONE = Decimal(0)
WAITS = 105
PARTLY_PAID = 103
CASH_ON_DELIVERY = 0
VIRTUAL_ORDERS = (2, 4, 5)
"""Virtual goods, vouchers."""


def read_order(document: bytes) -> SalesOrder:
    """One row of order.searchList, or `shop_order_detail`, without the envelope around it."""
    order = decode(document, ShopOrder)
    if not order.sku_order_list:
        raise MappingError("$.sku_order_list", "holds no line")
    state = STATES.read(str(order.order_status), "$.order_status")
    lines = tuple(_lines(order, state))
    total = _yuan(order.pay_amount, "$.pay_amount")
    postage = _yuan(order.post_amount, "$.post_amount")
    status = _payment_status(order, state, lines)
    updated = _moment(order.update_time, "$.update_time")
    return SalesOrder(
        external_id=order.order_id,
        order_number=order.order_id,
        placed_at=_time(order.create_time, "$.create_time"),
        updated_at=updated,
        currency="CNY",
        payment_status=status,
        cash_on_delivery=order.pay_type == CASH_ON_DELIVERY,
        platform_hold="order_status 105: paid, and not to be shipped yet"
        if order.order_status == WAITS
        else "",
        cancelled_at=(updated or _time(order.create_time, "$.create_time"))
        if state is State.CLOSED
        else None,
        cancel_reason=(order.cancel_reason or "closed") if state is State.CLOSED else "",
        buyer=Buyer(reference=order.doudian_open_id or ""),
        ship_to=_address(order),
        lines=lines,
        shipping_charge=NONE if sum((line.total for line in lines), NONE) == total else postage,
        surcharge=_yuan(order.packing_amount, "$.packing_amount"),
        total=total,
        refunded=_refunded(status, total, lines),
        note=(order.buyer_words or "").strip(),
        seller_note=(order.seller_words or "").strip(),
        paid_at=_moment(order.pay_time, "$.pay_time"),
        ship_by=_moment(order.exp_ship_time, "$.exp_ship_time"),
        extra=dict(_leftovers(order)),
    )


def _lines(order: ShopOrder, state: State) -> Iterator[OrderLine]:
    """A closed order closes its lines, whatever they say themselves."""
    sent: dict[str, int] = {}
    for parcel in order.logistics_info or []:
        for line_id, units in parcel.units.items():
            sent[line_id] = sent.get(line_id, 0) + units
    for position, line in enumerate(order.sku_order_list):
        path = f"$.sku_order_list[{position}]"
        own = STATES.read(str(line.order_status), f"{path}.order_status")
        shipped = line.item_num if State.SHIPPED in (own, state) else sent.get(line.order_id, 0)
        yield _line(
            line,
            path,
            is_closed=State.CLOSED in (own, state),
            shipped=min(shipped, line.item_num),
            ships=line.goods_type != 1 and order.order_type not in VIRTUAL_ORDERS,
        )


def _line(line: SkuOrder, path: str, *, is_closed: bool, shipped: int, ships: bool) -> OrderLine:
    if line.item_num < 1:
        raise MappingError(f"{path}.item_num", "is not a quantity")
    total = _yuan(line.pay_amount, f"{path}.pay_amount")
    whole = line.sum_amount if line.origin_amount is None else line.origin_amount * line.item_num
    goods = total if whole is None else _yuan(whole, f"{path}.sum_amount")
    info = line.after_sale_info
    status = str(info.after_sale_status or 0) if info else "0"
    after_sale = AFTER_SALES.read(status, f"{path}.after_sale_info.after_sale_status")
    is_open = not is_closed and shipped < line.item_num
    return OrderLine(
        line_id=line.order_id,
        listing_id=listing_id(line.product_id_str or line.product_id, line.sku_id),
        sku=(line.code or line.out_sku_id or "").strip(),
        title=" ".join(filter(None, (line.product_name, ", ".join(it.value for it in line.spec or [])))),
        quantity=line.item_num,
        quantity_cancelled=line.item_num if is_closed else 0,
        quantity_fulfilled=shipped,
        unit_price=goods / line.item_num,
        discount=goods - total,
        total=total,
        requires_shipping=ships,
        refund_requested=is_open and after_sale is not AfterSale.NONE,
        is_gift=line.given_product_type == "FREE",
    )


def listing_id(product: int | str | None, sku: int | str | None) -> str:
    """`product_id:sku_id`."""
    return f"{product or ''}:{sku}" if sku else str(product or "")


def _payment_status(order: ShopOrder, state: State, lines: tuple[OrderLine, ...]) -> PaymentStatus:
    """The time of payment decides; without one, the way of payment says whether the money is there."""
    if state is State.UNPAID:
        partly = PARTLY_PAID in (order.order_status, order.main_status)
        return PaymentStatus.PARTIALLY_PAID if partly else PaymentStatus.PENDING
    if state is State.CLOSED:
        return PaymentStatus.REFUNDED if order.pay_time else PaymentStatus.VOIDED
    in_question = not order.pay_time and order.order_status != _FINISHED
    if in_question and not IS_PAID_AHEAD.read(str(order.pay_type), "$.pay_type"):
        return PaymentStatus.PENDING
    gone = any(line.quantity_cancelled and line.total for line in lines)
    return PaymentStatus.PARTIALLY_REFUNDED if gone else PaymentStatus.PAID


_FINISHED = 5


def _refunded(status: PaymentStatus, total: Decimal, lines: tuple[OrderLine, ...]) -> Decimal:
    """*Unverified*: the platform's own figure is in the after-sale; a closed line counts with its share."""
    if status is PaymentStatus.REFUNDED:
        return total
    if status is not PaymentStatus.PARTIALLY_REFUNDED:
        return NONE
    return sum((line.total for line in lines if line.quantity_cancelled), NONE)


def _address(order: ShopOrder) -> PostalAddress | None:
    """Receivers come as cipher texts beside masks. The token holds the cipher texts, which is what the
    platform's own e-waybills take. `town` is the district."""
    told = order.post_addr or order.mask_post_addr
    if told is None:
        return None
    province, city = _name(told.province), _name(told.city)
    detail = _detail(order.mask_post_addr) or _detail(order.post_addr)
    ciphers = {
        name: text
        for name, text in (
            ("name", order.encrypt_post_receiver),
            ("phone", order.encrypt_post_tel),
            ("address", told.encrypt_detail),
        )
        if text and text[0] in "#$"
    }
    return PostalAddress(
        name=(order.mask_post_receiver or "").strip(),
        telephone=(order.mask_post_tel or "").strip(),
        country="CN",
        province=province,
        city=province if city == _OF_THE_CITY else city,
        district=_name(told.town),
        street=tuple(part for part in (_name(told.street), detail) if part),
        masked=True,
        receiver_token=json_text({**ciphers, "id": order.open_address_id}) if ciphers else "",
        token_platform="douyin" if ciphers else "",
    )


_OF_THE_CITY = "市辖区"
"""Where the province is itself a city."""


def _name(region: Region | None) -> str:
    return (region.name or "").strip() if region else ""


def _detail(address: PostAddress | None) -> str:
    return (address.detail or "").strip() if address else ""


def _leftovers(order: ShopOrder) -> Iterator[tuple[str, str]]:
    """Facts that people want to see and no rule reads."""
    facts = (
        ("order_status", order.order_status),
        ("main_status", order.main_status),
        ("pay_type", order.pay_type),
        ("seller_remark_stars", order.seller_remark_stars),
        ("promotion_platform_fen", order.promotion_platform_amount),
    )
    return ((name, str(value)) for name, value in facts if value)


def _yuan(fen: int | None, path: str) -> Decimal:
    return amount(fen, path).scaleb(-2) if fen else NONE


def _time(seconds: int, path: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise MappingError(path, "is no possible time") from None


def _moment(seconds: int | None, path: str) -> datetime | None:
    return _time(seconds, path) if seconds else None
