"""Polygons with holes: does a point lie in them? The boundary counts as inside, also that of a hole.

Ray casting to the east, over only those edges that reach the point's latitude: edges are kept in bands of
latitude, about as many as there are edges, so that a point meets a handful of them.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from hub.domain.territories.points import Position, Wgs84, turn
from mappings.structs import FrozenStruct

Ring = tuple[Position, ...]
"""Closed: its last position is its first."""

Edge = tuple[float, float, float, float, float, float]
"""South end (longitude, latitude), north end, westernmost and easternmost longitude."""

Box = tuple[float, float, float, float]
"""West, south, east, north; the east may lie beyond 180°."""

ENTRIES_PER_EDGE = 4
"""In how many bands an edge lies on average, at most."""


class Polygon(FrozenStruct):
    """An outer ring and its holes. Longitudes run on beyond 180° where the polygon lies on both sides of that
    meridian: a ring from 179° to 181° reaches 179° west."""

    rings: tuple[Ring, ...]


class Area:
    """One or more polygons, and the box around them."""

    def __init__(self, polygons: Sequence[Polygon]) -> None:
        self.parts = tuple(Part(polygon) for polygon in polygons)
        wests, souths, easts, norths = zip(*(part.box for part in self.parts), strict=True)
        self.box: Box = (min(wests), min(souths), max(easts), max(norths))

    def contains(self, point: Wgs84) -> bool:
        return any(part.side(point) >= 0 for part in self.parts)

    def has_inside(self, point: Wgs84) -> bool:
        """Inside and not on the boundary."""
        return any(part.side(point) > 0 for part in self.parts)


class Part:
    """A polygon, prepared when the first point comes near it."""

    def __init__(self, polygon: Polygon) -> None:
        self.polygon = polygon
        longitudes = [x for x, _ in polygon.rings[0]]
        latitudes = [y for _, y in polygon.rings[0]]
        self.west, self.east = min(longitudes), max(longitudes)
        self.south, self.north = min(latitudes), max(latitudes)
        self.box: Box = (self.west, self.south, self.east, self.north)

    def side(self, point: Wgs84) -> int:
        """1: inside, 0: on the boundary, -1: outside."""
        x, y = point
        if x < self.west:
            x += 360
        elif x - 360 >= self.west:
            x -= 360
        if x > self.east or not self.south <= y <= self.north:
            return -1
        bands, per_degree = self._bands
        return _side(bands[min(len(bands) - 1, int((y - self.south) * per_degree))], x, y)

    @cached_property
    def _bands(self) -> tuple[Sequence[Sequence[Edge]], float]:
        """Edges by band of latitude, and bands per degree."""
        edges = [_edge(a, b) for ring in self.polygon.rings for a, b in pairwise(ring)]
        height = self.north - self.south
        climbed = sum(edge[3] - edge[1] for edge in edges) / height
        number = max(1, min(len(edges), int((ENTRIES_PER_EDGE - 1) * len(edges) / climbed)))
        per_degree = number / height
        bands: list[list[Edge]] = [[] for _ in range(number)]
        for edge in edges:
            first = min(number - 1, int((edge[1] - self.south) * per_degree))
            last = min(number - 1, int((edge[3] - self.south) * per_degree))
            for band in bands[first : last + 1]:
                band.append(edge)
        return bands, per_degree


def _edge(one: Position, other: Position) -> Edge:
    (x1, y1), (x2, y2) = (one, other) if one[1] <= other[1] else (other, one)
    return (x1, y1, x2, y2, x1, x2) if x1 <= x2 else (x1, y1, x2, y2, x2, x1)


def _side(edges: Sequence[Edge], x: float, y: float) -> int:
    """Edges count from their south end on and without their north end, so that a corner counts once."""
    is_inside = False
    for x1, y1, x2, y2, west, east in edges:
        if x > east or y < y1 or y > y2:
            continue
        if x >= west:
            side = turn((x1, y1), (x2, y2), (x, y))
            if side == 0:
                return 0
            if side < 0:
                continue
        if y < y2:
            is_inside = not is_inside
    return 1 if is_inside else -1
