"""Taobao's trade → SalesOrder. Field meanings: TOP, taobao.trade.fullinfo.get, metadata of 2026-04.

The total is the trade's `payment`; each child adds its `divide_order_fee` (after all discounts, without
postage). *Unverified*: a child that was closed before payment is not part of `payment`, one that was refunded
afterwards still is; and services (`service_orders`) are part of it.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from mappings.canonical import Buyer, Fulfiller, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.documents import amount, local_time
from mappings.errors import MappingError
from mappings.stores.taobao.tables import (
    COUNTRIES,
    LINE_STATES,
    PAYMENTS,
    PRESALE_HOLDS,
    REFUNDS,
    TRADE_KINDS,
    LineState,
    RefundState,
    TradeKind,
)
from mappings.stores.taobao.trade import BEIJING, Order, ServiceOrder, Trade, decode_trade, many

CENT = Decimal("0.01")
NONE = Decimal(0)

_NOT_COLLECTED = {PaymentStatus.PAID: PaymentStatus.PENDING, PaymentStatus.REFUNDED: PaymentStatus.VOIDED}
_CLOSED = ("TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO")


def read_order(document: bytes) -> SalesOrder:
    """One trade object of a taobao.trade.fullinfo.get answer, without the envelope around it."""
    trade = decode_trade(document)
    children = trade.children
    if not children:
        raise MappingError("$.orders.order", "holds no child order")
    kind = TRADE_KINDS.read(trade.type or "", "$.type")
    by_platform = _shipped_by_platform(trade)
    lines = tuple(_line(child, i, trade, kind, by_platform) for i, child in enumerate(children)) + tuple(
        _services(trade)
    )
    modified = _moment(trade.modified, "$.modified")
    total = amount(trade.payment, "$.payment")
    payment_status = _payment_status(trade, kind, lines)
    closed = trade.status in _CLOSED
    return SalesOrder(
        external_id=str(trade.tid),
        order_number=str(trade.tid),
        placed_at=local_time(trade.created, BEIJING, "$.created"),
        updated_at=modified,
        currency="CNY",
        payment_status=payment_status,
        cash_on_delivery=kind is TradeKind.CASH_ON_DELIVERY,
        whole_lines=kind is TradeKind.CASH_ON_DELIVERY,
        platform_hold=_hold(trade),
        cancelled_at=(_moment(trade.end_time, "$.end_time") or modified) if closed else None,
        cancel_reason=trade.status if closed else "",
        buyer=_buyer(trade),
        ship_to=_address(trade),
        lines=lines,
        shipping_charge=_yuan(trade.post_fee, "$.post_fee"),
        total=total,
        refunded=_refunded(payment_status, total, children, lines),
        rounding=CENT * len(lines) if len(lines) > 1 else NONE,
        shipping_method=trade.shipping_type or "",
        note=(trade.buyer_message or "").strip(),
        seller_note=(trade.seller_memo or "").strip(),
        paid_at=_moment(trade.pay_time, "$.pay_time"),
        ship_by=_ship_by(trade),
        extra=dict(_leftovers(trade)),
    )


def _line(
    child: Order, position: int, trade: Trade, kind: TradeKind, by_platform: frozenset[str]
) -> OrderLine:
    path = f"$.orders.order[{position}]"
    state = LINE_STATES.read(child.status or trade.status, f"{path}.status")
    refund = REFUNDS.read(child.refund_status or "", f"{path}.refund_status")
    if child.num < 1:
        raise MappingError(f"{path}.num", "is not a quantity")
    price = amount(child.price, f"{path}.price")
    counted = state is not LineState.CLOSED_UNPAID or trade.status == "TRADE_CLOSED_BY_TAOBAO"
    closed = state in (LineState.REFUNDED, LineState.CLOSED_UNPAID)
    shipped = state is LineState.SHIPPED or (closed and bool(child.invoice_no))
    total = _share(child, price, path) if counted else NONE
    return OrderLine(
        line_id=str(child.oid),
        listing_id=listing_id(child.num_iid, child.sku_id),
        sku=(child.outer_sku_id or child.outer_iid or "").strip(),
        title=" ".join(filter(None, (child.title, child.sku_properties_name))),
        quantity=child.num,
        quantity_cancelled=child.num if closed else 0,
        quantity_fulfilled=child.num if shipped else 0,
        unit_price=price,
        discount=price * child.num - total if counted else NONE,
        total=total,
        requires_shipping=trade.shipping_type != "virtual" and kind is not TradeKind.DIGITAL,
        fulfilled_by=Fulfiller.PLATFORM
        if child.is_force_dc or "" in by_platform or str(child.oid) in by_platform
        else Fulfiller.MERCHANT,
        refund_requested=refund is RefundState.IN_PROGRESS
        or (refund is RefundState.DONE and state is LineState.OPEN),
        is_gift=bool(child.is_free_gift),
        bundle_of=child.bundle_id or "",
    )


def listing_id(item: int | str | None, sku: int | str | None) -> str:
    """`num_iid:sku_id`, or `num_iid` of an item without variants."""
    variant = str(sku or "")
    return f"{item}:{variant}" if variant not in ("", "0") else str(item or "")


def _share(child: Order, price: Decimal, path: str) -> Decimal:
    """What the child adds to the trade's payment; computed by the documented formula where it is not told."""
    if child.divide_order_fee:
        return amount(child.divide_order_fee, f"{path}.divide_order_fee")
    discounts = _yuan(child.discount_fee, f"{path}.discount_fee") + _yuan(
        child.part_mjz_discount, f"{path}.part_mjz_discount"
    )
    return price * child.num + _yuan(child.adjust_fee, f"{path}.adjust_fee") - discounts


