"""The book of units that a batch of decisions may use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.stock import StockBook, StockRow
from tests.hub.samples import stock_book


def test_available_is_on_hand_less_reserved():
    book = StockBook([StockRow(sku="RED", location_id="wh", on_hand=5, reserved=2)])

    assert book.available("RED", "wh") == 3
    assert book.locations_of("RED") == {"wh": 3}


def test_unknown_sku_is_not_the_same_as_none_left():
    book = stock_book({("RED", "wh"): 0})

    assert (book.knows("RED"), book.available("RED", "wh")) == (True, 0)
    assert (book.knows("BLUE"), book.available("BLUE", "wh")) == (False, 0)


def test_taking_what_is_not_there_is_refused_and_changes_nothing():
    book = stock_book({("RED", "wh"): 1})

    with pytest.raises(ValueError, match="2 of RED at wh are not available"):
        book.take("RED", "wh", 2)
    with pytest.raises(ValueError, match="not available"):
        book.take("BLUE", "wh", 1)
    assert book.available("RED", "wh") == 1


@given(st.integers(0, 9), st.lists(st.integers(1, 5)))
def test_what_is_taken_can_be_given_back_and_never_goes_below_zero(start, takes):
    book, taken = stock_book({("RED", "wh"): start}), 0
    for units in takes:
        try:
            book.take("RED", "wh", units)
            taken += units
        except ValueError:
            assert units > start - taken
        assert book.available("RED", "wh") == start - taken >= 0

    book.give_back("RED", "wh", taken)

    assert book.available("RED", "wh") == start
