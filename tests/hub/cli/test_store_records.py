"""`orderhub stores`: the record of a store, and its register of certificates."""

from typing import Any

import pytest


@pytest.fixture
def east(warehouse: Any) -> Any:
    warehouse.run("stores", "add", "east", "--name", "East", "--currency", "CNY")
    return warehouse


def test_set_changes_what_is_given_and_nothing_else(east: Any) -> None:
    east.run("stores", "set", "east", "--brand", "Acme", "--status", "preparing", "--location", "wh")
    east.run("stores", "set", "east", "--owner", "Acme Ltd")

    shown = east.json("stores", "show", "east")
    assert {name: shown[name] for name in ("name", "brand", "owner", "currency", "status")} == {
        "name": "East",
        "brand": "Acme",
        "owner": "Acme Ltd",
        "currency": "CNY",
        "status": "preparing",
    }
    assert shown["locations"] == ["wh"]


def test_a_list_is_emptied_by_an_empty_value(east: Any) -> None:
    east.run("stores", "set", "east", "--location", "wh")
    east.run("stores", "set", "east", "--location", "")
    assert east.json("stores", "show", "east")["locations"] == []


def test_the_record_of_a_store_that_add_changes_stays(east: Any) -> None:
    east.run("stores", "set", "east", "--brand", "Acme")
    east.run("stores", "add", "east", "--name", "Far East")
    shown = east.json("stores", "show", "east")
    assert (shown["name"], shown["brand"]) == ("Far East", "Acme")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("set west --brand x", "no store 'west'"),
        ("show west", "no store 'west'"),
        ("set east --location moon", "no entry of locations 'moon'"),
        ("set east --carrier moon", "no carrier connection 'moon'"),
        ("set east --time-zone Mars", "no time zone 'Mars'"),
        ("certify east licence --kind permit --until tomorrow", "'tomorrow' is not a day"),
        ("certify east licence --kind permit --from 2026-02-02 --until 2026-02-01", "exchange the days"),
        ("certify east Licence! --kind permit", "small letters"),
        ("uncertify east licence", "no certificate 'licence'; there are: none"),
    ],
)
def test_mistakes_are_told_in_a_sentence(east: Any, words: str, said: str) -> None:
    assert said in east.fail("stores", *words.split())


def test_certificates_are_shown_with_masked_numbers(east: Any) -> None:
    words = "certify east licence --kind business_licence --issuer AMR --from 2026-01-01 --until 2027-01-01"
    east.run("stores", *words.split(), "--number", "91310000MA1K")

    shown = east.run("stores", "show", "east")
    assert "business licence" in shown and "2027-01-01" in shown
    assert "***1K" in shown
    assert "91310000MA1K" not in east.printed


def test_a_replaced_certificate_keeps_its_number_and_one_taken_away_loses_it(east: Any) -> None:
    certify = ["stores", "certify", "east", "permit", "--kind", "permit"]
    east.run(*certify, "--number", "1234567")
    east.run(*certify, "--until", "2027-01-01")
    assert "***67" in east.run("stores", "show", "east")

    east.run("stores", "uncertify", "east", "permit")
    east.run(*certify)
    assert "***" not in east.run("stores", "show", "east")


def test_what_was_set_is_on_record_with_the_actor(east: Any) -> None:
    east.run("stores", "set", "east", "--brand", "Acme")
    found = east.json("config", "log")
    assert found[0]["actor"].startswith("cli") and found[0]["change"]["after"]["brand"] == "Acme"
    kept = [(each["change"]["section"], each["change"]["entry"]) for each in found]
    assert kept == [("stores", "east"), ("stores", "east"), ("locations", "wh")]


def test_the_register_shows_what_is_to_be_looked_after(east: Any) -> None:
    east.run("stores", "certify", "east", "old", "--kind", "permit", "--until", "2020-01-01")
    east.run("stores", "certify", "east", "new", "--kind", "permit")

    (row,) = east.json("stores", "certificates", "--alarms")
    assert (row["store"], row["certificate"], row["state"]) == ("east", "old", "expired")
    assert [each["certificate"] for each in east.json("stores", "certificates", "east")] == ["old", "new"]
    assert "not limited" in east.run("stores", "certificates")
