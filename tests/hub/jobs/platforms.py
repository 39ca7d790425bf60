"""A store and a carrier without any network: they note what they are asked and answer as told."""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

import httpx
import msgspec

from connectors.kit import (
    Batch,
    BooksShipments,
    CancelsBookings,
    ConnectorSettings,
    Delivery,
    FetchesOrders,
    FindsBookings,
    ListsOrderIds,
    Page,
    PollsNotices,
    PullsListings,
    PullsOrders,
    PushesFulfilments,
    PushesFulfilmentStatus,
    PushesStock,
    QuotesRates,
    TracksParcels,
)
from connectors.kit.messages import Topic
from connectors.kit.plugin import CarrierPlugin, StorePlugin
from hub.bootstrap import World, open_hub
from hub.clock import CountedIds
from hub.context import HubContext
from hub.registry import Registry
from hub.settings import HubSettings
from hub.storage.database import Database
from hub.vault import new_master_key
from mappings.canonical import Booking, SalesOrder, Shipment, ShipmentRequest
from tests.hub.house import MAPPINGS, ManualClock


class PlainSettings(ConnectorSettings):
    key: str = "s3cret"


class Desk:
    """`answers[verb]` are given one after the other: an error is raised, a value returned; afterwards all is
    well; `meanwhile[verb]` happens during the next call. `calls` are (verb, subject) in their order,
    `shipments` what was told, `requests` what was asked to be booked and `carried` what
    the carrier then carries, by its number."""

    def __init__(self) -> None:
        self.answers: dict[str, deque[Any]] = defaultdict(deque)
        self.calls: list[tuple[str, str]] = []
        self.shipments: list[Shipment] = []
        self.requests: list[ShipmentRequest] = []
        self.carried: dict[str, ShipmentRequest] = {}
        self.pages: list[Page] = []
        self.documents: dict[str, SalesOrder] = {}
        self.meanwhile: dict[str, Callable[[], None]] = {}

    def will(self, verb: str, *answers: Any) -> None:
        self.answers[verb].extend(answers)

    def asked(self, verb: str, subject: str = "", default: Any = None) -> Any:
        self.calls.append((verb, subject))
        if happens := self.meanwhile.pop(verb, None):
            happens()
        answer = self.answers[verb].popleft() if self.answers[verb] else default
        if isinstance(answer, Exception):
            raise answer
        return answer

    def count(self, verb: str) -> int:
        return sum(each == verb for each, _ in self.calls)


def delivery(said: SalesOrder) -> Delivery:
    return Delivery(topic=Topic.ORDER, external_id=said.external_id, document=msgspec.json.encode(said))


class PlainStore(
    PullsOrders,
    PollsNotices,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilmentStatus,
    PushesFulfilments,
    PushesStock,
):
    desk: ClassVar[Desk]

    async def check(self) -> None:
        return None

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        self.desk.asked("pull", bookmark)
        for page in self.desk.pages:
            yield page
            self.desk.asked("next page")

    async def poll_notices(self) -> Batch:
        return self.desk.asked("poll", default=Batch())

    async def confirm_notices(self, receipts: Sequence[str]) -> None:
        self.desk.asked("confirm", ",".join(receipts))

    async def pull_listings(self) -> AsyncIterator[Page]:
        for page in self.desk.pages:
            yield page

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        self.desk.asked("fetch", ",".join(ids))
        return [delivery(self.desk.documents[each]) for each in ids if each in self.desk.documents]

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        self.desk.asked("list", f"{start:%H:%M}")
        return [each for each, said in self.desk.documents.items() if start <= said.placed_at < end]

    async def push_fulfilment(self, shipment, key):
        self.desk.shipments.append(shipment)
        self.desk.asked("push_fulfilment", shipment.tracking_number)

    async def find_fulfilment(self, shipment):
        return self.desk.asked("find_fulfilment", shipment.tracking_number, default=False)

    async def push_status(self, shipment, key):
        self.desk.asked("push_status", shipment.status)

    async def push_stock(self, levels, key):
        return self.desk.asked(
            "push_stock", ",".join(f"{each.sku}={each.available}" for each in levels), default=()
        )


class PlainCarrier(FindsBookings, BooksShipments, QuotesRates, CancelsBookings, TracksParcels):
    desk: ClassVar[Desk]

    async def check(self) -> None:
        return None

    async def book(self, request, key):
        number = f"T-{request.reference}"
        self.desk.requests.append(request)
        promise = Booking(reference=request.reference, carrier="plain-carrier", tracking_number=number)
        answer = self.desk.asked("book", request.reference, default=promise)
        self.desk.carried[answer.tracking_number] = request
        return answer

    async def quote(self, request):
        return self.desk.asked("quote", request.reference, default=())

    async def find_booking(self, request):
        return self.desk.asked("find_booking", request.reference)

    async def cancel_booking(self, cancellation, key):
        self.desk.asked("cancel_booking", cancellation.tracking_number)
        self.desk.carried.pop(cancellation.tracking_number, None)

    async def track(self, parcels):
        self.desk.asked("track", ",".join(each.tracking_number for each in parcels))
        return ()


def opened(database: Database, clock: ManualClock, desk: Desk) -> HubContext:
    """One store and one carrier of that desk, on a database that is migrated."""
    store = type("Store", (PlainStore,), {"desk": desk})
    carrier = type("Carrier", (PlainCarrier,), {"desk": desk})
    shared = {"settings": PlainSettings, "limits": (), "twin": ""}
    registry = Registry(
        stores={
            "plain": StorePlugin(
                platform="plain",
                title="Plain",
                connector=store,
                mapping=MAPPINGS.stores["plain"],
                **shared,
            )
        },
        carriers={
            "plain-carrier": CarrierPlugin(
                platform="plain-carrier",
                title="Plain Carrier",
                connector=carrier,
                mapping=MAPPINGS.carriers["plain-carrier"],
                **shared,
            )
        },
        broken={"broken": "ImportError: no module"},
    )
    world = World(
        now=clock,
        sleep=clock.sleep,
        new_id=CountedIds(),
        jitter=lambda: 0.5,
        make_client=lambda connection: httpx.AsyncClient(transport=httpx.MockTransport(_nobody)),
        registry=registry,
        shares_clock=True,
    )
    return open_hub(HubSettings(master_keys=(new_master_key(),)), world=world, database=database)


def _nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError("these platforms need no network")
