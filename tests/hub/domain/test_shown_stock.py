"""What a store shows of what is available."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.policies import ShownStock

units = st.integers(0, 50)


@pytest.mark.parametrize(
    ("limits", "available", "shown"),
    [
        ({}, 7, 7),
        ({}, -1, 0),
        ({"keep_back": 2}, 7, 5),
        ({"keep_back": 9}, 7, 0),
        ({"least": 5}, 4, 0),
        ({"least": 5}, 5, 5),
        ({"keep_back": 3, "least": 5}, 7, 0),
        ({"most": 3}, 7, 3),
        ({"most": 0}, 7, 0),
    ],
)
def test_units_are_kept_back_then_few_are_hidden_then_many_are_capped(limits, available, shown):
    assert ShownStock(**limits).of(available) == shown


@given(units, units, units, units)
def test_never_more_than_there_is_and_more_stock_never_shows_less(keep_back, least, most, available):
    limits = ShownStock(keep_back=keep_back, least=least, most=most)

    assert 0 <= limits.of(available) <= min(available, most)
    assert limits.of(available) <= limits.of(available + 1)
