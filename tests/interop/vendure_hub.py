"""A running hub whose one store is a real Vendure and whose one carrier is the twin of SF Express.

Hub and carrier share a clock that moves only when it is told to; Vendure lives in real time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from connectors.kit.conformance.rig import BASE_URL, ManualClock, load_twin
from hub.bootstrap import World, open_hub
from hub.clock import CountedIds, system_now
from hub.context import HubContext
from hub.domain.order import Order, Stage
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.jobs.drain import drain
from hub.jobs.listings import pull_listings
from hub.jobs.table import JOBS
from hub.registry import load
from hub.settings import HubSettings
from hub.storage import stores
from hub.storage.all_tables import metadata
from hub.storage.connections import Connection
from hub.storage.database import InlineDatabase, UnitOfWork, Wake
from hub.storage.stock import Count
from hub.vault import new_master_key
from mappings.canonical import PostalAddress
from tests.interop.vendure_shop import ADMIN, VendureShop
from tests.interop.vendure_worlds import LossyTransport, RealServer, plain_http

T = TypeVar("T")

STORE, CARRIER = "vendure", "sf-express"
TRACK_EVERY = timedelta(minutes=10)
A_MOMENT = timedelta(minutes=2)
"""Longer than a pull waits for the next, and than a doubtful message waits to be read back."""

IN_SHANGHAI = {
    "fullName": "王小明",
    "streetLine1": "南京西路 100号",
    "city": "上海市",
    "province": "上海",
    "postalCode": "200040",
    "countryCode": "CN",
    "phoneNumber": "13800001234",
}


@dataclass
class WokenJobs:
    """The hub's queue: what was woken, once each."""

    woken: dict[Wake, None] = field(default_factory=dict)

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        self.woken |= dict.fromkeys(wakes)
        return True

    async def is_reachable(self) -> bool:
        return True

    async def close(self) -> None:
        self.woken.clear()


