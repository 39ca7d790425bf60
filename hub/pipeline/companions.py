"""What a decision about one order means for those that share a parcel with it."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hub.domain.order import Consignment, Order, Parcel
from hub.domain.sharing import follow
from hub.pipeline.moved import Moved
from hub.storage import parcels
from hub.storage.database import UnitOfWork
from hub.storage.orders import Orders

replace = msgspec.structs.replace


def passengers(uow: UnitOfWork, lead: Iterable[Consignment]) -> dict[str, list[tuple[str, str]]]:
    """Consignment that is booked for several → (order id, consignment id) of each of the others."""
    shared = [each.consignment_id for each in lead if each.shared_as == each.consignment_id]
    found: dict[str, list[tuple[str, str]]] = {}
    for each in parcels.sharing(uow, shared):
        if each.consignment_id != each.shared_as:
            found.setdefault(each.shared_as, []).append((each.order_id, each.consignment_id))
    return found


def with_companions(orders: Orders, uow: UnitOfWork, moved: Sequence[Moved]) -> list[Moved]:
    """The decisions, and what follows from them for orders that share a parcel with one of these."""
    left = {name for each in moved for name in _left(each.stored.was, each.order)}
    if not left:
        return list(moved)
    everyone = {each.order.order_id: each for each in moved}
    absent = {each.order_id for each in parcels.sharing(uow, left)} - everyone.keys()
    for order_id, stored in orders.by_ids(uow, absent).items():
        everyone[order_id] = Moved(stored=stored, order=stored.order, outcomes=())
    for name in sorted(left):
        for outcome in follow([each.order for each in everyone.values()], name):
            before = everyone[outcome.order.order_id]
            everyone[outcome.order.order_id] = replace(
                before, order=outcome.order, outcomes=(*before.outcomes, outcome)
            )
    return [each for order_id, each in everyone.items() if each.outcomes or order_id not in absent]


def _left(before: Order | None, after: Order) -> set[str]:
    """Shared parcels that a consignment left, or that are taken back because of it."""
    shared = [each for each in before.consignments if each.shared_as] if before else []
    now: Mapping[str, Consignment] = {each.consignment_id: each for each in after.consignments}
    return {
        each.shared_as
        for each in shared
        if now[each.consignment_id].shared_as != each.shared_as
        or (now[each.consignment_id].stage is Parcel.CANCELLING and each.stage is not Parcel.CANCELLING)
    }
