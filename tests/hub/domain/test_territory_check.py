"""Overlaps and gaps: who wins and why, and who is left out."""

from datetime import timedelta

import pytest

from hub.domain.territories import Area, Polygon, Territory, TerritoryMap
from hub.domain.territories.gaps import Gap, Gaps, HalfCovered, half_covered, provinces_without
from hub.domain.territories.overlaps import overlaps
from hub.domain.territories.versions import Version
from tests.hub.samples import NOW, address


def territory(territory_id, **fields):
    said = {"store_id": f"store-{territory_id}", "country": "CN"}
    return Territory(territory_id=territory_id, **{**said, **fields})


def square(west, south, east, north):
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Area([Polygon(rings=(ring,))])


AREAS = {
    "left": square(0, 0, 4, 4),
    "right": square(4, 0, 8, 4),
    "middle": square(2, 2, 6, 6),
    "tall": square(1, -4, 3, 8),
    "far": square(170, 0, 190, 4),
    "fiji": square(-180, 0, -175, 2),
}


def found(*territories):
    versions = [Version(territory=each, valid_from=NOW) for each in territories]
    return [(each.winner, each.loser, each.why) for each in overlaps(versions, AREAS, NOW)]


class TestDivisions:
    def test_same_division_under_other_names_is_an_overlap(self):
        one = territory("b", province="上海", city="上海市", district="静安")
        other = territory("a", district="310106")

        assert found(one, other) == [("a", "b", "its id comes first")]

    def test_more_exact_division_is_none(self):
        assert (
            found(territory("a", province="上海"), territory("b", province="上海", district="静安区")) == []
        )
        assert found(territory("a"), territory("b", postal_prefix="20")) == []

    @pytest.mark.parametrize(
        "change",
        [{"precedence": 1}, {"store_id": "store-a"}, {"postal_prefix": "20"}, {"province": "浙江"}],
    )
    def test_other_precedence_or_the_same_store_or_another_place_is_none(self, change):
        one = territory("a", province="上海", postal_prefix="10")

        assert found(one, territory("b", **{"province": "上海", "postal_prefix": "10", **change})) == []

    def test_divisions_that_cross_are_an_overlap(self):
        one = territory("b", country="US", city="Springfield")
        other = territory("a", country="US", province="Ohio")

        assert found(one, other) == [("b", "a", "it names a city")]

    def test_versions_that_do_not_meet_are_none_and_former_ones_are_left_out(self):
        tomorrow = NOW + timedelta(days=1)
        versions = [
            Version(territory=territory("a"), valid_from=NOW, valid_to=tomorrow),
            Version(territory=territory("b"), valid_from=tomorrow),
            Version(territory=territory("c"), valid_from=NOW - timedelta(days=9), valid_to=NOW),
            Version(territory=territory("d"), valid_from=NOW - timedelta(days=9), valid_to=NOW),
        ]

        assert overlaps(versions, {}, NOW) == []
        assert len(overlaps(versions, {}, NOW - timedelta(days=1))) == 1

    def test_planned_overlap_is_told_with_its_time(self):
        tomorrow = NOW + timedelta(days=1)
        versions = [
            Version(territory=territory("a"), valid_from=NOW, valid_to=NOW + timedelta(days=2)),
            Version(territory=territory("b"), valid_from=tomorrow),
        ]

        (only,) = overlaps(versions, {}, NOW)

        assert (only.since, only.until) == (tomorrow, NOW + timedelta(days=2))


class TestPolygons:
    def drawn(self, name, area):
        return territory(name, area=area, country="")

    def test_polygons_that_only_touch_are_none(self):
        assert found(self.drawn("a", "left"), self.drawn("b", "right")) == []

    def test_common_part_is_told_with_its_resolution(self):
        versions = [Version(territory=self.drawn(name, name), valid_from=NOW) for name in ("left", "middle")]

        (only,) = overlaps(versions, AREAS, NOW)

        assert (only.winner, only.loser) == ("left", "middle")
        assert (
            only.extent
            == "polygons: 576 of 576 points of their common box (0.083° × 0.083° apart), 2 corners"
        )

    def test_bar_across_is_found_though_no_corner_lies_inside(self):
        assert found(self.drawn("a", "left"), self.drawn("b", "tall")) == [("a", "b", "its id comes first")]

    def test_beyond_the_180th_meridian_they_are_the_same_earth(self):
        assert found(self.drawn("a", "far"), self.drawn("b", "fiji")) == [("a", "b", "its id comes first")]

    def test_polygons_in_other_countries_are_none(self):
        one, other = territory("a", area="left"), territory("b", area="left", country="US")

        assert found(one, other) == []


def test_gaps_are_counted_by_place_the_largest_first():
    gaps = Gaps(TerritoryMap([territory("a", province="上海")]))
    for changes in (
        {},
        {"province": "江苏", "city": "苏州", "district": ""},
        {"province": "江苏省", "city": "苏州市", "district": "姑苏区"},
        {"country": "us", "province": "ohio", "city": "Akron"},
    ):
        gaps.count(address(**changes))

    assert gaps.looked_at == 4
    assert gaps.found() == [
        Gap(country="CN", province="江苏省", city="苏州市", orders=2),
        Gap(country="US", province="Ohio", city="", orders=1),
    ]


class TestHalfCovered:
    def test_cities_left_out_and_cities_in_part_are_told(self):
        cities = [
            territory("a", province="海南", city="海口"),
            territory("b", city="三亚", district="天涯区"),
        ]

        (hainan,) = half_covered(cities)

        assert hainan.province == "海南省"
        assert hainan.cities_in_part == ("三亚市",)
        assert "儋州市" in hainan.cities_without
        assert "海口市" not in hainan.cities_without

    def test_whole_province_or_country_is_none(self):
        assert half_covered([territory("a", province="海南"), territory("b", city="三亚")]) == []
        assert half_covered([territory("a"), territory("b", city="三亚")]) == []
        assert half_covered([territory("b", country="US", city="Akron")]) == []

    def test_postal_codes_and_polygons_are_a_part(self):
        (only,) = half_covered([territory("a", province="上海", postal_prefix="20")])

        assert only == HalfCovered(province="上海市", cities_without=(), cities_in_part=("上海市",))

    def test_provinces_that_nobody_serves_are_told_once_somebody_serves_one(self):
        assert provinces_without([territory("a", country="US")]) == []
        assert provinces_without([territory("a")]) == []
        left = provinces_without([territory("a", city="苏州市")])
        assert (len(left), "江苏省" in left) == (33, False)
