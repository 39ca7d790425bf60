"""How much leaves each location on each day, as far as it is promised. One batch adds what it promises."""

from collections.abc import Iterable
from datetime import date

from mappings.structs import FrozenStruct


class Load(FrozenStruct):
    """Orders and parcels that one location sends on one of its days."""

    location_id: str
    day: date
    orders: int
    parcels: int


class LoadBook:
    """Loads by location and day; days without a row are free."""

    def __init__(self, rows: Iterable[Load] = ()) -> None:
        self._promised = {(row.location_id, row.day): (row.orders, row.parcels) for row in rows}

    def promised(self, location_id: str, day: date) -> tuple[int, int]:
        """(orders, parcels)"""
        return self._promised.get((location_id, day), (0, 0))

    def add(self, location_id: str, day: date) -> None:
        """One order more, in one parcel."""
        orders, parcels = self.promised(location_id, day)
        self._promised[location_id, day] = (orders + 1, parcels + 1)
