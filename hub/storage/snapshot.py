"""A fixed number of queries → the domain's snapshot for one batch."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from hub.clock import from_micros, micros
from hub.domain.audit import goods_of
from hub.domain.audit_facts import AuditFacts
from hub.domain.order import Order
from hub.domain.policies import RankBy
from hub.domain.snapshot import KnownOrder, Location, Snapshot, WavePlan
from hub.domain.sourcing.distance import keys_of
from hub.domain.territories import TerritoryMap, Wgs84
from hub.storage import automation, loads, points, rule_facts, stores
from hub.storage.bulk import keys, packed
from hub.storage.connections import Connections
from hub.storage.database import UnitOfWork
from hub.storage.personal import buyer_key
from hub.storage.shipping import ShippingSetups
from hub.storage.stock import Stock
from hub.storage.stores import Store
from hub.storage.territories import TerritoryMaps
from hub.vault import BlindIndex
from mappings.canonical import SalesOrder
from mappings.structs import FrozenStruct

_NEAR = timedelta(days=1)
"""Orders of one buyer further apart are not looked at."""


class PastFacts(FrozenStruct):
    """What of a snapshot depends on the orders of a page: `audit` once per set of stores that were asked."""

    links: Mapping[tuple[str, str], str]
    same_buyer: Mapping[str, Sequence[KnownOrder]]
    audit: Sequence[AuditFacts]


class Snapshots:
    """Loads snapshots; the rows of stock in them are locked until the transaction ends."""

    def __init__(self, connections: Connections, stock: Stock, index: BlindIndex) -> None:
        self._connections = connections
        self._stock = stock
        self._index = index
        self._territories = TerritoryMaps()
        self._shipping = ShippingSetups()

    def load(
        self,
        uow: UnitOfWork,
        now: datetime,
        *,
        arriving: Iterable[tuple[str, str, SalesOrder]] = (),
        known: Iterable[Order] = (),
        wave: WavePlan | None = None,
    ) -> Snapshot:
        """`arriving` are (order id, connection id, what the platform says) of orders about to be decided,
        `known` are orders already in the hub that may be decided again."""
        known = tuple(known)
        every = [*arriving, *((each.order_id, each.connection_id, each.sales) for each in known)]
        links = stores.links(uow, _listed(every))
        skus = {line.sku for _, _, sales in every for line in sales.lines if line.sku}
        skus |= set(links.values()) | {sku for each in known for sku in each.skus.values()}
        all_stores, facts = stores.stores(uow), self._connections.facts(uow)
        locations = stores.locations(uow)
        candidates = ((order_id, facts[c].store_id, sales) for order_id, c, sales in every)
        return Snapshot(
            now=now,
            connections=facts,
            policies={each.store_id: each.policy for each in all_stores},
            policy_versions={each.store_id: each.policy_version for each in all_stores},
            locations=locations,
            territories=self._territories.at(uow, now),
            links=links,
            stock=self._stock.book(uow, skus),
            loads=loads.load(uow, locations, now),
            wave=wave,
            points=_points(uow, all_stores, locations, every),
            same_buyer=self._same_buyer(uow, every),
            audit=rule_facts.load(uow, all_stores, candidates, skus, self._index),
            shipping=self._shipping.facts(uow, skus, [order_id for order_id, _, _ in every]),
            crossings={each.store_id: each.crossing for each in all_stores},
            automation=automation.live_rules(uow),
        )

    def past(
        self, uow: UnitOfWork, orders: Sequence[Order], asked: Sequence[Sequence[stores.Store]]
    ) -> PastFacts:
        """For a replay: no stock, nothing locked. `asked` are the stores under each set of policies."""
        every = [(each.order_id, each.connection_id, each.sales) for each in orders]
        links = stores.links(uow, _listed(every))
        skus = {line.sku for _, _, sales in every for line in sales.lines if line.sku} | set(links.values())
        candidates = [(each.order_id, each.store_id, each.sales) for each in orders]
        return PastFacts(
            links=links,
            same_buyer=self._same_buyer(uow, every),
            audit=[rule_facts.load(uow, each, candidates, skus, self._index) for each in asked],
        )

    def territories(self, uow: UnitOfWork, now: datetime) -> TerritoryMap:
        """Who serves what at an instant."""
        return self._territories.at(uow, now)

    def _same_buyer(
        self, uow: UnitOfWork, every: Sequence[tuple[str, str, SalesOrder]]
    ) -> dict[str, list[KnownOrder]]:
        """Other orders of the same buyer within a day, stored ones and those of this very batch."""
        buyers: dict[str, list[tuple[str, SalesOrder]]] = {}
        for order_id, _, sales in every:
            if key := buyer_key(sales, self._index):
                buyers.setdefault(key, []).append((order_id, sales))
        if not buyers:
            return {}
        placed = [sales.placed_at for _, _, sales in every]
        rows = uow.all(
            f"SELECT o.id, o.buyer_index, o.placed_at, o.goods FROM {keys(uow, b='text')}"
            " JOIN orders o ON o.buyer_index = k.b AND o.placed_at BETWEEN :earliest AND :latest"
            " WHERE o.stage <> 'cancelled' ORDER BY o.id",
            earliest=micros(min(placed) - _NEAR),
            latest=micros(max(placed) + _NEAR),
            keys=packed([{"b": each} for each in sorted(buyers)]),
        )
        known: dict[str, dict[str, KnownOrder]] = {}
        for row in rows:
            other = KnownOrder(order_id=row.id, placed_at=from_micros(row.placed_at), goods=row.goods)
            known.setdefault(row.buyer_index, {})[row.id] = other
        return _others(buyers, known)


def _listed(every: Sequence[tuple[str, str, SalesOrder]]) -> list[tuple[str, str]]:
    """(connection id, listing id) of all lines."""
    return sorted({(c, line.listing_id) for _, c, sales in every for line in sales.lines if line.listing_id})


def _points(
    uow: UnitOfWork,
    all_stores: Iterable[Store],
    locations: Iterable[Location],
    every: Iterable[tuple[str, str, SalesOrder]],
) -> dict[str, Wgs84]:
    """Where locations and buyers are; no statement where no store ranks by distance."""
    if not any(RankBy.DISTANCE in each.policy.rank_by for each in all_stores):
        return {}
    addresses = [each.address for each in locations]
    addresses += [sales.ship_to for _, _, sales in every if sales.ship_to]
    return points.load(uow, {key for each in addresses for key in keys_of(each)})


def _others(
    buyers: dict[str, list[tuple[str, SalesOrder]]], known: dict[str, dict[str, KnownOrder]]
) -> dict[str, list[KnownOrder]]:
    found: dict[str, list[KnownOrder]] = {}
    for key, own in buyers.items():
        every = known.get(key, {})
        for order_id, sales in own:
            if sales.cancelled_at:
                continue
            every = every | {
                order_id: KnownOrder(order_id=order_id, placed_at=sales.placed_at, goods=goods_of(sales))
            }
        if len(every) > 1:
            for order_id, _ in own:
                found[order_id] = [each for other_id, each in every.items() if other_id != order_id]
    return found
