"""Parcels that a person booked elsewhere, and tracking numbers that a person corrects."""

from collections.abc import Mapping, Sequence

import msgspec

from hub.domain.dispatch import follow, handed_over, settle, tell
from hub.domain.effects import Effect, Send, Withdraw
from hub.domain.order import FINAL, Consignment, Order, Parcel, Reason, Reserved
from hub.domain.outcome import Outcome
from hub.domain.policies import TellAt
from hub.domain.repack import cut_off
from hub.domain.snapshot import Snapshot
from mappings.canonical import LineQuantity

replace = msgspec.structs.replace


def shipped_by_hand(
    order: Order,
    carrier: str,
    number: str,
    lines: Sequence[LineQuantity],
    sent: frozenset[str],
    snapshot: Snapshot,
) -> Outcome:
    """A parcel booked elsewhere takes over the given units (all that wait, if none are given).

    Only of consignments whose booking never reached a carrier (`sent` names the others); raises
    `ValueError` if fewer units wait than are asked for, or if the platform records lines only whole.
    """
    asked = {line.line_id: line.quantity for line in lines}
    _check_whole(order, asked)
    effects: list[Effect] = []
    waiting_now = [
        each
        for each in order.consignments
        if each.stage is Parcel.RELEASED and each.consignment_id not in sent
    ]
    if shared := [each.consignment_id for each in waiting_now if each.shared_as]:
        raise ValueError(f"parcel {shared[0]} is shared with other orders: `orders part` takes it out")
    for waiting in waiting_now:
        part = _part(waiting, asked if lines else None)
        if not part.lines:
            continue
        for line in part.lines:
            asked[line.line_id] = asked.get(line.line_id, 0) - line.quantity
        booking: tuple[Send, ...] = ()
        if rest := _rest(waiting, part):
            order, _, booking = cut_off(order, waiting, rest)
        kept = order.consignment(waiting.consignment_id)
        parcel = replace(kept, carrier=carrier, tracking_number=number, booked_at=snapshot.now)
        parcel = replace(parcel, carrier_connection_id=_follower(carrier, snapshot))
        order = order.with_consignment(parcel)
        order, gone = handed_over(order, parcel.consignment_id, snapshot.now, snapshot)
        effects += [Withdraw(consignment_id=waiting.consignment_id), *booking, *gone]
        if snapshot.policy(order.store_id).tell_at is TellAt.BOOKED:  # no booking of ours tells it
            effects += tell(order, parcel.consignment_id, snapshot)
    if not effects or (lines and any(left > 0 for left in asked.values())):
        raise ValueError("so many units of these lines are not waiting to be shipped by hand")
    reasons = (Reason(code="shipped_by_hand", text=f"{carrier} {number}"),)
    return Outcome(step="ship", order=settle(order, snapshot), reasons=reasons, effects=tuple(effects))


def renumbered(order: Order, consignment_id: str, carrier: str, number: str, snapshot: Snapshot) -> Outcome:
    """A parcel has another tracking number (and carrier, if one is given) than we believed: it is followed
    under it, and who was told the former one is told. Raises `ValueError` if there is nothing to correct."""
    consignment = next((each for each in order.consignments if each.consignment_id == consignment_id), None)
    if consignment is None or not consignment.tracking_number:
        raise ValueError(f"it has no parcel {consignment_id!r} with a tracking number")
    if order.stage in FINAL or consignment.stage in (Parcel.CANCELLING, Parcel.CANCELLED, Parcel.DELIVERED):
        raise ValueError(f"parcel {consignment_id} is {consignment.stage}")
    if number == consignment.tracking_number:
        raise ValueError(f"parcel {consignment_id} has this number already")
    former = consignment.tracking_number
    changed = replace(
        consignment,
        carrier=carrier or consignment.carrier,
        carrier_connection_id=_follower(carrier, snapshot) if carrier else consignment.carrier_connection_id,
        tracking_number=number,
        former_numbers=(*consignment.former_numbers, former),
        told=False,
    )
    order = order.with_consignment(changed)
    effects = follow(order, changed, snapshot)
    if consignment.told or consignment.is_handed_over:
        effects += tell(order, consignment_id, snapshot)
    reasons = (Reason(code="renumbered", text=f"{number} instead of {former}"),)
    return Outcome(step="renumber", order=order, reasons=reasons, effects=tuple(effects))


def _check_whole(order: Order, asked: Mapping[str, int]) -> None:
    divided = [line_id for line_id, units in asked.items() if units < order.units_in_hand(line_id)]
    if order.sales.whole_lines and divided:
        units = order.units_in_hand(divided[0])
        raise ValueError(
            f"the store cannot record a part of line {divided[0]}: ship all its {units} units in one parcel"
        )
    left = [line.line_id for line in order.sales.lines if order.units_in_hand(line.line_id)]
    if order.sales.one_parcel and asked and (divided or not asked.keys() >= set(left)):
        raise ValueError("the store records one parcel for all of it: leave the lines out to ship everything")


def _part(waiting: Consignment, asked: Mapping[str, int] | None) -> Consignment:
    if asked is None:
        return waiting
    kept = (replace(line, quantity=min(line.quantity, asked.get(line.line_id, 0))) for line in waiting.lines)
    return replace(waiting, lines=tuple(line for line in kept if line.quantity > 0))


def _rest(waiting: Consignment, part: Consignment) -> tuple[Reserved, ...]:
    """What keeps waiting."""
    shipped = {line.line_id: line.quantity for line in part.lines}
    rest = (replace(line, quantity=line.quantity - shipped.get(line.line_id, 0)) for line in waiting.lines)
    return tuple(line for line in rest if line.quantity > 0)


def _follower(carrier: str, snapshot: Snapshot) -> str:
    """A connection of that carrier that can follow the parcel, if there is one."""
    return next(
        (
            facts.connection_id
            for facts in snapshot.connections.values()
            if facts.platform == carrier and "TracksParcels" in facts.capabilities
        ),
        "",
    )
