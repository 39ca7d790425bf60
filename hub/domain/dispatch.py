"""From a reservation to a parcel that left and a store that knows it."""

from datetime import datetime

import msgspec

from hub.domain.carrier_choice import Choice, choose
from hub.domain.composition import with_collections
from hub.domain.effects import CaseKind, Consume, Effect, OpenCase, Send, Unreserve, Verb, Withdraw
from hub.domain.order import Consignment, Order, Parcel, Reason, Stage, order_of
from hub.domain.outcome import Outcome
from hub.domain.outward import units_to_tell
from hub.domain.policies import TellAt
from hub.domain.repack import within_limits
from hub.domain.snapshot import ConnectionFacts, Snapshot
from mappings.canonical import Booking, TrackingStatus

replace = msgspec.structs.replace


def release_step(order: Order, snapshot: Snapshot) -> Outcome:
    """→ released: each planned consignment gets a carrier and its booking goes into the outbox, or carriers
    are asked for a quote before. Where nobody can send it, it waits for a person (`orders ship`)."""
    effects: list[Effect] = []
    reasons: list[Reason] = []
    order = with_collections(within_limits(order, snapshot.policy(order.store_id).parcel_limits))
    for planned in [each for each in order.consignments if each.stage is Parcel.PLANNED]:
        choice = choose(order, planned, snapshot) or _usual(order, planned, snapshot)
        order, sends = _follow_choice(order, planned, choice)
        effects += sends
        reasons.append(choice.reason)
    released = replace(order, stage=Stage.RELEASED, reasons=tuple(reasons))
    return Outcome(step="release", order=released, reasons=tuple(reasons), effects=tuple(effects))


def _follow_choice(order: Order, consignment: Consignment, choice: Choice) -> tuple[Order, list[Send]]:
    chosen = replace(
        consignment,
        stage=Parcel.RELEASED,
        carrier_connection_id=choice.carrier,
        department_id=choice.department,
        service=choice.service,
    )
    order = order.with_consignment(chosen)
    sends = [send(Verb.QUOTE, each, order, consignment.consignment_id) for each in choice.asks]
    if choice.carrier:
        sends.append(send(Verb.BOOK, choice.carrier, order, consignment.consignment_id))
    return order, sends


def quoted(order: Order, consignment_id: str, snapshot: Snapshot) -> Outcome:
    """All carriers that were asked have said what they would take, or will not answer: the choice is made."""
    consignment = order.consignment(consignment_id)
    if not consignment.waits_for_quotes:
        return Outcome(step="quote", order=order)
    choice = choose(order, consignment, snapshot, may_ask=False) or _usual(order, consignment, snapshot)
    order, sends = _follow_choice(order, consignment, choice)
    return Outcome(step="quote", order=order, reasons=(choice.reason,), effects=tuple(sends))


def _usual(order: Order, consignment: Consignment, snapshot: Snapshot) -> Choice:
    """Where no department serves the location: by preference alone."""
    carrier = _preferred(order, consignment, snapshot)
    if carrier is None:
        text = "no carrier is connected; ship it by hand"
        return Choice(reason=Reason(code="ship_by_hand", text=text))
    text = f"booking with {carrier.connection_id}"
    return Choice(carrier=carrier.connection_id, reason=Reason(code="carrier", text=text))


def _preferred(order: Order, consignment: Consignment, snapshot: Snapshot) -> ConnectionFacts | None:
    location = next(
        (each for each in snapshot.locations if each.location_id == consignment.location_id), None
    )
    preferred = snapshot.carriers(order.store_id, location)
    address = order.sales.ship_to
    if address and address.masked:
        every = preferred + snapshot.carriers(order.store_id, None)
        preferred = [each for each in every if address.token_platform in each.accepts_tokens_of]
    return next((each for each in preferred if each.is_active), preferred[0] if preferred else None)


