"""Audit rules about what was ordered: how much, for how much, with which words."""

import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from hub.domain.audit_facts import PriceFloor, floor_at
from hub.domain.audit_parameters import (
    AmountRange,
    DepositOnly,
    ItemCount,
    NotePresent,
    PriceUnderFloor,
    Review,
)
from hub.domain.order import Order, Reason
from hub.domain.snapshot import Snapshot
from mappings.canonical import OrderLine, PaymentStatus

MOST_NAMED = 5
"""A sentence names at most so many SKUs."""


def item_count(order: Order, snapshot: Snapshot, rule: ItemCount) -> Reason | None:
    units = [line.quantity_wanted for line in order.sales.lines if line.quantity_wanted]
    faults = []
    if rule.most_items is not None and len(units) > rule.most_items:
        faults.append(f"{len(units)} items, at most {rule.most_items} pass")
    if rule.most_units is not None and sum(units) > rule.most_units:
        faults.append(f"{sum(units)} units, at most {rule.most_units} pass")
    return Reason(code=rule.rule, text=f"the order has {' and '.join(faults)}") if faults else None


def amount_range(order: Order, snapshot: Snapshot, rule: AmountRange) -> Reason | None:
    """An amount in another currency cannot be compared, so a person looks at it."""
    total, currency = order.sales.total, order.sales.currency
    if currency != rule.currency:
        fault = f"is not in {rule.currency}, in which the store's range is given"
    elif rule.least is not None and total < rule.least:
        fault = f"is under {rule.least} {currency}"
    elif rule.most is not None and total > rule.most:
        fault = f"is over {rule.most} {currency}"
    else:
        return None
    return Reason(code=rule.rule, text=f"the total {total} {currency} {fault}")


def price_floor(order: Order, snapshot: Snapshot, rule: PriceUnderFloor) -> Reason | None:
    """A SKU without a floor in the order's currency passes; the floor of the time of the order counts."""
    floors = snapshot.audit.floors
    share = 1 - rule.tolerance_percent / 100
    faults = [
        _undercut(floor, line, order.sales.currency)
        for line in order.sales.lines
        if not line.is_gift
        and (known := floors.get(order.skus.get(line.line_id, "")))
        and (floor := floor_at(known, order.sales.currency, order.sales.placed_at))
        and (units := units_paid(line)) > 0
        and line.total + order.sales.rounding < floor.amount * share * units
    ]
    if not faults:
        return None
    return Reason(code=rule.rule, text=f"sold under the brand's price floor: {_named(faults)}")


def units_paid(line: OrderLine) -> Decimal:
    """Units that the line's total covers: unit price times these, less the discount, is the total."""
    if not line.unit_price:
        return Decimal(line.quantity_wanted)
    return (line.total + line.discount) / line.unit_price


def _undercut(floor: PriceFloor, line: OrderLine, currency: str) -> str:
    price = (line.total / units_paid(line)).quantize(Decimal("0.01"))
    during = f" of {floor.campaign}" if floor.campaign else ""
    return f"{floor.sku} at {price} {currency}, the floor{during} is {floor.amount}"


def note(order: Order, snapshot: Snapshot, rule: NotePresent) -> Reason | None:
    """The sentence never repeats the note, which may name people."""
    buyer, seller = order.sales.note, order.sales.seller_note
    by = [
        who
        for who, text, is_looked_at in (("buyer", buyer, rule.buyer), ("seller", seller, rule.seller))
        if is_looked_at and says_something(text, rule.ignored)
    ]
    return Reason(code=rule.rule, text=f"there is a note of the {' and of the '.join(by)}") if by else None


def says_something(text: str, ignored: Iterable[str]) -> bool:
    """Is anything but punctuation left when these words are taken out? Longer words first."""
    left = _folded(text)
    for word in sorted(map(_folded, ignored), key=len, reverse=True):
        left = left.replace(word, " ")
    return any(unicodedata.category(each)[0] in "LNS" for each in left)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def deposit(order: Order, snapshot: Snapshot, rule: DepositOnly) -> Reason | None:
    if order.sales.payment_status is not PaymentStatus.PARTIALLY_PAID:
        return None
    due = f", due by {order.sales.pay_by:%Y-%m-%d %H:%M} UTC" if order.sales.pay_by else ""
    return Reason(code=rule.rule, text=f"only a part is paid (deposit of a pre-sale), the rest is open{due}")


def review(order: Order, snapshot: Snapshot, rule: Review) -> Reason | None:
    """The first stage that nobody passed yet."""
    sales = order.sales
    if rule.least is not None and sales.currency == rule.currency and sales.total < rule.least:
        return None
    for number, stage in enumerate(rule.stages, start=1):
        if (code := f"{rule.rule}_{stage}") not in order.waived:
            return Reason(code=code, text=f"{stage} has to look at it ({number} of {len(rule.stages)})")
    return None


def _named(faults: list[str]) -> str:
    more = f"; and {len(faults) - MOST_NAMED} more" if len(faults) > MOST_NAMED else ""
    return "; ".join(faults[:MOST_NAMED]) + more
