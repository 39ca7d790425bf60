"""What is measured: one figure per name, with its target."""

import statistics
from collections.abc import Sequence
from typing import Literal

from mappings.structs import FrozenStruct

Better = Literal["higher", "lower", ""]


class Figure(FrozenStruct):
    """`target` null: stated for orientation only. `better` says on which side of the target good lies."""

    name: str
    value: float
    unit: str
    target: float | None = None
    better: Better = ""

    @property
    def is_met(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.better == "higher" else self.value <= self.target


def at_least(name: str, value: float, target: float, unit: str = "ratio") -> Figure:
    return Figure(name=name, value=round(value, 4), unit=unit, target=target, better="higher")


def at_most(name: str, value: float, target: float, unit: str = "ratio") -> Figure:
    return Figure(name=name, value=round(value, 4), unit=unit, target=target, better="lower")


def stated(name: str, value: float, unit: str) -> Figure:
    return Figure(name=name, value=round(value, 3), unit=unit)


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median of the ratios of neighbours, so that a slow minute of the machine hits both sides."""
    return statistics.median(one / other for one, other in zip(above, below, strict=True))
