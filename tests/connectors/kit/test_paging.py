"""Pages are read backwards, once more if the list grew meanwhile, and long lists in halves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from connectors.kit.paging import window_pages

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Rows:
    number: int
    total: int


@pytest.mark.parametrize(
    ("totals", "order"),
    [
        ([0], [1]),
        ([10], [1]),
        ([25, 25, 25, 25], [3, 2, 1]),
        ([25, 25, 25, 24], [3, 2, 1]),
        ([25, 25, 25, 31, 31, 31, 31, 31], [3, 2, 4, 3, 2, 1]),
        ([25, 25, 25, 9], [3, 2, 1]),
    ],
)
async def test_last_page_comes_first_and_growth_is_read_again(totals, order):
    seen = iter(totals)

    async def read(window, number):
        return Rows(number, next(seen))

    found = window_pages(read, [(START, START + MINUTE)], size=10, reachable=1000)
    pages = [(page.number, end) async for page, end in found]
    assert [number for number, _ in pages] == order
    assert [end for _, end in pages] == [None] * (len(order) - 1) + [START + MINUTE]


async def test_window_that_holds_too_much_is_halved_in_order():
    async def read(window, number):
        return Rows(number, int((window[1] - window[0]).total_seconds()))

    found = window_pages(read, [(START, START + MINUTE)], size=100, reachable=20)
    ends = [(end - START).total_seconds() async for _, end in found]
    assert ends == [15, 30, 45, 60]


async def test_single_second_is_never_halved():
    async def read(window, number):
        return Rows(number, 30)

    found = window_pages(read, [(START, START + timedelta(seconds=1))], size=100, reachable=20)
    assert len([page async for page, _ in found]) == 1
