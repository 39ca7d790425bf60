"""A failing connection is tried later or paused with a reason that a person can act on; others go on."""

from datetime import timedelta

import pytest

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    Page,
    RateLimited,
    Transient,
    UnexpectedPayload,
)
from hub.jobs.fetch import fetch
from hub.jobs.outbox import work_outbox
from hub.jobs.pull import pull
from hub.jobs.sweep import due_work
from hub.jobs.track import track
from hub.storage import notices
from tests.hub.house import add_connection
from tests.hub.jobs.platforms import delivery
from tests.hub.samples import STORE_CAPABILITIES, replace, sales

NEEDS_A_PERSON = [
    (AuthenticationFailed("the access token has expired"), "sign in again: the access token has expired"),
    (AuthenticationFailed("scope read_orders is missing"), "sign in again: scope read_orders is missing"),
    (Misconfigured("no such host", setting="host"), "correct the settings (setting host): no such host"),
    (Misconfigured("unknown store"), "correct the settings: unknown store"),
]


def state(house, connection_id="store"):
    ((status, reason, failures),) = house.rows(
        "SELECT status, paused_reason, failures FROM connections WHERE id = :id", id=connection_id
    )
    return status, reason, failures


class TestPull:
    @pytest.mark.parametrize("error, reason", NEEDS_A_PERSON)
    async def test_what_only_a_person_can_mend_pauses_the_connection(self, hub, house, desk, error, reason):
        desk.will("pull", error)

        await pull(hub, "store")

        assert state(house) == ("paused", reason, 0)
        assert not any(wake.job == "pull" for wake in await due_work(hub))

    async def test_other_connections_do_not_notice(self, hub, house, desk):
        house.run(lambda uow: add_connection(uow, house, "other", "store", "plain", STORE_CAPABILITIES))
        desk.will("pull", AuthenticationFailed("expired"))
        desk.pages = [Page(deliveries=(delivery(sales()),), bookmark="p1")]

        await pull(hub, "store")
        await pull(hub, "other")

        assert (state(house)[0], state(house, "other")[0]) == ("paused", "active")
        assert house.rows("SELECT connection_id FROM inbox") == [("other",)]

    async def test_paused_connection_is_not_asked(self, hub, house, desk):
        house.run(lambda uow: hub.books.connections.pause(uow, "store", "why"))

        await pull(hub, "store")

        assert desk.calls == []

    @pytest.mark.parametrize(
        "error, pauses",
        [
            (Transient("no route to host"), [10, 20, 40]),
            (RateLimited("slow down", retry_after=timedelta(seconds=90)), [90, 90, 90]),
            (UnexpectedPayload("a page without orders"), [10, 20, 40]),
        ],
    )
    async def test_what_passes_is_tried_later_and_ever_later(self, hub, house, desk, error, pauses):
        for failures, seconds in enumerate(pauses, start=1):
            desk.will("pull", error)
            await pull(hub, "store")

            due = house.value("SELECT next_pull_at FROM connections WHERE id = 'store'")
            assert due == int((house.now + timedelta(seconds=seconds)).timestamp() * 1_000_000)
            assert state(house) == ("active", "", failures)

    async def test_good_pull_forgets_former_failures(self, hub, house, desk):
        desk.will("pull", Transient("no answer"))
        await pull(hub, "store")

        await pull(hub, "store")

        assert state(house) == ("active", "", 0)

    async def test_pages_before_the_failure_are_kept_and_not_asked_for_again(self, hub, house, desk):
        desk.pages = [Page(deliveries=(delivery(sales()),), bookmark="p1"), Page(bookmark="p2")]
        desk.will("next page", Transient("cut"))

        await pull(hub, "store")
        await pull(hub, "store")

        assert house.value("SELECT count(*) FROM inbox") == 1
        assert [subject for verb, subject in desk.calls if verb == "pull"] == ["", "p1"]

    async def test_page_without_bookmark_is_stored_and_the_next_pull_begins_there(self, hub, house, desk):
        desk.pages = [Page(deliveries=(delivery(sales()),), bookmark=None)]

        await pull(hub, "store")

        assert house.rows("SELECT bookmark FROM connections WHERE id = 'store'") == [("",)]
        assert house.value("SELECT count(*) FROM inbox") == 1

    async def test_pull_overtaken_by_another_worker_stores_nothing(self, hub, house, desk):
        desk.pages = [Page(bookmark="p1"), Page(deliveries=(delivery(sales()),), bookmark="p2")]

        live = await hub.live.open("store")
        original = live.connector.desk.asked

        def meddle(verb, *arguments, **options):
            if verb == "next page":
                house.run(lambda uow: uow.change("UPDATE connections SET bookmark = 'p9' WHERE id = 'store'"))
            return original(verb, *arguments, **options)

        desk.asked = meddle
        await pull(hub, "store")

        assert house.rows("SELECT bookmark FROM connections WHERE id = 'store'") == [("p9",)]
        assert house.value("SELECT count(*) FROM inbox") == 0


