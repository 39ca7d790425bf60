"""One JD order of a shop that ships itself (SOP) → `SalesOrder`.

What the buyer paid is `orderPayment` and the balance used. JD knows neither parcels of a part of an order nor
refunds of a part before it leaves.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.china import BEIJING
from mappings.documents import amount, decode, json_text, local_time, unknown_fields
from mappings.stores.jd.tables import (
    FINISHED,
    IS_PAID_AT_THE_DOOR,
    SERVICE,
    SHOP_SHIPS,
    STATES,
    UNREAD_FIELDS,
    State,
)
from mappings.stores.jd.wire import Consignee, Coupon, Order

NONE = Decimal(0)
NOT_YET = ("0001", "1970")
CENT = Decimal("0.01")


def read_order(document: bytes) -> SalesOrder:
    """`orderInfo`; raises `MappingError` with a path."""
    order = decode(document, Order)
    state = STATES.read(order.order_state, "$.orderState")
    at_the_door = _is_paid_at_the_door(order)
    lines = tuple(_lines(order, state))
    paid_at = _moment(order.payment_confirm_time, "paymentConfirmTime")
    total = _yuan(order.order_payment, "orderPayment") + _yuan(order.balance_used, "balanceUsed")
    modified = _moment(order.modified, "modified")
    return SalesOrder(
        external_id=str(order.order_id),
        order_number=str(order.order_id),
        placed_at=_time(order.order_start_time, "orderStartTime"),
        updated_at=modified,
        currency="CNY",
        payment_status=_payment_status(order, state, at_the_door, paid_at),
        cash_on_delivery=at_the_door,
        whole_lines=True,
        one_parcel=True,
        platform_hold=_hold(order, state),
        cancelled_at=_cancelled_at(order, modified) if state is State.CANCELLED else None,
        cancel_reason=(order.order_state_remark or "") if state is State.CANCELLED else "",
        buyer=Buyer(reference=order.pin or ""),
        ship_to=_address(order.consignee_info) if order.consignee_info else None,
        lines=lines,
        shipping_charge=_yuan(order.freight_price, "freightPrice"),
        surcharge=_yuan(order.service_fee, "serviceFee") + _yuan(order.tax_fee, "taxFee"),
        order_discount=_order_discount(order, lines),
        total=total,
        rounding=CENT,
        note=order.order_remark or "",
        seller_note=order.vender_remark or "",
        paid_at=paid_at,
        extra=dict(_leftovers(order)),
    )


def unknown_order_fields(document: bytes) -> set[str]:
    """Paths that neither `Order` nor JD's documents name."""
    return unknown_fields(document, Order) - UNREAD_FIELDS


def _is_paid_at_the_door(order: Order) -> bool:
    """`payType` is a code, or code and words: `4-在线支付`."""
    if order.pay_type is None:
        return False
    return IS_PAID_AT_THE_DOOR.read(str(order.pay_type).partition("-")[0].strip(), "$.payType")


def _payment_status(order: Order, state: State, at_the_door: bool, paid_at: datetime | None) -> PaymentStatus:
    """Whoever pays at the door has paid once the order is finished."""
    if state is State.CANCELLED:
        return PaymentStatus.REFUNDED if paid_at else PaymentStatus.VOIDED
    if state is State.UNPAID or (at_the_door and order.order_state != FINISHED):
        return PaymentStatus.PENDING
    return PaymentStatus.PAID


def _hold(order: Order, state: State) -> str:
    if state is State.LOCKED:
        return "LOCKED: the buyer asks to cancel"
    if state is State.PAUSED:
        return f"{order.order_state}: JD holds this order"
    kind = str(order.order_type or SHOP_SHIPS)
    return "" if kind in (SHOP_SHIPS, SERVICE) else f"orderType {kind}: travels through JD's own warehouses"


def _cancelled_at(order: Order, modified: datetime | None) -> datetime:
    ended = _moment(order.order_end_time, "orderEndTime")
    return ended or modified or _time(order.order_start_time, "orderStartTime")


