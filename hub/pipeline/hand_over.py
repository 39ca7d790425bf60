"""A carrier takes parcels along: they leave the books, their stores are told, and a manifest lists them."""

from collections.abc import Iterable
from datetime import datetime

from hub.domain.hand_over import scan_out, taken_along
from hub.domain.order import Order
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot
from hub.pipeline.books import Books
from hub.pipeline.resume import decide_again
from hub.storage import hand_over as dock
from hub.storage import shipping
from hub.storage.database import UnitOfWork
from hub.storage.hand_over import DockParcel
from mappings.structs import FrozenStruct


class HandOver(FrozenStruct):
    """`number` is null if nothing was handed over; `unverified` stay, because their department wants them
    looked into before."""

    number: int | None
    parcels: tuple[str, ...]
    unverified: tuple[str, ...]


def waiting(
    uow: UnitOfWork, location_id: str, connection_id: str, most: int, *, only_verified: bool
) -> tuple[list[DockParcel], list[DockParcel]]:
    """(parcels that may go, parcels that must be looked into before)."""
    verifying = {each.department_id for each in shipping.setup(uow).departments if each.verify}
    found = dock.booked(uow, location_id, connection_id, most)
    unseen = {
        each.parcel
        for each in found
        if not each.is_verified and (only_verified or each.department_id in verifying)
    }
    held = [each for each in found if each.parcel in unseen]
    return [each for each in found if each.parcel not in unseen], held


def hand_over(
    books: Books,
    uow: UnitOfWork,
    location_id: str,
    connection_id: str,
    most: int,
    actor: str,
    now: datetime,
    *,
    only_verified: bool = False,
) -> HandOver:
    """Hand over up to `most` booked parcels of a location to a carrier. What was cancelled meanwhile is not
    on the manifest."""
    ready, held = waiting(uow, location_id, connection_id, most, only_verified=only_verified)
    wanted = frozenset(each.consignment_id for each in ready)

    def decide(order: Order, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
        return scan_out(order, wanted, snapshot)

    orders = decide_again(books, uow, sorted({each.order_id for each in ready}), decide, now, actor=actor)
    gone = taken_along(orders, wanted)
    number = dock.make_manifest(uow, location_id, connection_id, gone, actor, now) if gone else None
    return HandOver(
        number=number,
        parcels=_names([each for each in ready if each.consignment_id in gone]),
        unverified=_names(held),
    )


def _names(consignments: Iterable[DockParcel]) -> tuple[str, ...]:
    """Of their parcels; what shares one has its name."""
    return tuple(sorted({each.parcel for each in consignments}))
