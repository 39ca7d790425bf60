"""A first page costs a bounded number of index pages, whatever is looked for: on both databases no table is
read whole and nothing is sorted."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase
from hub.storage.search import Blinded, OrderPage, search
from tests.bench.search_orders import fill, placed_at, searches
from tests.conftest import emptied

STORES, ORDERS = 200, 20_000
LIMIT = 50
MOST = 10 * LIMIT
SEARCHES = searches(STORES, ORDERS)
COMBINED = {
    "nothing": Blinded(),
    "store and stage": Blinded(store="store-7", stage="closed"),
    "store and days": Blinded(store="store-7", placed_from=placed_at(5_000), placed_until=placed_at(9_000)),
    "SKU, carrier and stage": Blinded(sku="SKU-0000", carrier="swift", stage="closed"),
    "prefix and store": Blinded(number="10*", store="store-7"),
    "days and SKU": Blinded(placed_until=placed_at(9_000), sku="SKU-00*"),
    "hold reason and days": Blinded(hold_reason="address", placed_from=placed_at(10_000)),
}
PAGES_PER_ROW, PAGES_MORE = 8, 40
"""A way down an index and a row of a table for each of a few tables."""


class Explained:
    """Runs searches and keeps what the database says about each statement of them."""

    def __init__(self, database: InlineDatabase) -> None:
        self.database = database
        self.plans: list[str] = []
        prefix = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " if database.is_postgres else "EXPLAIN QUERY PLAN "

        def explain(connection, cursor, statement, parameters, context, executemany):
            if statement.startswith("SELECT"):
                beside = connection.connection.driver_connection.cursor()
                beside.execute(prefix + statement, parameters)
                self.plans.append("\n".join(" ".join(map(str, row)) for row in beside.fetchall()))

        sa.event.listen(database.engine, "before_cursor_execute", explain)

    def look(self, wanted: Blinded, **more: Any) -> OrderPage:
        self.plans.clear()
        page, _ = self.database.transact(lambda uow: search(uow, wanted, limit=LIMIT, **more))
        return page

    def pages_read(self) -> int:
        """PostgreSQL's count of pages of all statements, those in memory included."""
        first = [re.search(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?", plan) for plan in self.plans]
        return sum(int(number or 0) for each in first if each for number in each.groups())


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def explained(request: pytest.FixtureRequest) -> Iterator[Explained]:
    if request.param == "sqlite":
        database = InlineDatabase("sqlite://")
        metadata.create_all(database.engine)
    else:
        database = InlineDatabase(emptied(request.getfixturevalue("_postgres_with_schema")))
    fill(database, STORES, ORDERS)
    yield Explained(database)
    database.close()


def require_bounded(explained: Explained, looked_at: int) -> None:
    said = "\n\n".join(explained.plans)
    assert "Seq Scan" not in said and "Sort" not in said and "Bitmap" not in said, said
    assert "TEMP B-TREE" not in said, said
    for row in said.splitlines():  # SQLite names the index that it walks, if it walks one
        assert "SCAN" not in row or "INDEX" in row or "SCAN k" in row, said
    if explained.database.is_postgres:
        assert explained.pages_read() <= PAGES_MORE + PAGES_PER_ROW * looked_at, said


@pytest.mark.parametrize("name", SEARCHES)
def test_first_page_by_one_filter_reads_a_bounded_number_of_pages(explained, name):
    chosen = Random(name)

    for _ in range(5):
        page = explained.look(SEARCHES[name](chosen))

        assert page.orders and page.looked_at <= MOST
        require_bounded(explained, page.looked_at)


@pytest.mark.parametrize("name", COMBINED)
def test_first_page_by_several_filters_reads_a_bounded_number_of_pages(explained, name):
    page = explained.look(COMBINED[name])

    assert page.orders
    require_bounded(explained, page.looked_at + 2 * MOST)


@pytest.mark.parametrize("name", ["number_prefix", "stage", "sku", "store", "carrier", "placed"])
def test_later_page_costs_no_more_than_the_first(explained, name):
    wanted, after = SEARCHES[name](Random(name)), ""
    for _ in range(4):
        page = explained.look(wanted, after=after)
        require_bounded(explained, page.looked_at)
        after = page.after
        if not after:
            break


@pytest.mark.parametrize("name", ["amount", "hold_reason"])
def test_filter_without_index_looks_at_so_many_orders_at_most(explained, name):
    nothing = {"amount": Blinded(currency="XXX"), "hold_reason": Blinded(hold_reason="no_such_reason")}[name]

    page = explained.look(nothing)

    assert page.orders == []
    assert page.looked_at <= MOST
    assert page.is_cut == (name == "amount") == bool(page.after)
    require_bounded(explained, page.looked_at)
