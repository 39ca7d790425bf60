"""Twenty workers on few hot SKUs in escrow, with cancels, counts, moves of quotas and lost connections."""

import pytest
from sqlalchemy.exc import IntegrityError

from hub.storage.database import Database
from tests.bench.rush import Rush, killed_now_and_then, oversold, seconds_of

HOT = [f"hot-{number}" for number in range(5)]
WORKERS = 20


@pytest.fixture
def rush(empty_postgres):
    database = Database(empty_postgres, threads=WORKERS + 2)
    rush = Rush(database)
    rush.prepare(HOT, units=400)
    yield rush
    database.transact(lambda uow: uow.change("DROP TABLE promises"))
    database.close()


def promised(rush):
    return rush.database.transact(lambda uow: uow.one("SELECT count(*), sum(reserved) FROM stock"))[0][1]


def test_nothing_is_oversold_whatever_happens_at_once(rush):
    with killed_now_and_then(rush.database, 0.05, seed=1):
        seconds_of(rush, WORKERS, 800, lambda worker: HOT)

    assert oversold(rush.database) == 0
    assert promised(rush) > 500, "it was not a rush"
    assert rush.lost, "nobody was interrupted"


def test_promise_without_the_lock_is_refused_by_the_database(rush):
    """What the workers' own book says is a hint: the constraint is what holds."""

    def promise_too_much(uow):
        uow.change("UPDATE quotas SET units = units - 401 WHERE sku = 'hot-0' AND store_id = 'east'")

    with pytest.raises(IntegrityError, match="never_negative"):
        rush.database.transact(promise_too_much)
