"""Import the past: stores with their areas, then orders in batches, each a transaction of its own."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice

from hub.context import HubContext
from hub.domain.territories import Territory
from hub.pipeline.history import Past, Taken, take_history
from hub.storage import history, territories
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct

BATCH = 250


class PastStore(FrozenStruct):
    """A store of the past and the countries (ISO 3166-1) whose buyers it served."""

    store_id: str
    name: str
    countries: tuple[str, ...]


async def import_history(
    hub: HubContext, stores: Sequence[PastStore], past: Iterable[Past], currency: str, zone: str
) -> AsyncIterator[Taken]:
    """Yields what became of each batch. Only one batch is in memory."""
    await hub.database.run(lambda uow: _found(hub, uow, stores, currency, zone))
    source = iter(past)
    while batch := _next(source):
        yield await hub.database.run(lambda uow: take_history(hub.books, uow, batch, hub.now()))


def _next(source: Iterator[Past]) -> list[Past]:
    return list(islice(source, BATCH))


def _found(hub: HubContext, uow: UnitOfWork, stores: Sequence[PastStore], currency: str, zone: str) -> None:
    """A new store gets the countries of its region as territories; one that is there keeps what it has."""
    names = [(each.store_id, each.name) for each in stores]
    new = history.add_stores(uow, hub.books.connections, names, currency, zone)
    for store in stores:
        for country in store.countries if store.store_id in new else ():
            territory = Territory(
                territory_id=f"{store.store_id}-{country.lower()}", store_id=store.store_id, country=country
            )
            territories.save(uow, territory, hub.now())
