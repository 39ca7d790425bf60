"""GeoJSON becomes polygons, or sentences that say what is wrong where."""

import json

import pytest

from hub.domain.territories import Area, Wgs84
from hub.domain.territories.geojson import GeoJsonFault, read_geojson, restored, stored

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def read(document):
    return read_geojson(json.dumps(document).encode())


def fault(document):
    with pytest.raises(GeoJsonFault) as raised:
        read(document)
    return str(raised.value)


def test_features_bring_their_names_and_polygons():
    holed = polygon(SQUARE, [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]])
    several = {"type": "MultiPolygon", "coordinates": [[SQUARE], [[[20, 0], [21, 0], [21, 1], [20, 0]]]]}
    found = read(
        {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            "features": [
                {"type": "Feature", "id": 7, "properties": None, "geometry": holed},
                {"type": "Feature", "properties": {"name": "east"}, "geometry": several},
            ],
        }
    )

    assert [(each.name, len(each.polygons)) for each in found] == [("7", 1), ("east", 2)]
    assert not Area(found[0].polygons).contains(Wgs84(3, 3))
    assert Area(found[1].polygons).contains(Wgs84(20.9, 0.5))


def test_height_is_left_out_and_repeated_positions_count_once():
    (found,) = read(polygon([[0, 0, 5], [0, 0, 5], [10, 0, 5], [10, 10, 5], [0, 0, 5]]))

    assert found.polygons[0].rings == (((0, 0), (10, 0), (10, 10), (0, 0)),)


def test_stored_polygons_come_back_equal():
    (found,) = read(polygon(SQUARE))

    assert restored(stored(found.polygons)) == found.polygons


@pytest.mark.parametrize(
    "ring, sentence",
    [
        (SQUARE[:-1], "outer ring: is not closed: it begins at [0, 0] and ends at [0, 10]"),
        (SQUARE[:2] + SQUARE[:1], "has 3 positions"),
        ([[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]], "cross or touch themselves"),
        ([[0, 0], [10, 10], [12, 0], [0, 9], [0, 0]], "cross or touch themselves"),
        ([[0, 0], [10, 0], [10, 10], [5, 0], [0, 10], [0, 0]], "cross or touch themselves"),
        ([[0, 0], [4, 4], [8, 0], [8, 8], [4, 4], [0, 8], [0, 0]], "cross or touch themselves"),
        ([[0, 0], [10, 0], [10, 10], [20, 10], [10, 10], [0, 0]], "cross or touch themselves"),
        ([[31, 121], [32, 121], [32, 122], [31, 121]], "latitude 121 is beyond 90: longitude comes first"),
        ([[181, 0], [182, 0], [182, 1], [181, 0]], "[181, 0] is not on the earth"),
        ([[0, 0], [1, 1], [2, 2], [0, 0]], "encloses nothing"),
        ([[0, 80], [90, 80], [180, 80], [-90, 80], [0, 80]], "goes around a pole"),
        ([[0], [1], [2], [0]], "a position has longitude and latitude"),
    ],
)
def test_wrong_ring_is_refused_with_a_sentence(ring, sentence):
    assert sentence in fault(polygon(ring))
    assert sentence in fault({"type": "MultiPolygon", "coordinates": [[SQUARE], [ring]]})


@pytest.mark.parametrize(
    "hole, sentence",
    [
        ([[12, 2], [14, 2], [14, 4], [12, 2]], "hole 1 is not inside"),
        ([[8, 2], [14, 2], [14, 4], [8, 2]], "cross"),
        ([[0, 2], [0, 4], [2, 4], [0, 2]], "cross"),
    ],
)
def test_hole_must_lie_inside(hole, sentence):
    assert sentence in fault(polygon(SQUARE, hole))


def test_hole_may_touch_the_outer_ring_in_a_point_but_not_lie_in_another_hole():
    touching = [[0, 5], [4, 4], [4, 6], [0, 5]]
    inner = [[2, 4.9], [3, 4.9], [3, 5.1], [2, 4.9]]

    assert read(polygon(SQUARE, touching))
    assert "lies in another hole" in fault(polygon(SQUARE, touching, inner))


@pytest.mark.parametrize(
    "document, sentence",
    [
        ({"type": "Point", "coordinates": [1, 2]}, "$.type: is 'Point'"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "$.geometry"),
        (
            {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": []}},
            "$.geometry.type: is 'LineString'; a territory is a Polygon or a MultiPolygon",
        ),
        ({"type": "FeatureCollection", "features": []}, "there is no feature"),
        (polygon([["a", 1]]), "$.coordinates[0][0][0]"),
        ({"type": "MultiPolygon", "coordinates": []}, "has no polygon"),
        (
            {
                "type": "FeatureCollection",
                "crs": {"type": "name", "properties": {"name": "EPSG:3857"}},
                "features": [{"type": "Feature", "properties": {}, "geometry": polygon(SQUARE)}],
            },
            "convert them to WGS-84",
        ),
    ],
)
def test_other_documents_are_refused_with_a_sentence(document, sentence):
    assert sentence in fault(document)


def test_what_is_no_json_is_refused():
    with pytest.raises(GeoJsonFault, match="this is not JSON"):
        read_geojson(b"{")


def test_every_mistake_of_a_file_is_told_at_once():
    features = [
        {"type": "Feature", "id": name, "properties": {}, "geometry": polygon(ring)}
        for name, ring in (("a", SQUARE[:-1]), ("b", SQUARE), ("c", SQUARE[:-1]))
    ]

    with pytest.raises(GeoJsonFault) as raised:
        read({"type": "FeatureCollection", "features": features})

    assert [each.partition(",")[0] for each in raised.value.faults] == ["feature 1 (a)", "feature 3 (c)"]


class TestAroundTheEarth:
    def contains(self, *rings):
        found = Area(read(polygon(*rings))[0].polygons)
        return [found.contains(Wgs84(longitude, 5)) for longitude in (175, -175, 180, -180, 0)]

    def test_ring_may_go_on_over_the_180th_meridian_from_either_side(self):
        ring = [[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]

        assert self.contains(ring) == [True, True, True, True, False]
        assert self.contains(ring[1:] + ring[1:2]) == [True, True, True, True, False]

    def test_hole_on_the_far_side_of_it_is_a_hole(self):
        ring = [[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]
        hole = [[-176, 4], [-174, 4], [-174, 6], [-176, 6], [-176, 4]]

        assert self.contains(ring, hole) == [True, False, True, True, False]

    def test_box_of_the_whole_earth_is_the_whole_earth(self):
        ring = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]

        assert self.contains(ring) == [True] * 5