def send(verb: Verb, connection_id: str, order: Order, consignment_id: str) -> Send:
    """An errand about a consignment; it waits while the store's connection observes."""
    return Send(
        verb=verb,
        connection_id=connection_id,
        gate_connection_id=order.connection_id,
        order_id=order.order_id,
        consignment_id=consignment_id,
    )


def booked(order: Order, consignment_id: str, booking: Booking, snapshot: Snapshot) -> Outcome:
    """The carrier promised to carry it. A consignment that is being taken back stays so."""
    consignment = order.consignment(consignment_id)
    stage = Parcel.BOOKED if consignment.stage is Parcel.RELEASED else consignment.stage
    consignment = replace(
        consignment,
        stage=stage,
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
        booked_at=snapshot.now,
    )
    order = order.with_consignment(consignment)
    effects = _will_be_carried(order, consignment, snapshot) if stage is Parcel.BOOKED else ()
    reasons = (Reason(code="booked", text=f"{booking.carrier} {booking.tracking_number}"),)
    return Outcome(step="book", order=order, reasons=reasons, effects=effects)


def _will_be_carried(order: Order, consignment: Consignment, snapshot: Snapshot) -> tuple[Effect, ...]:
    """A booking that is to be carried out is followed, and told where the store wants it that early."""
    effects = follow(order, consignment, snapshot)
    if not consignment.told and snapshot.policy(order.store_id).tell_at is TellAt.BOOKED:
        effects += tell(order, consignment.consignment_id, snapshot)
    return tuple(effects)


def follow(order: Order, consignment: Consignment, snapshot: Snapshot) -> list[Effect]:
    """Have the carrier report on a parcel, if it takes that; once for all that share it."""
    carrier = snapshot.connections.get(consignment.carrier_connection_id)
    if carrier is None or consignment.is_passenger or "SubscribesTracking" not in carrier.capabilities:
        return []
    return [send(Verb.SUBSCRIBE, carrier.connection_id, order, consignment.consignment_id)]


def tell(order: Order, consignment_id: str, snapshot: Snapshot) -> list[Effect]:
    """Tell the store about a parcel, if it takes that."""
    if "PushesFulfilments" not in snapshot.connections[order.connection_id].capabilities:
        return []
    return [send(Verb.PUSH_FULFILMENT, order.connection_id, order, consignment_id)]


def handed_over(
    order: Order, consignment_id: str, at: datetime, snapshot: Snapshot
) -> tuple[Order, tuple[Effect, ...]]:
    """Scan-out, or the carrier's first pick-up event: the units leave the books and the store is told."""
    consignment = order.consignment(consignment_id)
    if consignment.is_handed_over:
        return order, ()
    effects: list[Effect] = [
        Consume(
            location_id=consignment.location_id,
            sku=part.sku,
            quantity=part.quantity,
            consignment_id=consignment_id,
        )
        for part in consignment.lines
    ]
    if consignment.stage is Parcel.CANCELLING:
        effects.append(Withdraw(consignment_id=consignment_id))
        effects.append(
            _case(order, CaseKind.CANCELLED_TOO_LATE, consignment_id, "the parcel had already left")
        )
    order = order.with_consignment(replace(consignment, stage=Parcel.DISPATCHED, handed_over_at=at))
    was_not_told = consignment.stage is Parcel.CANCELLING and not consignment.told
    if was_not_told or snapshot.policy(order.store_id).tell_at is TellAt.HANDED_OVER:
        effects += tell(order, consignment_id, snapshot)
    return order, tuple(effects)


def _case(order: Order, kind: CaseKind, consignment_id: str, reason: str) -> OpenCase:
    return OpenCase(order_id=order.order_id, kind=kind, consignment_id=consignment_id, reason=reason)


