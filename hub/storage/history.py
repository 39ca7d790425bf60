"""What an imported history needs beside its orders: stores that nothing is pulled from, what they sold."""

from collections.abc import Iterable, Sequence

from hub.domain.policies import StorePolicy
from hub.storage import stores
from hub.storage.bulk import keys, packed
from hub.storage.connections import Connections
from hub.storage.database import UnitOfWork
from hub.storage.stores import Store
from mappings.structs import FrozenStruct

PLATFORM = "history"
"""Of connections without a plug-in: their orders were imported."""

WHY_PAUSED = "an imported history: nothing is pulled and nothing is sent"


class Sold(FrozenStruct):
    """A product as the books call it."""

    connection_id: str
    sku: str
    title: str


def connection_of(store_id: str) -> str:
    """The connection that an imported store's orders hang on."""
    return f"{PLATFORM}-{store_id}"


def add_stores(
    uow: UnitOfWork, connections: Connections, wanted: Sequence[tuple[str, str]], currency: str, zone: str
) -> list[str]:
    """(store id, name) → the ids of those that are new; a store that is there stays as it is."""
    known = {each.store_id for each in stores.stores(uow)}
    connected = connections.facts(uow)
    new = [(store_id, name) for store_id, name in wanted if store_id not in known]
    for store_id, name in new:
        store = Store(store_id=store_id, name=name, currency=currency, time_zone=zone, policy=StorePolicy())
        stores.add_store(uow, store)
    for store_id, name in wanted:
        if connection_of(store_id) not in connected:
            _connect(uow, connections, store_id, name)
    return [store_id for store_id, _ in new]


def _connect(uow: UnitOfWork, connections: Connections, store_id: str, name: str) -> None:
    connections.add(
        uow,
        connection_id=connection_of(store_id),
        kind="store",
        platform=PLATFORM,
        title=name,
        store_id=store_id,
        settings={},
        capabilities=frozenset(),
        accepts_tokens_of=frozenset(),
    )
    connections.pause(uow, connection_of(store_id), WHY_PAUSED)


def list_sold(uow: UnitOfWork, sold: Iterable[Sold]) -> None:
    """Products follow from what was sold: a listing under its SKU, linked to it. One that is there stays."""
    rows = {(each.connection_id, each.sku): each for each in sold}
    if rows:
        uow.change(
            "INSERT INTO listings (connection_id, listing_id, inventory_id, platform_sku, title, sku)"
            f" SELECT k.c, k.s, '', k.s, k.t, k.s FROM {keys(uow, c='text', s='text', t='text')} WHERE true"
            " ON CONFLICT (connection_id, listing_id) DO NOTHING",
            keys=packed(
                [{"c": each.connection_id, "s": each.sku, "t": each.title} for each in rows.values()]
            ),
        )
