"""Answers to the connector's own queries, as far as it reads them itself."""

from datetime import datetime

import msgspec

from mappings.stores.vendure.documents import CamelDocument, FulfilmentDocument, Instant
from mappings.stores.vendure.outward import MutationResult


class ListPage(CamelDocument):
    """One page of a list query; the items stay the bytes that came."""

    total_items: int
    items: tuple[msgspec.Raw, ...]


class ListAnswer(CamelDocument):
    list: ListPage


class Identified(CamelDocument):
    id: str


class PlacedOrder(CamelDocument):
    id: str
    order_placed_at: Instant


class OrderStamps(CamelDocument):
    order_placed_at: Instant
    updated_at: Instant


class StampsPage(CamelDocument):
    items: tuple[OrderStamps, ...]


class HorizonAnswer(CamelDocument):
    """The order placed last and the order modified last."""

    placed: StampsPage
    updated: StampsPage

    def newest(self) -> datetime | None:
        """The newest instant that the shop knows, by its own clock; null while it has no orders."""
        orders = self.placed.items + self.updated.items
        return max((max(order.order_placed_at, order.updated_at) for order in orders), default=None)


class ServerConfig(CamelDocument):
    money_strategy_precision: int


class GlobalSettings(CamelDocument):
    out_of_stock_threshold: int
    server_config: ServerConfig


class LocationsPage(CamelDocument):
    items: tuple[Identified, ...]


class ServerAnswer(CamelDocument):
    global_settings: GlobalSettings
    stock_locations: LocationsPage


class OrderOfFulfilments(CamelDocument):
    fulfillments: tuple[FulfilmentDocument, ...] | None = None


class FulfilmentsAnswer(CamelDocument):
    order: OrderOfFulfilments | None = None


class ResultAnswer(CamelDocument):
    """A mutation whose result is a union."""

    result: MutationResult


class WrittenAnswer(CamelDocument):
    """`updateProductVariants`: the variants that were written."""

    update_product_variants: tuple[Identified | None, ...]
