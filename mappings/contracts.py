"""What the hub asks of a mapping. A module of functions satisfies these protocols under mypy strict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mappings.canonical import Listing, SalesOrder, TrackingReport


class StoreMapping(Protocol):
    """Platform documents, as they came → canonical values. Each raises `MappingError` with a path."""

    def read_order(self, document: bytes) -> SalesOrder:
        """One full order document, exactly the bytes that the connector delivered."""

    def read_listing(self, document: bytes) -> Listing:
        """One sellable variant."""

    def unknown_order_fields(self, document: bytes) -> set[str]:
        """Paths in an order document that the declared shape does not name (schema drift)."""


class CarrierMapping(Protocol):
    """Carrier documents, as they came → canonical values. Raises `MappingError` with a path."""

    def read_tracking(self, document: bytes) -> tuple[TrackingReport, ...]:
        """One report or push, which may speak of several parcels; events oldest first."""


@dataclass(frozen=True)
class Mappings:
    """Platform name → mapping, as the registry found them."""

    stores: Mapping[str, StoreMapping]
    carriers: Mapping[str, CarrierMapping]
