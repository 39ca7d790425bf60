"""Parcels as a store platform recorded them, and which of them is ours."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from mappings.canonical import Shipment
from mappings.structs import FrozenStruct


class RecordedParcel(FrozenStruct):
    """`quantities` (line id → units) is null where the platform keeps none."""

    id: str
    tracking_number: str
    quantities: Mapping[str, int] | None = None


ParcelT = TypeVar("ParcelT", bound=RecordedParcel)


def find_parcel(known: Iterable[ParcelT], shipment: Shipment, numbers: Sequence[str]) -> ParcelT | None:
    """The parcel of these units under one of the numbers. Without quantities the number alone names it."""
    wanted = {part.line_id: part.quantity for part in shipment.lines}
    for parcel in known:
        same_units = parcel.quantities is None or parcel.quantities == wanted
        if parcel.tracking_number in numbers and same_units:
            return parcel
    return None
