"""Which stores sell outside their territories."""

from collections.abc import Callable
from typing import Any

from pytest import MonkeyPatch

from hub.jobs import territory_report


def test_orders_outside_are_counted_page_by_page(
    armed: Any, place_order: Callable[..., str], monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setattr(territory_report, "ORDERS_AT_ONCE", 1)
    armed.run("stores", "add", "west")
    armed.run("territories", "add", "sh", "--store", "west", "--country", "CN", "--province", "上海")
    for buyer in ("b1", "b2", "b3"):
        place_order(buyer)
    armed.run("sync", "now")

    (score,) = armed.json("territories", "diversion", "--worst", "2")

    assert (score["store_id"], score["orders_outside"], score["units_outside"]) == ("shop", 3, 9)
    assert score["ratio"] is None and len(score["worst"]) == 2
    printed = armed.run("territories", "diversion")
    assert "3 of 3" in printed and "unknown" in printed


def test_nothing_sold_is_said(armed: Any) -> None:
    assert "no orders of the last 7 days" in armed.run("territories", "diversion", "--days", "7")
