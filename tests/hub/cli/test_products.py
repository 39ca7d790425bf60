"""Weights of SKUs: entered, listed, and told to carriers."""

from pathlib import Path
from typing import Any

import pytest

from hub.cli.csv_file import UnreadableFile
from hub.cli.products import read_products


def test_weights_are_read_with_every_mistake_in_its_line() -> None:
    content = b"sku;weight\nA;200\nB;0\nA;1\n;5\nC;1.5\n"
    with pytest.raises(UnreadableFile) as caught:
        read_products(content)
    assert caught.value.faults == [
        "line 3: the weight '0' is not a whole number of grams from 1 on",
        "line 4: A is weighed already in line 2",
        "line 5: the SKU is empty",
        "line 6: the weight '1.5' is not a whole number of grams from 1 on",
    ]
    assert [(each.sku, each.weight_grams) for each in read_products(b"sku,weight_grams\nA,200\n")] == [
        ("A", 200)
    ]


def test_weights_are_kept_and_replaced(connected: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "weights.csv"
    sheet.write_text("sku,weight_grams\nSKU-1,200\nSKU-2,50\n")
    assert "No weight is known" in connected.run("products", "list")
    assert "2 weights" in connected.run("products", "import", str(sheet))
    connected.run("products", "set", "SKU-2", "--grams", "75")
    assert "whole number of grams" in connected.fail("products", "set", "SKU-2", "--grams", "heavy")
    assert connected.json("products", "list") == [
        {"sku": "SKU-1", "weight_grams": 200},
        {"sku": "SKU-2", "weight_grams": 75},
    ]
    assert [each["sku"] for each in connected.json("products", "list", "--after", "SKU-1")] == ["SKU-2"]
    assert "cannot be read" in connected.fail("products", "import", str(tmp_path / "none.csv"))
