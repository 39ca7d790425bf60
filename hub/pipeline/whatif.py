"""All stored orders once more along the route, under the rules of today and under changed ones.

Orders stream by in the order in which they were placed, a page at a time. Each side has a stock book of its
own, so what one side gives away is still there on the other. Nothing is written and nothing is locked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from hub.domain.order import Order
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location, Snapshot
from hub.domain.stock import EndlessStock, StockBook, StockRow
from hub.domain.territories import TerritoryMap
from hub.domain.whatif import Fate, as_it_came, judge
from hub.pipeline.books import Books
from hub.storage import automation, stores
from hub.storage.database import UnitOfWork
from hub.storage.stock import Count
from hub.storage.stores import Store
from mappings.structs import FrozenStruct

PAGE = 250

MakeStock = Callable[[Books, UnitOfWork, Sequence[Location]], StockBook]
"""A fresh stock book for a side that has these locations."""

Position = tuple[int, str]
"""(microseconds, order id) behind which the next page begins."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a replay may change. `territories` null: those that hold now."""

    policies: Mapping[str, StorePolicy]
    locations: Sequence[Location]
    territories: TerritoryMap | None = None


@dataclass(frozen=True)
class Side:
    """One set of rules with its stock; `stores` have its policies."""

    snapshot: Snapshot
    stores: Sequence[Store]


class Compared(FrozenStruct):
    """What would become of an order today, and under the changed rules."""

    order: Order
    now: Fate
    then: Fate


def present_rules(uow: UnitOfWork) -> Rules:
    """As they are: what a change starts from."""
    policies = {each.store_id: each.policy for each in stores.stores(uow)}
    return Rules(policies=policies, locations=stores.locations(uow))


def open_side(books: Books, uow: UnitOfWork, rules: Rules, stock: MakeStock, now: datetime) -> Side:
    """Everything of a side that no page changes. No connection counts as armed later than an order."""
    facts = books.connections.facts(uow)
    ruled = [
        msgspec.structs.replace(each, policy=rules.policies.get(each.store_id, each.policy))
        for each in stores.stores(uow)
    ]
    snapshot = Snapshot(
        now=now,
        connections={
            name: msgspec.structs.replace(each, armed_from=None, is_active=True)
            for name, each in facts.items()
        },
        policies=rules.policies,
        locations=rules.locations,
        territories=rules.territories or books.snapshots.territories(uow, now),
        links={},
        stock=stock(books, uow, rules.locations),
        crossings={each.store_id: each.crossing for each in ruled},
        automation=automation.live_rules(uow),
    )
    return Side(snapshot, ruled)


def endless(books: Books, uow: UnitOfWork, locations: Sequence[Location]) -> StockBook:
    """Stock decides nothing: what differs comes from the rules alone."""
    return EndlessStock(books.stock.skus(uow), [each.location_id for each in locations])


def counted(counts: Iterable[Count]) -> MakeStock:
    """This much at the beginning, and nothing arrives later."""
    rows = [
        StockRow(sku=each.sku, location_id=each.location_id, on_hand=each.on_hand, reserved=0)
        for each in counts
    ]
    return lambda books, uow, locations: StockBook(rows)


def compare_page(
    books: Books, uow: UnitOfWork, sides: tuple[Side, Side], after: Position
) -> tuple[list[Compared], Position | None]:
    """The next page of orders under both sides, and where the one behind it begins (null: that was all)."""
    orders, following = books.orders.past(uow, after, PAGE)
    facts = books.snapshots.past(uow, orders, [side.stores for side in sides])
    today, changed = (
        replace(side.snapshot, links=facts.links, same_buyer=facts.same_buyer, audit=audit)
        for side, audit in zip(sides, facts.audit, strict=True)
    )
    compared = []
    for each in orders:
        order = as_it_came(each)
        compared.append(Compared(order=order, now=judge(order, today), then=judge(order, changed)))
    return compared, following
