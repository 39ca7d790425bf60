"""Orders of one buyer to one address travel in one parcel, before anything is booked.

Every order keeps its own consignment with its own lines, money and reservations; those that share a parcel
name the one that is booked for all. So each store is told its own lines and units, whatever they travelled
with, and an order that parts takes with it exactly what it brought.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

import msgspec

from hub.domain.composition import worth
from hub.domain.effects import Send, Withdraw
from hub.domain.order import Consignment, Order, Parcel, Reason
from hub.domain.outcome import Outcome
from hub.domain.outward import Carried
from hub.domain.repack import booking
from hub.domain.snapshot import Snapshot
from mappings.canonical import PostalAddress

replace = msgspec.structs.replace


def merge(
    orders: Sequence[Order], sent: Mapping[str, frozenset[str]], snapshot: Snapshot
) -> tuple[Outcome, ...]:
    """What waits at one location for one carrier travels together; an outcome for each order. `sent`: order
    id → consignments whose booking may have reached a carrier. Raises `ValueError` if they may not travel
    together, or if no two of them wait at one place."""
    for one, other in pairwise(orders):
        if why := apart(one, other):
            raise ValueError(f"{_name(one)} and {_name(other)} cannot share a parcel: {why}")
    shared = {order.order_id: order for order in orders}
    effects: list[Withdraw] = []
    for group in _places(orders, sent):
        _check_limits(group, snapshot)
        lead = next((each for _, each in group if each.shared_as and not each.is_passenger), group[0][1])
        for order, waiting in group:
            now = shared[order.order_id]
            shared[order.order_id] = now.with_consignment(replace(waiting, shared_as=lead.consignment_id))
            if waiting is not lead and not waiting.is_passenger:
                effects.append(Withdraw(consignment_id=waiting.consignment_id))
    if not effects:
        raise ValueError("no two of them wait for their booking at one location with one carrier")
    return tuple(_merged(order, shared[order.order_id], effects) for order in orders)


def _merged(before: Order, order: Order, effects: Sequence[Withdraw]) -> Outcome:
    own = {each.consignment_id for each in order.consignments}
    news = [
        Reason(code="shares_parcel", text=f"parcel {each.consignment_id} travels as {each.shared_as}")
        for each in order.consignments
        if each.shared_as != before.consignment(each.consignment_id).shared_as
    ]
    mine = tuple(each for each in effects if each.consignment_id in own)
    return Outcome(step="merge", order=order, reasons=tuple(news), effects=mine)


def _places(orders: Sequence[Order], sent: Mapping[str, frozenset[str]]) -> list[list[Carried]]:
    """What may travel together: of each order one consignment for a location, carrier and service."""
    places: dict[tuple[str, str, str], dict[str, Carried]] = {}
    for order in orders:
        for each in order.consignments:
            is_sent = each.consignment_id in sent.get(order.order_id, frozenset())
            if each.stage is Parcel.RELEASED and not is_sent and not each.waits_for_quotes:
                place = (each.location_id, each.carrier_connection_id, each.service)
                places.setdefault(place, {}).setdefault(order.order_id, (order, each))
    return [list(each.values()) for each in places.values() if len(each) > 1]


def _check_limits(group: Sequence[Carried], snapshot: Snapshot) -> None:
    units = sum(part.quantity for _, each in group for part in each.lines)
    amount = sum((worth(order, each.lines) for order, each in group), Decimal(0))
    for order, _ in group:
        if not snapshot.policy(order.store_id).parcel_limits.allow(units, amount):
            raise ValueError(
                f"{units} units worth {amount} are more than store {order.store_id} allows in one"
            )


def groups(orders: Sequence[Order]) -> list[list[Order]]:
    """Those of them that may share a parcel, in groups of two or more."""
    found: list[list[Order]] = []
    for order in orders:
        fitting = next((each for each in found if not apart(each[0], order)), None)
        if fitting is None:
            found.append([order])
        else:
            fitting.append(order)
    return [each for each in found if len(each) > 1]


def apart(one: Order, other: Order) -> str:
    """Why two orders may not share a parcel; empty: they may."""
    if one.sales.currency != other.sales.currency:
        return f"one is paid in {one.sales.currency}, the other in {other.sales.currency}"
    if one.sales.cash_on_delivery or other.sales.cash_on_delivery:
        return "what a courier collects at the door belongs to one order"
    here, there = one.sales.ship_to, other.sales.ship_to
    if here is None or there is None:
        return "one has no delivery address"
    if here.masked or there.masked:
        return _apart_if_masked(one, other, here, there)
    return "" if _receiver(here) == _receiver(there) else "they go to different receivers or addresses"


def _apart_if_masked(one: Order, other: Order, here: PostalAddress, there: PostalAddress) -> str:
    """Tokens are equal for one receiver only within a store; different ones say nothing."""
    if one.connection_id != other.connection_id:
        return "the platform hides a receiver, and its tokens can be compared only within one store"
    if not here.receiver_token or here.receiver_token != there.receiver_token:
        return "the platform hides the receivers, and their tokens differ"
    return ""


def _receiver(address: PostalAddress) -> tuple[str, ...]:
    telephone = "".join(filter(str.isdigit, address.telephone))
    words = (address.name, address.company, address.city, address.district, *address.street)
    places = (address.country, address.province_code or address.province, address.postal_code)
    return (telephone, *(" ".join(each.casefold().split()) for each in (*words, *places)))


def part(order: Order, sent: frozenset[str]) -> Outcome:
    """Its consignments travel alone again. Raises `ValueError` if none shares a parcel that waits for its
    booking."""
    effects: list[Send] = []
    reasons: list[Reason] = []
    for each in order.consignments:
        if each.shared_as and each.stage is Parcel.RELEASED and each.consignment_id not in sent:
            alone = replace(each, shared_as="")
            order = order.with_consignment(alone)
            reasons.append(_alone(alone))
            effects += booking(order, alone) if each.is_passenger else ()
    if not reasons:
        raise ValueError("it shares no parcel that waits for its booking")
    return Outcome(step="part", order=order, reasons=tuple(reasons), effects=tuple(effects))


def follow(orders: Iterable[Order], parcel: str) -> list[Outcome]:
    """Those who shared `parcel`, as they are after one of them was taken back or left it, all of them given:
    what the others do. A booking that is taken back is taken back for all; without the one that was to be
    booked, the first of the others is booked."""
    members = [
        (order, each)
        for order in orders
        for each in order.consignments
        if each.shared_as == parcel and each.is_live and not each.is_handed_over
    ]
    if any(each.stage is Parcel.CANCELLING for _, each in members):
        return [_taken_along(*each) for each in members if each[1].stage is not Parcel.CANCELLING]
    if any(each.consignment_id == parcel for _, each in members):
        return []
    return _booked_anew([each for each in members if each[1].stage is Parcel.RELEASED])


def _taken_along(order: Order, passenger: Consignment) -> Outcome:
    text = f"parcel {passenger.booked_as}, which it shares, is taken back"
    return Outcome(
        step="follow",
        order=order.with_consignment(replace(passenger, stage=Parcel.CANCELLING)),
        reasons=(Reason(code="taken_along", text=text),),
    )


def _booked_anew(left: Sequence[Carried]) -> list[Outcome]:
    if not left:
        return []
    (first, lead), *others = left
    name = lead.consignment_id if others else ""
    order = first.with_consignment(replace(lead, shared_as=name))
    outcomes = [Outcome(step="follow", order=order, reasons=(_alone(lead),), effects=booking(order, lead))]
    for order, each in others:
        text = f"parcel {each.consignment_id} travels as {name}"
        moved = order.with_consignment(replace(each, shared_as=name))
        outcomes.append(
            Outcome(step="follow", order=moved, reasons=(Reason(code="shares_parcel", text=text),))
        )
    return outcomes


def _alone(consignment: Consignment) -> Reason:
    return Reason(code="booked_itself", text=f"parcel {consignment.consignment_id} is booked itself")


def _name(order: Order) -> str:
    return order.sales.order_number or order.order_id
