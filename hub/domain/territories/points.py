"""A point on the earth, and on which side of a line it lies: exactly, not nearly."""

from fractions import Fraction
from typing import NamedTuple

Position = tuple[float, float]
"""Longitude, latitude, in degrees."""


class Wgs84(NamedTuple):
    """A point in degrees of WGS-84, the only datum in the house. Chinese map services give GCJ-02, which lies
    300 to 700 m beside it and must be converted before."""

    longitude: float
    latitude: float


_ERROR = 3.3306690738754716e-16
"""Of a determinant in floats, as a share of its terms: (3 + 16ε)ε with ε = 2⁻⁵³ (Shewchuk, Adaptive Precision
Floating-Point Arithmetic, 1997)."""


def turn(start: Position, end: Position, point: Position) -> int:
    """1: the point lies left of the line from start to end, -1: right, 0: on it. Floats decide where their
    error cannot matter, fractions else."""
    one = (end[0] - start[0]) * (point[1] - start[1])
    other = (end[1] - start[1]) * (point[0] - start[0])
    difference = one - other
    if abs(difference) <= _ERROR * (abs(one) + abs(other)) + 1e-290:
        return _exact_turn(start, end, point)
    return 1 if difference > 0 else -1


def _exact_turn(start: Position, end: Position, point: Position) -> int:
    (ax, ay), (bx, by), (px, py) = (tuple(map(Fraction, each)) for each in (start, end, point))
    difference = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    return (difference > 0) - (difference < 0)
