"""The same API on PostgreSQL: statements and retries that differ there."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence

import pytest

from hub.storage import stores
from hub.storage.database import Database, UnitOfWork
from tests.hub.api.v1.conftest import HELD, SHIPS
from tests.hub.house import ManualClock

pytestmark = pytest.mark.server


@pytest.fixture
def database(empty_postgres: str, clock: ManualClock) -> Iterator[Database]:
    """With real threads, so that requests meet."""
    made = Database(empty_postgres, clock=clock)
    yield made
    made.close()


async def test_reading_works_on_postgres(callers) -> None:
    page = await callers.get("/orders", "clerk", phone="13800001234", limit=1)
    assert (await callers.get("/orders", "clerk", phone="13800001234", after=page["after"]))["items"]
    for path in ("/stock", "/inbox", "/outbox", "/cases", "/connections", "/overview", "/at-risk", "/stores"):
        assert await callers.get(path, "viewer"), path
    for path in ("/tokens", "/audit-trail", "/territories", "/territories/report", f"/orders/{SHIPS}/story"):
        assert await callers.get(path), path
    level = await callers.get("/stock", limit=1)
    assert (await callers.get("/stock", after=level["after"]))["items"][0]["sku"] == "RED"


async def test_deciding_works_on_postgres(callers) -> None:
    await callers.post(f"/orders/{SHIPS}/hold", {"why": "call"})
    assert (await callers.post(f"/orders/{SHIPS}/release"))["stage"] == "released"
    await callers.post(f"/orders/{HELD}/tags", {"put": ["gift"]})
    await callers.send("PUT", "/stores/brand-store/rules/payment_delay", json={"parameters": {"minutes": 3}})
    assert [each["action"] for each in (await callers.get("/audit-trail"))["items"]] == [
        "set rule",
        "tag order",
        "release order",
        "hold order",
    ]


async def test_a_request_that_comes_twice_at_once_is_done_once(callers) -> None:
    body = {"counts": [{"sku": "BLUE", "location": "wh", "on_hand": 50}]}
    key = {"idempotency-key": "k"}
    sent = (callers.send("POST", "/stock/counts", "clerk", json=body, headers=key) for _ in range(4))
    answers = await asyncio.gather(*sent)
    assert [each.status_code for each in answers] == [200] * 4
    assert {each.text for each in answers} == {'{"read":1,"changed":1}'}
    assert callers.house.value("SELECT count(*) FROM audit_trail") == 1


async def test_of_two_who_saw_the_same_version_one_is_refused(callers, monkeypatch) -> None:
    """Both wait for each other between reading and writing, unless one keeps the other from reading."""
    both = threading.Barrier(2)

    def wait_for_the_other(uow: UnitOfWork, carriers: Sequence[str]) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.5)

    monkeypatch.setattr(stores, "require_carriers", wait_for_the_other)
    policy, seen = "/stores/brand-store/policy", {"if-match": '"1"'}
    changes: list[dict[str, object]] = [{"ship_authorized": True}, {"carriers": ["carrier"]}]
    answers = await asyncio.gather(
        *(callers.send("PATCH", policy, json=each, headers=seen) for each in changes)
    )
    assert sorted(each.status_code for each in answers) == [200, 412]
