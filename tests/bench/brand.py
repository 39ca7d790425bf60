"""The brand of the measurements: twenty stores, eight locations, two thousand SKUs, one carrier."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from hub.bootstrap import World, open_hub
from hub.context import HubContext
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.domain.territories import Territory
from hub.registry import Registry
from hub.settings import HubSettings
from hub.storage import stores, territories
from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase, UnitOfWork
from hub.storage.stock import Count
from mappings.canonical import Listing, PostalAddress

STORES = 20
LOCATIONS = 8
SKUS = [f"SKU-{number:04d}" for number in range(2000)]
ON_HAND = 10**6
ARMED_FROM = datetime(2020, 1, 1, tzinfo=UTC)
MASTER_KEY = base64.b64encode(hashlib.sha256(b"a key for figures, not for secrets").digest()).decode()


def store_connection(number: int) -> str:
    return f"store-{number}"


CARRIER = "carrier"


def settings(data_dir: Path, database_url: str = "") -> HubSettings:
    return HubSettings(
        master_keys=(MASTER_KEY,),  # type: ignore[arg-type]  # pydantic makes it a secret
        data_dir=data_dir,
        database_url=database_url.replace("postgresql+psycopg://", "postgresql://", 1),
    )


def open_inline(url: str, registry: Registry | None = None) -> HubContext:
    """A hub whose transactions run in the calling thread."""
    world = World(registry=registry) if registry else World()
    return open_hub(settings(Path("unused")), world=world, database=InlineDatabase(url))


def found(url: str, store_platform: str = "vendure", carrier_platform: str = "sf-express") -> None:
    """Make the tables and the brand in a new database."""
    database = InlineDatabase(url)
    metadata.create_all(database.engine)
    hub = open_hub(settings(Path("unused")), database=database)
    database.transact(lambda uow: _found(hub, uow, store_platform, carrier_platform))
    database.close()


def _found(hub: HubContext, uow: UnitOfWork, store_platform: str, carrier_platform: str) -> None:
    for number in range(STORES):
        stores.add_store(uow, stores.Store(store_id=f"brand-{number}", name="Store", policy=StorePolicy()))
        connect(hub, uow, store_connection(number), "store", store_platform, f"brand-{number}", "PushesStock")
    connect(hub, uow, CARRIER, "carrier", carrier_platform, "", "BooksShipments")
    for number in range(LOCATIONS):
        stores.add_location(uow, _location(number), hub.now())
    territories.save(uow, Territory(territory_id="territory", store_id="brand-1", country="CN"), hub.now())
    hub.books.stock.count(uow, _counts(), hub.now(), actor="bench")
    listings = [
        Listing(listing_id=str(number), sku=sku, title=sku) for number, sku in enumerate(SKUS, start=1)
    ]
    for number in range(STORES):
        stores.save_listings(uow, [(store_connection(number), each) for each in listings], hub.now())
    uow.change("UPDATE listings SET told = 0")
    uow.change("DELETE FROM stock_changes")


def connect(
    hub: HubContext,
    uow: UnitOfWork,
    connection_id: str,
    kind: str,
    platform: str,
    store_id: str,
    capability: str,
    filled_in: dict[str, str] | None = None,
) -> None:
    """An armed connection that is never due for a pull."""
    hub.books.connections.add(
        uow,
        connection_id=connection_id,
        kind=kind,
        platform=platform,
        title="",
        store_id=store_id,
        settings=filled_in or {},
        capabilities=frozenset({capability}),
        accepts_tokens_of=frozenset(),
    )
    hub.books.connections.arm(uow, connection_id, ARMED_FROM)
    uow.change("UPDATE connections SET next_pull_at = :never WHERE id = :id", never=2**53, id=connection_id)


def _location(number: int) -> Location:
    place = ("上海", "上海市") if number % 2 else ("广东", "广州市")
    address = PostalAddress(
        name="Brand",
        telephone="02012345678",
        country="CN",
        province=place[0],
        city=place[1],
        district="浦东新区",
        street=("世纪大道 1号",),
    )
    return Location(location_id=f"place-{number}", name=f"Place {number}", address=address, store_id="")


def _counts() -> list[Count]:
    """Two central places hold nine SKUs of ten each, every other place holds a third."""
    return [
        Count(sku=sku, location_id=f"place-{place}", on_hand=ON_HAND)
        for number, sku in enumerate(SKUS)
        for place in range(LOCATIONS)
        if (number % 10 != place if place < 2 else (number + place) % 3 == 0)
    ]
