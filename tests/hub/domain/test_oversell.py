"""Expected and worst oversell of a shared SKU."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.oversell import oversell

units = st.integers(0, 60)
speeds = st.floats(0, 50)


def test_worst_is_all_that_is_shown_less_what_there_is():
    assert oversell(5, 15, 1, 1).worst == 10
    assert oversell(5, 5, 1, 1).worst == 0


def test_one_unit_in_two_stores_is_oversold_by_the_second_sale():
    """P(X ≥ 2) at a mean of one, where no more than one can be too many."""
    found = oversell(1, 100, 1, 1)

    assert found.expected == pytest.approx(exp(-1))


@given(units, units, speeds)
def test_nothing_is_expected_beyond_the_worst_or_below_none(available, shown, speed):
    found = oversell(available, shown, speed, 1)

    assert 0 <= found.expected <= found.worst


@given(st.integers(0, 30), st.floats(0.01, 20))
def test_excess_and_shortfall_differ_by_mean_and_stock(available, mean):
    """E[(X-a)+] - E[(a-X)+] = E[X] - a, with the other side summed directly."""
    term, shortfall = exp(-mean), 0.0
    for sales in range(available):
        shortfall += (available - sales) * term
        term *= mean / (sales + 1)

    assert oversell(available, 10_000, mean, 1).expected == pytest.approx(
        mean - available + shortfall, abs=1e-8
    )


@given(units, speeds, st.floats(0, 5), st.floats(0, 5))
def test_faster_news_never_oversells_more(available, speed, one, other):
    fast, slow = sorted((one, other))

    assert oversell(available, 200, speed, fast).expected <= (
        oversell(available, 200, speed, slow).expected + 1e-9
    )