def booking_cancelled(order: Order, consignment_id: str, snapshot: Snapshot) -> Outcome:
    """The carrier took the booking back: the units are free again."""
    consignment = order.consignment(consignment_id)
    if consignment.stage is not Parcel.CANCELLING:
        return Outcome(step="cancel_booking", order=order)
    order, effects = give_back(order, consignment, snapshot)
    reasons = (Reason(code="booking_cancelled", text="the carrier took the booking back"),)
    withdrawn = Withdraw(consignment_id=consignment_id)  # a store that is told at booking need not hear of it
    return Outcome(
        step="cancel_booking", order=settle(order, snapshot), reasons=reasons, effects=(withdrawn, *effects)
    )


def booking_failed(order: Order, consignment_id: str, snapshot: Snapshot) -> Outcome | None:
    """No booking came about, by refusal or because nothing was sent. A consignment that is being taken back
    is free with that; any other waits for a person (null)."""
    consignment = order.consignment(consignment_id)
    if consignment.stage is not Parcel.CANCELLING:
        return None
    order, given = give_back(order, consignment, snapshot)
    reasons = (Reason(code="never_booked", text="the carrier never took the booking"),)
    effects: tuple[Effect, ...] = (Withdraw(consignment_id=consignment_id), *given)
    return Outcome(step="book", order=settle(order, snapshot), reasons=reasons, effects=effects)


def booking_stands(order: Order, consignment_id: str, why: str, snapshot: Snapshot) -> Outcome:
    """The carrier refused to take the booking back: it will be carried; a person must look after it. While
    the booking's number is not known, its own answer is still to come (`booked`)."""
    consignment = order.consignment(consignment_id)
    if consignment.stage is not Parcel.CANCELLING:
        return Outcome(step="cancel_booking", order=order)
    order = order.with_consignment(replace(consignment, stage=Parcel.BOOKED))
    case = _case(order, CaseKind.CANCELLED_TOO_LATE, consignment_id, why)
    carried = _will_be_carried(order, consignment, snapshot) if consignment.tracking_number else ()
    reasons = (Reason(code="booking_stands", text=f"the carrier refused: {why}"),)
    return Outcome(
        step="cancel_booking", order=settle(order, snapshot), reasons=reasons, effects=(case, *carried)
    )


def give_back(
    order: Order, consignment: Consignment, snapshot: Snapshot
) -> tuple[Order, tuple[Unreserve, ...]]:
    """Cancel a consignment in the hub: its units are available again, also within this batch."""
    stock = snapshot.stock.of(order.store_id)
    effects = tuple(
        Unreserve(
            location_id=consignment.location_id,
            sku=part.sku,
            quantity=part.quantity,
            store_id=order.store_id if stock.is_quota(part.sku) else "",
        )
        for part in consignment.lines
    )
    for effect in effects:
        stock.give_back(effect.sku, effect.location_id, effect.quantity)
    given_back = replace(consignment, stage=Parcel.CANCELLED, shared_as="")
    return order.with_consignment(given_back), effects


def take_back(
    order: Order, consignment: Consignment, snapshot: Snapshot, *, is_sent: bool
) -> tuple[Order, tuple[Effect, ...]]:
    """Undo a consignment that has not left: withdraw an unsent booking, or ask the carrier to cancel a
    sent one (`is_sent`: the booking may have reached the carrier)."""
    if consignment.stage is Parcel.CANCELLING:
        return order, ()
    if not is_sent:
        order, given = give_back(order, consignment, snapshot)
        return order, (Withdraw(consignment_id=consignment.consignment_id), *given)
    order = order.with_consignment(replace(consignment, stage=Parcel.CANCELLING))
    cancel = Send(
        verb=Verb.CANCEL_BOOKING,
        connection_id=consignment.carrier_connection_id,
        gate_connection_id=order.connection_id,
        order_id=order_of(consignment.booked_as),
        consignment_id=consignment.booked_as,
    )
    return order, (cancel,)


