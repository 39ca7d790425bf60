"""Answers to the connector's own requests, as far as it reads them itself."""

import msgspec

from mappings.documents import WireDocument
from mappings.stores.medusa.documents import Instant
from mappings.stores.medusa.outward import FulfilmentDocument, VariantStockDocument


class Identified(WireDocument):
    id: str


class OrderStamps(WireDocument):
    id: str
    created_at: Instant
    updated_at: Instant


class OrdersAnswer(WireDocument):
    """One page; the orders stay the bytes that came."""

    orders: tuple[msgspec.Raw, ...]


class StampsAnswer(WireDocument):
    orders: tuple[OrderStamps, ...]


class VariantsAnswer(WireDocument):
    """`count` is of the whole list."""

    variants: tuple[msgspec.Raw, ...]
    count: int


class StockAnswer(WireDocument):
    variants: tuple[VariantStockDocument, ...]


class LocationsAnswer(WireDocument):
    stock_locations: tuple[Identified, ...]


class OrderOfFulfilments(WireDocument):
    fulfillments: tuple[FulfilmentDocument, ...] | None = None


class FulfilmentsAnswer(WireDocument):
    """The orders with one id: one or none."""

    orders: tuple[OrderOfFulfilments, ...]


class WrittenAnswer(WireDocument):
    """What every change of an order answers: the order."""

    order: OrderOfFulfilments


class LevelsAnswer(WireDocument):
    created: tuple[Identified, ...]
    updated: tuple[Identified, ...]


class ErrorAnswer(WireDocument):
    """`type` is absent where nobody is signed in."""

    type: str = ""
    message: str = ""
