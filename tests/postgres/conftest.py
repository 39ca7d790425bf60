"""Several workers on one real PostgreSQL: what SQLite, with its single writer, cannot show."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hub.clock import OrderedIds
from hub.storage.database import Database
from tests.hub.house import House, ManualClock, migrated_house

HERE = Path(__file__).parent
PATIENCE = 20
"""Seconds after which a thread that waits for another is stuck."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.server)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def house(empty_postgres: str, clock: ManualClock) -> Iterator[House]:
    """A brand's hub with a pool of connections."""
    database = Database(empty_postgres, clock=clock)
    yield migrated_house(database, clock, new_id=OrderedIds())
    database.close()


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Runs functions in threads of their own and returns what they return, in order; raises what they
    raise."""
    with ThreadPoolExecutor(8) as pool:

        def run(*works: Callable[[], Any]) -> list[Any]:
            return [each.result(PATIENCE) for each in [pool.submit(work) for work in works]]

        yield run


@pytest.fixture
def meeting() -> threading.Barrier:
    """Two threads wait for each other; one that never comes fails the test."""
    return threading.Barrier(2, timeout=PATIENCE)


@pytest.fixture
def waits_for_lock(house: House) -> Callable[[], None]:
    """Returns once some connection waits for another one's lock."""

    def wait() -> None:
        for _ in count():
            if house.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
                return

    return wait
