"""A carrier's bill, line by line: `orderhub ship bill`."""

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.csv_file import UnreadableFile, read_file, rows_of, sku_faults
from hub.cli.dock import CarrierName, require_carrier
from hub.cli.printing import written
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.freight_bill import BillLine, Checked, Expected, Finding, check_bill
from hub.pipeline.freight_bill import PAGE, expected_parcels

COLUMNS = ("tracking_number", "weight_grams", "amount")

WORDS: Mapping[Finding, str] = {
    Finding.UNKNOWN: "no parcel of ours",
    Finding.TWICE: "on the bill twice",
    Finding.NOT_SENT: "has not left us",
    Finding.OTHER_CURRENCY: "its price list has another currency",
    Finding.DEARER: "dearer than expected",
    Finding.CHEAPER: "cheaper than expected",
    Finding.NO_PRICE: "no price list says what it costs",
    Finding.AS_EXPECTED: "as expected",
}

_HEADINGS: Mapping[str, str] = {
    **{each: each for each in COLUMNS},
    "number": "tracking_number",
    "运单号": "tracking_number",
    "weight": "weight_grams",
    "计费重量": "weight_grams",
    "金额": "amount",
}


def bill(
    carrier: CarrierName,
    csv_file: Annotated[Path, typer.Argument(metavar="CSV", help=f"Columns {', '.join(COLUMNS)}.")],
    currency: Annotated[str, typer.Option(help="Of the bill's amounts, ISO 4217.")],
    tolerance: Annotated[str, typer.Option(help="A difference up to this amount is as expected.")] = "0",
    into: Annotated[Path | None, typer.Option("--csv", help="Write every line with its finding.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a carrier's bill with what its parcels should cost by their quotes and price lists. Weights in
    whole grams; an empty weight is not known."""
    lines = read_file(csv_file, read_bill)
    parcels = _expected(carrier, [each.tracking_number for each in lines])
    checked = check_bill(lines, parcels, currency.upper(), entering.amount(tolerance))
    if into:
        written(into, _csv(checked))
    differences = [each for each in checked if each.finding is not Finding.AS_EXPECTED]
    show(
        sorted(differences, key=lambda each: list(Finding).index(each.finding)),
        {
            "tracking number": lambda each: each.line.tracking_number,
            "parcel": lambda each: each.consignment_id or "-",
            "finding": lambda each: WORDS[each.finding],
            "billed": lambda each: each.line.amount,
            "expected": lambda each: each.expected,
            "over": lambda each: each.over,
            "heavier by": lambda each: each.heavier_grams,
        },
        as_json=as_json,
        nothing="Every line is as expected.",
    )
    if not as_json:
        typer.echo(f"\n{summary(checked, currency.upper())}")


def _expected(carrier: str, numbers: Sequence[str]) -> dict[str, Expected]:
    async def work(hub: HubContext) -> dict[str, Expected]:
        await hub.database.read(lambda uow: require_carrier(uow, carrier))
        found: dict[str, Expected] = {}
        for start in range(0, len(numbers), PAGE):
            part = numbers[start : start + PAGE]
            found |= await hub.database.read(lambda uow: expected_parcels(hub.books, uow, carrier, part))  # noqa: B023 - runs at once
        return found

    return with_hub(work)


def read_bill(content: bytes) -> list[BillLine]:
    """All rows of the file, or `UnreadableFile` with everything that is wrong with it."""
    faults: list[str] = []
    found: list[BillLine] = []
    for line, (number, weight, amount) in rows_of(content, _HEADINGS, COLUMNS, faults):
        wrong = sku_faults(number, "tracking number")
        grams = entering.whole(weight) if weight else None
        if weight and grams is None:
            wrong.append(f"the weight {weight!r} is not a whole number of grams")
        charged = _amount(amount)
        if charged is None:
            wrong.append(f"the amount {amount!r} is not an amount: write for example 8.50")
        else:
            found.append(BillLine(tracking_number=number, weight_grams=grams, amount=charged))
        faults += [f"line {line}: {fault}" for fault in wrong]
    if faults:
        raise UnreadableFile(faults)
    return found


def _amount(text: str) -> Decimal | None:
    """A credit is negative."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def summary(checked: Sequence[Checked], currency: str) -> str:
    """How many lines, what they add up to, and how much too much it is."""
    total = sum((each.line.amount for each in checked), Decimal(0))
    counts = {each: sum(row.finding is each for row in checked) for each in Finding}
    over = sum((each.over for each in checked if each.over and each.finding is Finding.DEARER), Decimal(0))
    unowed = (Finding.UNKNOWN, Finding.TWICE, Finding.NOT_SENT)
    doubted = sum((each.line.amount for each in checked if each.finding in unowed), Decimal(0))
    said = ", ".join(f"{number} {WORDS[finding]}" for finding, number in counts.items() if number)
    return (
        f"{len(checked)} lines, {total} {currency} billed: {said or 'nothing'}."
        f" Too dear by {over} {currency}; {doubted} {currency} for parcels that are not owed."
    )


def _csv(checked: Sequence[Checked]) -> str:
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow((*COLUMNS, "parcel", "finding", "expected", "over", "heavier_grams"))
    for each in checked:
        line = each.line
        cells = (line.tracking_number, line.weight_grams, line.amount, each.consignment_id)
        rows.writerow((*cells, each.finding.value, each.expected, each.over, each.heavier_grams))
    return text.getvalue()
