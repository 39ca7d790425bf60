"""GeoJSON (RFC 7946) → polygons of territories; everything that is wrong with a file is said, with its place.

Positions are longitude, latitude in WGS-84. A ring on both sides of the 180° meridian may be cut there, as
the standard asks, or simply go on: two neighbours more than 180° apart are meant the short way round.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from hub.domain.territories.area import Area, Polygon, Ring
from hub.domain.territories.crossings import crossing
from hub.domain.territories.points import Position, Wgs84, turn
from mappings.structs import FrozenStruct


class GeoJsonFault(ValueError):
    """The file cannot be used; `faults` are sentences that say where and why."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class Drawn(FrozenStruct):
    """What one feature draws; `name` is its id, else its property `id` or `name`, else empty."""

    name: str
    polygons: tuple[Polygon, ...]


class _Polygon(FrozenStruct, tag_field="type", tag="Polygon"):
    coordinates: list[list[list[float]]]


class _MultiPolygon(FrozenStruct, tag_field="type", tag="MultiPolygon"):
    coordinates: list[list[list[list[float]]]]


class _Feature(FrozenStruct, tag_field="type", tag="Feature"):
    geometry: _Polygon | _MultiPolygon
    id: str | int | None = None
    properties: dict[str, Any] | None = None


class _Collection(FrozenStruct, tag_field="type", tag="FeatureCollection"):
    features: list[_Feature]
    crs: Any = None


_decode = msgspec.json.Decoder(_Collection | _Feature | _Polygon | _MultiPolygon).decode
_encode = msgspec.json.Encoder().encode
_POLYGONS = msgspec.json.Decoder(tuple[Polygon, ...])

_WGS84 = ("CRS84", "4326")
"""How the name of the reference system may end, which older files state."""


def read_geojson(document: bytes) -> list[Drawn]:
    """A feature collection, one feature or one geometry → what it draws; raises `GeoJsonFault`."""
    features = _features(document)
    faults: list[str] = []
    found: list[Drawn] = []
    for number, feature in enumerate(features, start=1):
        name = _name(feature)
        where = f"feature {number}{f' ({name})' if name else ''}"
        reading = _Reading(where)
        polygons = tuple(reading.polygons(feature.geometry))
        faults += reading.faults
        found.append(Drawn(name=name, polygons=polygons))
    if faults:
        raise GeoJsonFault(faults)
    return found


def stored(polygons: Sequence[Polygon]) -> bytes:
    """Polygons as the database keeps them: the same polygons give the same bytes."""
    return _encode(polygons)


def restored(document: bytes) -> tuple[Polygon, ...]:
    return _POLYGONS.decode(document)


