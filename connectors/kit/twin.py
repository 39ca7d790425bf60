"""Twins: stateful imitations of a platform, as strict as the real thing, that can be told to misbehave.

A twin is an ASGI application with a memory. It keeps a ledger of effects (what was really done, once) apart
from the count of requests, so that a test can ask «how often did it happen» and not «how often was it asked».
The same twin serves unit tests and the simulation over `httpx.ASGITransport`, and the demo over real HTTP.
Nothing here reads a wall clock or draws from global randomness.
"""

from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from mappings.canonical import PostalAddress, TrackingStatus


class Fault:
    """Names of what a twin can be told to do wrong; `Faults.chance` maps them to probabilities."""

    THROTTLE = "throttle"  # refuse as the platform refuses over its rate limit
    SERVER_ERROR = "server_error"  # 5xx before anything was done
    TIMEOUT_BEFORE = "timeout_before"  # no answer, nothing done
    TIMEOUT_AFTER = "timeout_after"  # no answer although everything was done
    EXPIRE_TOKEN = "expire_token"  # the access token ends early
    DRIFT = "drift"  # orders change between two pages
    DROP_WEBHOOK = "drop_webhook"
    DUPLICATE_WEBHOOK = "duplicate_webhook"
    DELAY_WEBHOOK = "delay_webhook"
    REORDER_WEBHOOK = "reorder_webhook"


@dataclass
class Faults:
    """Draws faults from a seeded source. `next` forces the named faults first, in order (unit tests)."""

    random: Random = field(default_factory=lambda: Random(0))
    chance: dict[str, float] = field(default_factory=dict)
    forced: deque[str] = field(default_factory=deque)
    seen: Counter[str] = field(default_factory=Counter)

    def strikes(self, fault: str) -> bool:
        """Does this fault happen now?"""
        if self.forced and self.forced[0] == fault:
            self.forced.popleft()
            self.seen[fault] += 1
            return True
        if self.chance.get(fault, 0) > 0 and self.random.random() < self.chance[fault]:
            self.seen[fault] += 1
            return True
        return False


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Something that really happened at the platform, once: a fulfilment created, a parcel booked."""

    kind: str
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OutgoingWebhook:
    """What the platform wants to post, and when."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    due: datetime
    attempt: int = 1


class Twin(ABC):
    """Parent of all twins. Subclasses set `platform`, build `routes()` and keep their state in memory."""

    platform: ClassVar[str]
    retry_webhooks_after: ClassVar[Sequence[timedelta]] = (timedelta(minutes=1), timedelta(minutes=10))
    examined_with: ClassVar[Mapping[str, Any]] = {}
    """What the conformance kit's `Bench` must know of this platform: where it ships, parcels it follows."""

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.now = now
        self.random = random
        self.faults = Faults(random=Random(random.random()))
        self.effects: list[Effect] = []
        self.requests: Counter[str] = Counter()
        self.outbound: list[OutgoingWebhook] = []
        self._app = self.routes()

    @abstractmethod
    def routes(self) -> Starlette:
        """The platform's HTTP interface."""

    @abstractmethod
    def settings(self, base_url: str) -> dict[str, Any]:
        """Connection settings (plain values, secrets included) with which the plug-in reaches this twin."""

    def throttled(self) -> Response:
        """The answer to a call over the rate limit, in the platform's own words."""
        return PlainTextResponse("too many requests", 429, {"retry-after": "1"})

    def record(self, kind: str, subject: str, **details: Any) -> None:
        """Enter an effect into the ledger."""
        self.effects.append(Effect(kind=kind, subject=subject, details=details, at=self.now()))

    def expire_tokens(self) -> None:
        """End every access token now (fault `expire_token`); platforms with fixed keys have none."""

    def sign_in_again(self) -> None:
        """A person gives consent anew, where nothing else renews it: `settings` then holds what is valid."""

    def drift(self) -> None:
        """Move something between two pages (fault `drift`)."""

    def configure_pushes(self, url: str) -> None:
        """What an administrator enters in the platform's console, where no interface takes the address."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.requests[f"{scope['method']} {scope['path']}"] += 1
        if self.faults.strikes(Fault.TIMEOUT_BEFORE):
            raise httpx.ReadTimeout("twin: no answer, nothing done")
        if self.faults.strikes(Fault.SERVER_ERROR):
            await PlainTextResponse("internal server error", 500)(scope, receive, send)
            return
        if self.faults.strikes(Fault.THROTTLE):
            await self.throttled()(scope, receive, send)
            return
        if self.faults.strikes(Fault.EXPIRE_TOKEN):
            self.expire_tokens()
        if self.faults.strikes(Fault.DRIFT):
            self.drift()
        if self.faults.strikes(Fault.TIMEOUT_AFTER):
            await self._app(scope, receive, _swallow)
            raise httpx.ReadTimeout("twin: done, but no answer")
        await self._app(scope, receive, send)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Queue a webhook; faults decide whether it is lost, doubled or late."""
        if self.faults.strikes(Fault.DROP_WEBHOOK):
            return
        due = self.now()
        if self.faults.strikes(Fault.DELAY_WEBHOOK):
            due += timedelta(seconds=self.faults.random.uniform(60, 7200))
        webhook = OutgoingWebhook(url=url, headers=headers, body=body, due=due)
        self.outbound.append(webhook)
        if self.faults.strikes(Fault.DUPLICATE_WEBHOOK):
            self.outbound.append(webhook)

    async def deliver_webhooks(self, client: httpx.AsyncClient) -> int:
        """Post what is due; what is not acknowledged comes again later. Returns how many were posted."""
        due = [webhook for webhook in self.outbound if webhook.due <= self.now()]
        self.outbound = [webhook for webhook in self.outbound if webhook.due > self.now()]
        if self.faults.strikes(Fault.REORDER_WEBHOOK):
            self.faults.random.shuffle(due)
        for webhook in due:
            if not await self._acknowledged(client, webhook):
                self._retry_later(webhook)
        return len(due)

    async def _acknowledged(self, client: httpx.AsyncClient, webhook: OutgoingWebhook) -> bool:
        try:
            answer = await client.post(webhook.url, headers=dict(webhook.headers), content=webhook.body)
        except httpx.HTTPError:
            return False
        return self.acknowledges(answer)

    def acknowledges(self, answer: httpx.Response) -> bool:
        """Is this what the platform wants to read back?"""
        return answer.is_success

    def _retry_later(self, webhook: OutgoingWebhook) -> None:
        pauses = self.retry_webhooks_after
        if webhook.attempt > len(pauses):
            return
        due = self.now() + pauses[webhook.attempt - 1]
        self.outbound.append(
            OutgoingWebhook(
                url=webhook.url,
                headers=webhook.headers,
                body=webhook.body,
                due=due,
                attempt=webhook.attempt + 1,
            )
        )


