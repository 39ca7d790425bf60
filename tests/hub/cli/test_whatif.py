"""`orderhub whatif`: what is changed, what it would do, and what is refused with the remedy."""

from pathlib import Path

import pytest

BOOKS = """\
invoice,sku,description,qty,ts,price,customer,country
1,RED,Red,6,2010-12-01T08:26:00,2.55,17850,United Kingdom
2,RED,Red,2,2010-12-01T09:26:00,2.55,12583,Germany
"""
TERRITORIES = "territory,store,country,province,city,district,postal_prefix,precedence\n"


@pytest.fixture
def past(hub):
    """Two orders of the past, a location in each country; the one in Germany is the store's own."""
    Path("books.csv").write_text(BOOKS, encoding="utf-8")
    hub.run("history", "import", "books.csv")
    for name, country, store in (("uk", "gb", "britain"), ("de", "de", "central")):
        words = f"locations add {name} --name {name} --country {country} --city X --street Y --contact Z"
        hub.run(*words.split(), "--telephone", "0123456789", "--store", store)
    return hub


def test_closed_location_is_told_in_numbers_and_in_a_list(past):
    said = past.json("whatif", "--close", "de", "--list", "list.csv")

    assert (said["orders"], said["different"]) == (2, 1)
    assert said["flows"] == [{"from": "de", "to": "uk", "orders": 1}]
    assert said["then"]["distances"]["abroad"] == 1 + said["now"]["distances"]["abroad"]
    heading, row = Path("list.csv").read_text(encoding="utf-8").splitlines()
    assert heading.startswith("order,number,store,placed,from,to")
    assert ",2,central,2010-12-01T09:26:00+00:00,2 de,2 uk," in row
    assert "1 of 2 orders would go another way" in past.run("whatif", "--close", "de")


def test_rules_of_a_file_hold_for_all_stores_or_for_one(past):
    rule = 'rules = [{ rule = "item_count", most_units = 1 }]\n'
    Path("all.toml").write_text(f'["*"]\n{rule}', encoding="utf-8")
    Path("one.toml").write_text(f"[central]\n{rule}", encoding="utf-8")

    assert past.json("whatif", "--rules", "all.toml")["then"]["holds"] == {"item_count": 2}
    assert past.json("whatif", "--rules", "one.toml")["then"]["holds"] == {"item_count": 1}
    assert past.json("rules", "show", "central")["policy_version"] == 1


def test_one_field_of_a_policy(past):
    assert past.json("whatif", "--policy", "ship_within=PT1H", "--store", "central")["different"] == 0
    assert "has no field 'color'" in past.fail("whatif", "--policy", "color=red")
    assert "ship_within" in past.fail("whatif", "--policy", "ship_within=soon")


def test_territories_of_a_file_hold_instead_of_those_of_today(past):
    Path("areas.csv").write_text(TERRITORIES + "all,britain,,,,,,0\n", encoding="utf-8")

    assert past.json("whatif", "--territories", "areas.csv")["flows"] == [
        {"from": "de", "to": "uk", "orders": 1}
    ]
    Path("areas.csv").write_text(TERRITORIES + "all,nobody,,,,,,0\n", encoding="utf-8")
    assert "1 mistakes" in past.fail("whatif", "--territories", "areas.csv")


def test_stock_of_a_file_runs_out(past):
    Path("stock.csv").write_text("sku,location,quantity\nRED,uk,6\n", encoding="utf-8")

    said = past.json("whatif", "--close", "de", "--stock", "stock.csv")

    assert said["now"]["stages"] == {"backordered": 1, "released": 1}


def test_only_orders_since_a_date(past):
    assert past.json("whatif", "--close", "de", "--since", "2010-12-01T09:00")["orders"] == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "nothing is changed"),
        (("--close", "nowhere"), "there is no location 'nowhere'; there are: de, uk"),
        (("--policy", "ship_authorized"), "takes KEY=VALUE"),
        (("--rules", "missing.toml"), "cannot be read"),
    ],
)
def test_refusals_name_the_remedy(past, words, why):
    assert why in past.fail("whatif", *words)


def test_rules_of_unknown_stores_are_refused(past):
    Path("rules.toml").write_text("[nobody]\nship_authorized = true\n", encoding="utf-8")
    assert "there is no store 'nobody'" in past.fail("whatif", "--rules", "rules.toml")
    Path("rules.toml").write_text("ship_authorized = true\n", encoding="utf-8")
    assert "stands under no store" in past.fail("whatif", "--rules", "rules.toml")


def test_stored_decisions_are_decided_again(armed, place_order, days_pass):
    place_order()
    days_pass(0.5)

    said = armed.json("redecide")

    assert (said["decided_again"], said["the_same"], said["differences"]) == (1, 1, [])
    assert "1 the same" in armed.run("redecide")
