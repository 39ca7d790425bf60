"""A platform's queue: what it hands out is stored before it is confirmed."""

from datetime import timedelta

import pytest

from connectors.kit import AuthenticationFailed, Batch, Delivery, Notice, RateLimited, Topic, Transient
from hub.jobs.poll import poll
from hub.jobs.sweep import due_work
from hub.storage import notices
from hub.storage.database import Wake
from tests.hub.house import House


def batch(*order_ids: str) -> Batch:
    return Batch(
        notices=tuple(Notice(topic=Topic.ORDER, external_id=each) for each in order_ids),
        receipts=tuple(f"r-{each}" for each in order_ids),
    )


def noticed(house: House) -> list[str]:
    return [each for (each,) in house.rows("SELECT external_id FROM notices ORDER BY external_id")]


@pytest.fixture
def polled(house: House) -> House:
    house.run(
        lambda uow: uow.change("UPDATE connections SET capabilities = 'PollsNotices' WHERE id = 'store'")
    )
    return house


async def test_all_batches_are_noticed_and_confirmed(hub, house, desk):
    desk.will("poll", batch("E-1", "E-2"), batch("E-2", "E-3"))

    await poll(hub, "store")

    assert noticed(house) == ["E-1", "E-2", "E-3"]
    assert [subject for verb, subject in desk.calls if verb == "confirm"] == ["r-E-1,r-E-2", "r-E-2,r-E-3"]


async def test_batch_is_stored_before_it_is_confirmed(hub, house, desk):
    """The confirmation fails, as if the process had died before it: nothing is lost."""
    desk.will("poll", batch("E-1"))
    desk.will("confirm", Transient("no answer"))

    await poll(hub, "store")

    assert noticed(house) == ["E-1"]


async def test_batch_that_cannot_be_stored_is_not_confirmed(hub, house, desk, monkeypatch):
    def fail(*given):
        raise OSError("disk full")

    desk.will("poll", batch("E-1"))
    monkeypatch.setattr(notices, "note", fail)

    with pytest.raises(OSError, match="disk full"):
        await poll(hub, "store")

    assert desk.count("confirm") == 0


async def test_unreadable_message_is_kept_for_a_person(hub, house, desk):
    unread = Delivery(topic=Topic.UNREAD, external_id="m1", document=b"?")
    desk.will("poll", Batch(deliveries=(unread,), receipts=("r1",)))

    await poll(hub, "store")

    assert house.rows("SELECT topic, external_id FROM inbox") == [("unread", "m1")]
    assert desk.count("confirm") == 1


async def test_message_that_brings_nothing_is_confirmed(hub, house, desk):
    desk.will("poll", Batch(receipts=("r1",)))

    await poll(hub, "store")

    assert ("confirm", "r1") in desk.calls


async def test_queue_is_looked_at_again_after_its_time(hub, polled, clock):
    assert Wake("poll", "store") in await due_work(hub)

    await poll(hub, "store")

    assert Wake("poll", "store") not in await due_work(hub)
    clock.advance(timedelta(seconds=10))
    assert Wake("poll", "store") in await due_work(hub)


async def test_failing_queue_is_left_alone_for_as_long_as_it_asks(hub, polled, desk, clock):
    desk.will("poll", RateLimited("too many", retry_after=timedelta(minutes=3)))

    await poll(hub, "store")

    clock.advance(timedelta(minutes=2))
    assert Wake("poll", "store") not in await due_work(hub)
    clock.advance(timedelta(minutes=1))
    assert Wake("poll", "store") in await due_work(hub)


async def test_what_only_a_person_can_mend_pauses_the_connection(hub, polled, desk):
    desk.will("poll", AuthenticationFailed("expired"))

    await poll(hub, "store")
    await poll(hub, "store")

    assert desk.count("poll") == 1
    assert Wake("poll", "store") not in await due_work(hub)
