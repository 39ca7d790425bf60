"""What stores owe each other: shares of an order that one sold, in another's territory or from its room.

A parcel that is handed over is one posting set, made by the policy and the territories of that moment: pairs
of entries, the seller's debt and the other's claim, in the order's currency. What comes back lowers it in
proportion to the units. Nothing is ever changed: a posting says what an account lacks to be what it has to
be, so the same news twice posts nothing, and whatever order units come back in, the end is the same.

Amounts are whole smallest units of the currency (cents). Values are divided by the largest remainder, so
parts add up; the units of a line are numbered in the order in which they leave, so parcels add up too.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from hub.domain.crossing import foreign_territory
from hub.domain.crossing_policy import CrossingPolicy
from hub.domain.order import Consignment, Order, Parcel, units_of
from hub.domain.snapshot import Snapshot
from mappings.canonical import OrderLine, SalesOrder, minor_unit
from mappings.structs import FrozenStruct


class Share(StrEnum):
    """For what something is owed."""

    TERRITORY = "territory"
    GOODS = "goods"
    FREIGHT = "freight"
    PARCEL = "parcel"


class Kind(StrEnum):
    """Why something is posted."""

    SHIPPED = "shipped"
    RETURNED = "returned"


class Entry(FrozenStruct):
    """One side of a posting: `store_id` has a claim against `other_id` (negative: a debt). `sequence` counts
    the posting sets of a parcel; `units` are those of the line in it (no line: all of the parcel)."""

    order_id: str
    consignment_id: str
    sequence: int
    kind: Kind
    line_id: str
    share: Share
    units: int
    store_id: str
    other_id: str
    currency: str
    minor: int


class _Deal(FrozenStruct):
    """Who takes part in one parcel; empty: nobody but the seller."""

    policy: CrossingPolicy
    seller: str
    owner: str
    shipper: str


def postings(was: Order | None, order: Order, before: Sequence[Entry], snapshot: Snapshot) -> list[Entry]:
    """What the ledger lacks now that `was` became `order`; `before` is what it has of the order."""
    known: dict[str, list[Entry]] = {}
    for entry in before:
        known.setdefault(entry.consignment_id, []).append(entry)
    gone = {each.consignment_id for each in was.consignments if each.is_handed_over} if was else set()
    left = units_of(each for each in order.consignments if each.consignment_id in gone)
    found: list[Entry] = []
    for each in order.consignments:
        if each.is_handed_over and each.consignment_id not in gone:
            if each.consignment_id not in known:
                fresh = _shipped(order, each, left, _deal(order, each, snapshot))
                known[each.consignment_id] = fresh
                found += fresh
            for line_id, units in units_of((each,)).items():
                left[line_id] = left.get(line_id, 0) + units
    back = units_back(order)
    for consignment_id, entries in known.items():
        found += _reversed(entries, back.get(consignment_id, {}))
    return found


def _deal(order: Order, consignment: Consignment, snapshot: Snapshot) -> _Deal:
    territory = foreign_territory(order, snapshot)
    rooms = {each.location_id: each.store_id for each in snapshot.locations}
    shipper = rooms.get(consignment.location_id, "")
    return _Deal(
        policy=snapshot.crossing_of(order.store_id),
        seller=order.store_id,
        owner=territory.store_id if territory else "",
        shipper=shipper if shipper != order.store_id else "",
    )


def _shipped(order: Order, consignment: Consignment, left: Mapping[str, int], deal: _Deal) -> list[Entry]:
    """The first posting set of a parcel; `left` are units of lines that left before it."""
    if not deal.owner and not deal.shipper:
        return []
    sales, policy = order.sales, deal.policy
    units = units_of((consignment,))
    found: list[Entry] = []

    def owe(line_id: str, share: Share, count: int, other: str, minor: int) -> None:
        if minor:
            found.extend(_pair(order, consignment, line_id, share, count, other, minor))

    for line, net, freight in zip(sales.lines, nets(sales), _freights(sales), strict=True):
        if count := units.get(line.line_id, 0):
            start, whole = left.get(line.line_id, 0), units_covered(line)
            value = _part(net, start, start + count, whole)
            percents = (
                policy.territory_percent if deal.owner else Decimal(0),
                policy.shipper_percent if deal.shipper else Decimal(0),
            )
            to_owner, to_shipper, _ = divided(value, (*percents, 100 - sum(percents)))
            owe(line.line_id, Share.TERRITORY, count, deal.owner, to_owner)
            owe(line.line_id, Share.GOODS, count, deal.shipper, to_shipper)
            if deal.shipper:
                value = _part(freight, start, start + count, whole)
                to_shipper, _ = divided(value, (policy.freight_percent, 100 - policy.freight_percent))
                owe(line.line_id, Share.FREIGHT, count, deal.shipper, to_shipper)
    if deal.shipper and not consignment.is_passenger and policy.fee_currency == sales.currency:
        fee = _minor(policy.parcel_fee, sales.currency)
        owe("", Share.PARCEL, sum(units.values()), deal.shipper, fee)
    return found


def _pair(
    order: Order, consignment: Consignment, line_id: str, share: Share, units: int, other: str, minor: int
) -> tuple[Entry, Entry]:
    debt = Entry(
        order_id=order.order_id,
        consignment_id=consignment.consignment_id,
        sequence=1,
        kind=Kind.SHIPPED,
        line_id=line_id,
        share=share,
        units=units,
        store_id=order.store_id,
        other_id=other,
        currency=order.sales.currency,
        minor=-minor,
    )
    return debt, msgspec.structs.replace(debt, store_id=other, other_id=order.store_id, minor=minor)


def _reversed(entries: Sequence[Entry], back: Mapping[str, int]) -> list[Entry]:
    """What lowers (or, where fewer units are back than was believed, restores) a parcel's accounts."""
    posted: dict[tuple[str, str, str], int] = {}
    for each in entries:
        posted[_account(each)] = posted.get(_account(each), 0) + each.minor
    sequence = 1 + max((each.sequence for each in entries), default=0)
    found = []
    for each in entries:
        if each.kind is Kind.SHIPPED:
            units = back.get(each.line_id, 0) if each.line_id else sum(back.values())
            keeps = max(0, each.units - units)
            due = abs(each.minor) * keeps // each.units
            lacks = (due if each.minor > 0 else -due) - posted[_account(each)]
            if lacks:
                found.append(
                    msgspec.structs.replace(each, kind=Kind.RETURNED, sequence=sequence, minor=lacks)
                )
    return found


