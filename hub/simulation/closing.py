"""The closing comparison: per store, what the platform knows against what the hub knows.

Each row closes or says why not. Demo, `simulate` and tests use the same one; `judged.py` says what is right
for one order.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.kit.twin import CarriedParcel, CarrierTwin, StoreTwin, Twin
from hub.context import HubContext
from hub.domain.order import Order, Parcel, Stage
from hub.simulation.judged import Books, Judged
from hub.simulation.world import World
from hub.storage.database import UnitOfWork


@dataclass
class StoreClosing:
    """One row of the closing table. `problems` says why it does not close."""

    store_id: str
    placed: int = 0
    received: int = 0
    on_hold: Counter[str] = field(default_factory=Counter)
    backordered: int = 0
    cancelled: int = 0
    not_for_us: int = 0
    """Test orders, history."""
    shipped: int = 0
    delivered: int = 0
    parcels: int = 0
    told: int = 0
    listings: int = 0
    stock_agrees: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def closes(self) -> bool:
        return not self.problems


async def close_stores(hub: HubContext, world: World) -> list[StoreClosing]:
    """One row per store, in the brand's order."""
    books = await hub.database.read(lambda uow: _read(hub, uow))
    carried = carried_parcels(world.twins)
    return [_close(each.store.store_id, world, books, carried) for each in world.brand.storefronts]


def carried_parcels(twins: Mapping[str, Twin]) -> dict[str, CarriedParcel]:
    """Tracking number → parcel, of all carriers."""
    return {
        parcel.tracking_number: parcel
        for twin in twins.values()
        if isinstance(twin, CarrierTwin)
        for parcel in twin.parcels()
    }


def _read(hub: HubContext, uow: UnitOfWork) -> Books:
    ids = [row.id for row in uow.all("SELECT id FROM orders ORDER BY id")]
    orders = [stored.order for stored in hub.books.orders.by_ids(uow, ids).values()]
    cases: dict[str, set[str]] = {}
    for row in uow.all("SELECT order_id, kind FROM cases"):
        cases.setdefault(row.order_id, set()).add(row.kind)
    stock = uow.all(
        "SELECT s.sku, SUM(s.on_hand - s.reserved) AS available FROM stock s"
        " JOIN locations l ON l.id = s.location_id AND l.is_active GROUP BY s.sku"
    )
    listings = uow.all(
        "SELECT connection_id, platform_sku, sku FROM listings WHERE sku IS NOT NULL ORDER BY 1, 2"
    )
    return Books(
        orders={(each.connection_id, each.sales.external_id): each for each in orders},
        cases={order_id: frozenset(kinds) for order_id, kinds in cases.items()},
        available={row.sku: int(row.available) for row in stock},
        shown_as=[(row.connection_id, row.platform_sku, row.sku) for row in listings],
        masked_out=_masked_out(hub, uow),
    )


def _masked_out(hub: HubContext, uow: UnitOfWork) -> frozenset[str]:
    snapshot = hub.books.snapshots.load(uow, hub.now())
    return frozenset(
        facts.store_id
        for facts in snapshot.connections.values()
        if facts.kind == "store"
        and not any(
            facts.platform in carrier.accepts_tokens_of for carrier in snapshot.carriers(facts.store_id, None)
        )
    )


def _close(store_id: str, world: World, books: Books, carried: Mapping[str, CarriedParcel]) -> StoreClosing:
    row = StoreClosing(store_id=store_id)
    twin = world.twins[store_id]
    assert isinstance(twin, StoreTwin)
    for known in twin.orders():
        row.placed += 1
        order = books.orders.get((store_id, known.order_id))
        if order is None:
            row.problems.append(f"{known.order_id}: the hub does not know it")
            continue
        row.received += 1
        _count(row, order)
        judged = Judged(known, order, world.expected(store_id, known.order_id), books, carried)
        row.problems += [f"{known.order_id} ({judged.plan}): {why}" for why in judged.problems()]
    _close_stock(row, twin.stock_shown(), books)
    return row


def _count(row: StoreClosing, order: Order) -> None:
    match order.stage:
        case Stage.ON_HOLD:
            row.on_hold.update(reason.code for reason in order.reasons)
        case Stage.BACKORDERED:
            row.backordered += 1
        case Stage.CANCELLED:
            row.cancelled += 1
        case _ if not order.consignments:
            row.not_for_us += 1
        case _:
            row.shipped += any(each.is_handed_over for each in order.consignments)
            row.delivered += all(
                each.stage in (Parcel.DELIVERED, Parcel.CANCELLED) for each in order.consignments
            )
    handed = [each for each in order.consignments if each.is_handed_over]
    row.parcels += len(handed)
    row.told += sum(each.told for each in handed)


def _close_stock(row: StoreClosing, shown: Mapping[str, int], books: Books) -> None:
    for connection_id, platform_sku, sku in books.shown_as:
        if connection_id != row.store_id:
            continue
        row.listings += 1
        available = max(0, books.available.get(sku, 0))
        if shown.get(platform_sku) == available:
            row.stock_agrees += 1
        else:
            row.problems.append(
                f"{sku}: the store shows {shown.get(platform_sku)}, available are {available}"
            )
