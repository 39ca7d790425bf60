"""The platform says something new about an order that we know: what does it change, at every stage?

Nothing that matters changed → the new document is kept. Otherwise consignments that have not left are taken
back (withdrawn if unsent, cancelled at the carrier if sent) and the order takes the route again with what is
still wanted. What already left cannot be changed: a case is opened for a person.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from hub.domain.audit import NO_ADDRESS, is_paid, refund_is_open
from hub.domain.dispatch import settle, take_back
from hub.domain.effects import CaseKind, Effect, OpenCase
from hub.domain.order import FINAL, UNMAPPED, Consignment, Order, Parcel, Reason, Stage
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot
from mappings.canonical import SalesOrder
from mappings.structs import FrozenStruct

replace = msgspec.structs.replace


def is_older(new: SalesOrder, inbox_id: str, order: Order) -> bool:
    """The platform's own clock decides where it tells them apart; else the later arrival is the newer,
    whatever order two workers read them in."""
    said, known = new.updated_at, order.sales.updated_at
    if said and known and said != known:
        return said < known
    return inbox_id < order.inbox_id


def amend(order: Order, sales: SalesOrder, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
    """Replace what the platform says. `sent` names consignments whose booking may have reached a carrier."""
    before, order = order, order.with_sales(sales)
    if order.stage in FINAL:
        return _final(before, order)
    cases = tuple(
        case
        for consignment in order.consignments
        if consignment.is_handed_over or (_is_announced(consignment) and not sales.cancelled_at)
        for case in _too_late(before, order, consignment)
    )
    if order.stage not in (Stage.RELEASED, Stage.DISPATCHED):
        return Outcome(step="change", order=replace(order, stage=Stage.RECEIVED), effects=cases)
    differences = _differences(before, order, snapshot)
    if not differences:
        return Outcome(step="change", order=settle(order, snapshot))
    keeps_announced = _TOO_LATE_ONCE_TOLD.issuperset(each.code for each in differences)
    order, undone = _taken_back(order, sent, snapshot, keeps_announced=keeps_announced)
    return Outcome(
        step="change", order=settle(order, snapshot), reasons=differences, effects=(*cases, *undone)
    )


_TOO_LATE_ONCE_TOLD = frozenset({"address_changed", "quantities_changed", "amount_changed"})
"""No platform takes back a fulfilment for these, so a second parcel could never be told."""


def _is_announced(consignment: Consignment) -> bool:
    """The store was told of it although it has not left."""
    return consignment.told and consignment.stage is Parcel.BOOKED


def _final(before: Order, order: Order) -> Outcome:
    """A finished order is taken up again only where it was cancelled and is wanted again, or where the
    platform added units."""
    if order.sales.cancelled_at or not order.units_to_ship():
        return Outcome(step="change", order=order)
    if order.stage is Stage.CANCELLED and not any(each.is_handed_over for each in order.consignments):
        reason = Reason(code="wanted_again", text="the platform no longer calls the order cancelled")
    elif order.stage is Stage.CLOSED and _wants_more(before, order):
        reason = Reason(code="wanted_more", text="the platform added units to an order that was finished")
    else:
        return Outcome(step="change", order=order)
    return Outcome(step="change", order=replace(order, stage=Stage.RECEIVED), reasons=(reason,))


def _wants_more(before: Order, after: Order) -> bool:
    lines = () if before.sales.cancelled_at else before.sales.lines
    wanted = {line.line_id: line.quantity_wanted for line in lines}
    return any(line.quantity_wanted > wanted.get(line.line_id, 0) for line in after.sales.lines)


class _Facts(FrozenStruct):
    """What would have led to other decisions."""

    address: object
    wanted: tuple[tuple[str, int], ...]
    cancelled: bool
    platform_hold: str
    refund_requested: bool
    to_collect: Decimal | None


def _facts(sales: SalesOrder) -> _Facts:
    return _Facts(
        address=sales.ship_to,
        wanted=tuple((line.line_id, line.quantity_wanted) for line in sales.lines if line.is_ours_to_ship),
        cancelled=sales.cancelled_at is not None,
        platform_hold=sales.platform_hold,
        refund_requested=refund_is_open(sales),
        to_collect=sales.total if sales.cash_on_delivery else None,
    )


def _differences(before: Order, after: Order, snapshot: Snapshot) -> tuple[Reason, ...]:
    old, new = _facts(before.sales), _facts(after.sales)
    found = []
    if new.cancelled and not old.cancelled:
        found.append(Reason(code="cancelled", text="the order was cancelled on the platform"))
    if new.address != old.address:
        found.append(Reason(code="address_changed", text="the delivery address changed"))
    if new.wanted != old.wanted:
        found.append(Reason(code="quantities_changed", text="quantities changed on the platform"))
    if new.to_collect != old.to_collect:
        found.append(Reason(code="amount_changed", text="the amount to collect at the door changed"))
    policy = snapshot.policy(after.store_id)
    if is_paid(before.sales, policy) and not is_paid(after.sales, policy):
        found.append(Reason(code="payment_withdrawn", text=f"payment is {after.sales.payment_status}"))
    if new.platform_hold and not old.platform_hold:
        found.append(Reason(code="platform_hold", text=f"the platform forbids shipping: {new.platform_hold}"))
    if new.refund_requested and not old.refund_requested:
        found.append(Reason(code="refund_requested", text="the buyer asked for a refund"))
    if _shipped_elsewhere(before, after):
        found.append(Reason(code="shipped_elsewhere", text="somebody else shipped units that we hold"))
    return tuple(found)


def _shipped_elsewhere(before: Order, after: Order) -> bool:
    """Somebody else shipped further units while we still hold some that have not left."""
    waiting = any(
        each.is_live and not each.is_handed_over and each.stage is not Parcel.BOOKED
        for each in after.consignments
    )
    return waiting and any(
        units > before.elsewhere.get(line.line_id, 0)
        for line in after.sales.lines
        if line.is_ours_to_ship and (units := after.elsewhere.get(line.line_id, 0))
    )


def _too_late(before: Order, after: Order, consignment: Consignment) -> list[OpenCase]:
    old, new = _facts(before.sales), _facts(after.sales)
    since = "the parcel left" if consignment.is_handed_over else "the store was told of the parcel"
    kinds = []
    if new.cancelled and not old.cancelled:
        kinds.append((CaseKind.CANCELLED_TOO_LATE, f"cancelled on the platform after {since}"))
    if new.address != old.address and not new.cancelled:
        kinds.append((CaseKind.CHANGED_TOO_LATE, f"the address changed after {since}"))
    if new.to_collect != old.to_collect and not new.cancelled:
        kinds.append((CaseKind.CHANGED_TOO_LATE, f"the amount to collect changed after {since}"))
    if _wants_less(before, after) and not new.cancelled:
        kinds.append((CaseKind.CANCELLED_TOO_LATE, f"units were cancelled or refunded after {since}"))
    return [
        OpenCase(order_id=after.order_id, kind=kind, consignment_id=consignment.consignment_id, reason=reason)
        for kind, reason in kinds
    ]


def _wants_less(before: Order, after: Order) -> bool:
    """Fewer units of a line than before (none of one that is gone), and fewer than are in our hands."""
    now = {line.line_id: line.quantity_wanted for line in after.sales.lines}
    return any(
        now.get(line.line_id, 0) < min(line.quantity_wanted, after.units_in_hand(line.line_id))
        for line in before.sales.lines
    )


def hold(order: Order, why: str, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
    """A person stops an order: what has not left is taken back, then the audit holds it."""
    reasons = (Reason(code="person", text=why),)
    if order.stage in FINAL:
        return Outcome(step="hold", order=order)
    order = replace(order, person_hold=why)
    if order.stage not in (Stage.RELEASED, Stage.DISPATCHED):
        return Outcome(step="hold", order=replace(order, stage=Stage.RECEIVED), reasons=reasons)
    order, effects = _taken_back(order, sent, snapshot)
    return Outcome(step="hold", order=settle(order, snapshot), reasons=reasons, effects=effects)


def release(order: Order, why: str, only: Sequence[str] = ()) -> Outcome:
    """A person overrules what holds an order now (`only` these reasons, if codes are given); the same rules
    will not hold it again. Raises `ValueError` if it is not held for one of them, or if there is no address:
    nothing can be booked, whatever a person says."""
    if order.stage is not Stage.ON_HOLD:
        return Outcome(step="release_hold", order=order)
    codes = {reason.code for reason in order.reasons}
    if missing := set(only) - codes:
        raise ValueError(
            f"order {order.sales.order_number} is not held for {', '.join(sorted(missing))}, but for"
            f" {', '.join(sorted(codes))}"
        )
    overruled = set(only) or codes
    if NO_ADDRESS in overruled:
        raise ValueError(
            f"order {order.sales.order_number} has no delivery address to book with: enter it on the"
            " platform, then the order goes on by itself"
        )
    reasons = [Reason(code="overruled", text=why or "released by a person")]
    if UNMAPPED in overruled:
        reasons.append(Reason(code="left_out", text="lines without SKU are not shipped by us"))
    released = replace(
        order,
        stage=Stage.RECEIVED,
        waived=tuple(sorted({*order.waived, *overruled} - {"person"})),
        person_hold="" if "person" in overruled else order.person_hold,
    )
    return Outcome(step="release_hold", order=released, reasons=tuple(reasons))


def make_history(order: Order, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
    """An order from before the connection was armed: everything planned for it is undone."""
    reasons = (Reason(code="history", text="placed before the connection was armed"),)
    order, effects = _taken_back(order, sent, snapshot)
    closed = replace(order, stage=Stage.CLOSED, reasons=reasons, is_history=True)
    return Outcome(step="arm", order=closed, reasons=reasons, effects=effects)


def _taken_back(
    order: Order, sent: frozenset[str], snapshot: Snapshot, *, keeps_announced: bool = False
) -> tuple[Order, tuple[Effect, ...]]:
    effects: list[Effect] = []
    for consignment in order.consignments:
        if keeps_announced and _is_announced(consignment):
            continue
        if consignment.is_live and not consignment.is_handed_over:
            order, undone = take_back(
                order, consignment, snapshot, is_sent=consignment.consignment_id in sent
            )
            effects += undone
    return order, tuple(effects)
