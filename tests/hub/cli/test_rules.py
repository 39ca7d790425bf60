"""Audit rules as a person sets them, and what becomes of orders that they hold."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.cli import rules_page
from hub.domain.audit import STANDING
from hub.domain.audit_parameters import OPTIONAL


def stage(desk: Any, order: str) -> str:
    return str(desk.json("orders", "show", order)["stage"])


def reasons(desk: Any, order: str) -> list[str]:
    return [each.rpartition("[")[2].rstrip("]") for each in desk.json("orders", "show", order)["reasons"]]


def version(desk: Any) -> int:
    return int(desk.json("rules", "show", "shop")["policy_version"])


def shown(desk: Any, rule: str) -> dict[str, Any]:
    return next(each for each in desk.json("rules", "show", "shop")["rules"] if each["rule"] == rule)


def test_all_rules_are_listed_with_their_parameters(connected: Any) -> None:
    connected.run("rules", "set", "shop", "payment_delay", "minutes=30")
    listed = {each["rule"]: each for each in connected.json("rules", "list")}

    assert list(listed) == [each.name for each in STANDING] + list(OPTIONAL)
    assert listed["payment_delay"]["stores"] == ["shop"] and listed["note"]["stores"] == []
    assert listed["payment_delay"]["parameters"]["minutes"]["maximum"] == 10080
    assert listed["unpaid"]["always_on"] and list(listed["unpaid"]["parameters"]) == ["ship_authorized"]
    assert "always on" in connected.run("rules", "list")


def test_catalogue_names_a_few_stores_and_counts_the_others(hub: Any) -> None:
    for number in range(7):
        hub.run("stores", "add", f"s{number}")
        hub.run("rules", "set", f"s{number}", "deposit")

    assert "s0, s1, s2, s3, s4 … (7 stores)" in hub.run("rules", "list")


def test_rule_is_switched_on_changed_and_off_each_time_under_the_next_version(connected: Any) -> None:
    assert shown(connected, "item_count")["state"] == "off"
    first = version(connected)
    connected.run("rules", "set", "shop", "item_count", "most_units=20")
    connected.run("rules", "set", "shop", "item_count", "most_items=5")

    assert shown(connected, "item_count") == {
        "rule": "item_count",
        "title": "Items and units",
        "state": "on",
        "parameters": {"most_items": 5, "most_units": 20},
    }
    connected.run("rules", "set", "shop", "item_count", "most_units=")
    assert shown(connected, "item_count")["parameters"] == {"most_items": 5, "most_units": None}
    assert "(policy version" in connected.run("rules", "off", "shop", "item_count")
    assert (shown(connected, "item_count")["state"], version(connected)) == ("off", first + 4)
    assert "most_items" not in connected.run("rules", "show", "shop")


def test_same_parameters_again_are_no_new_version(connected: Any) -> None:
    connected.run("rules", "set", "shop", "note", "ignored=hello,thank you")
    before = version(connected)
    connected.run("rules", "set", "shop", "note")

    assert version(connected) == before
    assert shown(connected, "note")["parameters"]["ignored"] == ["hello", "thank you"]


def test_parameters_of_standing_rules_are_set_too(connected: Any) -> None:
    connected.run("rules", "set", "shop", "unpaid", "ship_authorized=true")
    connected.run("rules", "set", "shop", "suspected_duplicate", "duplicate_window=PT30M")

    assert shown(connected, "unpaid")["parameters"] == {"ship_authorized": True}
    assert shown(connected, "suspected_duplicate")["parameters"] == {"duplicate_window": "PT30M"}
    assert "is always on" in connected.fail("rules", "off", "shop", "total")
    assert "is always on" in connected.fail("rules", "set", "shop", "total")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nowhere note", ["no store 'nowhere'", "shop"]),
        ("shop nothing", ["no rule 'nothing'", "payment_delay"]),
        ("shop note much=1", ["no parameter 'much'", "buyer, seller, ignored"]),
        ("shop note much", ["key=value, not 'much'"]),
        ("shop payment_delay", ["minutes is missing: give minutes=…", "whole minutes after payment"]),
        ("shop payment_delay minutes=0", ["minutes=0 is refused", "greater than or equal to 1"]),
        ("shop payment_delay minutes=soon", ["minutes=soon is refused", "valid integer"]),
        ("shop quiet_hours begins=25:00 ends=7:00", ["begins=25:00 is refused", "22:00"]),
        ("shop quiet_hours begins=07:00 ends=07:00", ["equal: give two different times"]),
        (
            "shop quiet_hours begins=22:00+08:00 ends=07:00",
            ["begins=22:00+08:00 is refused", "without a zone"],
        ),
        ("shop item_count", ["set most_items or most_units"]),
        ("shop amount_range currency=yuan most=1", ["currency=yuan is refused", "ISO 4217"]),
        ("shop amount_range currency=CNY least=9 most=1", ["least is above most: exchange them"]),
        ("shop remote_area divisions=新疆", ["divisions=新疆 is refused", "CN/新疆"]),
        ("shop remote_area", ["set divisions or postal_prefixes"]),
        ("shop note buyer=false seller=false", ["switch the rule off"]),
        ("shop blacklist buyer=0 telephone=0 address=0", ["switch the rule off"]),
        ("shop unpaid ship_authorized=perhaps", ["ship_authorized=perhaps is refused"]),
    ],
)
def test_what_is_refused_names_parameter_value_and_remedy(
    connected: Any, words: str, said: list[str]
) -> None:
    before = connected.json("rules", "show", *words.split()[:1]) if words.startswith("shop") else None
    sentence = connected.fail("rules", "set", *words.split())

    assert [each for each in said if each not in sentence] == [], sentence
    if before:
        assert connected.json("rules", "show", "shop") == before


def test_order_held_by_a_rule_goes_on_when_it_is_switched_off(
    connected: Any, place_order: Callable[..., str]
) -> None:
    connected.run("rules", "set", "shop", "item_count", "most_units=2")
    order = place_order(units=2)
    connected.run("sync", "now")
    assert (stage(connected, order), reasons(connected, order)) == ("on_hold", ["item_count"])

    connected.run("rules", "set", "shop", "item_count", "most_units=3")
    assert stage(connected, order) == "released"
    story = connected.json("orders", "explain", order)["story"]
    assert any("3 units, at most 2 pass" in reason["text"] for line in story for reason in line["reasons"])


def test_quiet_hours_are_those_of_the_stores_time_zone_and_end_by_themselves(
    connected: Any, place_order: Callable[..., str]
) -> None:
    connected.run("stores", "add", "shop", "--time-zone", "Asia/Shanghai")
    now = connected.clock()
    local = now + timedelta(hours=8)
    ends = local + timedelta(hours=2)
    connected.run("rules", "set", "shop", "quiet_hours", f"begins={local:%H:%M}", f"ends={ends:%H:%M}")
    order = place_order()
    connected.run("sync", "now")
    assert reasons(connected, order) == ["quiet_hours"]

    connected.clock.advance(timedelta(hours=2))
    connected.run("sync", "now")
    assert stage(connected, order) == "released"


def test_blacklist_takes_marks_from_an_order_and_never_shows_the_value(
    connected: Any, place_order: Callable[..., str]
) -> None:
    bad = place_order("bad")
    connected.run("sync", "now")
    connected.run("rules", "set", "shop", "blacklist", "telephone=no", "address=no")
    assert "name what of the order" in connected.fail("rules", "blacklist", "add", bad, "--why", "fraud")
    connected.run("rules", "blacklist", "add", bad, "--buyer", "--why", "fraud")
    again = connected.run("rules", "blacklist", "add", bad, "--buyer", "--why", "fraud")
    assert again.startswith("0 marks")

    later, other = place_order("bad", units=3), place_order("good")
    connected.run("sync", "now")
    assert (reasons(connected, later), stage(connected, other)) == (["blacklist"], "released")

    entries = connected.json("rules", "blacklist", "list")
    assert {(each["kind"], each["why"]) for each in entries} == {("buyer", "fraud")}
    assert "bad@example.com" not in connected.run("rules", "blacklist", "list")
    for entry in entries:
        connected.run("rules", "blacklist", "remove", entry["mark"])
    assert stage(connected, later) == "released"
    assert "has no mark" in connected.fail("rules", "blacklist", "remove", "0000")
    assert "is empty" in connected.run("rules", "blacklist", "list")


def test_price_floor_holds_and_its_campaign_lets_pass(
    connected: Any, place_order: Callable[..., str]
) -> None:
    order = place_order("first")
    connected.run("sync", "now")
    currency = connected.json("orders", "show", order)["total"].split()[1]
    connected.run("rules", "set", "shop", "price_floor")
    connected.run("rules", "floors", "set", "SKU-1", "10.01", currency)
    order = place_order("second")
    connected.run("sync", "now")
    assert reasons(connected, order) == ["price_floor"]

    begins = f"{connected.clock() - timedelta(days=2):%Y-%m-%d}"
    sale = ("rules", "floors", "set", "SKU-1", "8", currency, "--campaign", "spring", "--from", begins)
    assert "during spring" in connected.run(*sale)
    assert stage(connected, order) == "released"

    assert [each["campaign"] for each in connected.json("rules", "floors", "list")] == ["", "spring"]
    connected.run("rules", "floors", "remove", "SKU-1", currency)
    assert "no such floor" in connected.fail("rules", "floors", "remove", "SKU-1", currency)
    assert "spring" in connected.run("rules", "floors", "list")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("A much CNY", "'much' is not an amount"),
        ("A NaN CNY", "'NaN' is not an amount"),
        ("A 1 yuan", "'yuan' is not a currency"),
        ("A 1 CNY --campaign x", "has no time"),
        ("A 1 CNY --from 2026-01-01", "give --campaign NAME"),
        ("A 1 CNY --campaign x --from 2026-02-01 --until 2026-01-01", "exchange"),
    ],
)
def test_floors_that_make_no_sense_are_refused(hub: Any, words: str, said: str) -> None:
    assert said in hub.fail("rules", "floors", "set", *words.split())
    assert "There are no price floors" in hub.run("rules", "floors", "list")


def test_the_rules_page_is_what_the_models_say() -> None:
    page = Path(__file__).parents[3] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == rules_page.page(), (
        "run python -m hub.cli.rules_page > docs/rules.md"
    )
