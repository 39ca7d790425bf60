"""The hub's books: everything that a pipeline reads and writes, and the one way to save decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from hub.clock import NewId, micros
from hub.domain.announcements import announce, announce_case
from hub.domain.effects import OpenCase
from hub.domain.order import Parcel
from hub.domain.snapshot import Snapshot
from hub.pipeline import settlement
from hub.pipeline.companions import with_companions
from hub.pipeline.moved import Moved
from hub.storage import announcements, automation, decisions, loads
from hub.storage.cases import Cases
from hub.storage.connections import Connections
from hub.storage.database import UnitOfWork
from hub.storage.decisions import Decided
from hub.storage.inbox import Arrival, Inbox
from hub.storage.orders import Orders
from hub.storage.outbox import Outbox
from hub.storage.snapshot import Snapshots
from hub.storage.stock import Stock
from hub.vault import BlindIndex


@dataclass(frozen=True, kw_only=True)
class Books:
    """`track_every`: how often parcels are asked for where the carrier does not push."""

    connections: Connections
    inbox: Inbox
    outbox: Outbox
    orders: Orders
    stock: Stock
    cases: Cases
    snapshots: Snapshots
    new_id: NewId
    track_every: timedelta

    def receive(self, uow: UnitOfWork, arrivals: Sequence[Arrival], now: datetime) -> int:
        """Store documents as they came; returns how many were new."""
        self.connections.open_keys(uow, {each.connection_id for each in arrivals})
        return self.inbox.store(uow, arrivals, now)

    def save(self, uow: UnitOfWork, moved: Sequence[Moved], snapshot: Snapshot) -> None:
        """Write orders, their decisions and all effects, and what follows for those that share their parcels.
        Everything of one batch, in one transaction."""
        now = snapshot.now
        moved = with_companions(self.orders, uow, moved)
        stored = [
            msgspec.structs.replace(each.stored, order=each.order, fresh=len(each.outcomes)) for each in moved
        ]
        self.orders.save(uow, stored, now, self._to_track(moved, snapshot))
        loads.count(uow, [(each.stored.was, each.order) for each in moved])
        decided = [
            Decided(
                order_id=each.order.order_id,
                after=each.stored.decided,
                outcomes=each.outcomes,
                actor=each.actor,
                policy_version=snapshot.policy_versions.get(each.order.store_id, 1),
                inbox_id=each.inbox_id,
            )
            for each in moved
        ]
        decisions.append(uow, decided, now)
        settlement.post(uow, [(each.stored.was, each.order) for each in moved], snapshot)
        effects = [effect for each in moved for effect in each.effects]
        self.stock.apply(uow, effects, now)
        self.outbox.apply(uow, effects, now)
        opened = self.cases.apply(uow, effects, now)
        automation.apply(uow, effects, now)
        self._announce(uow, moved, opened, now)

    def _announce(
        self, uow: UnitOfWork, moved: Sequence[Moved], opened: Sequence[OpenCase], now: datetime
    ) -> None:
        """What programs asked to be told of all this; nothing is made where nobody asked."""
        to = announcements.listeners(uow)
        if not to:
            return
        orders = {each.order.order_id: each.order for each in moved}
        said = [
            one for each in moved for one in announce(each.stored.was, each.order, each.outcomes, now)
        ] + [announce_case(case, orders[case.order_id], now) for case in opened]
        announcements.write(uow, said, to, now, self.new_id)

    def _to_track(self, moved: Sequence[Moved], snapshot: Snapshot) -> dict[str, int]:
        """Freshly booked consignments of carriers that can be asked."""
        due = micros(snapshot.now + self.track_every)
        found: dict[str, int] = {}
        for each in moved:
            for consignment in each.order.consignments:
                carrier = snapshot.connections.get(consignment.carrier_connection_id)
                is_fresh = consignment.booked_at == snapshot.now and consignment.stage is not Parcel.CANCELLED
                is_asked_for = is_fresh and not consignment.is_passenger
                if carrier and is_asked_for and "TracksParcels" in carrier.capabilities:
                    found[consignment.consignment_id] = due
        return found


def open_books(
    uow: UnitOfWork, connections: Connections, new_id: NewId, *, lease: timedelta, track_every: timedelta
) -> Books:
    """Open the keys and put the books together."""
    index: BlindIndex = connections.open_index(uow)
    connections.open_keys(uow)
    stock = Stock(new_id)
    return Books(
        connections=connections,
        inbox=Inbox(lambda connection_id: connections.key(connection_id).seal, new_id),
        outbox=Outbox(new_id, lease),
        orders=Orders(connections.key, index),
        stock=stock,
        cases=Cases(new_id),
        snapshots=Snapshots(connections, stock, index),
        new_id=new_id,
        track_every=track_every,
    )
