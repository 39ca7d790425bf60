"""What stores owe each other, as a person reads it."""

import csv
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest


@pytest.fixture
def gone(armed: Any, place_order: Callable[..., str], days_pass: Callable[[float], None]) -> tuple[Any, str]:
    """An order of `shop` to the territory of `west` was delivered; a share is agreed."""
    armed.run("stores", "add", "west", "--time-zone", "Asia/Shanghai")
    armed.run("territories", "add", "sh", "--store", "west", "--country", "CN", "--province", "上海")
    armed.run("territories", "crossing", "set", "territory_percent=10")
    order = place_order()
    days_pass(4)
    return armed, order


def test_order_shows_both_sides_and_the_statement_the_balance(gone: tuple[Any, str]) -> None:
    desk, order = gone
    month = f"{desk.clock():%Y-%m}"

    entries = desk.json("settlement", "show", order)
    statement = desk.json("settlement", "statement", "--store", "west", "--month", month)

    assert {each["store"] for each in entries} == {"shop", "west"}
    assert sum(Decimal(each["amount"]) for each in entries) == 0
    claims = sum(Decimal(each["amount"]) for each in entries if each["store"] == "west")
    (balance,) = statement["balances"]
    assert claims > 0
    assert (balance["with"], Decimal(balance["opening"]), Decimal(balance["closing"])) == ("shop", 0, claims)
    assert statement["from"].endswith("T00:00:00+08:00")


def test_csv_has_every_entry_of_the_month(gone: tuple[Any, str]) -> None:
    desk, _ = gone
    printed = desk.run(
        "settlement", "statement", "--store", "shop", "--month", f"{desk.clock():%Y-%m}", "--csv"
    )

    rows = list(csv.DictReader(printed.splitlines()))
    assert len(rows) == 2
    assert all(Decimal(row["amount"]) < 0 and row["with"] == "west" for row in rows)


def test_unknown_store_and_month_are_named(gone: tuple[Any, str]) -> None:
    desk, _ = gone

    assert "'2026' is not a month" in desk.fail(
        "settlement", "statement", "--store", "shop", "--month", "2026"
    )
    assert "no store 'x'" in desk.fail("settlement", "statement", "--store", "x", "--month", "2026-01")
