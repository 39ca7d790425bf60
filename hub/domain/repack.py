"""In which parcels an order's units travel: cut in two, or put together again, before anything is booked.

Units only change places, so nothing is reserved or given back, and each unit stays one of its line's: stores
are told the same lines and numbers of units, however often they were repacked.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from hub.domain.composition import apportion, worth
from hub.domain.effects import Effect, Send, Verb, Withdraw
from hub.domain.order import Consignment, Order, Parcel, Reason, Reserved, units_of
from hub.domain.outcome import Outcome
from hub.domain.policies import ParcelLimits
from mappings.canonical import LineQuantity

replace = msgspec.structs.replace


def split(order: Order, parcels: Sequence[Sequence[LineQuantity]], sent: frozenset[str]) -> Outcome:
    """Units travel in parcels of their own; what is not named stays where it is. `sent` names consignments
    whose booking may have reached a carrier. Raises `ValueError` if no other has so many units of these
    lines, if it would be left empty, or if the store records lines only whole."""
    effects: list[Effect] = []
    reasons: list[Reason] = []
    for parcel in parcels:
        asked = _units(parcel)
        waiting = _holder(order, asked, sent)
        moved = tuple(
            replace(part, quantity=asked[part.line_id]) for part in waiting.lines if part.line_id in asked
        )
        order, cut, booked = cut_off(order, waiting, moved)
        effects += booked
        goods = ", ".join(f"{part.quantity} × {part.sku}" for part in moved)
        reasons.append(Reason(code="split", text=f"parcel {cut.consignment_id} carries {goods}"))
    return Outcome(step="split", order=order, reasons=tuple(reasons), effects=tuple(effects))


def join(order: Order, sent: frozenset[str]) -> Outcome:
    """What waits for its booking at one location with one carrier and service travels together. Raises
    `ValueError` if there are no two such parcels."""
    kept: dict[tuple[str, str, str], Consignment] = {}
    effects: list[Effect] = []
    for waiting in _waiting(order, sent):
        place = (waiting.location_id, waiting.carrier_connection_id, waiting.service)
        if place not in kept:
            kept[place] = waiting
            continue
        kept[place] = _together(kept[place], waiting)
        order = order.with_consignment(replace(waiting, stage=Parcel.CANCELLED, collect=None))
        order = order.with_consignment(kept[place])
        effects.append(Withdraw(consignment_id=waiting.consignment_id))
    if not effects:
        raise ValueError("it has no two parcels that wait for their booking at one location with one carrier")
    ids = ", ".join(each.consignment_id for each in kept.values())
    reasons = (Reason(code="joined", text=f"everything travels in {ids}"),)
    return Outcome(step="join", order=order, reasons=reasons, effects=tuple(effects))


def within_limits(order: Order, limits: ParcelLimits) -> Order:
    """No planned parcel holds more than the store wants in one: further ones take the rest. A unit that is
    dearer than the limit travels alone, and so does a line that the store records only whole."""
    if not limits or order.sales.one_parcel:
        return order
    for planned in [each for each in order.consignments if each.stage is Parcel.PLANNED]:
        first, *others = _packed(order, planned.lines, limits)
        if others:
            order = order.with_consignment(replace(planned, lines=first))
        for lines in others:
            order = _with_new(order, replace(planned, consignment_id=_next_id(order), lines=lines))
    return order


def cut_off(
    order: Order, waiting: Consignment, moved: tuple[Reserved, ...]
) -> tuple[Order, Consignment, tuple[Send, ...]]:
    """The order with these units in a consignment of their own, which is booked with the carrier that was
    chosen for all; that consignment, and its booking."""
    taken = {part.line_id: part.quantity for part in moved}
    rest = (replace(part, quantity=part.quantity - taken.get(part.line_id, 0)) for part in waiting.lines)
    stays = replace(waiting, lines=tuple(part for part in rest if part.quantity))
    cut = replace(waiting, consignment_id=_next_id(order), lines=moved)
    if waiting.waits_for_quotes:  # carriers were asked about the other one only: a person ships this one
        cut = replace(cut, department_id="")
    if waiting.collect is not None:
        weights = [worth(order, stays.lines), worth(order, moved)]
        ours, theirs = apportion(waiting.collect, weights, order.sales.currency)
        stays, cut = replace(stays, collect=ours), replace(cut, collect=theirs)
    order = _with_new(order.with_consignment(stays), cut)
    return order, cut, booking(order, cut)


def booking(order: Order, consignment: Consignment) -> tuple[Send, ...]:
    """What books a consignment with the carrier that was chosen for it; nothing where there is none."""
    if not consignment.carrier_connection_id:
        return ()
    return (
        Send(
            verb=Verb.BOOK,
            connection_id=consignment.carrier_connection_id,
            gate_connection_id=order.connection_id,
            order_id=order.order_id,
            consignment_id=consignment.consignment_id,
        ),
    )


def _next_id(order: Order) -> str:
    return f"{order.order_id}-{len(order.consignments) + 1}"


def _with_new(order: Order, consignment: Consignment) -> Order:
    return replace(order, consignments=(*order.consignments, consignment))


def _units(parcel: Sequence[LineQuantity]) -> Mapping[str, int]:
    asked: dict[str, int] = {}
    for each in parcel:
        asked[each.line_id] = asked.get(each.line_id, 0) + each.quantity
    return asked


def _waiting(order: Order, sent: frozenset[str]) -> list[Consignment]:
    return [
        each
        for each in order.consignments
        if each.stage is Parcel.RELEASED
        and each.consignment_id not in sent
        and not (each.shared_as or each.waits_for_quotes)
    ]


def _holder(order: Order, asked: Mapping[str, int], sent: frozenset[str]) -> Consignment:
    """The consignment that has all this and more."""
    if order.sales.one_parcel:
        raise ValueError("the store records one parcel for all of it")
    for waiting in _waiting(order, sent) if asked else ():
        held = units_of([waiting])
        if all(0 < units <= held.get(line_id, 0) for line_id, units in asked.items()) and asked != held:
            divided = [line_id for line_id, units in asked.items() if units < held[line_id]]
            if order.sales.whole_lines and divided:
                raise ValueError(f"the store cannot record a part of line {divided[0]}: name all its units")
            return waiting
    named = ", ".join(f"{units} of line {line_id}" for line_id, units in asked.items()) or "nothing"
    raise ValueError(f"no parcel that waits for its booking holds {named} and more")


def _together(one: Consignment, other: Consignment) -> Consignment:
    parts = {part.line_id: part for part in one.lines}
    for part in other.lines:
        known = parts.get(part.line_id)
        parts[part.line_id] = replace(part, quantity=part.quantity + (known.quantity if known else 0))
    collect = None if one.collect is None else one.collect + (other.collect or 0)
    return replace(one, lines=tuple(parts.values()), collect=collect)


def _packed(order: Order, lines: Sequence[Reserved], limits: ParcelLimits) -> list[tuple[Reserved, ...]]:
    """The lines in as many parcels as the limits ask for, in their order."""
    parcels: list[dict[str, Reserved]] = [{}]
    units, amount = 0, Decimal(0)
    for part in lines:
        piece = part.quantity if order.sales.whole_lines else 1
        for _ in range(0, part.quantity, piece):
            price = worth(order, (replace(part, quantity=piece),))
            if units and not limits.allow(units + piece, amount + price):
                parcels.append({})
                units, amount = 0, Decimal(0)
            held = parcels[-1].get(part.line_id)
            parcels[-1][part.line_id] = replace(part, quantity=piece + (held.quantity if held else 0))
            units, amount = units + piece, amount + price
    return [tuple(parcel.values()) for parcel in parcels]
