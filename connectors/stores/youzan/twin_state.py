"""The memory of Youzan's twin: items, trades, parcels, refunds, and two orderings of trades for the lists."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.kit.twin import KnownOrder, KnownParcel, Product
from mappings.canonical import PostalAddress
from mappings.china import beijing_text

FIRST_OID = 1_507_387_350_277_000_000
"""Beyond 2 to the 53rd, as real ones are."""
SKUS_PER_ITEM = 25
WAITING = "WAIT_SELLER_SEND_GOODS"


@dataclass
class Variant:
    """What stock is kept of: a SKU, or an item without variants (`sku_id` 0)."""

    item_id: int
    sku_id: int
    product: Product
    quantity: int


@dataclass
class Line:
    oid: str
    variant: Variant
    num: int
    payment: Decimal
    refunded: bool = False
    shipped: bool = False

    @property
    def is_open(self) -> bool:
        return not self.refunded and not self.shipped


@dataclass
class Sent:
    """A delivery order with one parcel."""

    dist_id: str
    number: str
    express_id: int
    oids: list[str]
    at: datetime


@dataclass
class Refund:
    refund_id: str
    oids: list[str]
    fee: Decimal
    state: int


@dataclass
class Trade:
    """An order as the platform keeps it."""

    tid: str
    sequence: int
    created: datetime
    updated: datetime
    ship_to: PostalAddress
    buyer: str
    note: str
    post_fee: Decimal
    discount: Decimal
    lines: list[Line]
    pay_type: str = "WEIXIN"
    status: str = "WAIT_BUYER_PAY"
    paid: datetime | None = None
    consigned: datetime | None = None
    ended: datetime | None = None
    close_type: int = 0
    memo: str = ""
    parcels: list[Sent] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def payment(self) -> Decimal:
        return sum((line.payment for line in self.lines), self.post_fee)

    @property
    def refund_state(self) -> int:
        done = [refund for refund in self.refunds if refund.state == 60]
        if not done:
            return 1 if self.refunds else 0
        return 12 if all(line.refunded for line in self.lines) else 2

    def refund(self, line: Line, state: int = 60) -> None:
        number = f"{self.tid[1:15]}{self.sequence:06}{len(self.refunds):04}"
        self.refunds.append(Refund(refund_id=number, oids=[line.oid], fee=line.payment, state=state))
        line.refunded = line.refunded or state == 60

    def settle(self, now: datetime) -> None:
        """The status as the lines make it."""
        living = [line for line in self.lines if not line.refunded]
        if not living:
            self.status, self.close_type, self.ended = "TRADE_CLOSED", 2, now
        elif self.status == WAITING and not any(line.is_open for line in living):
            self.status, self.consigned = "WAIT_BUYER_CONFIRM_GOODS", now

    def known(self) -> KnownOrder:
        units = {line.oid: line.num for line in self.lines}
        closed = self.status == "TRADE_CLOSED"
        return KnownOrder(
            order_id=self.tid,
            placed_at=self.created,
            cancelled=closed,
            quantities={line.oid: 0 if closed or line.refunded else line.num for line in self.lines},
            parcels=[
                KnownParcel(
                    tracking_number=sent.number,
                    carrier=str(sent.express_id),
                    quantities={oid: units[oid] for oid in sent.oids},
                )
                for sent in self.parcels
            ],
            delivered=self.status == "TRADE_SUCCESS",
        )


class Shelves:
    """What is on sale. Products whose code has a common first part are SKUs of one item."""

    def __init__(self) -> None:
        self.by_sku: dict[str, Variant] = {}
        self.by_id: dict[tuple[int, int], Variant] = {}
        self.items: dict[int, list[Variant]] = {}
        self._open_item: dict[str, int] = {}

    def offer(self, product: Product) -> None:
        known = self.by_sku.get(product.sku)
        if known:
            known.product, known.quantity = product, product.stock
            return
        family, dash, _ = product.sku.rpartition("-")
        item_id = self._open_item.get(family, 0) if dash else 0
        if not item_id or len(self.items[item_id]) >= SKUS_PER_ITEM:
            item_id = 457_846_930 + len(self.items)
            self.items[item_id] = []
            self._open_item[family] = item_id
        sku_id = 36_200_000 + len(self.by_sku) if dash else 0
        variant = Variant(item_id=item_id, sku_id=sku_id, product=product, quantity=product.stock)
        self.items[item_id].append(variant)
        self.by_sku[product.sku] = self.by_id[item_id, sku_id] = variant


class TradeBook:
    """All trades, found by id, by update and by creation."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self._by_update: list[tuple[datetime, int, str]] = []
        self._by_creation: list[tuple[datetime, int, str]] = []

    def add(self, trade: Trade) -> None:
        self.trades[trade.tid] = trade
        insort(self._by_creation, (trade.created, trade.sequence, trade.tid))
        insort(self._by_update, (trade.updated, trade.sequence, trade.tid))

    def touch(self, trade: Trade, now: datetime) -> None:
        """A change moves the update time, which counts whole seconds."""
        del self._by_update[bisect_left(self._by_update, (trade.updated, trade.sequence))]
        trade.updated = now.astimezone(UTC).replace(microsecond=0)
        insort(self._by_update, (trade.updated, trade.sequence, trade.tid))

    def between(self, start: datetime, end: datetime, *, created: bool) -> list[Trade]:
        """Both ends included, newest first."""
        index = self._by_creation if created else self._by_update
        found = index[bisect_left(index, (start,)) : bisect_right(index, (end, 2**63))]
        return [self.trades[tid] for _, _, tid in reversed(found)]


