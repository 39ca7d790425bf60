"""A fixed number of queries → the domain's snapshot for one batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hub.clock import from_micros, micros
from hub.domain.audit import goods_of
from hub.domain.order import Order
from hub.domain.snapshot import KnownOrder, Snapshot
from hub.storage import rule_facts, stores
from hub.storage.bulk import keys, packed
from hub.storage.connections import Connections
from hub.storage.database import UnitOfWork
from hub.storage.personal import buyer_key
from hub.storage.stock import Stock
from hub.storage.territories import TerritoryMaps
from hub.vault import BlindIndex
from mappings.canonical import SalesOrder


class Snapshots:
    """Loads snapshots; the rows of stock in them are locked until the transaction ends."""

    def __init__(self, connections: Connections, stock: Stock, index: BlindIndex) -> None:
        self._connections = connections
        self._stock = stock
        self._index = index
        self._territories = TerritoryMaps()

    def load(
        self,
        uow: UnitOfWork,
        now: datetime,
        *,
        arriving: Iterable[tuple[str, str, SalesOrder]] = (),
        known: Iterable[Order] = (),
    ) -> Snapshot:
        """`arriving` are (order id, connection id, what the platform says) of orders about to be decided,
        `known` are orders already in the hub that may be decided again."""
        known = tuple(known)
        every = [*arriving, *((each.order_id, each.connection_id, each.sales) for each in known)]
        links = stores.links(
            uow,
            sorted(
                {(c, line.listing_id) for _, c, sales in every for line in sales.lines if line.listing_id}
            ),
        )
        skus = {line.sku for _, _, sales in every for line in sales.lines if line.sku}
        skus |= set(links.values()) | {sku for each in known for sku in each.skus.values()}
        all_stores, facts = stores.stores(uow), self._connections.facts(uow)
        candidates = ((order_id, facts[c].store_id, sales) for order_id, c, sales in every)
        return Snapshot(
            now=now,
            connections=facts,
            policies={each.store_id: each.policy for each in all_stores},
            policy_versions={each.store_id: each.policy_version for each in all_stores},
            locations=stores.locations(uow),
            territories=self._territories.at(uow, now),
            links=links,
            stock=self._stock.book(uow, skus),
            same_buyer=self._same_buyer(uow, every),
            audit=rule_facts.load(uow, all_stores, candidates, skus, self._index),
        )

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
        earliest = min(sales.placed_at for _, _, sales in every) - timedelta(days=1)
        rows = uow.all(
            f"SELECT o.id, o.buyer_index, o.placed_at, o.goods FROM {keys(uow, b='text')}"
            " JOIN orders o ON o.buyer_index = k.b AND o.placed_at >= :earliest"
            " WHERE o.stage <> 'cancelled' ORDER BY o.id",
            earliest=micros(earliest),
            keys=packed([{"b": each} for each in sorted(buyers)]),
        )
        known: dict[str, dict[str, KnownOrder]] = {}
        for row in rows:
            other = KnownOrder(order_id=row.id, placed_at=from_micros(row.placed_at), goods=row.goods)
            known.setdefault(row.buyer_index, {})[row.id] = other
        return _others(buyers, known)


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