def _services(trade: Trade) -> Iterator[OrderLine]:
    services = many(trade.service_orders.service_order) if trade.service_orders else []
    for position, service in enumerate(services):
        yield _service(service, f"$.service_orders.service_order[{position}]")


def _service(service: ServiceOrder, path: str) -> OrderLine:
    quantity = service.num or 1
    paid = _yuan(service.payment, f"{path}.payment")
    price = amount(service.price, f"{path}.price") if service.price else paid / quantity
    return OrderLine(
        line_id=str(service.oid),
        listing_id=str(service.service_id or ""),
        title=service.title or "",
        quantity=quantity,
        unit_price=price,
        discount=price * quantity - paid,
        total=paid,
        requires_shipping=False,
    )


def _shipped_by_platform(trade: Trade) -> frozenset[str]:
    """Children that the platform's warehouse ships; an empty text among them means all."""
    if trade.is_force_dc or trade.is_force_wlb:
        return frozenset({""})
    infos = many(trade.logistics_infos.logistics_info) if trade.logistics_infos else []
    return frozenset(str(info.sub_trade_id) for info in infos if info.consign_type == "CN")


def _payment_status(trade: Trade, kind: TradeKind, lines: tuple[OrderLine, ...]) -> PaymentStatus:
    status = PAYMENTS.read(trade.status, "$.status")
    if status is PaymentStatus.PENDING and trade.step_trade_status == "FRONT_PAID_FINAL_NOPAID":
        return PaymentStatus.PARTIALLY_PAID
    if kind is TradeKind.CASH_ON_DELIVERY and not trade.pay_time and trade.status != "TRADE_FINISHED":
        return _NOT_COLLECTED.get(status, status)
    if status is PaymentStatus.PAID and any(line.quantity_cancelled and line.total for line in lines):
        return PaymentStatus.PARTIALLY_REFUNDED
    return status


def _refunded(
    status: PaymentStatus, total: Decimal, children: list[Order], lines: tuple[OrderLine, ...]
) -> Decimal:
    """*Unverified*: the platform's own figure is in the refund; a refunded child counts with its share."""
    if status is PaymentStatus.REFUNDED:
        return total
    if status is not PaymentStatus.PARTIALLY_REFUNDED:
        return NONE
    pairs = zip(children, lines, strict=False)  # services follow the children
    return sum((line.total for child, line in pairs if child.status == "TRADE_CLOSED"), NONE)


