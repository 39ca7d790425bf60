"""Which documents are new, in which order they are read, and how they are read again."""

from datetime import timedelta

import pytest

from hub.storage.inbox import Arrival, Result
from tests.hub.samples import NOW, replace, sales

A, B = sales(note="a"), sales(note="b")
LATER = NOW + timedelta(minutes=1)


def claimed(house, lane="live", limit=10):
    return house.run(lambda uow: [row.external_id for row in house.books.inbox.claim(uow, lane, limit)])


def finish(house, state="done"):
    def work(uow):
        rows = house.books.inbox.claim(uow, "live", 10)
        results = [Result(id=row.id, state=state, path="$.x", reason="is bad") for row in rows]
        house.books.inbox.finish(uow, results, house.now)
        return [row.id for row in rows]

    return house.run(work)


class TestIdentity:
    @pytest.mark.parametrize("versions", [(None, None, None), (NOW, LATER, LATER + timedelta(1))])
    def test_a_then_b_then_a_are_three_documents(self, house, versions):
        news = [house.receive(said, version=at) for said, at in zip((A, B, A), versions, strict=True)]

        assert news == [1, 1, 1]

    @pytest.mark.parametrize("version", [None, NOW])
    def test_same_document_again_is_none(self, house, version):
        assert [house.receive(A, version=version) for _ in range(5)] == [1, 0, 0, 0, 0]

    def test_old_version_that_comes_again_is_none(self, house):
        assert house.receive(A, version=NOW) == 1
        assert house.receive(B, version=LATER) == 1
        assert house.receive(A, version=NOW) == 0

    def test_other_content_under_the_same_version_is_new(self, house):
        assert house.receive(A, version=NOW) == 1
        assert house.receive(B, version=NOW) == 1

    @pytest.mark.parametrize("version", [None, NOW])
    def test_repeat_within_one_batch_is_none(self, house, version):
        assert house.receive(A, A, A, version=version) == 1

    def test_a_b_a_within_one_batch_without_versions_are_three(self, house):
        assert house.receive(A, B, A) == 3

    def test_other_things_do_not_matter(self, house):
        assert house.receive(A, replace(A, external_id="4712")) == 2

    def test_two_topics_of_one_id_are_two_things(self, house):
        arrivals = [
            Arrival(connection_id="store", topic=topic, external_id="1", document=b"{}")
            for topic in ("order", "listing")
        ]

        assert house.run(lambda uow: house.books.receive(uow, arrivals, NOW)) == 2

    def test_document_thrown_away_is_still_known(self, house):
        house.take(A)
        house.run(lambda uow: house.books.inbox.forget_documents(uow, 2**62))

        assert house.value("SELECT count(*) FROM inbox WHERE document IS NULL") == 1
        assert house.receive(A) == 0

    def test_known_documents_write_nothing(self, house):
        house.receive(A)
        house.woken.clear()

        house.receive(A)

        assert house.woken == []


class TestClaim:
    def test_oldest_first_and_no_more_than_asked_for(self, house):
        house.receive(*(replace(A, external_id=f"{number}") for number in (3, 1, 2)))

        assert claimed(house, limit=2) == ["3", "1"]

    def test_lanes_do_not_mix(self, house):
        house.receive(A)
        house.receive(replace(A, external_id="old"), lane="bulk")

        assert (claimed(house), claimed(house, "bulk")) == (["4711"], ["old"])
        assert house.run(house.books.inbox.open_lanes) == ["live", "bulk"]

    def test_documents_are_sealed_and_open_only_in_their_place(self, house):
        house.receive(A)

        (row,) = house.run(lambda uow: house.books.inbox.claim(uow, "live", 1))

        assert b"4711" not in row.document
        key = house.books.connections.key("store")
        assert b"4711" in key.open(row.document, f"inbox:{row.id}")

    def test_finished_documents_are_not_read_again(self, house):
        house.receive(A)
        finish(house)

        assert claimed(house) == []
        assert house.run(house.books.inbox.open_lanes) == []

    def test_what_became_of_it_is_kept(self, house):
        house.receive(A)
        finish(house, "parked")

        assert house.rows("SELECT state, path, reason FROM inbox") == [("parked", "$.x", "is bad")]


class TestReplay:
    def test_parked_document_is_read_again(self, house):
        house.receive(A)
        ids = finish(house, "parked")

        assert house.run(lambda uow: house.books.inbox.replay(uow, ids)) == 1
        assert claimed(house) == ["4711"]
        assert house.rows("SELECT state, path, reason, done_at FROM inbox") == [("new", "", "", None)]

    def test_unread_and_forgotten_documents_are_not(self, house):
        house.receive(A)
        unread = [house.value("SELECT id FROM inbox")]
        assert house.run(lambda uow: house.books.inbox.replay(uow, unread)) == 0
        finish(house)
        house.run(lambda uow: house.books.inbox.forget_documents(uow, 2**62))

        assert house.run(lambda uow: house.books.inbox.replay(uow, unread)) == 0

    def test_parked_documents_are_never_thrown_away(self, house):
        house.receive(A)
        finish(house, "parked")

        assert house.run(lambda uow: house.books.inbox.forget_documents(uow, 2**62)) == 0