async def _swallow(message: Message) -> None:
    """An answer that nobody will read."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A sellable thing of the brand, the same SKU in every store."""

    sku: str
    title: str
    price: Decimal
    stock: int = 0


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """What a buyer does in a store; the twin turns it into an order in its own terms."""

    buyer_reference: str
    ship_to: PostalAddress
    items: Sequence[tuple[str, int]]
    email: str = ""
    note: str = ""
    paid: bool = True
    cash_on_delivery: bool = False
    is_test: bool = False


@dataclass(frozen=True, kw_only=True)
class KnownParcel:
    """A parcel as the store platform knows it: `carrier` in the platform's own vocabulary."""

    tracking_number: str
    carrier: str
    quantities: Mapping[str, int]
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownOrder:
    """An order as the store platform knows it, for comparison with what the hub knows."""

    order_id: str
    placed_at: datetime
    cancelled: bool
    quantities: Mapping[str, int]
    """Line id → units that the buyer still wants."""
    parcels: Sequence[KnownParcel]
    delivered: bool


class StoreTwin(Twin):
    """What the simulated world does at a store, and what it can look at."""

    @abstractmethod
    def offer(self, products: Sequence[Product]) -> None:
        """Put products on sale (again: changes them)."""

    @abstractmethod
    def place_order(self, purchase: Purchase) -> str:
        """A buyer orders; returns the platform's order id."""

    @abstractmethod
    def pay_order(self, order_id: str) -> None:
        """An order placed unpaid is paid."""

    @abstractmethod
    def cancel_order(self, order_id: str) -> bool:
        """The buyer cancels; false where the platform does not let them any more."""

    @abstractmethod
    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        """The buyer corrects the address; false where the platform does not let them any more."""

    @abstractmethod
    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """Units of the line at `position` (from 0) are refunded before shipping; false if impossible."""

    @abstractmethod
    def orders(self) -> Sequence[KnownOrder]:
        """Everything the platform knows, oldest first."""

    @abstractmethod
    def stock_shown(self) -> Mapping[str, int]:
        """SKU → units that the store still sells."""


@dataclass(frozen=True, kw_only=True)
class CarriedParcel:
    """A parcel as the carrier knows it. `collects` at the door; null if the twin does not say."""

    tracking_number: str
    reference: str
    status: TrackingStatus
    cancelled: bool
    quantities: Mapping[str, int] = field(default_factory=dict)
    collects: Decimal | None = None


class CarrierTwin(Twin):
    """What the simulated world does at a carrier, and what it can look at."""

    @abstractmethod
    def advance(self) -> datetime | None:
        """Let parcels move up to now (pick-up, transit, delivery, as drawn from the seed) and queue their
        pushes. Returns when the next scan is due, or null."""

    @abstractmethod
    def parcels(self) -> Sequence[CarriedParcel]:
        """Every parcel ever booked, oldest first."""