def _lines(order: Order, state: State) -> Iterator[OrderLine]:
    """Lines are named by their SKU, a second one of it by its position too."""
    ships = str(order.order_type) != SERVICE
    discounts = _discounts(order)
    seen: set[str] = set()
    for position, item in enumerate(order.item_info_list):
        sku = str(item.sku_id)
        price = amount(item.jd_price, f"$.itemInfoList[{position}].jdPrice")
        goods = price * item.item_total
        discount = min(discounts.pop(sku, NONE), goods) if goods else NONE
        yield OrderLine(
            line_id=f"{sku}#{position}" if sku in seen else sku,
            listing_id=sku,
            sku=(item.outer_sku_id or "").strip(),
            title=item.sku_name or "",
            quantity=item.item_total,
            quantity_cancelled=item.item_total if state is State.CANCELLED else 0,
            quantity_fulfilled=item.item_total if state is State.SHIPPED else 0,
            unit_price=price,
            discount=discount,
            total=goods - discount,
            requires_shipping=ships,
            refund_requested=state is State.LOCKED,
        )
        seen.add(sku)


def _coupons(order: Order) -> Iterator[tuple[Coupon, Decimal]]:
    """Of lists in the list too."""
    for position, one in enumerate(order.coupon_detail_list or ()):
        for coupon in (one,) if isinstance(one, Coupon) else one:
            if coupon.coupon_price is not None:
                yield coupon, amount(coupon.coupon_price, f"$.couponDetailList[{position}].couponPrice")


def _discounts(order: Order) -> dict[str, Decimal]:
    """SKU → what is taken off its price alone."""
    found: dict[str, Decimal] = {}
    for coupon, price in _coupons(order):
        if coupon.sku_id:
            sku = str(coupon.sku_id)
            found[sku] = found.get(sku, NONE) + price
    return found


def _order_discount(order: Order, lines: tuple[OrderLine, ...]) -> Decimal:
    """What no line carries. The seller's discount is among the coupons, where JD lists them."""
    listed = sum((price for _, price in _coupons(order)), NONE)
    told = max(listed, _yuan(order.seller_discount, "sellerDiscount"))
    return max(told - sum(line.discount for line in lines), NONE)


def _address(consignee: Consignee) -> PostalAddress:
    """The token is what an e-waybill resolves: JD's own id, else the cipher texts. For municipalities `city`
    holds the district. The full address repeats the divisions."""
    name, address = consignee.fullname or "", consignee.full_address or ""
    is_hidden = bool(consignee.oaid) or _is_cipher(name) or _is_cipher(address) or "*" in name
    divisions = [(part or "").strip() for part in (consignee.province, consignee.city, consignee.county)]
    town = (consignee.town or "").strip()
    street = "" if is_hidden else address
    for division in (*divisions, town):
        street = street.strip().removeprefix(division)
    ciphers = {"fullname": name, "mobile": consignee.mobile or "", "fullAddress": address}
    return PostalAddress(
        name="" if _is_cipher(name) else name,
        telephone=consignee.mobile or consignee.telephone or "",
        country="CN",
        province=divisions[0],
        city=divisions[1],
        district=divisions[2],
        street=tuple(part for part in (town, street) if part),
        masked=is_hidden or not name,
        receiver_token=(consignee.oaid or json_text(ciphers)) if is_hidden else "",
        token_platform="jd" if is_hidden else "",
    )


def _is_cipher(text: str) -> bool:
    """Base64 of a cipher text, as JD writes it."""
    return text.startswith("AAS/") or (len(text) > 40 and text.endswith("=") and " " not in text)


def _leftovers(order: Order) -> Iterator[tuple[str, str]]:
    """Facts that people want to see and no rule reads."""
    facts = (
        ("orderState", order.order_state),
        ("orderType", order.order_type),
        ("parentOrderId", order.parent_order_id if order.parent_order_id not in ("0", 0) else ""),
        ("returnOrder", order.return_order if str(order.return_order) != "0" else ""),
        ("waybill", order.waybill),
    )
    return ((name, str(value)) for name, value in facts if value)


def _time(text: str, name: str) -> datetime:
    return local_time(text, BEIJING, f"$.{name}")


def _moment(text: str | None, name: str) -> datetime | None:
    return _time(text, name) if text and not text.startswith(NOT_YET) else None


def _yuan(value: Decimal | None, name: str) -> Decimal:
    return amount(value, f"$.{name}") if value is not None else NONE
