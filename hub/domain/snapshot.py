"""Everything that a step may look at: one value per batch, loaded with a fixed number of queries."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from hub.domain.audit_facts import AuditFacts
from hub.domain.automation_rules import AutomationRule
from hub.domain.policies import StorePolicy
from hub.domain.stock import StockBook
from hub.domain.territories import TerritoryMap
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
    """Where goods are. `store_id` is set for a store's own room; empty: the brand's warehouse."""

    location_id: str
    name: str
    address: PostalAddress
    store_id: str = ""
    carriers: tuple[str, ...] = ()
    is_active: bool = True


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
    other orders; `automation` stands in the order in which rules fire; `now` is the instant of the batch."""

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
    automation: Sequence[LiveRule] = ()

    def policy(self, store_id: str) -> StorePolicy:
        return self.policies.get(store_id) or _USUAL

    def carriers(self, store_id: str, location: Location | None) -> list[ConnectionFacts]:
        """Carrier connections in the order of preference: the location's, the store's, else all by id."""
        named = (location.carriers if location else ()) or self.policy(store_id).carriers
        if not named:
            return list(self._booking.values())
        return [self._booking[each] for each in named if each in self._booking]

    def at(self, now: datetime) -> "Snapshot":
        """The same facts at another instant; what was worked out from them stays worked out."""
        self.rankings, self._booking  # noqa: B018 - worked out once, then shared by all copies
        other = copy(self)
        object.__setattr__(other, "now", now)
        return other

    @cached_property
    def rankings(self) -> dict[tuple[str, ...], list[Location]]:
        """What `allocation.rank` found out for orders of this batch."""
        return {}

    @cached_property
    def _booking(self) -> Mapping[str, ConnectionFacts]:
        """Those that can book, by id."""
        return {
            each: facts
            for each, facts in sorted(self.connections.items())
            if "BooksShipments" in facts.capabilities
        }


_USUAL = StorePolicy()
