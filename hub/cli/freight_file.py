"""A carrier's price list as a CSV file: a row per zone."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from hub.cli import entering
from hub.cli.csv_file import UnreadableFile, rows_of
from hub.domain.freight import FreightZone
from hub.domain.reach import reach

COLUMNS = ("areas", "first_grams", "first_price", "step_grams", "step_price", "least", "most")

_HEADINGS: Mapping[str, str] = {
    **{each: each for each in COLUMNS},
    "area": "areas",
    "地区": "areas",
    "首重": "first_grams",
    "首重价格": "first_price",
    "续重": "step_grams",
    "续重价格": "step_price",
    "最低": "least",
    "最高": "most",
}


def read_zones(content: bytes) -> tuple[FreightZone, ...]:
    """All rows of the file, in their order, or `UnreadableFile` with everything that is wrong with it. Areas
    of one row are divided by `|`; empty: no further steps, no least, no most."""
    faults: list[str] = []
    zones: list[FreightZone] = []
    for line, cells in rows_of(content, _HEADINGS, COLUMNS, faults):
        try:
            zones.append(_zone(cells))
        except ValueError as error:
            faults.append(f"line {line}: {error}")
    if not zones and not faults:
        faults.append("the file has no zone: write a row per zone below the heading")
    if faults:
        raise UnreadableFile(faults)
    return tuple(zones)


def _zone(cells: Sequence[str]) -> FreightZone:
    areas, first_grams, first_price, step_grams, step_price, least, most = cells
    return FreightZone(
        areas=tuple(reach(each) for each in areas.split("|")),
        first_grams=_grams("first_grams", first_grams),
        first_price=_amount("first_price", first_price),
        step_grams=_grams("step_grams", step_grams or "0"),
        step_price=_amount("step_price", step_price or "0"),
        least=_amount("least", least) if least else None,
        most=_amount("most", most) if most else None,
    )


def _grams(column: str, text: str) -> int:
    found = entering.whole(text)
    if found is None:
        raise ValueError(f"{column} {text!r} is not a whole number of grams")
    return found


def _amount(column: str, text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{column} {text!r} is not an amount: write for example 8.50") from None
