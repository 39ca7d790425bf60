"""Do rings cross? A sweep from west to east that compares only edges whose boxes meet, exactly.

One ring may neither cross nor touch itself; two rings of a polygon may touch in points, as a hole may touch
the outer ring, but neither cross nor share a line.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from hub.domain.territories.points import Position, turn

Ring = Sequence[Position]


class _Edge(NamedTuple):
    west: float
    east: float
    start: Position
    end: Position
    ring: int
    number: int


def crossing(rings: Sequence[Ring]) -> Position | None:
    """Near where rings cross, touch themselves or share a line; null: nowhere. Rings are closed and have no
    position twice in succession."""
    active: list[_Edge] = []
    for edge in sorted(_edges(rings)):
        active = [other for other in active if other.east >= edge.west]
        for other in active:
            if _is_wrong(edge, other, len(rings[edge.ring]) - 1):
                return edge.start
        active.append(edge)
    return None


def _edges(rings: Sequence[Ring]) -> list[_Edge]:
    return [
        _Edge(min(a[0], b[0]), max(a[0], b[0]), a, b, ring_number, number)
        for ring_number, ring in enumerate(rings)
        for number, (a, b) in enumerate(pairwise(ring))
    ]


def _is_wrong(one: _Edge, other: _Edge, edges_of_ring: int) -> bool:
    lowest, highest = sorted((one.start[1], one.end[1]))
    if max(other.start[1], other.end[1]) < lowest or min(other.start[1], other.end[1]) > highest:
        return False
    if one.ring == other.ring:
        apart = (one.number - other.number) % edges_of_ring
        if apart == 1:
            return _turns_back(other.start, one.start, one.end)
        if apart == edges_of_ring - 1:
            return _turns_back(one.start, other.start, other.end)
        return _meet(one, other)
    return _cross(one, other) or _share_a_line(one, other)


def _turns_back(before: Position, corner: Position, after: Position) -> bool:
    """Does the line go back over itself?"""
    ahead = (corner[0] - before[0]) * (after[0] - corner[0]) + (corner[1] - before[1]) * (
        after[1] - corner[1]
    )
    return ahead < 0 and turn(before, corner, after) == 0


def _sides(one: _Edge, other: _Edge) -> tuple[int, int, int, int]:
    return (
        turn(other.start, other.end, one.start),
        turn(other.start, other.end, one.end),
        turn(one.start, one.end, other.start),
        turn(one.start, one.end, other.end),
    )


def _cross(one: _Edge, other: _Edge) -> bool:
    a, b, c, d = _sides(one, other)
    return a * b < 0 and c * d < 0


def _meet(one: _Edge, other: _Edge) -> bool:
    """Boxes meet already; then lines that are not apart on either side have a point in common."""
    a, b, c, d = _sides(one, other)
    if a == b == c == d == 0:
        return True
    return a * b <= 0 and c * d <= 0


def _share_a_line(one: _Edge, other: _Edge) -> bool:
    if any(_sides(one, other)):
        return False
    axis = 0 if one.west < one.east else 1
    begin = max(min(one.start[axis], one.end[axis]), min(other.start[axis], other.end[axis]))
    finish = min(max(one.start[axis], one.end[axis]), max(other.start[axis], other.end[axis]))
    return begin < finish
