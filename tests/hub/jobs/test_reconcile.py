"""Are all orders of a store here? Hours are certified, differences named, and seen to heal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.kit import Transient
from hub.domain.completeness import HOUR, hour_of
from hub.jobs import reconcile as job
from hub.jobs.fetch import fetch
from hub.jobs.housekeeping import housekeeping
from hub.jobs.reconcile import reconcile
from hub.storage import completeness
from tests.hub.house import LONG_AGO
from tests.hub.samples import sales


@pytest.fixture
def store(house, desk):
    """Read before, half past an hour; `place` puts orders there that were placed so long ago."""
    house.run(lambda uow: uow.change("UPDATE connections SET pulled_at = 1 WHERE id = 'store'"))
    house.clock.advance(hour_of(house.now) + timedelta(minutes=90) - house.now)

    def place(*ids, ago=timedelta(hours=1)):
        said = [sales(external_id=each, placed_at=house.now - ago) for each in ids]
        desk.documents |= {each.external_id: each for each in said}
        return said

    return place


def certified(house, kind="ids"):
    """The newest certificate: (compared, {order: (lack, is healed)})"""
    found = house.run(lambda uow: completeness.certificates(uow, "", LONG_AGO))
    newest = next(each for each in found if each.kind == kind)
    gaps = {each.external_id: (each.lack.value, each.healed_at is not None) for each in newest.gaps}
    return newest.compared, gaps


async def test_hour_whose_orders_are_all_here_is_complete(hub, house, store):
    house.take(*store("1", "2"))

    await reconcile(hub, "store")

    assert certified(house) == (2, {})


async def test_missing_order_is_named_fetched_and_seen_to_heal(hub, house, store):
    house.take(store("1", "2", "3")[0])

    await reconcile(hub, "store")
    assert certified(house) == (3, {"2": ("missing", False), "3": ("missing", False)})
    await fetch(hub, "store")
    house.work()
    house.clock.advance(timedelta(minutes=5))
    await reconcile(hub, "store")

    assert house.stages().keys() == {"1", "2", "3"}
    assert certified(house) == (3, {"2": ("missing", True), "3": ("missing", True)})
    healed = [each.healed_at for each in house.run(lambda uow: completeness.certificates(uow, "", LONG_AGO))]
    assert house.now in healed


async def test_order_that_only_the_hub_has_is_named_until_the_store_lists_it(hub, house, store, desk):
    house.take(*store("1"))
    hidden = desk.documents.pop("1")

    await reconcile(hub, "store")
    assert certified(house) == (0, {"1": ("unlisted", False)})
    desk.documents["1"] = hidden
    await reconcile(hub, "store")

    assert certified(house) == (1, {"1": ("unlisted", True)})


async def test_order_that_cannot_be_read_is_here(hub, house, store, desk):
    desk.documents = {each.external_id: each for each in store("1")}
    house.receive(*desk.documents.values())

    await reconcile(hub, "store")

    assert certified(house) == (1, {})


def listed(desk):
    return [subject for verb, subject in desk.calls if verb == "list"]


async def test_every_hour_since_the_last_certificate_is_compared_once(hub, house, store, desk):
    await reconcile(hub, "store")
    await reconcile(hub, "store")
    desk.calls.clear()
    house.clock.advance(3 * HOUR)

    await reconcile(hub, "store")
    await reconcile(hub, "store")

    first = hour_of(house.now) - 3 * HOUR
    assert listed(desk) == [f"{first + n * HOUR:%H:%M}" for n in range(3)]


async def test_hour_that_ended_just_now_waits_for_what_is_under_way(hub, house, store, desk):
    await reconcile(hub, "store")
    desk.calls.clear()
    house.clock.advance(timedelta(minutes=44))

    await reconcile(hub, "store")
    assert listed(desk) == []
    house.clock.advance(timedelta(minutes=1))
    await reconcile(hub, "store")
    assert len(listed(desk)) == 1


async def test_long_pause_is_caught_up_in_runs_of_bounded_length(hub, house, store, desk, monkeypatch):
    monkeypatch.setattr(job, "MOST_HOURS", 2)
    await reconcile(hub, "store")
    desk.calls.clear()
    house.clock.advance(5 * HOUR)

    lengths = []
    for _ in range(4):
        await reconcile(hub, "store")
        lengths.append(len(listed(desk)))

    assert lengths == [2, 4, 5, 5]


async def test_store_that_does_not_answer_certifies_nothing(hub, house, store, desk):
    desk.will("list", Transient("away"))

    await reconcile(hub, "store")

    assert house.run(lambda uow: completeness.certificates(uow, "", LONG_AGO)) == []
    assert house.value("SELECT failures FROM connections WHERE id = 'store'") == 1


async def test_store_that_was_never_read_is_not_compared(hub, house, store, desk):
    store("1")
    house.run(lambda uow: uow.change("UPDATE connections SET pulled_at = NULL"))

    await reconcile(hub, "store")

    assert listed(desk) == []


class TestContents:
    async def test_newer_document_is_taken_over_and_told(self, hub, house, store, desk):
        house.take(*store("1", "2"))
        store("2", ago=timedelta(minutes=61))

        await reconcile(hub, "store")

        assert certified(house, "contents") == (2, {"2": ("changed", True)})
        assert house.value("SELECT count(*) FROM inbox WHERE external_id = '2'") == 2

    async def test_order_that_the_store_does_not_give_is_gone_until_it_does(self, hub, house, store, desk):
        house.take(*store("1", "2"))
        hidden = desk.documents.pop("2")
        await reconcile(hub, "store")
        assert certified(house, "contents") == (2, {"2": ("gone", False)})

        house.clock.advance(hub.settings.contents_every)
        await reconcile(hub, "store")
        assert certified(house, "contents") == (1, {})
        assert house.run(lambda uow: completeness.gone(uow, "store", 9)) == ["2"]
        desk.documents["2"] = hidden
        house.clock.advance(hub.settings.contents_every)
        await reconcile(hub, "store")

        assert house.run(lambda uow: completeness.gone(uow, "store", 9)) == []

    async def test_samples_go_round_and_come_once_a_day(self, hub, house, store, desk):
        hub = replace(hub, settings=hub.settings.model_copy(update={"contents_sample": 2}))
        house.take(*store("1", "2", "3"))

        for _ in range(3):
            await reconcile(hub, "store")
            await reconcile(hub, "store")
            house.clock.advance(hub.settings.contents_every)

        assert [subject for verb, subject in desk.calls if verb == "fetch"] == ["1,2", "3", "1,2"]


async def test_sets_are_compared_in_one_statement_whatever_their_size(house, count_statements):
    sizes = []
    for number in (1, 300):
        ids = [str(each) for each in range(number)]
        count_statements()
        found = house.run(lambda uow: completeness.difference(uow, "store", hour_of(house.now), ids))  # noqa: B023 - runs at once
        assert len(found) == number
        sizes.append(count_statements())

    assert sizes[0] == sizes[1]


async def test_housekeeping_wakes_the_comparison(hub, house, store):
    woken = []

    async def hear(wakes):
        woken.extend((wake.job, wake.key) for wake in wakes)

    hub.database.after_commit = hear
    house.run(lambda uow: uow.change("UPDATE connections SET capabilities = 'ListsOrderIds'"))
    await housekeeping(hub)
    assert ("reconcile", "store") in woken and ("reconcile", "carrier") not in woken