def _hold(trade: Trade) -> str:
    """The platform's first reason not to ship."""
    presale = PRESALE_HOLDS.read(trade.step_trade_status or "", "$.step_trade_status")
    if trade.status == "PAID_FORBID_CONSIGN":
        return "PAID_FORBID_CONSIGN: paid, but the platform forbids shipping"
    if presale:
        return presale
    if trade.is_sh_ship:
        return "is_sh_ship: shipping is blocked"
    if str(trade.rx_audit_status) == "0":
        return "rx_audit_status: the prescription is not audited"
    flags = (
        ("top_hold", trade.top_hold),
        ("team_buy_hold", trade.team_buy_hold),
        ("share_group_hold", trade.share_group_hold),
        ("ofp_hold", trade.ofp_hold),
        ("forbid_consign", trade.forbid_consign),
    )
    return next((f"{name}: held by the platform" for name, flag in flags if flag and str(flag) == "1"), "")


def _buyer(trade: Trade) -> Buyer:
    """`buyer_open_uid` is stable per application; an old plain nick identifies, a masked one does not."""
    nick = trade.buyer_nick or ""
    return Buyer(
        reference=trade.buyer_open_uid or ("" if "*" in nick else nick),
        name=nick,
        email=trade.buyer_email or "",
    )


def _address(trade: Trade) -> PostalAddress | None:
    if not (trade.receiver_name or trade.receiver_address or trade.receiver_state):
        return None
    name = (trade.receiver_name or "").strip()
    telephone = (trade.receiver_mobile or trade.receiver_phone or "").strip()
    state = (trade.receiver_state or "").strip()
    city = (trade.receiver_city or "").strip()
    district = (trade.receiver_district or "").strip()
    if not city:  # a county-level city directly below the province stands in the district
        city, district = district, ""
    town = (trade.receiver_town or "").strip()
    detail = _without_divisions(trade.receiver_address or "", state, city, district)
    return PostalAddress(
        name=name,
        telephone=telephone,
        country=COUNTRIES.read((trade.receiver_country or "").strip(), "$.receiver_country"),
        province=state,
        city=city,
        district=district,
        street=tuple(part for part in (town if town != district else "", detail) if part),
        postal_code=(trade.receiver_zip or "").strip().replace("000000", ""),
        masked="*" in name or "*" in telephone or (bool(trade.oaid) and "*" in detail),
        receiver_token=trade.oaid or "",
        token_platform="taobao" if trade.oaid else "",
    )


def _without_divisions(address: str, state: str, city: str, district: str) -> str:
    """The street without province, city and district, which old data repeat in front of it."""
    address = address.strip()
    if not state or not address.startswith(state):
        return address
    for division in (state, city, district):
        address = address.removeprefix(division).lstrip()
    return address


def _leftovers(trade: Trade) -> Iterator[tuple[str, str]]:
    """Facts that people want to see and no rule reads."""
    told = (
        ("status", trade.status),
        ("type", trade.type),
        ("trade_from", trade.trade_from),
        ("seller_flag", trade.seller_flag),
        ("cod_status", trade.cod_status),
        ("step_trade_status", trade.step_trade_status),
        ("est_con_time", trade.est_con_time),
        ("promotion_gifts", _promotion_gifts(trade)),
    )
    return ((name, str(value)) for name, value in told if value)


def _promotion_gifts(trade: Trade) -> str:
    """Gifts of a promotion that are no child order; somebody must add them to the parcel."""
    promotions = many(trade.promotion_details.promotion_detail) if trade.promotion_details else []
    return "; ".join(
        f"{gift.gift_item_name} x {gift.gift_item_num or 1}" for gift in promotions if gift.gift_item_name
    )


def _ship_by(trade: Trade) -> datetime | None:
    """`delivery_time`, the latest shipping time; its form is not published, another one is left out."""
    try:
        return _moment(trade.delivery_time, "$.delivery_time")
    except MappingError:
        return None


def _moment(text: str | None, path: str) -> datetime | None:
    return local_time(text, BEIJING, path) if text else None


def _yuan(value: str | int | None, path: str) -> Decimal:
    return amount(value, path) if value else NONE
