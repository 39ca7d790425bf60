"""`orderhub automation …`: written, tried, switched on, and refused with the remedy."""

from pathlib import Path

import pytest

RULES = """\
[[rule]]
name = "big"
rank = 10
conditions = { least_units = 5 }
tags = ["big"]

[[rule]]
name = "wait"
hold = { why = "call first", owner = "service", hours = 24 }
"""
BOOKS = """\
invoice,sku,description,qty,ts,price,customer,country
1,RED,Red,6,2010-12-01T08:26:00,2.55,17850,United Kingdom
2,RED,Red,2,2010-12-01T09:26:00,2.55,12583,Germany
"""


def write(text=RULES):
    Path("rules.toml").write_text(text, encoding="utf-8")
    return "rules.toml"


@pytest.fixture
def ruled(armed):
    armed.run("automation", "add", write())
    return armed


def test_new_rules_are_listed_by_rank_and_off(ruled):
    found = ruled.json("automation", "list")

    assert [(each["rule"]["name"], each["is_enabled"], each["version"]) for each in found] == [
        ("big", False, 1),
        ("wait", False, 1),
    ]
    assert "call first" in ruled.run("automation", "show", "wait")


def test_rule_is_tried_on_past_orders_before_it_goes_live(warehouse):
    Path("books.csv").write_text(BOOKS, encoding="utf-8")
    warehouse.run("history", "import", "books.csv")
    warehouse.run("automation", "add", write())

    said = warehouse.json("automation", "try", "big")

    assert (said["orders"], said["fired"], said["first"][0]["number"]) == (2, 1, "1")
    assert "fired on 0 of 1 orders" in warehouse.run(
        "automation", "try", "big", "--since", "2010-12-01T09:00"
    )


def test_enabled_rule_tags_and_holds_until_it_is_disabled(ruled, place_order):
    for name in ("big", "wait"):
        ruled.run("automation", "enable", name)
    place_order(units=4)
    ruled.run("sync", "now")

    (held,) = ruled.json("orders", "list", "--stage", "on_hold")
    assert [reason["code"] for reason in held["reasons"]] == ["automation_wait"]
    assert len(ruled.json("orders", "search", "--tag", "big")["orders"]) == 1

    ruled.run("automation", "disable", "wait")
    assert ruled.json("orders", "list", "--stage", "on_hold") == []


def test_removed_rule_is_gone(ruled):
    ruled.run("automation", "remove", "big")

    assert "there is no rule 'big'; there are: wait" in ruled.fail("automation", "enable", "big")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[rule]]\nname = 'x'\n", "rule 1: the rule does nothing"),
        ("[[rule]]\nname = 'x'\ntags = ['a']\nstores = ['nowhere']\n", "there is no store 'nowhere'"),
        ("[[rule]]\nname = 'x'\ntags = ['a']\n" * 2, "'x' stands there twice"),
        ("name = 'x'\n", "must hold [[rule]] tables"),
        ("[[rule", "is not TOML"),
    ],
)
def test_nothing_of_a_faulty_file_is_saved(ruled, text, why):
    assert why in ruled.fail("automation", "add", write(text))
    assert len(ruled.json("automation", "list")) == 2
