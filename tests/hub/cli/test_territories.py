"""`orderhub territories …`: added, changed, imported, ended, checked."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

SQUARE = [[121, 31], [122, 31], [122, 32], [121, 32], [121, 31]]


@pytest.fixture
def east(hub: Any) -> Any:
    hub.run("stores", "add", "east")
    return hub


def add(desk: Any, territory_id: str, *words: str, store: str = "east") -> str:
    return desk.run("territories", "add", territory_id, "--store", store, "--country", "CN", *words)


def draw(path: str, **features: Any) -> str:
    found = [
        {
            "type": "Feature",
            "id": name,
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for name, ring in features.items()
    ]
    Path(path).write_text(json.dumps({"type": "FeatureCollection", "features": found}), encoding="utf-8")
    return path


def test_change_keeps_the_former_version_on_record(east: Any) -> None:
    add(east, "t", "--province", "上海")
    east.clock.advance(timedelta(days=1))
    add(east, "t", "--province", "江苏", "--precedence", "2")

    (now,) = east.json("territories", "list")
    former, present = east.json("territories", "list", "--all")

    assert (now["province"], now["precedence"], now["valid_to"]) == ("江苏", 2, None)
    assert (former["province"], former["valid_to"]) == ("上海", present["valid_from"])
    assert "江苏" in east.run("territories", "list")


def test_change_may_be_planned_but_not_made_in_the_past(east: Any) -> None:
    add(east, "t", "--province", "上海")
    add(east, "t", "--province", "江苏", "--from", "2099-01-01")

    assert [each["province"] for each in east.json("territories", "list")] == ["上海"]
    assert len(east.json("territories", "list", "--all")) == 2
    words = ("territories", "add", "t", "--store", "east", "--country", "CN", "--from", "2000-01-01")
    assert "is past" in east.fail(*words)


def test_territory_ends(east: Any) -> None:
    add(east, "t", "--province", "上海")
    east.clock.advance(timedelta(days=1))
    east.run("territories", "end", "t")

    assert east.json("territories", "list") == []
    assert len(east.json("territories", "list", "--all")) == 1
    assert "no territory 't'" in east.fail("territories", "end", "t")


def test_name_that_the_register_does_not_know_is_saved_with_a_word_of_care(east: Any) -> None:
    words = ("territories", "add", "t", "--store", "east", "--country", "CN", "--district")

    assert "careful: 朝阳区" in east.type(*words, "朝阳区").stderr
    assert "careful" not in east.type(*words, "静安区").output


class TestImport:
    def test_each_feature_becomes_a_territory_and_again_changes_nothing(self, east: Any) -> None:
        file = draw("two.geojson", North=SQUARE, south=[[x, y - 1] for x, y in SQUARE])

        first = east.run("territories", "import", file, "--store", "east", "--precedence", "1")
        again = east.run("territories", "import", file, "--store", "east", "--precedence", "1")

        assert first == "2 territories read, 2 of them are new or different.\n"
        assert again == "2 territories read, 0 of them are new or different.\n"
        assert [
            (each["territory_id"], each["precedence"], each["country"])
            for each in east.json("territories", "list")
        ] == [("north", 1, ""), ("south", 1, "")]

    def test_prefix_names_what_has_no_name(self, east: Any) -> None:
        file = draw("one.geojson", **{"": SQUARE})

        assert "has no id and no name" in east.fail("territories", "import", file, "--store", "east")
        east.run("territories", "import", file, "--store", "east", "--prefix", "area", "--country", "cn")
        assert east.json("territories", "list")[0]["territory_id"] == "area-1"

    def test_nothing_is_imported_if_anything_is_wrong(self, east: Any) -> None:
        file = draw("bad.geojson", good=SQUARE, open=SQUARE[:-1], turned=[[y, x] for x, y in SQUARE])

        said = east.fail("territories", "import", file, "--store", "east")

        assert "feature 2 (open), outer ring: is not closed" in said
        assert "feature 3 (turned), outer ring: latitude 121 is beyond 90" in said
        assert "nothing of bad.geojson was imported: 2 mistakes" in said
        assert east.json("territories", "list") == []

    def test_store_and_file_must_be_there(self, east: Any) -> None:
        file = draw("one.geojson", one=SQUARE)

        assert "there are: east" in east.fail("territories", "import", file, "--store", "west")
        assert "cannot be read" in east.fail("territories", "import", "none.geojson", "--store", "east")
        twins = draw("twins.geojson", **{"A": SQUARE, "a": SQUARE})
        assert "share an id" in east.fail("territories", "import", twins, "--store", "east")


class TestCheck:
    def test_nothing_to_tell(self, east: Any) -> None:
        said = east.run("territories", "check")

        assert "No two stores claim the same" in said
        assert "No province of China" in said

    def test_overlaps_gaps_and_half_covered_provinces_are_told(
        self, armed: Any, place_order: Callable[..., str]
    ) -> None:
        place_order()
        armed.run("sync", "now")
        armed.run("stores", "add", "east")
        for name, store in (("a", "east"), ("b", "shop")):
            add(armed, name, "--province", "海南", "--city", "海口", store=store)

        found = armed.json("territories", "check")
        said = armed.run("territories", "check")

        assert [(each["winner"], each["loser"], each["why"]) for each in found["overlaps"]] == [
            ("a", "b", "its id comes first")
        ]
        assert found["gaps"] == [{"country": "CN", "province": "上海市", "city": "上海市", "orders": 1}]
        assert found["orders_looked_at"] == 1
        assert [each["province"] for each in found["half_covered"]] == ["海南省"]
        assert len(found["provinces_without"]) == 33
        assert "a (east)" in said and "上海市" in said and "三亚市" in said and "nobody serves" in said

    def test_only_orders_of_the_time_asked_for_are_looked_at(
        self, armed: Any, place_order: Callable[..., str]
    ) -> None:
        place_order()
        armed.run("sync", "now")
        armed.clock.advance(timedelta(days=3))

        assert armed.json("territories", "check", "--days", "2")["orders_looked_at"] == 0
        assert armed.json("territories", "check", "--days", "4")["orders_looked_at"] == 1