def told(
    order: Order, consignment_id: str, status: TrackingStatus | None, snapshot: Snapshot, number: str = ""
) -> Outcome:
    """The store knows the parcel (`status` null), or how far it got. `number` is the tracking number that it
    was told; one that was corrected meanwhile is told again."""
    consignment = order.consignment(consignment_id)
    if number and number != consignment.tracking_number:
        reasons = (Reason(code="told", text=f"the store knows {number}, which was corrected meanwhile"),)
        effects = tuple(tell(order, consignment_id, snapshot))
        return Outcome(step="tell", order=order, reasons=reasons, effects=effects)
    changed = replace(
        consignment, told=True, told_status=status if status is not None else consignment.told_status
    )
    order = order.with_consignment(changed)
    effects = status_news(order, consignment_id, snapshot)
    what = f"the store knows {consignment.tracking_number}" + (f" is {status}" if status else "")
    reasons = (Reason(code="told", text=what),)
    return Outcome(step="tell", order=settle(order, snapshot), reasons=reasons, effects=effects)


def not_told(order: Order, consignment_id: str, snapshot: Snapshot) -> Outcome | None:
    """The message about a parcel was not sent. Where the store wants none of its units any more a person must
    know; any other is told by another message, or not at all because it is taken back (null)."""
    consignment = order.consignment(consignment_id)
    will_be_carried = consignment.stage is Parcel.BOOKED or consignment.is_handed_over
    if consignment.told or not will_be_carried or units_to_tell(order, consignment):
        return None
    why = "all its units were cancelled or refunded, so the store is not told of the parcel"
    reasons = (Reason(code="not_told", text=why),)
    case = _case(order, CaseKind.NOT_TOLD, consignment_id, why)
    return Outcome(step="tell", order=settle(order, snapshot), reasons=reasons, effects=(case,))


def status_news(order: Order, consignment_id: str, snapshot: Snapshot) -> tuple[Effect, ...]:
    """Tell the store that a parcel was delivered, if it takes that and knows the parcel."""
    consignment = order.consignment(consignment_id)
    if not _owes_status(consignment, order, snapshot) or not consignment.told:
        return ()
    return (send(Verb.PUSH_STATUS, order.connection_id, order, consignment_id),)


def _owes_status(consignment: Consignment, order: Order, snapshot: Snapshot) -> bool:
    takes_status = "PushesFulfilmentStatus" in snapshot.connections[order.connection_id].capabilities
    delivered = consignment.stage is Parcel.DELIVERED
    return takes_status and delivered and consignment.told_status is not TrackingStatus.DELIVERED


def settle(order: Order, snapshot: Snapshot) -> Order:
    """The stage that follows from the consignments: the least advanced open one decides. Reasons of the
    stage that it leaves end with it."""
    if order.stage not in (Stage.RELEASED, Stage.DISPATCHED):
        return order
    stage = _settled(order, snapshot)
    return order if stage is order.stage else replace(order, stage=stage, reasons=())


def _settled(order: Order, snapshot: Snapshot) -> Stage:
    stages = {each.stage for each in order.consignments}
    if stages & {Parcel.PLANNED, Parcel.RELEASED, Parcel.BOOKED, Parcel.CANCELLING}:
        return Stage.RELEASED
    if order.units_to_ship() and not order.sales.cancelled_at:
        return Stage.RECEIVED
    if not any(each.is_handed_over for each in order.consignments):
        gone = order.sales.cancelled_at or not any(line.quantity_wanted for line in order.sales.lines)
        return Stage.CANCELLED if gone else Stage.CLOSED
    finished = all(_is_finished(each, order, snapshot) for each in order.consignments if each.is_handed_over)
    return Stage.CLOSED if finished else Stage.DISPATCHED


def _is_finished(consignment: Consignment, order: Order, snapshot: Snapshot) -> bool:
    tells = "PushesFulfilments" in snapshot.connections[order.connection_id].capabilities
    if tells and not consignment.told and units_to_tell(order, consignment):
        return False
    if consignment.stage is Parcel.DISPATCHED:
        return not consignment.carrier_connection_id  # nobody follows it: leaving us is the last we hear
    return not (consignment.told and _owes_status(consignment, order, snapshot))
