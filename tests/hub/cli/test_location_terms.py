"""What a location agrees to, as people enter it."""

import json
from pathlib import Path
from typing import Any

TEMPLATE = {
    "name": "sf",
    "currency": "CNY",
    "zones": [{"areas": [{"country": "CN"}], "first_grams": 1000, "first_price": "8.50"}],
}


def terms(desk: Any, *words: str) -> list[str]:
    return desk.run("locations", "terms", "wh", *words).splitlines()


def test_terms_change_one_by_one_and_stay(warehouse: Any) -> None:
    assert terms(warehouse) == [
        "serves   everywhere",
        "sends    at any time",
        "a day    any number",
        "freight  not known",
    ]
    Path("sf.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    terms(warehouse, "--serves", "CN/上海", "--serves", "US:902", "--freight", "sf.json")
    terms(warehouse, "--weekdays", "mon,fri", "--cut-off", "16:00", "--time-zone", "Asia/Shanghai")
    assert terms(warehouse, "--most-orders", "200", "--holiday", "2026-10-01") == [
        "serves   CN/上海, US:902",
        "sends    mon,fri until 16:00 (Asia/Shanghai), not on 2026-10-01",
        "a day    200 orders",
        "freight  sf",
    ]
    words = "--serves * --freight none --holiday none --weekdays all --most-orders 0"
    assert terms(warehouse, *words.split()) == [
        "serves   everywhere",
        "sends    every day until 16:00 (Asia/Shanghai)",
        "a day    any number",
        "freight  not known",
    ]


def test_entering_the_place_anew_keeps_its_terms(warehouse: Any) -> None:
    terms(warehouse, "--most-parcels", "50")
    words = "locations add wh --name Hall --country cn --city 上海市 --street 1 --contact B --telephone 1"
    warehouse.run(*words.split())
    (found,) = warehouse.json("locations", "list")
    assert (found["name"], found["most_parcels"]) == ("Hall", 50)


def test_mistakes_are_told_with_the_remedy(warehouse: Any) -> None:
    Path("bad.json").write_text('{"name": "x", "currency": "CNY", "zones": [{}]}', encoding="utf-8")
    for words, said in (
        (("--weekdays", "mon,someday"), "'someday' is no weekday: write them like mon,tue"),
        (("--cut-off", "4pm"), "'4pm' is no time of the day: write for example 16:00"),
        (("--holiday", "May"), "'May' is no day: write for example 2026-10-01"),
        (("--serves", "a/b/c/d/e"), "'a/b/c/d/e' is no area"),
        (("--freight", "none.json"), "none.json cannot be read"),
        (("--freight", "bad.json"), "missing required field `areas`"),
    ):
        assert said in warehouse.fail("locations", "terms", "wh", *words)
    assert "there is no location 'x'; there are: wh" in warehouse.fail("locations", "terms", "x")


def test_safety_stock_is_set_and_listed(warehouse: Any) -> None:
    assert "keeps anything back" in warehouse.run("locations", "list-safety")
    warehouse.run("locations", "safety", "wh", "--units", "2")
    warehouse.run("locations", "safety", "wh", "--units", "5", "--sku", "RED")
    assert warehouse.json("locations", "list-safety") == [
        {"location_id": "wh", "sku": "", "units": 2},
        {"location_id": "wh", "sku": "RED", "units": 5},
    ]


def test_middles_of_divisions_are_read_with_every_mistake_in_its_line(warehouse: Any) -> None:
    Path("cities.csv").write_text(
        "country,province,city,latitude,longitude\nCN,上海,上海市,31.2,121.5\n,x,y,1,2\nCN,a,b,131.2,1\n",
        encoding="utf-8",
    )
    said = warehouse.fail("locations", "import-points", "cities.csv")
    assert "line 3: the country is empty" in said
    assert "line 4: '131.2 1' is no latitude and longitude" in said
    Path("cities.csv").write_text("country,province,city,latitude,longitude\nCN,上海,,31.2,121.5\n", "utf-8")
    assert "1 places are known" in warehouse.run("locations", "import-points", "cities.csv")
