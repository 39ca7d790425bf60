"""A wave's plan with what proves it: stored as it is, checked by `verify.complaints` without a solver."""

from mappings.structs import FrozenStruct


class Certificate(FrozenStruct):
    """`plan`: the location of each line, as the problem numbers them, or `UNSERVED`. Costs in minor units.

    `line_prices` and `tolls` (of the arcs `toll_arcs`) are those of `bound.Prices`, and prove that no plan
    costs less than `priced_bound`. `searched_bound` is what the solver's search says beyond that, null where
    it did not search the whole problem: nobody can check it but by solving again.
    """

    problem: str
    plan: tuple[int, ...]
    cost: int
    line_prices: tuple[int, ...]
    toll_arcs: tuple[int, ...]
    tolls: tuple[int, ...]
    priced_bound: int
    searched_bound: int | None = None
    solver: str = ""

    @property
    def lower_bound(self) -> int:
        return max(self.priced_bound, self.searched_bound or 0)

    @property
    def gap(self) -> float:
        """How much of the lower bound the plan may cost too much; 0 where it is proved the cheapest."""
        return self.cost / self.lower_bound - 1 if self.lower_bound else float(self.cost > 0)

    @property
    def is_proved_cheapest(self) -> bool:
        return self.cost == self.lower_bound
