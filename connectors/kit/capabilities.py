"""What a connector can do: one small abstract class per verb.

A connector names its capabilities on the class line: `class AcmeConnector(PullsOrders, PushesStock)`. A class
that promises and does not deliver cannot be instantiated; the hub asks `isinstance` and the type narrows.

`key` is the outbox row's id: an idempotency key where the platform takes one, the same in every repetition.
Every method may raise the errors of `connectors.kit.errors` and nothing else.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from connectors.kit.messages import Batch, Delivery, Page, Receipt, WebhookRequest
from connectors.kit.outside import Outside
from mappings.canonical import (
    Booking,
    BookingCancellation,
    Campaign,
    Parcel,
    RateQuote,
    Shipment,
    ShipmentRequest,
    ShownCampaign,
    StockLevel,
    StockRefusal,
)


class Connector(ABC):
    """A live object for one connection. It touches nothing but its settings and its `Outside`."""

    def __init__(self, settings: Any, outside: Outside) -> None:
        self.settings = settings
        self.outside = outside

    @abstractmethod
    async def check(self) -> None:
        """Try the connection with one cheap authenticated read; returns if it works, raises if not."""


class PullsOrders(Connector):
    """Asks the platform which orders changed."""

    @abstractmethod
    def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """Pages of changed orders since `bookmark` (empty: from `settings.start_from` or the platform's
        default reach). Bookmarks are opaque to the hub, resume after a crash between any two pages without
        losing an order, and never go back. The iteration ends when nothing more is due."""


class FetchesOrders(Connector):
    """Reads orders by id."""

    @abstractmethod
    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        """The present documents of these orders; an id that the platform does not know is left out."""


class RevisitsOpenOrders(FetchesOrders):
    """The platform does not move an order's time stamp for every change: the hub re-reads the orders that
    it holds open, by id, in every cycle."""


class ListsOrderIds(Connector):
    """Lists ids, to prove completeness."""

    @abstractmethod
    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """Ids of all orders placed in `[start, end)`, as `Delivery.external_id` writes them."""


class PullsListings(Connector):
    """Reads what the store offers."""

    @abstractmethod
    def pull_listings(self) -> AsyncIterator[Page]:
        """All sellable variants, as deliveries with topic `listing`; bookmarks stay null."""


class PushesFulfilments(Connector):
    """Tells the store that a parcel left."""

    @abstractmethod
    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Record the parcel: tracking number, carrier in the platform's vocabulary, line quantities. One that
        the store knows under a former number gets the present one, without a second parcel; `Unsupported`,
        before anything is done, where the platform cannot correct it."""

    @abstractmethod
    async def find_fulfilment(self, shipment: Shipment) -> bool:
        """Does the store already know this parcel (same tracking number, same lines)? Read-back after an
        unknown outcome; must ask the platform, never memory."""


class PushesFulfilmentStatus(PushesFulfilments):
    """Tells the store how far a parcel got. Repeating it is harmless."""

    @abstractmethod
    async def push_status(self, shipment: Shipment, key: str) -> None:
        """Record `shipment.status` (as of `shipment.status_at`) for a parcel that the store knows."""


class PushesStock(Connector):
    """Tells the store what it may still sell. Levels are absolute, so repeating them is harmless."""

    stock_batch: ClassVar[int] = 50
    """Levels that one call takes at most."""

    @abstractmethod
    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Write the levels in the platform's own terms; returns the listings that it refused."""


class RunsCampaigns(Connector):
    """Runs price cuts. A campaign is found by `external_id`, else by `campaign_id`, which the connector keeps
    with it; so telling it again changes what is there and makes no second one."""

    @abstractmethod
    async def tell_campaign(self, campaign: Campaign, key: str) -> str:
        """Make the store's campaign this one, new or changed; returns the store's id of it. `Unsupported`,
        before anything is done, for what the platform cannot express."""

    @abstractmethod
    async def read_campaign(self, campaign: Campaign) -> ShownCampaign | None:
        """What the store has, null: nothing. Must ask the platform, never memory."""

    @abstractmethod
    async def end_campaign(self, campaign: Campaign, key: str) -> None:
        """It gives nothing any more from now on; one that is not there or ended counts as done."""


class BooksShipments(Connector):
    """Buys a label."""

    accepts_tokens_of: ClassVar[frozenset[str]] = frozenset()
    """Platforms whose receiver tokens this carrier can resolve (masked receivers)."""

    @abstractmethod
    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        """Book one shipment under `request.reference`."""


class BooksIdempotently(BooksShipments):
    """Booking the same reference again gives the first booking: an unknown outcome is simply repeated."""


class FindsBookings(BooksShipments):
    """Can be asked whether a booking exists."""

    @abstractmethod
    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        """The booking under `request.reference`, or null. Asked only after the plug-in's
        `read_back_after`, since carriers need time until a booking can be seen."""


class QuotesRates(Connector):
    """Asks what a shipment would cost."""

    @abstractmethod
    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        """Every service that would carry it, cheapest first; none if none would. Books nothing."""


class CancelsBookings(Connector):
    """Takes a booking back. A booking that is already cancelled counts as done."""

    @abstractmethod
    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        """Raises `Rejected` if the parcel is already on its way."""


class TracksParcels(Connector):
    """Asks where parcels are."""

    track_batch: ClassVar[int] = 10
    """Parcels that one call takes at most."""

    @abstractmethod
    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        """Present reports, as deliveries with topic `tracking`; parcels without any news are left out."""


class SubscribesTracking(Connector):
    """Has the carrier push its events to the hub's webhook."""

    @abstractmethod
    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Already subscribed counts as done."""


class ReceivesWebhooks(Connector):
    """Understands what the platform posts to `/webhooks/{connection}`."""

    @abstractmethod
    def receive(self, request: WebhookRequest) -> Receipt:
        """Verify over the raw bytes in constant time, then read. No I/O. Raises `InvalidSignature`, or
        `UnexpectedPayload` for a genuine message that cannot be read."""


class RegistersWebhooks(Connector):
    """Can tell the platform where to post."""

    @abstractmethod
    async def register_webhooks(self, url: str) -> Sequence[str]:
        """Make the platform's subscriptions equal to what this connector wants at `url`; repeatable. Returns
        the topics that were not in use there: where they were once, the platform dropped them."""


class PollsNotices(Connector):
    """Takes messages from a queue of the platform, which hands each out again until it is confirmed. Messages
    may be lost, doubled and out of order: they make the hub faster, pulls make it complete."""

    @abstractmethod
    async def poll_notices(self) -> Batch:
        """What waits, one batch; confirms nothing. Also makes the platform fill the queue, if that is due."""

    @abstractmethod
    async def confirm_notices(self, receipts: Sequence[str]) -> None:
        """What these receipts brought is stored: the platform may forget it. Repeating it is harmless."""


CAPABILITIES: tuple[type[Connector], ...] = (
    PullsOrders,
    FetchesOrders,
    RevisitsOpenOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilments,
    PushesFulfilmentStatus,
    PushesStock,
    RunsCampaigns,
    BooksShipments,
    BooksIdempotently,
    FindsBookings,
    QuotesRates,
    CancelsBookings,
    TracksParcels,
    SubscribesTracking,
    ReceivesWebhooks,
    RegistersWebhooks,
    PollsNotices,
)


def capabilities_of(connector: type[Connector]) -> tuple[type[Connector], ...]:
    """The capabilities on the class line; the declaration cannot lie."""
    return tuple(capability for capability in CAPABILITIES if issubclass(connector, capability))
