"""The memory of Taobao's twin: items, trades, parcels, and two orderings of trades for the lists."""

import hashlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from connectors.kit.twin import KnownOrder, KnownParcel, Product
from mappings.canonical import PostalAddress

BEIJING = timezone(timedelta(hours=8))
TIME = "%Y-%m-%d %H:%M:%S"

FIRST_TID = 4_123_456_789_012_345_000
"""Beyond 2 to the 53rd, as real ones are."""
SKUS_PER_ITEM = 25
COMPOSED = ("receiver_name", "receiver_address", "created", "receiver_mobile", "receiver_phone")
"""Fields without which the platform makes no `oaid`."""


@dataclass
class Variant:
    """What stock is kept of: a SKU, or an item without SKUs (`sku_id` empty)."""

    num_iid: str
    sku_id: str
    product: Product
    quantity: int


@dataclass
class Child:
    """A child order. `sent` counts units per parcel number."""

    oid: str
    variant: Variant
    num: int
    price: Decimal
    share: Decimal = Decimal(0)
    status: str = "WAIT_BUYER_PAY"
    refund_status: str = "NO_REFUND"
    company_code: str = ""
    number: str = ""
    consigned: datetime | None = None
    sent: dict[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.status == "WAIT_SELLER_SEND_GOODS"

    @property
    def is_closed(self) -> bool:
        return self.status in ("TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO")


@dataclass
class SentParcel:
    """A logistics order. Without `split` it holds the whole trade."""

    number: str
    company_code: str
    quantities: dict[str, int]
    split: bool


@dataclass
class Trade:
    """An order as the platform keeps it."""

    tid: str
    sequence: int
    kind: str
    created: datetime
    modified: datetime
    ship_to: PostalAddress
    buyer: str
    note: str
    post_fee: Decimal
    children: list[Child]
    status: str = "WAIT_BUYER_PAY"
    paid: datetime | None = None
    ended: datetime | None = None
    memo: str = ""
    cod_status: str = "NEW_CREATED"
    step_trade_status: str = ""
    pickup: str = ""
    parcels: list[SentParcel] = field(default_factory=list)

    @property
    def payment(self) -> Decimal:
        return sum((child.share for child in self.children), self.post_fee)

    def settle_status(self) -> None:
        """The trade's status as its children make it."""
        living = [child for child in self.children if not child.is_closed]
        shipped = [child for child in living if not child.is_open]
        if not living:
            self.status = "TRADE_CLOSED"
        elif len(shipped) == len(living):
            self.status = "WAIT_BUYER_CONFIRM_GOODS"
        elif shipped or self.parcels:
            self.status = "SELLER_CONSIGNED_PART"

    def known(self) -> KnownOrder:
        parcels = [
            KnownParcel(tracking_number=it.number, carrier=it.company_code, quantities=it.quantities)
            for it in self.parcels
        ]
        return KnownOrder(
            order_id=self.tid,
            placed_at=self.created,
            cancelled=self.status.startswith("TRADE_CLOSED"),
            quantities={child.oid: 0 if child.is_closed else child.num for child in self.children},
            parcels=parcels,
            delivered=self.status in ("TRADE_FINISHED", "TRADE_BUYER_SIGNED"),
        )


class Shelves:
    """What is on sale. Products whose code has a common first part are SKUs of one item."""

    def __init__(self) -> None:
        self.by_sku: dict[str, Variant] = {}
        self.by_id: dict[tuple[str, str], Variant] = {}
        self.items: dict[str, list[Variant]] = {}
        self._open_item: dict[str, str] = {}

    def offer(self, product: Product) -> None:
        known = self.by_sku.get(product.sku)
        if known:
            known.product, known.quantity = product, product.stock
            return
        family, dash, _ = product.sku.rpartition("-")
        num_iid = self._open_item.get(family, "") if dash else ""
        if not num_iid or len(self.items[num_iid]) >= SKUS_PER_ITEM:
            num_iid = str(700_000_000_001 + len(self.items))
            self.items[num_iid] = []
            self._open_item[family] = num_iid
        sku_id = str(5_000_000_000_001 + len(self.by_sku)) if dash else ""
        variant = Variant(num_iid=num_iid, sku_id=sku_id, product=product, quantity=product.stock)
        self.items[num_iid].append(variant)
        self.by_sku[product.sku] = self.by_id[num_iid, sku_id] = variant


class TradeBook:
    """All trades, found by id, by modification and by creation."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self._by_modified: list[tuple[datetime, int, str]] = []
        self._by_created: list[tuple[datetime, int, str]] = []
        self.numbers: dict[str, str] = {}

    def add(self, trade: Trade) -> None:
        self.trades[trade.tid] = trade
        insort(self._by_created, (trade.created, trade.sequence, trade.tid))
        insort(self._by_modified, (trade.modified, trade.sequence, trade.tid))

    def touch(self, trade: Trade, now: datetime) -> None:
        """Any change moves `modified`, which counts whole seconds."""
        place = bisect_left(self._by_modified, (trade.modified, trade.sequence))
        del self._by_modified[place]
        trade.modified = now.replace(microsecond=0)
        insort(self._by_modified, (trade.modified, trade.sequence, trade.tid))

    def between(self, start: datetime, end: datetime, *, created: bool) -> list[Trade]:
        """Both ends included, newest first."""
        index = self._by_created if created else self._by_modified
        found = index[bisect_left(index, (start,)) : bisect_right(index, (end, 2**63))]
        return [self.trades[tid] for _, _, tid in reversed(found)]


def new_trade(
    sequence: int, kind: str, now: datetime, items: Sequence[tuple[Variant, int]], **told: Any
) -> Trade:
    """Of a trade with one child, the child's number is the trade's."""
    tid = str(FIRST_TID + sequence * 100)
    oids = [tid] if len(items) == 1 else [str(FIRST_TID + sequence * 100 + 1 + i) for i in range(len(items))]
    children = [
        Child(
            oid=oid, variant=variant, num=num, price=variant.product.price, share=variant.product.price * num
        )
        for oid, (variant, num) in zip(oids, items, strict=True)
    ]
    now = now.astimezone(UTC).replace(microsecond=0)
    return Trade(tid=tid, sequence=sequence, kind=kind, created=now, modified=now, children=children, **told)


def share_discount(children: Sequence[Child], discount: Decimal) -> None:
    """Each child bears its part to the cent, the last one the rest."""
    goods = sum((child.share for child in children), Decimal(0))
    left = discount
    for child in children[:-1]:
        part = (discount * child.share / goods).quantize(Decimal("0.01"))
        child.share -= part
        left -= part
    children[-1].share -= left


def wall_clock(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime(TIME)


def mask(text: str) -> str:
    """`陈小明` → `陈**`."""
    return text[:1] + "*" * max(2, len(text) - 1) if text else ""


def oaid(address: PostalAddress, moment: datetime) -> str:
    """Another one for another addressee, and roughly per calendar week."""
    week = moment.isocalendar()[:2]
    addressee = "|".join((address.name, address.telephone, address.province, address.city, *address.street))
    return "1" + hashlib.sha256(f"{addressee}|{week}".encode()).hexdigest()


def render(trade: Trade, fields: Iterable[str], *, with_oaid: bool) -> dict[str, Any]:
    """The fields that were asked for, in the platform's shape: empty ones absent, lists wrapped once more."""
    wanted = set(fields)
    told = {
        name: value for name, value in _trade(trade).items() if name in wanted and value not in ("", None)
    }
    if with_oaid and "oaid" in wanted and wanted.issuperset(COMPOSED):
        told["oaid"] = oaid(trade.ship_to, trade.created)
    if "orders" in wanted:
        children = [_child(child, trade) for child in trade.children]
        told["orders"] = {"order": children if len(children) > 1 or trade.sequence % 2 else children[0]}
    return told


def _trade(trade: Trade) -> Mapping[str, Any]:
    address = trade.ship_to
    return {
        "tid": int(trade.tid),
        "type": trade.kind,
        "status": trade.status,
        "created": wall_clock(trade.created),
        "modified": wall_clock(trade.modified),
        "pay_time": wall_clock(trade.paid) if trade.paid else "",
        "end_time": wall_clock(trade.ended) if trade.ended else "",
        "payment": f"{trade.payment:.2f}",
        "post_fee": f"{trade.post_fee:.2f}",
        "shipping_type": "express",
        "cod_status": trade.cod_status,
        "step_trade_status": trade.step_trade_status,
        "trade_from": "WAP,WAP",
        "buyer_open_uid": "AA" + hashlib.sha256(trade.buyer.encode()).hexdigest()[:22],
        "buyer_nick": mask(trade.buyer),
        "buyer_message": trade.note,
        "seller_memo": trade.memo,
        "receiver_name": mask(address.name),
        "receiver_mobile": "*" * max(0, len(address.telephone) - 4) + address.telephone[-4:],
        "receiver_state": address.province,
        "receiver_city": address.city if address.district else "",
        "receiver_district": address.district or address.city,
        "receiver_address": "".join(
            letter if i % 2 else "*" for i, letter in enumerate(" ".join(address.street))
        ),
        "receiver_zip": address.postal_code or "000000",
        "promotion_details": {},
    }


def _child(child: Child, trade: Trade) -> dict[str, Any]:
    sku = {"sku_id": child.variant.sku_id, "outer_sku_id": child.variant.product.sku}
    told: dict[str, Any] = {
        "oid": int(child.oid),
        "num_iid": int(child.variant.num_iid),
        **(sku if child.variant.sku_id else {"outer_iid": child.variant.product.sku}),
        "title": child.variant.product.title,
        "num": child.num,
        "price": f"{child.price:.2f}",
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "part_mjz_discount": f"{child.price * child.num - child.share:.2f}",
        "divide_order_fee": f"{child.share:.2f}",
        "payment": f"{trade.payment if len(trade.children) == 1 else child.price * child.num:.2f}",
        "status": child.status,
        "refund_status": child.refund_status,
    }
    if child.consigned:
        told["consign_time"] = wall_clock(child.consigned)
        told["logistics_company"] = child.company_code
        told["invoice_no"] = child.number
    return told
