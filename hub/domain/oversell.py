"""How much may be sold that is not there, while all stores share a SKU and news is on its way to them."""

from math import exp, lgamma, log

from mappings.structs import FrozenStruct

NEGLIGIBLE = 1e-12


class Oversell(FrozenStruct):
    """Units. `worst`: if buyers took all that every store shows before any news arrives; `expected`: the mean
    at the usual speed of sales."""

    worst: int
    expected: float


def oversell(available: int, shown: int, sold_per_day: float, delay_days: float) -> Oversell:
    """`available`: units that there are; `shown`: units that all stores together show; `delay_days`: from a
    sale until every other store knows of it. Sales in that time are taken for Poisson, and no store sells
    more than it shows."""
    worst = max(0, shown - available)
    return Oversell(
        worst=worst, expected=min(float(worst), _mean_excess(available, sold_per_day * delay_days))
    )


def _mean_excess(available: int, mean: float) -> float:
    """E[max(0, X - available)] of a Poisson X, summed from its tail: no difference of large numbers."""
    if mean <= 0:
        return 0.0
    total, sales = 0.0, available + 1
    while True:
        term = (sales - available) * exp(sales * log(mean) - mean - lgamma(sales + 1))
        total += term
        if sales > mean and term < NEGLIGIBLE:
            return total
        sales += 1
