"""A brand's whole hub in one process, on SQLite in memory and on PostgreSQL."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from hub.storage.all_tables import metadata
from hub.storage.database import Database, InlineDatabase
from tests.hub.house import House, ManualClock, migrated_house


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.server)])
def database(request: pytest.FixtureRequest, clock: ManualClock) -> Iterator[Database]:
    """An empty database with the schema; units of work run in the calling thread."""
    if request.param == "postgres":
        made = InlineDatabase(request.getfixturevalue("empty_postgres"), clock=clock)
    else:
        made = InlineDatabase("sqlite://", clock=clock)
        metadata.create_all(made.engine)
    yield made
    made.close()


@pytest.fixture
def house(database: Database, clock: ManualClock) -> House:
    """The hub of a brand with one store, one carrier, one warehouse; both connections armed."""
    return migrated_house(database, clock)


@pytest.fixture
def count_statements(house: House) -> Iterator[Callable[[], int]]:
    """Statements sent to the database since the last call."""
    seen: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    sa.event.listen(house.database.engine, "before_cursor_execute", note)

    def so_far() -> int:
        number = len(seen)
        seen.clear()
        return number

    yield so_far
    sa.event.remove(house.database.engine, "before_cursor_execute", note)
