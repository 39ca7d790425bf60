"""Finding orders of all stores, and keeping searches by name."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

PERSONAL = ("王小明", "13800001234", "南京西路", "b1@example.com")


@pytest.fixture
def two_orders(armed: Any, place_order: Callable[..., str]) -> Any:
    """Two orders of one store to one house, an hour apart; the first is the smaller one."""
    place_order("b1")
    armed.clock.advance(timedelta(hours=1))
    place_order("b2", units=3)
    armed.run("sync", "now")
    return armed


def search(desk: Any, *words: str) -> list[str]:
    """Ids of the orders that are found."""
    return [each["id"] for each in desk.json("orders", "search", *words)["orders"]]


def test_every_filter_is_an_option_and_no_personal_value_is_shown(two_orders: Any) -> None:
    newest, oldest = two_orders.json("orders", "search")["orders"]
    shown = two_orders.json("orders", "show", newest["id"])
    (tracking,) = {each["tracking_number"] for each in shown["parcels"]}
    between = (two_orders.clock() - timedelta(minutes=30)).isoformat()
    for words, count in (
        (["--number", newest["number"]], 1),
        (["--number", f"{newest['number'][:-1]}*"], 1),
        (["--external-id", newest["external_id"]], 1),
        (["--sku", "SKU-1"], 2),
        (["--sku", "SKU-*"], 2),
        (["--sku", "SKU-9"], 0),
        (["--tracking", tracking], 1),
        (["--phone", "138 0000 1234"], 2),
        (["--email", "B1@example.com"], 1),
        (["--address", "200040 南京西路 100号"], 2),
        (["--buyer", "nobody"], 0),
        (["--stage", "released"], 2),
        (["--stage", "closed"], 0),
        (["--hold-reason", "unpaid"], 0),
        (["--store", "shop"], 2),
        (["--connection", "shop", "--carrier", "sf-express"], 2),
        (["--placed-from", between], 1),
        (["--placed-until", between], 1),
        (["--currency", newest["currency"].lower()], 2),
        (["--amount-from", newest["total"], "--currency", newest["currency"]], 1),
        (["--amount-to", oldest["total"], "--currency", newest["currency"]], 1),
    ):
        assert len(search(two_orders, *words)) == count, words
    two_orders.run("orders", "search")
    assert not any(value in two_orders.printed for value in PERSONAL)


def test_pages_go_on_where_they_ended(two_orders: Any) -> None:
    first = two_orders.json("orders", "search", "--limit", "1")
    assert set(first) == {"orders", "after", "ordered_by", "looked_at", "is_cut"}
    said = two_orders.type("orders", "search", "--limit", "1")
    assert f"Go on with --after {first['after']}" in said.stderr

    second = two_orders.json("orders", "search", "--limit", "1", "--after", first["after"])

    assert second["orders"][0]["placed_at"] < first["orders"][0]["placed_at"]
    assert second["after"] == ""


def test_filters_are_saved_used_changed_and_removed(two_orders: Any) -> None:
    kept = two_orders.json(
        "orders", "search", "--phone", "13800001234", "--stage", "released", "--save", "mine"
    )
    assert search(two_orders, "--saved", "mine") == [each["id"] for each in kept["orders"]]
    assert search(two_orders, "--saved", "mine", "--stage", "closed") == []
    (row,) = two_orders.json("orders", "filters", "list")
    assert row["filters"] == {"phone": "(hidden)", "stage": "released"}
    assert "phone (hidden)" in two_orders.run("orders", "filters", "list")
    two_orders.run("orders", "search", "--saved", "mine", "--limit", "1", "--save", "mine")

    two_orders.run("orders", "filters", "remove", "mine")

    assert two_orders.json("orders", "filters", "list") == []
    assert "saved filter 'mine' is not known" in two_orders.fail("orders", "search", "--saved", "mine")
    assert "saved filter 'mine' is not known" in two_orders.fail("orders", "filters", "remove", "mine")


def test_no_personal_value_of_a_saved_filter_is_in_the_database(two_orders: Any) -> None:
    two_orders.run(
        "orders", "search", "--phone", "13800001234", "--email", "b1@example.com", "--save", "mine"
    )

    stored = b"".join(each.read_bytes() for each in Path("data").glob("orderhub.sqlite3*"))

    assert b"mine" in stored
    assert not any(value.encode() in stored for value in ("13800001234", "b1@example.com"))


def test_what_cannot_be_searched_is_refused_with_a_remedy(two_orders: Any) -> None:
    for words, said in (
        (["--number", "*"], "put what it begins with before the *"),
        (["--store", "nowhere"], "`orderhub stores list` shows what there is"),
        (["--amount-from", "ten", "--currency", "EUR"], "--amount-from 'ten' is not an amount"),
        (["--amount-from", "10"], "means nothing without a currency"),
        (["--placed-from", "yesterday"], "--placed-from: 'yesterday' is not a date"),
        (["--after", "x"], "belongs to another search"),
        (["--save", "A name"], "the name of a filter 'A name' may have small letters"),
        (["--save", "all"], "name at least one thing to look for"),
    ):
        assert said in two_orders.fail("orders", "search", *words), words


def test_search_that_had_to_stop_says_so(two_orders: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.storage.search.LEAST_LOOKS", 1)
    monkeypatch.setattr("hub.storage.search.LOOKS_PER_ORDER", 1)

    said = two_orders.type("orders", "search", "--currency", "XXX", "--limit", "1")

    assert "No order that fits was found so far." in said.stdout
    assert "1 orders were looked at" in said.stderr and "--after" in said.stderr
    assert json.loads(two_orders.run("orders", "search", "--currency", "XXX", "--json"))["is_cut"] is False