def _account(entry: Entry) -> tuple[str, str, str]:
    return entry.line_id, entry.share, entry.store_id


def units_back(order: Order) -> dict[str, dict[str, int]]:
    """Parcel → line id → units that came back, or that the buyer need not pay for although they left.

    Whole parcels come back by the carrier's word. The platform tells of units, not of parcels, and often of
    the same ones: what it tells beyond those is counted in the parcels that left last.
    """
    gone = [each for each in order.consignments if each.is_handed_over]
    found = {each.consignment_id: units_of((each,)) for each in gone if each.stage is Parcel.RETURNED}
    wanted = {
        line.line_id: 0 if order.sales.cancelled_at else line.quantity_wanted for line in order.sales.lines
    }
    returned = units_of(each for each in gone if each.stage is Parcel.RETURNED)
    excess = {
        line_id: units - wanted.get(line_id, 0) - returned.get(line_id, 0)
        for line_id, units in units_of(gone).items()
    }
    for each in reversed(gone):
        if each.stage is not Parcel.RETURNED:
            for line_id, units in units_of((each,)).items():
                back = min(units, max(0, excess[line_id]))
                excess[line_id] -= back
                if back:
                    found.setdefault(each.consignment_id, {})[line_id] = back
    return found


def divided(amount: int, weights: Iterable[Decimal | int]) -> list[int]:
    """A whole amount in proportion to weights (equally, if all are zero), by the largest remainder; among
    equal ones the first gets more."""
    shares = [Fraction(each) for each in weights]
    if not any(shares):
        shares = [Fraction(1) for _ in shares]
    exact = [amount * each / sum(shares) for each in shares]
    parts = [each.__floor__() for each in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    for at in by_remainder[: amount - sum(parts)]:
        parts[at] += 1
    return parts


def nets(sales: SalesOrder) -> list[int]:
    """What each line is worth, less its share of what the whole order was lowered by."""
    totals = [max(Decimal(0), line.total) for line in sales.lines]
    whole = max(Decimal(0), sum(totals, Decimal(0)) - sales.order_discount)
    return divided(_minor(whole, sales.currency), totals)


def _freights(sales: SalesOrder) -> list[int]:
    """What the buyer pays for the way of each line that we ship."""
    shipped = [line.is_ours_to_ship for line in sales.lines]
    weights = [
        max(Decimal(0), line.total) if ours else Decimal(0)
        for line, ours in zip(sales.lines, shipped, strict=True)
    ]
    if not any(weights):
        weights = [Decimal(ours) for ours in shipped]
    return divided(_minor(sales.shipping_charge, sales.currency), weights)


def units_covered(line: OrderLine) -> int:
    """Units that the line's total pays for: fewer than were ordered where a platform lowers it."""
    if not line.unit_price:
        return line.quantity
    covered = round((line.total + line.discount) / line.unit_price)
    return covered if 0 < covered <= line.quantity else line.quantity


def _part(amount: int, start: int, stop: int, units: int) -> int:
    """What the units from `start` (counted from 0) up to `stop` of `units` are worth."""
    return amount * min(stop, units) // units - amount * min(start, units) // units


def _minor(amount: Decimal, currency: str) -> int:
    return round(amount / minor_unit(currency))