def new_trade(sequence: int, now: datetime, items: Sequence[tuple[Variant, int]], **told: Any) -> Trade:
    now = now.astimezone(UTC).replace(microsecond=0)
    discount: Decimal = told["discount"]
    lines = [
        Line(
            oid=str(FIRST_OID + sequence * 100 + position),
            variant=variant,
            num=num,
            payment=variant.product.price * num,
        )
        for position, (variant, num) in enumerate(items)
    ]
    _share(lines, discount)
    tid = f"E{beijing_text(now):.19}".replace("-", "").replace(":", "").replace(" ", "") + f"{sequence:09}"
    return Trade(tid=tid, sequence=sequence, created=now, updated=now, lines=lines, **told)


def _share(lines: Sequence[Line], discount: Decimal) -> None:
    """Each line bears its part to the cent, the last one the rest."""
    goods = sum((line.payment for line in lines), Decimal(0))
    left = discount
    for line in lines[:-1]:
        part = (discount * line.payment / goods).quantize(Decimal("0.01"))
        line.payment -= part
        left -= part
    lines[-1].payment -= left


def text_of(moment: datetime | None) -> str:
    return beijing_text(moment) if moment else ""


def render(trade: Trade) -> dict[str, Any]:
    """`data` of youzan.trade.get."""
    return {
        "delivery_order": _deliveries(trade),
        "order_promotion": {
            "item": None,
            "order_discount_fee": f"{trade.discount:.2f}",
            "adjust_fee": "0.00",
            "item_discount_fee": None,
        },
        "qr_info": None,
        "refund_order": [
            {
                "refund_type": 1,
                "refund_fee": f"{refund.fee:.2f}",
                "refund_id": refund.refund_id,
                "refund_state": refund.state,
                "oids": [{"oid": oid} for oid in refund.oids],
            }
            for refund in trade.refunds
        ],
        "full_order_info": render_full(trade),
    }


def _deliveries(trade: Trade) -> list[dict[str, Any]]:
    told = [
        {
            "pk_id": int(sent.dist_id[-12:]),
            "express_state": 1,
            "express_type": 1,
            "oids": [{"oid": oid} for oid in sent.oids],
            "dists": [
                {
                    "dist_id": sent.dist_id,
                    "create_time": text_of(sent.at),
                    "express_info": {"express_id": sent.express_id, "express_no": sent.number},
                }
            ],
        }
        for sent in trade.parcels
    ]
    waiting = [{"oid": line.oid} for line in trade.lines if line.is_open]
    if waiting and trade.status == WAITING:
        told.append({"pk_id": 1, "express_state": 0, "express_type": 0, "oids": waiting, "dists": None})
    return told


def render_full(trade: Trade) -> dict[str, Any]:
    address = trade.ship_to
    return {
        "child_info": None,
        "address_info": {
            "self_fetch_info": "",
            "delivery_address": " ".join(address.street),
            "delivery_postal_code": address.postal_code,
            "receiver_name": address.name,
            "delivery_province": address.province,
            "delivery_city": address.city,
            "delivery_district": address.district,
            "address_extra": "{}",
            "receiver_tel": address.telephone,
        },
        "remark_info": {"buyer_message": trade.note, "star": None, "trade_memo": trade.memo or None},
        "pay_info": {
            "outer_transactions": [],
            "post_fee": f"{trade.post_fee:.2f}",
            "phase_payments": [],
            "total_fee": f"{trade.payment - trade.post_fee + trade.discount:.2f}",
            "payment": f"{trade.payment:.2f}",
            "transaction": [],
        },
        "buyer_info": {"yz_open_id": f"YZ{trade.buyer}", "outer_user_id": "", "fans_nickname": None},
        "orders": [_line(line) for line in trade.lines],
        "order_info": _info(trade),
    }


def _info(trade: Trade) -> Mapping[str, Any]:
    return {
        "consign_time": text_of(trade.consigned),
        "created": text_of(trade.created),
        "expired_time": text_of(trade.created),
        "success_time": text_of(trade.ended) if trade.status == "TRADE_SUCCESS" else "",
        "type": 0,
        "tid": trade.tid,
        "confirm_time": "",
        "pay_time": text_of(trade.paid),
        "update_time": text_of(trade.updated),
        "pay_type_str": trade.pay_type,
        "refund_state": trade.refund_state,
        "close_type": trade.close_type,
        "status": trade.status,
        "express_type": 0,
    }


def _line(line: Line) -> Mapping[str, Any]:
    product, has_variants = line.variant.product, bool(line.variant.sku_id)
    price = product.price
    return {
        "is_cross_border": "null",
        "outer_item_id": "" if has_variants else product.sku,
        "discount_price": f"{price:.2f}",
        "item_type": 0,
        "num": line.num,
        "oid": line.oid,
        "title": product.title,
        "buyer_messages": "",
        "is_present": False,
        "price": f"{price:.2f}",
        "total_fee": f"{price * line.num:.2f}",
        "payment": f"{line.payment:.2f}",
        "outer_sku_id": product.sku if has_variants else "null",
        "item_id": line.variant.item_id,
        "sku_id": line.variant.sku_id,
        "sku_properties_name": f'[{{"k":"款式","v":"{product.sku}"}}]' if has_variants else "[]",
    }
