"""A carrier's bill against what its parcels should have cost by the price lists of today."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from mappings.structs import FrozenStruct


class BillLine(FrozenStruct):
    """What the carrier charges for one tracking number; `weight_grams` null: the bill does not say it."""

    tracking_number: str
    weight_grams: int | None
    amount: Decimal


class Expected(FrozenStruct):
    """A parcel of ours. `amount` and `weight_grams` are null where no price list or weight says them;
    `currency` is that of the amount."""

    consignment_id: str
    left: bool
    weight_grams: int | None
    amount: Decimal | None
    currency: str = ""


class Finding(StrEnum):
    """What became of a line of the bill, the most serious first."""

    UNKNOWN = "unknown"
    TWICE = "twice"
    NOT_SENT = "not_sent"
    OTHER_CURRENCY = "other_currency"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    NO_PRICE = "no_price"
    AS_EXPECTED = "as_expected"


class Checked(FrozenStruct):
    """A line of the bill with what was expected of it; `over` is what is charged beyond that, where both are
    known. `heavier_grams`: charged beyond the weight that we know."""

    line: BillLine
    finding: Finding
    consignment_id: str = ""
    expected: Decimal | None = None
    over: Decimal | None = None
    heavier_grams: int | None = None


def check_bill(
    lines: Iterable[BillLine], parcels: Mapping[str, Expected], currency: str, tolerance: Decimal
) -> list[Checked]:
    """`parcels`: tracking number → parcel; `tolerance` is the difference of an amount that nobody minds."""
    seen: set[str] = set()
    checked = []
    for line in lines:
        checked.append(_checked(line, parcels, currency, tolerance, is_again=line.tracking_number in seen))
        seen.add(line.tracking_number)
    return checked


def _checked(
    line: BillLine,
    parcels: Mapping[str, Expected],
    currency: str,
    tolerance: Decimal,
    *,
    is_again: bool,
) -> Checked:
    parcel = parcels.get(line.tracking_number)
    if parcel is None:
        return Checked(line=line, finding=Finding.TWICE if is_again else Finding.UNKNOWN)
    is_comparable = parcel.amount is not None and parcel.currency == currency
    over = line.amount - parcel.amount if is_comparable and parcel.amount is not None else None
    return Checked(
        line=line,
        finding=_finding(parcel, over, tolerance, is_again=is_again),
        consignment_id=parcel.consignment_id,
        expected=parcel.amount,
        over=over,
        heavier_grams=_heavier(line, parcel),
    )


def _finding(parcel: Expected, over: Decimal | None, tolerance: Decimal, *, is_again: bool) -> Finding:
    if is_again:
        return Finding.TWICE
    if not parcel.left:
        return Finding.NOT_SENT
    if over is None:
        return Finding.NO_PRICE if parcel.amount is None else Finding.OTHER_CURRENCY
    if abs(over) <= tolerance:
        return Finding.AS_EXPECTED
    return Finding.DEARER if over > 0 else Finding.CHEAPER


def _heavier(line: BillLine, parcel: Expected) -> int | None:
    if line.weight_grams is None or parcel.weight_grams is None:
        return None
    return max(0, line.weight_grams - parcel.weight_grams)
