"""`orderhub departments`: set up on the command line, seen in what happens to an order."""

import json
from pathlib import Path

import pytest

PRICES = (
    "地区,首重,首重价格,续重,续重价格,最低,最高\nCN/上海市|CN/江苏,1000,8,500,1.5,,\n*,1000,15,1000,6,,99\n"
)


@pytest.fixture
def desk(armed):
    """A price list, and a department that sends from the warehouse with SF Express."""
    Path("sf.csv").write_text(PRICES, encoding="utf-8")
    armed.run("departments", "freight", "import", "sf-2026", "sf.csv", "--currency", "cny")
    armed.run(
        *[
            "departments",
            "add",
            "east",
            "--name",
            "East",
            "--location",
            "wh",
            "--offer",
            "sf=sf-2026",
            "--offer",
            "sf:2=sf-2026",
        ],
        *("--area", "CN", "--except", "CN/西藏", "--most-grams", "30000", "--most-worth", "5000 EUR"),
        *["--cut-off", "17:30", "--time-zone", "Asia/Shanghai"],
    )
    armed.run("products", "set", "SKU-1", "--grams", "600")
    armed.run("products", "set", "SKU-2", "--grams", "900")
    return armed


def test_department_is_shown_as_it_was_added(desk):
    (row,) = desk.json("departments", "list")
    shown = desk.run("departments", "show", "east")

    assert row["offers"] == [
        {"carrier": "sf", "freight": "sf-2026"},
        {"carrier": "sf", "service": "2", "freight": "sf-2026"},
    ]
    for words in ("wh", "CN/西藏", "30000 g, 5000 EUR", "17:30 Asia/Shanghai", "sf 2 (sf-2026)"):
        assert words in shown


def test_order_is_sent_as_the_rule_says_and_tells_why(desk, place_order):
    desk.run("departments", "rules", "add", "heavy", "--from-grams", "2000", "--service", "2")

    order = place_order(units=2)
    desk.run("sync", "now")

    said = desk.run("orders", "explain", order)
    assert "booking with sf 2 at 12.5 CNY (department east); rule heavy" in said
    assert "next would have been" not in said


def test_what_no_department_takes_is_shipped_by_hand(desk, place_order):
    desk.run("departments", "add", "east", "--offer", "sf", "--most-grams", "2000")

    order = place_order(units=2)
    desk.run("sync", "now")

    assert "takes 2000 g at most, it weighs 2100 g" in desk.run("orders", "explain", order)
    desk.run("orders", "ship", order, "--carrier", "sf-express", "--number", "SF123")


def test_everything_goes_into_a_file_and_back(desk):
    desk.run("departments", "rules", "add", "cod", "--cod", "--department", "east", "--area", "CN/四川")
    before = desk.run("departments", "export")
    Path("all.json").write_text(before, encoding="utf-8")
    desk.run("departments", "rules", "remove", "cod")
    desk.run("departments", "remove", "east")
    desk.run("departments", "freight", "remove", "sf-2026")
    assert json.loads(desk.run("departments", "export")) == {}

    desk.run("departments", "import", "all.json")

    assert desk.run("departments", "export") == before


REFUSED = {
    "add d --offer ups": "there is no carrier connection 'ups'; there are: sf",
    "add d --offer sf --location moon": "there is no location 'moon'; there are: wh",
    "add d --offer sf=cheap": "there is no freight template 'cheap'; there are: sf-2026",
    "add d --offer sf --time-zone Mars": "there is no time zone 'Mars'",
    "add d --offer sf --cut-off noon": "'noon' is no time of day",
    "add d --offer =x": "CARRIER[:SERVICE][=FREIGHT]",
    "add d --offer sf --most-worth 5": "an amount and a currency",
    "add d --offer sf --area a/b/c/d/e": "COUNTRY/PROVINCE",
    "rules add r": "chooses nothing",
    "rules add r --department west": "there is no department 'west'; there are: east",
    "rules add r --carrier sf --store moon": "there is no store 'moon'",
    "rules remove r": "there is no rule 'r'",
    "freight remove sf-2026": "department east: there is no freight template 'sf-2026'",
    "show west": "there is no department 'west'; there are: east",
    "import missing.json": "cannot be read",
}


def test_what_cannot_be_is_refused_with_what_can(desk):
    for words, why in REFUSED.items():
        assert why in desk.fail("departments", *words.split())


def test_every_mistake_of_a_price_list_is_named_with_its_line(desk):
    Path("bad.csv").write_text(
        PRICES + "a/b/c/d/e,1000,8,,,,\nCN,0,8,,,,\nCN,x,8,,,,\nCN,1,free,,,,\n", encoding="utf-8"
    )

    said = desk.fail("departments", "freight", "import", "bad", "bad.csv", "--currency", "CNY")

    for line, why in ((4, "COUNTRY/PROVINCE"), (5, "at least 1"), (6, "'x' is not"), (7, "'free' is not")):
        assert f"line {line}: " in said and why in said
    assert "nothing of bad.csv was applied: 4 mistakes" in said


def test_mistake_in_a_file_is_named_with_its_path(desk):
    Path("wrong.json").write_text('{"departments": [{"department_id": "d", "name": "D", "offers": []}]}')

    said = desk.fail("departments", "import", "wrong.json")

    assert "has no offers" in said and "$.departments[0]" in said


def test_store_names_only_departments_that_there_are(desk):
    desk.run("stores", "set", "shop", "--department", "east")

    assert desk.json("stores", "show", "shop")["departments"] == ["east"]
    assert "no entry of departments 'west'" in desk.fail("stores", "set", "shop", "--department", "west")