class TestUnusableConnection:
    @pytest.mark.parametrize("job", [pull, fetch, work_outbox, track])
    async def test_missing_plug_in_pauses_it(self, hub, house, job):
        house.run(lambda uow: uow.change("UPDATE connections SET platform = 'gone'"))

        await job(hub, "store")

        assert state(house)[:2] == (
            "paused",
            "correct the settings: the plug-in gone cannot be used: it is not installed",
        )

    async def test_broken_plug_in_says_what_broke(self, hub, house):
        house.run(lambda uow: uow.change("UPDATE connections SET platform = 'broken'"))

        await pull(hub, "store")

        assert state(house)[1].endswith("ImportError: no module")

    async def test_settings_that_the_plug_in_refuses_are_named_without_their_value(self, hub, house):
        house.run(lambda uow: hub.books.connections.replace_settings(uow, "store", {"key": ["s3cret"]}))

        await pull(hub, "store")

        status, reason, _ = state(house)
        assert (status, reason) == (
            "paused",
            "correct the settings (setting key): key: Input should be a valid string",
        )

    async def test_unknown_connection_is_nothing(self, hub, house):
        for job in (pull, fetch, work_outbox, track):
            await job(hub, "nobody")


class TestFetch:
    def notice(self, house, *ids):
        house.run(lambda uow: notices.note(uow, [("store", "order", each) for each in ids], house.now))

    async def test_noticed_things_are_fetched_once(self, hub, house, desk):
        self.notice(house, "4711", "4711", "gone")
        desk.documents = {"4711": sales()}

        await fetch(hub, "store")
        await fetch(hub, "store")

        assert [call for call in desk.calls if call[0] == "fetch"] == [("fetch", "4711,gone")]
        assert house.rows("SELECT external_id FROM inbox") == [("4711",)]
        assert house.value("SELECT count(*) FROM notices") == 0

    async def test_noticed_again_while_being_fetched_is_fetched_again(self, hub, house, desk):
        self.notice(house, "4711")
        desk.documents = {"4711": sales()}
        (seen,) = house.run(lambda uow: notices.due(uow, "store", 5, house.now))
        house.clock.advance(timedelta(seconds=1))
        self.notice(house, "4711")

        house.run(lambda uow: notices.fetched(uow, "store", [seen]))

        assert len(house.run(lambda uow: notices.due(uow, "store", 5, house.now))) == 1

    async def test_failure_puts_them_off(self, hub, house, desk):
        self.notice(house, "4711")
        desk.will("fetch", Transient("no answer"))

        await fetch(hub, "store")

        assert house.run(lambda uow: notices.due(uow, "store", 5, house.now)) == []
        house.clock.advance(timedelta(seconds=10))
        assert [each.attempts for each in house.run(lambda uow: notices.due(uow, "store", 5, house.now))] == [
            1
        ]
        assert state(house)[2] == 1

    async def test_expired_token_pauses_and_the_notice_stays(self, hub, house, desk):
        self.notice(house, "4711")
        desk.will("fetch", AuthenticationFailed("expired"))

        await fetch(hub, "store")

        assert state(house)[0] == "paused"
        assert house.value("SELECT count(*) FROM notices") == 1


class TestTrack:
    async def booked(self, hub, house):
        house.take(sales(), replace(sales(), external_id="2", buyer=replace(sales().buyer, reference="b2")))
        await work_outbox(hub, "carrier")
        house.clock.advance(hub.settings.track_every)

    async def test_every_due_parcel_is_asked_for_and_put_off(self, hub, house, desk):
        await self.booked(hub, house)

        await track(hub, "carrier")
        await track(hub, "carrier")

        assert desk.count("track") == 1
        house.clock.advance(hub.settings.track_every)
        await track(hub, "carrier")
        assert desk.count("track") == 2

    async def test_failing_carrier_is_noted_and_the_store_goes_on(self, hub, house, desk):
        await self.booked(hub, house)
        desk.will("track", AuthenticationFailed("expired"))

        await track(hub, "carrier")

        assert (state(house, "carrier")[0], state(house)[0]) == ("paused", "active")
