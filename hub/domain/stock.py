"""The stock that one batch of decisions may use. Units taken by one order are gone for the next."""

from collections.abc import Collection, Iterable

from hub.domain.quotas import Quota
from mappings.structs import FrozenStruct

ENDLESS = 10**12
"""Units; more than any order asks for."""


class StockRow(FrozenStruct):
    """One SKU at one location. Never: reserved and escrowed above on hand, or any below zero. `escrowed` is
    the sum of the stores' quotas."""

    sku: str
    location_id: str
    on_hand: int
    reserved: int
    escrowed: int = 0


class StockBook:
    """Availability by SKU and location. The database guards the same rule again: this is a hint that is
    right as long as its rows are locked. Of SKUs in escrow each store has its own (`of`)."""

    def __init__(
        self, rows: Iterable[StockRow], escrow: Collection[str] = (), quotas: Iterable[Quota] = ()
    ) -> None:
        self._available: dict[str, dict[str, int]] = {}
        for row in rows:
            self._available.setdefault(row.sku, {})[row.location_id] = row.on_hand - row.reserved
        self._escrow = frozenset(escrow)
        self._quotas: dict[str, dict[str, dict[str, int]]] = {}
        for each in quotas:
            self._quotas.setdefault(each.store_id, {}).setdefault(each.sku, {})[each.location_id] = each.units
        self._of: dict[str, StockBook] = {}
        self._held_apart: frozenset[str] = frozenset()

    def of(self, store_id: str) -> "StockBook":
        """What this store may promise: its quotas, and of other SKUs what all stores share."""
        if not self._escrow:
            return self
        if store_id not in self._of:
            own = self._quotas.get(store_id, {})
            book = StockBook(())
            book._available = self._available | {sku: own.get(sku, {}) for sku in sorted(self._escrow)}
            book._held_apart = self._escrow
            self._of[store_id] = book
        return self._of[store_id]

    def is_escrowed(self, sku: str) -> bool:
        """Has each store a quota of it?"""
        return sku in self._escrow

    def is_quota(self, sku: str) -> bool:
        """Is what this book calls available one store's quota?"""
        return sku in self._held_apart

    def knows(self, sku: str) -> bool:
        """Has this SKU ever been counted anywhere?"""
        return sku in self._available

    def available(self, sku: str, location_id: str) -> int:
        return self._available.get(sku, {}).get(location_id, 0)

    def locations_of(self, sku: str) -> dict[str, int]:
        """Location id → available units, for locations that carry the SKU."""
        return self._available.get(sku, {})

    def take(self, sku: str, location_id: str, quantity: int) -> None:
        """Raises `ValueError` rather than going below zero: the caller asked for what is not there."""
        left = self.available(sku, location_id) - quantity
        if left < 0:
            raise ValueError(f"{quantity} of {sku} at {location_id} are not available")
        self._available[sku][location_id] = left

    def give_back(self, sku: str, location_id: str, quantity: int) -> None:
        rows = self._available.setdefault(sku, {})
        rows[location_id] = rows.get(location_id, 0) + quantity


class EndlessStock(StockBook):
    """Whatever is asked for is at every location, without end. `skus` are those that were ever counted."""

    def __init__(self, skus: Iterable[str], location_ids: Iterable[str]) -> None:
        super().__init__(())
        self._skus = frozenset(skus)
        self._everywhere = dict.fromkeys(location_ids, ENDLESS)

    def knows(self, sku: str) -> bool:
        return sku in self._skus

    def available(self, sku: str, location_id: str) -> int:
        return self._everywhere.get(location_id, 0)

    def locations_of(self, sku: str) -> dict[str, int]:
        return self._everywhere

    def take(self, sku: str, location_id: str, quantity: int) -> None:
        """Nothing gets less."""
