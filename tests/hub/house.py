"""A hub with its brand set up, for tests of storage, pipelines and jobs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from connectors.kit.conformance.rig import ManualClock
from hub.clock import CountedIds
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.domain.territories import Territory
from hub.pipeline.books import Books, open_books
from hub.pipeline.intake import work_inbox
from hub.storage import stores, territories
from hub.storage.connections import Connections
from hub.storage.database import Database, UnitOfWork
from hub.storage.inbox import Arrival
from hub.storage.stock import Count
from hub.vault import Vault, new_master_key
from mappings.canonical import Listing, SalesOrder, TrackingReport
from mappings.contracts import Mappings
from mappings.errors import MappingError
from tests.hub.samples import CARRIER_CAPABILITIES, STORE_CAPABILITIES, address

T = TypeVar("T")

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

__all__ = ["MAPPINGS", "House", "ManualClock", "add_connection", "migrated_house", "set_up"]


class PlainStore:
    """A platform whose documents are canonical values already, so that tests see the hub alone."""

    def read_order(self, document: bytes) -> SalesOrder:
        return _decoded(document, SalesOrder)

    def read_listing(self, document: bytes) -> Listing:
        return _decoded(document, Listing)

    def unknown_order_fields(self, document: bytes) -> set[str]:
        return set()


class PlainCarrier:
    """The same for a carrier."""

    def read_tracking(self, document: bytes) -> tuple[TrackingReport, ...]:
        return _decoded(document, tuple[TrackingReport, ...])


def _decoded(document: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(document, type=kind)
    except msgspec.DecodeError as error:
        raise MappingError("$", str(error)) from None


MAPPINGS = Mappings(stores={"plain": PlainStore()}, carriers={"plain-carrier": PlainCarrier()})


@dataclass(repr=False)
class House:
    """`run` works in one transaction and returns what the unit of work returns."""

    database: Database
    clock: ManualClock
    books: Books
    mappings: Mappings = MAPPINGS
    woken: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.clock()

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        result, wakes = self.database.transact(work)
        self.woken += [wake.job for wake in wakes]
        return result

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        return [tuple(row) for row in self.run(lambda uow: uow.all(statement, **parameters))]

    def value(self, statement: str, **parameters: Any) -> Any:
        ((value,),) = self.rows(statement, **parameters)
        return value

    def receive(self, *said: SalesOrder, version: datetime | None = None, lane: str = "live") -> int:
        """The store's documents arrive in the inbox."""
        return self.run(
            lambda uow: self.books.receive(
                uow,
                [
                    Arrival(
                        connection_id="store",
                        topic="order",
                        external_id=each.external_id,
                        document=msgspec.json.encode(each),
                        version=version,
                        lane=lane,
                    )
                    for each in said
                ],
                self.now,
            )
        )

    def report(self, *reports: TrackingReport) -> None:
        """The carrier's documents arrive in the inbox."""
        arrivals = [
            Arrival(
                connection_id="carrier",
                topic="tracking",
                external_id=each.tracking_number,
                document=msgspec.json.encode((each,)),
            )
            for each in reports
        ]
        self.run(lambda uow: self.books.receive(uow, arrivals, self.now))

    def work(self, lane: str = "live", limit: int = 500) -> int:
        """One batch of the inbox."""
        return self.run(lambda uow: work_inbox(self.books, self.mappings, uow, lane, limit, self.now))

    def take(self, *said: SalesOrder) -> None:
        """Receive and work off."""
        self.receive(*said)
        self.work()

    def stages(self) -> dict[str, str]:
        """External id → stage."""
        return dict(self.rows("SELECT external_id, stage FROM orders ORDER BY external_id"))

    def stock(self, sku: str, at: str = "wh") -> tuple[int, int]:
        """(on hand, reserved)"""
        ((on_hand, reserved),) = self.rows(
            "SELECT on_hand, reserved FROM stock WHERE sku = :sku AND location_id = :at", sku=sku, at=at
        )
        return on_hand, reserved


def migrated_house(
    database: Database,
    clock: ManualClock,
    *,
    new_id: Callable[[], str] | None = None,
    stock: Mapping[str, int] | None = None,
) -> House:
    new_id = new_id or CountedIds()
    connections = Connections(Vault([new_master_key()]))
    books, _ = database.transact(
        lambda uow: open_books(
            uow, connections, new_id, lease=timedelta(minutes=2), track_every=timedelta(hours=2)
        )
    )
    house = House(database=database, clock=clock, books=books)
    house.run(lambda uow: set_up(uow, house, stock or {"RED": 10, "BLUE": 10}))
    return house


def set_up(uow: UnitOfWork, house: House, stock: Mapping[str, int]) -> None:
    stores.add_store(uow, stores.Store(store_id="brand-store", name="Store", policy=StorePolicy()))
    add_connection(uow, house, "store", "store", "plain", STORE_CAPABILITIES)
    add_connection(uow, house, "carrier", "carrier", "plain-carrier", CARRIER_CAPABILITIES)
    stores.add_location(uow, Location(location_id="wh", name="Warehouse", address=address()), house.now)
    territories.save(uow, Territory(territory_id="t", store_id="brand-store", country="CN"), house.now)
    counts: Sequence[Count] = [Count(sku=sku, location_id="wh", on_hand=n) for sku, n in stock.items()]
    house.books.stock.count(uow, counts, house.now, actor="test")


def add_connection(
    uow: UnitOfWork,
    house: House,
    connection_id: str,
    kind: str,
    platform: str,
    capabilities: frozenset[str],
    *,
    is_armed: bool = True,
) -> None:
    house.books.connections.add(
        uow,
        connection_id=connection_id,
        kind=kind,
        platform=platform,
        title=connection_id,
        store_id="brand-store" if kind == "store" else "",
        settings={"key": "s3cret"},
        capabilities=capabilities,
        accepts_tokens_of=frozenset(),
    )
    if is_armed:
        house.books.connections.arm(uow, connection_id, LONG_AGO)
