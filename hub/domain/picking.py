"""What to take from the shelves for a wave of parcels: a line per SKU, in the order of a walk past bins."""

import re
from collections.abc import Iterable, Mapping

from hub.domain.order import Parcel
from mappings.structs import FrozenStruct

TO_PICK = (Parcel.RELEASED, Parcel.BOOKED)
"""Stages of parcels whose goods still lie on the shelves."""


class WaveParcel(FrozenStruct):
    """One parcel of a wave as it is now; `units`: SKU → how many. `trouble`: why it is not booked, in the
    carrier's words, if it refused or could not be reached; `travels_as`: the parcel that it shares."""

    consignment_id: str
    order_number: str
    stage: Parcel
    carrier: str
    tracking_number: str
    units: Mapping[str, int]
    trouble: str = ""
    travels_as: str = ""

    @property
    def has_own_label(self) -> bool:
        """Another parcel's label is not its own."""
        return self.travels_as in ("", self.consignment_id)

    @property
    def is_to_pick(self) -> bool:
        return self.stage in TO_PICK


class PickLine(FrozenStruct):
    """Take `quantity` units out of `bin` (empty: not known); `parcels`: consignment id → units for it."""

    bin: str
    sku: str
    quantity: int
    parcels: Mapping[str, int]


def pick_list(parcels: Iterable[WaveParcel], bins: Mapping[str, str]) -> list[PickLine]:
    """`bins`: SKU → bin. Parcels that need nothing any more are left out; SKUs without a bin come last."""
    wanted: dict[str, dict[str, int]] = {}
    for parcel in parcels:
        for sku, units in parcel.units.items() if parcel.is_to_pick else ():
            wanted.setdefault(sku, {})[parcel.consignment_id] = units
    lines = [
        PickLine(bin=bins.get(sku, ""), sku=sku, quantity=sum(units.values()), parcels=units)
        for sku, units in wanted.items()
    ]
    return sorted(lines, key=lambda line: (not line.bin, walked(line.bin), walked(line.sku)))


def walked(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts numbers in names as numbers: A-2 before A-10."""
    return tuple(
        (int(part), "") if part.isdecimal() else (-1, part.casefold())
        for part in re.split(r"([0-9]+)", name)
        if part
    )
