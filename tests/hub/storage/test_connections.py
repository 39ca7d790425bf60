"""Connections: their state, their bookmark, their tokens."""

import asyncio
from datetime import timedelta

import pytest

from hub.connections import RENEWAL_LEASE, StoredCredentials
from hub.storage.connections import ConnectionStatus


def one(house, connection_id="store"):
    return house.run(lambda uow: house.books.connections.one(uow, connection_id))


def do(house, what, *arguments, **options):
    return house.run(lambda uow: getattr(house.books.connections, what)(uow, *arguments, **options))


class TestState:
    def test_paused_connection_tells_why_and_is_left_out_of_pulls(self, house):
        do(house, "pause", "store", "sign in again")

        assert (one(house).status, one(house).paused_reason) == (ConnectionStatus.PAUSED, "sign in again")
        assert do(house, "due_pulls", house.now) == []

    def test_first_reason_of_a_pause_stays(self, house):
        do(house, "pause", "store", "first")
        do(house, "pause", "store", "second")

        assert one(house).paused_reason == "first"

    @pytest.mark.parametrize("is_armed, status", [(True, "active"), (False, "observing")])
    def test_resumed_connection_is_what_it_was(self, house, is_armed, status):
        if not is_armed:
            house.run(lambda uow: uow.change("UPDATE connections SET armed_from = NULL"))
        do(house, "pause", "store", "why")
        do(house, "resume", "store")

        assert (one(house).status, one(house).paused_reason) == (status, "")
        assert do(house, "due_pulls", house.now) == ["store"]

    def test_failed_pull_is_due_later_and_a_good_one_forgets_it(self, house):
        do(house, "failed", "store", "no answer", house.now + timedelta(minutes=1))
        assert (one(house).failures, one(house).last_error) == (1, "no answer")
        assert do(house, "due_pulls", house.now) == []

        do(house, "pulled", "store", house.now, timedelta(minutes=5))
        assert (one(house).failures, one(house).last_error) == (0, "")
        assert do(house, "due_pulls", house.now + timedelta(minutes=5)) == ["store"]

    def test_bookmark_moves_only_from_where_it_was_read(self, house):
        assert do(house, "turn_page", "store", before="", after="p1")
        assert not do(house, "turn_page", "store", before="", after="p9")
        assert one(house).bookmark == "p1"

    def test_new_settings_forget_former_tokens_and_make_a_new_version(self, house):
        before = one(house).version
        do(house, "save_credentials", "store", {"access": "t"}, 0)
        do(house, "replace_settings", "store", {"key": "other"})

        assert one(house).settings == {"key": "other"}
        assert do(house, "credentials", "store") == {}
        assert one(house).version == before + 1


class TestCredentials:
    def worker(self, house):
        """Another process: the same database, a lock of its own."""

        async def sleep(seconds):
            await house.clock.sleep(seconds)
            await asyncio.sleep(0)

        return StoredCredentials(house.database, house.books.connections, "store", sleep)

    def test_tokens_are_sealed(self, house):
        do(house, "save_credentials", "store", {"access": "t0ken"}, 0)

        assert b"t0ken" not in bytes(house.value("SELECT credentials FROM connections WHERE id = 'store'"))
        assert do(house, "credentials", "store") == {"access": "t0ken"}

    async def test_of_two_workers_one_renews(self, house):
        renewals = []

        async def renew(stored):
            renewals.append(dict(stored))
            await asyncio.sleep(0)
            return {"access": f"t{len(renewals)}"}

        first, second = self.worker(house), self.worker(house)
        seen = await first.current()

        tokens = await asyncio.gather(first.renew(seen, renew), second.renew(seen, renew))

        assert renewals == [{}]
        assert tokens == [{"access": "t1"}, {"access": "t1"}]
        assert await second.current() == {"access": "t1"}

    async def test_worker_that_died_while_renewing_holds_nobody_up_for_long(self, house):
        assert do(
            house,
            "begin_renewal",
            "store",
            house.database.transact(house.database.lease_now)[0],
            RENEWAL_LEASE,
        )
        began = house.now

        async def renew(stored):
            return {"access": "new"}

        assert await self.worker(house).renew({}, renew) == {"access": "new"}
        assert house.now - began >= RENEWAL_LEASE

    async def test_worker_that_renewed_too_slowly_does_not_overwrite_newer_tokens(self, house):
        other = self.worker(house)

        async def slow(stored):
            house.clock.advance(RENEWAL_LEASE)
            await other.renew({}, quick)
            return {"access": "late"}

        async def quick(stored):
            return {"access": "newer"}

        assert await self.worker(house).renew({}, slow) == {"access": "newer"}
        assert await other.current() == {"access": "newer"}

    async def test_failed_renewal_keeps_the_former_tokens_and_frees_the_lease(self, house):
        do(house, "save_credentials", "store", {"access": "old"}, 0)

        async def fail(stored):
            raise ValueError("refused")

        with pytest.raises(ValueError, match="refused"):
            await self.worker(house).renew({"access": "old"}, fail)

        assert do(house, "credentials", "store") == {"access": "old"}
        assert house.value("SELECT renewing_until FROM connections WHERE id = 'store'") == 0
