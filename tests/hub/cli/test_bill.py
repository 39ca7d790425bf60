"""`orderhub ship bill`: a carrier's bill against price lists."""

import csv
import json
from pathlib import Path

import pytest


@pytest.fixture
def desk(armed, place_order):
    """A parcel that left, which should cost 12.50 CNY, and the file of its bill to be written."""
    prices = "areas,first_grams,first_price,step_grams,step_price,least,most\n*,1000,8,500,1.5,,\n"
    Path("sf.csv").write_text(prices, encoding="utf-8")
    armed.run("departments", "freight", "import", "sf-2026", "sf.csv", "--currency", "CNY")
    armed.run("departments", "add", "east", "--offer", "sf=sf-2026")
    armed.run("products", "set", "SKU-1", "--grams", "600")
    armed.run("products", "set", "SKU-2", "--grams", "900")
    place_order()
    armed.run("sync", "now")
    return armed


def test_bill_is_compared_line_by_line(desk):
    (row,) = json.loads(desk.run("ship", "hand-over", "sf", "wh", "--dry-run", "--json"))
    number = row["tracking_number"]
    rows = f"运单号,计费重量,金额\n{number},3000,14.00\nSF404,,9\n{number},3000,14.00\n"
    Path("bill.csv").write_text(rows, encoding="utf-8")

    before = desk.run("ship", "bill", "sf", "bill.csv", "--currency", "cny")
    desk.run("ship", "hand-over", "sf", "wh")
    said = desk.run("ship", "bill", "sf", "bill.csv", "--currency", "CNY", "--csv", "out.csv")

    assert "has not left us" in before
    assert "3 lines, 37.00 CNY billed: 1 no parcel of ours, 1 on the bill twice, 1 dearer" in said
    assert "Too dear by 1.50 CNY; 23.00 CNY for parcels that are not owed" in said
    first, *_ = csv.DictReader(Path("out.csv").read_text().splitlines())
    assert (first["finding"], first["expected"], first["over"], first["heavier_grams"]) == (
        "dearer",
        "12.5",
        "1.50",
        "900",
    )
    said = desk.run("ship", "bill", "sf", "bill.csv", "--currency", "CNY", "--tolerance", "2")
    assert "1 as expected" in said


def test_every_mistake_is_named_and_nothing_compared(desk):
    Path("bill.csv").write_text(
        "tracking_number,weight_grams,amount\n,1,1\nA,heavy,1\nB,1,free\n", encoding="utf-8"
    )

    said = desk.fail("ship", "bill", "sf", "bill.csv", "--currency", "CNY")

    for why in (
        "line 2: the tracking number is empty",
        "line 3: the weight 'heavy'",
        "line 4: the amount 'free'",
    ):
        assert why in said

    Path("bill.csv").write_text("tracking_number,weight_grams,amount\nA,1,1\n", encoding="utf-8")
    assert "there is no carrier connection 'ups'" in desk.fail(
        "ship", "bill", "ups", "bill.csv", "--currency", "CNY"
    )