def _features(document: bytes) -> Sequence[_Feature]:
    try:
        found = _decode(document)
    except msgspec.ValidationError as error:
        raise GeoJsonFault([_translated(str(error))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise GeoJsonFault([f"this is not JSON in UTF-8: {error}"]) from None
    if isinstance(found, _Feature):
        return [found]
    if not isinstance(found, _Collection):
        return [_Feature(geometry=found)]
    if not found.features:
        raise GeoJsonFault(["there is no feature in it"])
    if (reference := _reference(found.crs)) and not reference.endswith(_WGS84):
        raise GeoJsonFault([f"coordinates are in {reference}: convert them to WGS-84 first"])
    return found.features


def _translated(error: str) -> str:
    """msgspec's words, with ours where the type of a geometry is wrong."""
    if "Invalid value" in error and ".type`" in error:
        kind = error.partition("Invalid value ")[2].partition(" - at ")[0]
        path = error.rpartition("`$")[2].removesuffix("`")
        return f"${path}: is {kind}; a territory is a Polygon or a MultiPolygon"
    return f"this is not GeoJSON of polygons: {error}"


def _reference(crs: Any) -> str:
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    return str(properties.get("name", "")) if isinstance(properties, Mapping) else ""


def _name(feature: _Feature) -> str:
    properties = feature.properties or {}
    for candidate in (feature.id, properties.get("id"), properties.get("name")):
        if isinstance(candidate, str | int) and not isinstance(candidate, bool) and str(candidate).strip():
            return str(candidate).strip()
    return ""


class _Reading:
    """One feature; what is wrong with it is collected."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.faults: list[str] = []

    def polygons(self, geometry: _Polygon | _MultiPolygon) -> Iterator[Polygon]:
        every = [geometry.coordinates] if isinstance(geometry, _Polygon) else geometry.coordinates
        if not every:
            self.faults.append(f"{self._where} has no polygon")
        for number, rings in enumerate(every, start=1):
            where = self._where if len(every) == 1 else f"{self._where}, polygon {number}"
            if polygon := self._polygon(rings, where):
                yield polygon

    def _polygon(self, coordinates: list[list[list[float]]], where: str) -> Polygon | None:
        if not coordinates:
            self.faults.append(f"{where} has no ring")
            return None
        names = ["outer ring", *(f"hole {number}" for number in range(1, len(coordinates)))]
        rings: list[Ring] = []
        for name, positions in zip(names, coordinates, strict=True):
            fault, ring = _ring(positions, _west(rings[0]) if rings else None)
            if fault:
                self.faults.append(f"{where}, {name}: {fault}")
            rings.append(ring)
        if not all(rings):
            return None
        if fault := _fault_together(rings):
            self.faults.append(f"{where}: {fault}")
            return None
        return Polygon(rings=tuple(rings))


def _ring(positions: list[list[float]], west: float | None) -> tuple[str, Ring]:
    """(what is wrong, the ring; empty if something is). A hole is moved by 360° where its outer ring, which
    begins at `west`, runs over the 180° meridian before it."""
    for position in positions:
        if fault := _fault_of(position):
            return fault, ()
    plain = [(position[0], position[1]) for position in positions]
    if len(plain) < 4:
        return f"has {len(plain)} positions; a ring needs four, the last one equal to the first", ()
    if plain[0] != plain[-1]:
        return f"is not closed: it begins at {_shown(plain[0])} and ends at {_shown(plain[-1])}", ()
    ring = _unrolled([plain[0], *(b for a, b in pairwise(plain) if a != b)])
    if ring[0] != ring[-1]:
        return "goes around a pole: cut it at the 180° meridian", ()
    if not _encloses(ring):
        return "encloses nothing", ()
    if west is not None and _west(ring) < west:
        ring = tuple((x + 360, y) for x, y in ring)
    return "", ring


def _fault_of(position: list[float]) -> str:
    if len(position) < 2:
        return "a position has longitude and latitude"
    x, y = position[:2]
    if abs(x) <= 90 < abs(y) <= 180:
        return f"latitude {y:g} is beyond 90: longitude comes first, are they in the wrong order?"
    if abs(x) > 180 or abs(y) > 90:
        return f"{_shown((x, y))} is not on the earth: longitude to 180, latitude to 90"
    return ""


def _unrolled(ring: Sequence[Position]) -> Ring:
    """Longitudes that go on beyond 180° where the ring does, and begin between -180° and 180°."""
    turns = [0]
    for (before, _), (x, _) in pairwise(ring):
        turns.append(round((before + 360 * turns[-1] - x) / 360))
    if _is_even(ring, turns):
        return tuple(ring)
    if min(x + 360 * times for (x, _), times in zip(ring, turns, strict=True)) < -180:
        turns = [times + 1 for times in turns]
    return tuple((x + 360 * times if times else x, y) for (x, y), times in zip(ring, turns, strict=True))


def _is_even(ring: Sequence[Position], turns: Sequence[int]) -> bool:
    """Stays on its side of the meridian, or is drawn from the meridian around the whole earth to it again."""
    rolled = [(x + 360 * times, y) for (x, y), times in zip(ring, turns, strict=True)]
    return not any(turns) or (rolled[0] == rolled[-1] and not _encloses(rolled) and _encloses(ring))


def _encloses(ring: Sequence[Position]) -> bool:
    """More than a line back and forth."""
    start, *others = dict.fromkeys(ring)
    return any(turn(start, others[0], each) for each in others[1:])


def _fault_together(rings: Sequence[Ring]) -> str:
    if near := crossing(rings):
        return f"its rings cross or touch themselves near {_shown(near)}"
    outer = Area([Polygon(rings=(rings[0],))])
    for number, hole in enumerate(rings[1:], start=1):
        if not all(outer.contains(Wgs84(*position)) for position in hole):
            return f"hole {number} is not inside the outer ring"
        others = [Area([Polygon(rings=(each,))]) for each in rings[1:] if each is not hole]
        if any(other.has_inside(Wgs84(*position)) for other in others for position in hole):
            return f"hole {number} lies in another hole"
    return ""


def _west(ring: Ring) -> float:
    return min((x for x, _ in ring), default=-180)


def _shown(position: Position) -> str:
    return f"[{position[0]:g}, {position[1]:g}]"
