"""The hub is killed, its queue wiped, its database cut, and every platform misbehaves: everything once."""

import pytest

from tests.crash.kill_run import kill_run

pytestmark = pytest.mark.server


async def test_killed_workers_lose_and_double_nothing(empty_postgres: str) -> None:
    report = await kill_run(empty_postgres, seed=11, orders=150, kills=6, wipes=2, cuts=2)
    print(report)  # noqa: T201 - shown with -s, and where it fails
    assert report.holds, str(report)
    assert report.strikes == {"kill": 6, "wipe": 2, "cut": 2}
