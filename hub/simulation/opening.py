"""Opening the brand's business in a hub: stores, connections, stock, listings, webhooks. Done once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from connectors.kit import RegistersWebhooks
from connectors.kit.twin import StoreTwin, Twin
from hub.context import HubContext
from hub.jobs.listings import pull_listings
from hub.simulation.brand import NEVER_COUNTED, Brand, Restock
from hub.storage import stores, territories
from hub.storage.database import UnitOfWork
from hub.storage.stock import Count


async def open_for_business(
    hub: HubContext, brand: Brand, twins: Mapping[str, Twin], base_url: Callable[[str], str]
) -> None:
    """Connect everything, armed from now on. `base_url` says where a connection's twin is reached."""
    offer_everything(brand, twins)
    await hub.database.run(lambda uow: _enter(hub, uow, brand, twins, base_url))
    for connection_id, twin in twins.items():
        twin.configure_pushes(hub.webhook_url(connection_id))
        live = await hub.live.open(connection_id)
        if live and isinstance(live.connector, RegistersWebhooks):
            await live.connector.register_webhooks(hub.webhook_url(connection_id))
    for storefront in brand.storefronts:
        await pull_listings(hub, storefront.store.store_id)


def offer_everything(brand: Brand, twins: Mapping[str, Twin]) -> None:
    """Every store sells every product; stock follows when the hub tells it."""
    for twin in twins.values():
        if isinstance(twin, StoreTwin):
            twin.offer(brand.products)


def _enter(
    hub: HubContext,
    uow: UnitOfWork,
    brand: Brand,
    twins: Mapping[str, Twin],
    base_url: Callable[[str], str],
) -> None:
    for storefront in brand.storefronts:
        stores.add_store(uow, storefront.store)
    for connection_id, (kind, platform) in brand.platforms.items():
        plugin = hub.registry.plugin(kind, platform)
        assert plugin is not None, f"the plug-in {platform} is not installed"
        hub.books.connections.add(
            uow,
            connection_id=connection_id,
            kind=kind,
            platform=platform,
            title=connection_id,
            store_id=connection_id if kind == "store" else "",
            settings=twins[connection_id].settings(base_url(connection_id)),
            capabilities=frozenset(each.__name__ for each in plugin.capabilities),
            accepts_tokens_of=getattr(plugin.connector, "accepts_tokens_of", frozenset()),
        )
        hub.books.connections.arm(uow, connection_id, hub.now())
    for location in brand.locations:
        stores.add_location(uow, location, hub.now())
    for territory in brand.territories:
        territories.save(uow, territory, hub.now())
    hub.books.stock.count(uow, brand.counts, hub.now(), actor="opening")


def receive_goods(hub: HubContext, uow: UnitOfWork, restock: Restock, now: datetime) -> bool:
    """Goods arrived: once, however often it is told (false: known already)."""
    if restock.sku == NEVER_COUNTED or uow.one(
        "SELECT id FROM stock_movements WHERE reference = :reference", reference=restock.reference
    ):
        return False
    row = next(
        each for each in hub.books.stock.rows(uow, [restock.sku]) if each.location_id == restock.location_id
    )
    count = Count(sku=restock.sku, location_id=restock.location_id, on_hand=row.on_hand + restock.quantity)
    hub.books.stock.count(uow, [count], now, actor="warehouse", reference=restock.reference)
    return True
