"""A location cannot send what it was asked for: the next best does, and the order remembers who refused. Or
something changed before a parcel was booked: it is allocated anew."""

import msgspec

from hub.domain.dispatch import settle, take_back
from hub.domain.effects import Effect
from hub.domain.order import FINAL, Order, Parcel, Reason, Stage
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot

replace = msgspec.structs.replace


def refuse(order: Order, consignment_id: str, why: str, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
    """Take back a consignment that has not left; `sent` names those whose booking may have reached a carrier.
    A part of one is split off before. Raises `ValueError` if there is nothing to refuse."""
    consignment = next((each for each in order.consignments if each.consignment_id == consignment_id), None)
    if consignment is None:
        raise ValueError(f"it has no parcel {consignment_id!r}")
    if consignment.stage not in (Parcel.RELEASED, Parcel.BOOKED):
        raise ValueError(f"parcel {consignment_id} is {consignment.stage}")
    if consignment.told:
        raise ValueError(f"the store was told of parcel {consignment_id} already")
    location = consignment.location_id
    order = replace(order, refused_by=(*(each for each in order.refused_by if each != location), location))
    order, effects = take_back(order, consignment, snapshot, is_sent=consignment_id in sent)
    reasons = (Reason(code="refused_by_location", text=f"{location} cannot send it: {why}"),)
    return Outcome(step="refuse", order=settle(order, snapshot), reasons=reasons, effects=effects)


def reallocate(order: Order, why: str, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
    """Stock or locations changed: what nobody booked yet is taken back and allocated anew, whole. Raises
    `ValueError` if a parcel of it is with a carrier already, or if nothing waits."""
    under_way = [each for each in order.consignments if each.is_live and not each.is_handed_over]
    if not under_way:
        raise ValueError("nothing of it waits to be booked")
    if late := [
        each for each in under_way if each.stage is not Parcel.RELEASED or each.consignment_id in sent
    ]:
        raise ValueError(f"parcel {late[0].consignment_id} is with its carrier: refuse or hold it instead")
    effects: list[Effect] = []
    for consignment in under_way:
        order, undone = take_back(order, consignment, snapshot, is_sent=False)
        effects += undone
    reasons = (Reason(code="reallocated", text=why),)
    return Outcome(step="reallocate", order=settle(order, snapshot), reasons=reasons, effects=tuple(effects))


def readmit(order: Order, location_id: str) -> Outcome:
    """The location can serve the order after all; a back-order is looked at again. Raises `ValueError` if it
    did not refuse."""
    if location_id not in order.refused_by or order.stage in FINAL:
        raise ValueError(f"{location_id} did not refuse it")
    left = tuple(each for each in order.refused_by if each != location_id)
    stage = Stage.RECEIVED if order.stage is Stage.BACKORDERED else order.stage
    reasons = (Reason(code="readmitted", text=f"{location_id} can serve it again"),)
    return Outcome(step="readmit", order=replace(order, refused_by=left, stage=stage), reasons=reasons)