class HubOnVendure:
    """`transport` is the cable to Vendure. Orders of before its opening are history to this hub."""

    def __init__(self, server: RealServer) -> None:
        self.shop: VendureShop = server.shop
        self.clock = ManualClock(system_now())
        self.transport = LossyTransport(plain_http())
        self._registry = load()
        self.carrier = self._sf_express()
        self._queue = WokenJobs()
        self.hub = self._open()
        self._settings = {
            STORE: {"url": f"{server.url}/admin-api", "start_from": self.clock().isoformat(), **ADMIN},
            CARRIER: self.carrier.settings(BASE_URL),
        }

    def _sf_express(self) -> Any:
        """Its parcels arrive at the first attempt."""
        twin: Any = load_twin(self._registry.carriers[CARRIER], self.clock)
        for mishap in ("attempt_chance", "return_chance", "loss_chance"):
            setattr(twin, mishap, 0)
        return twin

    def _open(self) -> HubContext:
        database = InlineDatabase("sqlite://", clock=self.clock)
        metadata.create_all(database.engine)
        world = World(
            now=self.clock,
            sleep=self.clock.sleep,
            new_id=CountedIds(),
            jitter=lambda: 0.5,
            make_client=self._client,
            registry=self._registry,
            shares_clock=True,
        )
        settings = HubSettings(master_keys=(SecretStr(new_master_key()),), track_every=TRACK_EVERY)
        return open_hub(settings, world=world, queue=self._queue, database=database)

    def _client(self, connection: Connection) -> httpx.AsyncClient:
        to_carrier = httpx.ASGITransport(self.carrier)
        return httpx.AsyncClient(transport=self.transport if connection.kind == "store" else to_carrier)

    async def set_up(self, counted: Mapping[str, Mapping[str, int]]) -> None:
        """`counted`: units by location and SKU. Connects and arms both sides, and reads the listings."""

        def enter(uow: UnitOfWork) -> None:
            stores.add_store(uow, stores.Store(store_id=STORE, name="Vendure", policy=StorePolicy()))
            self._connect(uow, "store", STORE)
            self._connect(uow, "carrier", CARRIER)
            for location_id in counted:
                stores.add_location(uow, _location(location_id), self.hub.now())

        await self.hub.database.run(enter)
        await self.count(counted)
        await pull_listings(self.hub, STORE)
        await self.work()

    def _connect(self, uow: UnitOfWork, kind: str, platform: str) -> None:
        plugin = self._registry.plugin(kind, platform)
        assert plugin is not None
        connections = self.hub.books.connections
        connections.add(
            uow,
            connection_id=platform,
            kind=kind,
            platform=platform,
            title=platform,
            store_id=STORE if kind == "store" else "",
            settings=self._settings[platform],
            capabilities=frozenset(each.__name__ for each in plugin.capabilities),
            accepts_tokens_of=frozenset(),
        )
        connections.arm(uow, platform, self.clock())

    async def count(self, counted: Mapping[str, Mapping[str, int]]) -> None:
        """A physical count."""
        counts = [
            Count(sku=sku, location_id=location_id, on_hand=units)
            for location_id, skus in counted.items()
            for sku, units in skus.items()
        ]
        await self.run(lambda uow: self.hub.books.stock.count(uow, counts, self.clock(), actor="test"))

    async def link(self, platform_sku: str, sku: str) -> None:
        """A person says which SKU a listing sells."""

        def link(uow: UnitOfWork) -> bool:
            row = uow.one("SELECT listing_id FROM listings WHERE platform_sku = :sku", sku=platform_sku)
            assert row is not None
            return stores.link(uow, STORE, row.listing_id, sku, self.clock())

        assert await self.run(link)

    async def run(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.hub.database.run(work)

    # ------------------------------------------------------------------ time and work

    async def work(self) -> None:
        """Jobs that were woken, then what a sweep finds, until nothing is due."""
        while True:
            woken, self._queue.woken = list(self._queue.woken), {}
            for wake in woken:
                await JOBS[wake.job](self.hub, wake.key)
            await drain(self.hub)
            if not self._queue.woken:
                return

    async def wait(self, duration: timedelta = A_MOMENT) -> None:
        """Time passes, parcels move, and the hub does what is due."""
        self.clock.advance(duration)
        self.carrier.advance()
        await self.work()

    async def next_scan(self) -> bool:
        """Until the carrier scanned a parcel and the hub has asked for it; false: none is on its way."""
        due = self.carrier.advance()
        if due is not None:
            await self.wait(max(due - self.clock(), timedelta(0)) + TRACK_EVERY)
        return due is not None

    async def until_delivered(self) -> None:
        """Until no parcel is on its way any more."""
        while await self.next_scan():
            pass

    async def close(self) -> None:
        await self.hub.close()

    # ------------------------------------------------------------------ what is known

    async def order(self, external_id: str) -> Order:
        key = (STORE, external_id)
        return (await self.run(lambda uow: self.hub.books.orders.by_external_ids(uow, [key])))[key].order

    async def stage(self, external_id: str) -> Stage:
        return (await self.order(external_id)).stage

    async def held_for(self, external_id: str) -> list[str]:
        """Codes of the reasons for which the order is on hold; none: it is not."""
        order = await self.order(external_id)
        return [reason.code for reason in order.reasons] if order.stage is Stage.ON_HOLD else []

    async def available(self, sku: str) -> int:
        rows = await self.run(lambda uow: self.hub.books.stock.rows(uow, [sku]))
        return sum(row.on_hand - row.reserved for row in rows)

    async def reserved(self, sku: str) -> int:
        rows = await self.run(lambda uow: self.hub.books.stock.rows(uow, [sku]))
        return sum(row.reserved for row in rows)

    async def cases(self) -> list[tuple[str, str]]:
        """(external id, kind) of the after-sales cases."""
        rows = await self.run(
            lambda uow: uow.all(
                "SELECT o.external_id, c.kind FROM cases c JOIN orders o ON o.id = c.order_id"
            )
        )
        return [(row.external_id, row.kind) for row in rows]

    async def carried(self, external_id: str) -> list[str]:
        """Numbers of the order's parcels that the carrier carries: by its own books, oldest first."""
        ours = {each.consignment_id for each in (await self.order(external_id)).consignments}
        parcels = [each for each in self.carrier.parcels() if each.reference in ours]
        return [each.tracking_number for each in parcels if not each.cancelled]


def _location(location_id: str) -> Location:
    address = PostalAddress(
        name="品牌仓库",
        telephone="02155550100",
        country="CN",
        province="上海",
        city="上海市",
        street=(f"{location_id} 1号",),
    )
    return Location(location_id=location_id, name=location_id, address=address)
