"""Everything that a step may look at: one value per batch, loaded with a fixed number of queries."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

import msgspec

from hub.domain.audit_facts import AuditFacts
from hub.domain.automation_rules import AutomationRule
from hub.domain.crossing_policy import CrossingPolicy
from hub.domain.departments import ShippingFacts
from hub.domain.freight import FreightTemplate
from hub.domain.policies import StorePolicy
from hub.domain.reach import Reach
from hub.domain.sourcing.hours import ALWAYS, Hours
from hub.domain.sourcing.load import LoadBook
from hub.domain.stock import StockBook
from hub.domain.territories import TerritoryMap, Wgs84
from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct


class ConnectionFacts(FrozenStruct):
    """What deciding needs to know of a connection; capabilities by class name (`BooksShipments`).

    `armed_from`: older orders are history without effects; null while nothing was armed yet.
    """

    connection_id: str
    kind: str
    platform: str
    store_id: str = ""
    capabilities: frozenset[str] = frozenset()
    accepts_tokens_of: frozenset[str] = frozenset()
    is_active: bool = True
    armed_from: datetime | None = None


class Location(FrozenStruct):
    """Where goods are. `store_id` is set for a store's own room; empty: the brand's warehouse.

    It sends to the areas that it `serves` (empty: everywhere), in its `hours`, and so many orders and parcels
    a day at the most; `freight` is what its parcels cost.
    """

    location_id: str
    name: str
    address: PostalAddress
    store_id: str = ""
    carriers: tuple[str, ...] = ()
    is_active: bool = True
    serves: tuple[Reach, ...] = ()
    hours: Hours = ALWAYS
    most_orders: int | None = None
    most_parcels: int | None = None
    freight: FreightTemplate | None = None

    def with_terms_of(self, other: "Location") -> "Location":
        """The same place, on what the other one agreed to."""
        return msgspec.structs.replace(
            self,
            serves=other.serves,
            hours=other.hours,
            most_orders=other.most_orders,
            most_parcels=other.most_parcels,
            freight=other.freight,
        )

    @property
    def is_limited(self) -> bool:
        return self.most_orders is not None or self.most_parcels is not None

    @property
    def is_plain(self) -> bool:
        """It sends at any time, as much as it has."""
        return self.hours == ALWAYS and not self.is_limited


class WavePlan(FrozenStruct):
    """What a wave says of the orders that it lets go: order id → line id → location id. Orders without lines
    here are allocated at once."""

    wave_id: str
    orders: Mapping[str, Mapping[str, str]]


class Ranked(NamedTuple):
    """Locations that may be asked, best first, and those that filters removed (location id → its name).
    `is_plain`: none of them has hours or limits."""

    locations: Sequence[Location]
    removed: Mapping[str, str]
    is_plain: bool


class KnownOrder(FrozenStruct):
    """Another order of the same buyer, for the suspicion of duplicates. `goods` as `goods_of` writes it."""

    order_id: str
    placed_at: datetime
    goods: str


class LiveRule(FrozenStruct):
    """An automation rule that is switched on."""

    rule: AutomationRule
    version: int


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """`links` maps (connection id, listing id) to a SKU; `same_buyer` maps an order id to its buyer's
    other orders; `crossings` are policies of stores, `points` middles of divisions
    (`sourcing/distance.py`), `automation` stands in the order in which rules fire; `now` is the instant of
    the whole batch."""

    now: datetime
    connections: Mapping[str, ConnectionFacts]
    policies: Mapping[str, StorePolicy]
    locations: Sequence[Location]
    territories: TerritoryMap
    links: Mapping[tuple[str, str], str]
    stock: StockBook
    policy_versions: Mapping[str, int] = field(default_factory=dict)
    same_buyer: Mapping[str, Sequence[KnownOrder]] = field(default_factory=dict)
    audit: AuditFacts = field(default_factory=AuditFacts)
    shipping: ShippingFacts = field(default_factory=ShippingFacts)
    loads: LoadBook = field(default_factory=LoadBook)
    wave: WavePlan | None = None
    points: Mapping[str, Wgs84] = field(default_factory=dict)
    crossings: Mapping[str, CrossingPolicy] = field(default_factory=dict)
    automation: Sequence[LiveRule] = ()

    def policy(self, store_id: str) -> StorePolicy:
        return self.policies.get(store_id) or _USUAL

    def crossing_of(self, store_id: str) -> CrossingPolicy:
        """What holds for orders that the store sold into another store's territory."""
        return self.crossings.get(store_id) or _USUAL_CROSSING

    def carriers(self, store_id: str, location: Location | None) -> list[ConnectionFacts]:
        """Carrier connections in the order of preference: the location's, the store's, else all by id."""
        named = (location.carriers if location else ()) or self.policy(store_id).carriers
        if not named:
            return list(self._booking.values())
        return [self._booking[each] for each in named if each in self._booking]

    def at(self, now: datetime) -> "Snapshot":
        """The same facts at another instant; what was worked out from them alone stays worked out."""
        self.rankings, self._booking  # noqa: B018 - worked out once, then shared by all copies
        other = copy(self)
        object.__setattr__(other, "now", now)
        other.__dict__.pop("dispatches", None)
        return other

    @cached_property
    def rankings(self) -> dict[tuple[str, ...], Ranked]:
        """What `sourcing.ranks` found out for orders of this batch."""
        return {}

    @cached_property
    def dispatches(self) -> dict[str, tuple[date, datetime] | None]:
        """What `sourcing.filters` found out: location id → when something leaves next."""
        return {}

    @cached_property
    def has_coverage(self) -> bool:
        """Does any location serve certain areas only?"""
        return any(each.serves for each in self.locations)

    @cached_property
    def _booking(self) -> Mapping[str, ConnectionFacts]:
        """Those that can book, by id."""
        return {
            each: facts
            for each, facts in sorted(self.connections.items())
            if "BooksShipments" in facts.capabilities
        }


_USUAL = StorePolicy()
_USUAL_CROSSING = CrossingPolicy()
