"""What leaves the hub: in which order, through whose gate, under whose lease."""

from datetime import timedelta
from itertools import pairwise

import pytest

from hub.clock import micros
from hub.domain.effects import Send, Verb, Withdraw
from hub.storage.outbox import Verdict, read_levels
from mappings.canonical import StockLevel

LEASE = timedelta(minutes=2)


def send(subject="o1-1", verb=Verb.BOOK, connection="carrier", not_before=None):
    return Send(
        verb=verb,
        connection_id=connection,
        gate_connection_id="store",
        order_id=subject.partition("-")[0],
        consignment_id=subject,
        not_before=not_before,
    )


def put(house, *effects):
    house.run(lambda uow: house.books.outbox.apply(uow, effects, house.now))


def claim(house, connection="carrier", limit=10):
    return house.run(
        lambda uow: house.books.outbox.claim(uow, connection, limit, house.now, micros(house.now))
    )


def record(house, *verdicts):
    return house.run(lambda uow: house.books.outbox.record(uow, verdicts, house.now))


def done(message):
    return Verdict(message=message, state="done", outcome="done")


def parked(message, outcome="unknown"):
    return Verdict(message=message, state="parked", outcome=outcome, error="said no")


def again(message, *, doubt, not_before=None):
    return Verdict(message=message, state="open", not_before=not_before, doubt=doubt)


def what(messages):
    return [(message.verb.value, message.subject) for message in messages]


def states(house):
    return dict(house.rows("SELECT verb, state FROM outbox ORDER BY id"))


class TestOrder:
    def test_messages_of_one_subject_leave_one_after_the_other(self, house):
        put(house, send(verb=Verb.BOOK), send(verb=Verb.SUBSCRIBE), send("o2-1"))

        (book, other) = claim(house)
        assert what([book, other]) == [("book", "o1-1"), ("book", "o2-1")]
        assert claim(house) == []
        record(house, done(book))
        assert what(claim(house)) == [("subscribe", "o1-1")]

    def test_parcels_of_one_order_are_told_one_after_the_other(self, house):
        told = [send(subject, Verb.PUSH_FULFILMENT, "store") for subject in ("o1-1", "o1-2", "o2-1")]
        put(house, *told)

        first = claim(house, "store")

        assert what(first) == [("push_fulfilment", "o1-1"), ("push_fulfilment", "o2-1")]
        assert claim(house, "store") == []
        record(house, *map(done, first))
        assert what(claim(house, "store")) == [("push_fulfilment", "o1-2")]

    def test_subject_waits_also_across_connections(self, house):
        put(house, send(), send(verb=Verb.PUSH_FULFILMENT, connection="store"))

        assert claim(house, "store") == []
        record(house, done(claim(house)[0]))
        assert what(claim(house, "store")) == [("push_fulfilment", "o1-1")]

    def test_message_waits_for_its_time(self, house):
        put(house, send(not_before=house.now + timedelta(minutes=1)))

        assert claim(house) == []
        house.clock.advance(timedelta(minutes=1))
        assert what(claim(house)) == [("book", "o1-1")]

    def test_cancellation_never_waits_behind_a_parked_booking(self, house):
        put(house, send())
        record(house, parked(claim(house)[0]))
        put(house, send(verb=Verb.CANCEL_BOOKING))

        assert what(claim(house)) == [("cancel_booking", "o1-1")]

    def test_no_more_than_asked_for(self, house):
        put(house, *(send(f"o{number}-1") for number in range(5)))

        assert len(claim(house, limit=3)) == 3
        assert len(claim(house, limit=3)) == 2


class TestGate:
    def pause(self, house, connection):
        house.run(lambda uow: house.books.connections.pause(uow, connection, "why"))

    @pytest.mark.parametrize("paused", ["store", "carrier"])
    def test_paused_connection_or_gate_stops_the_message(self, house, paused):
        put(house, send())
        self.pause(house, paused)

        assert claim(house) == []
        assert (
            house.run(lambda uow: house.books.outbox.due_connections(uow, house.now, micros(house.now))) == []
        )

    @pytest.mark.parametrize("paused", ["store", "carrier"])
    def test_it_leaves_when_they_are_resumed(self, house, paused):
        put(house, send())
        self.pause(house, paused)
        house.run(lambda uow: house.books.connections.resume(uow, paused))

        assert what(claim(house)) == [("book", "o1-1")]

    @pytest.mark.parametrize("observing", ["store", "carrier"])
    def test_observing_connection_or_gate_stops_it_too(self, house, observing):
        put(house, send())
        house.run(
            lambda uow: uow.change(
                "UPDATE connections SET status = 'observing', armed_from = NULL WHERE id = :id", id=observing
            )
        )

        assert claim(house) == []
        house.run(lambda uow: house.books.connections.arm(uow, observing, house.now))
        assert what(claim(house)) == [("book", "o1-1")]


class TestLease:
    def test_leased_message_is_nobody_elses(self, house):
        put(house, send())

        assert len(claim(house)) == 1
        assert claim(house) == []

    def test_lost_worker_leaves_its_message_in_doubt(self, house):
        put(house, send())
        (first,) = claim(house)

        house.clock.advance(LEASE)
        (second,) = claim(house)

        assert (first.in_doubt, second.in_doubt) == (False, True)
        assert (second.epoch, second.attempts) == (first.epoch + 1, first.attempts + 1)

    def test_late_workers_record_is_ignored(self, house):
        put(house, send())
        (late,) = claim(house)
        house.clock.advance(LEASE)
        (present,) = claim(house)

        assert record(house, parked(late)) == set()
        assert states(house) == {"book": "open"}
        assert record(house, done(present)) == {present.id}
        assert record(house, parked(late), parked(present)) == set()
        assert states(house) == {"book": "done"}

    def test_doubt_is_kept_until_somebody_looked(self, house):
        put(house, send())
        (first,) = claim(house)
        record(house, again(first, doubt=True))
        (second,) = claim(house)
        record(house, again(second, doubt=second.in_doubt))
        (third,) = claim(house)
        record(house, again(third, doubt=False))
        (fourth,) = claim(house)

        assert [each.in_doubt for each in (first, second, third, fourth)] == [False, True, True, False]

    def test_put_off_message_waits_without_lease(self, house):
        put(house, send())
        (message,) = claim(house)
        record(house, again(message, doubt=False, not_before=house.now + timedelta(seconds=10)))

        assert claim(house) == []
        house.clock.advance(timedelta(seconds=10))
        assert len(claim(house)) == 1


class TestWithdraw:
    def test_unsent_message_is_withdrawn(self, house):
        put(house, send(), send("o2-1"))
        put(house, Withdraw(consignment_id="o1-1"))

        assert what(claim(house)) == [("book", "o2-1")]

    @pytest.mark.parametrize("ends", [None, "parked"])
    def test_sent_message_is_not(self, house, ends):
        put(house, send())
        (message,) = claim(house)
        if ends:
            record(house, parked(message))

        put(house, Withdraw(consignment_id="o1-1"))

        assert states(house) == {"book": ends or "open"}

    def test_refused_message_is(self, house):
        put(house, send())
        record(house, parked(claim(house)[0], "refused"))

        put(house, Withdraw(consignment_id="o1-1"))

        assert states(house) == {"book": "withdrawn"}

    def test_withdrawing_and_sending_anew_in_one_batch_keeps_the_new_one(self, house):
        put(house, send())
        put(house, Withdraw(consignment_id="o1-1"), send(verb=Verb.CANCEL_BOOKING))

        assert states(house) == {"book": "withdrawn", "cancel_booking": "open"}


class TestSentSubjects:
    def sent(self, house):
        return house.run(lambda uow: house.books.outbox.sent_subjects(uow, ["o1"]))

    def test_are_those_that_may_have_reached_the_carrier(self, house):
        put(house, send(), send("o1-2"))
        assert self.sent(house) == {}

        first, second = claim(house)
        assert self.sent(house) == {"o1": {"o1-1", "o1-2"}}
        record(house, done(first), parked(second, "refused"))
        assert self.sent(house) == {"o1": {"o1-1"}}

    def test_put_off_without_doubt_is_not_sent(self, house):
        put(house, send())
        record(house, again(claim(house)[0], doubt=False))

        assert self.sent(house) == {}


class TestReplay:
    def replayed(self, house, outcome):
        put(house, send())
        (message,) = claim(house)
        record(house, parked(message, outcome))
        assert house.run(lambda uow: house.books.outbox.replay(uow, [message.id], house.now)) == 1
        (again,) = claim(house)
        return again

    def test_unknown_outcome_stays_in_doubt(self, house):
        assert self.replayed(house, "unknown").in_doubt

    def test_refused_message_is_sent_like_a_new_one(self, house):
        again = self.replayed(house, "refused")

        assert (again.in_doubt, again.attempts) == (False, 1)

    def test_only_parked_messages_are_replayed(self, house):
        put(house, send())
        (message,) = claim(house)
        record(house, done(message))

        assert house.run(lambda uow: house.books.outbox.replay(uow, [message.id], house.now)) == 0


class TestStock:
    def tell(self, house, **levels):
        told = {
            "store": {
                sku: StockLevel(listing_id=sku, sku=sku, available=units, as_of=house.now)
                for sku, units in levels.items()
            }
        }
        house.run(lambda uow: house.books.outbox.put_stock(uow, told, house.now))

    def levels(self, message):
        return {each.sku: each.available for each in read_levels(message.document)}

    def test_unsent_levels_merge_and_the_newest_holds(self, house):
        self.tell(house, red=5, blue=1)
        self.tell(house, red=4, green=2)

        (message,) = claim(house, "store")
        assert self.levels(message) == {"red": 4, "blue": 1, "green": 2}

    def test_sent_levels_are_left_alone_and_newer_ones_follow(self, house):
        self.tell(house, red=5)
        (first,) = claim(house, "store")
        self.tell(house, red=4)

        assert claim(house, "store") == []
        record(house, done(first))
        (second,) = claim(house, "store")
        assert (self.levels(first), self.levels(second)) == ({"red": 5}, {"red": 4})


def test_every_addressed_connection_is_woken_once(house):
    house.woken.clear()

    put(house, send(), send("o2-1"), send(verb=Verb.PUSH_FULFILMENT, connection="store"))

    assert house.woken == ["work_outbox", "work_outbox"]


BACKLOG, ROUND = 4000, 100


def test_a_round_reads_no_more_of_a_long_backlog_than_it_sends(house):
    """Statistics know nothing of the backlog yet: then a planner reads tables whole."""
    put(house, *(send(f"o{number}-1") for number in range(BACKLOG)))

    def one_round(uow):
        messages = house.books.outbox.claim(uow, "carrier", ROUND, house.now, micros(house.now))
        house.books.outbox.record(uow, [done(each) for each in messages], house.now)
        return len(messages), _rows_read(uow)

    rounds = [house.run(one_round) for _ in range(4)]
    assert [sent for sent, _ in rounds] == [ROUND] * 4
    assert all(after - before < 6 * ROUND for (_, before), (_, after) in pairwise(rounds))


def _rows_read(uow):
    """Rows of the outbox that this connection has read; PostgreSQL counts them."""
    if not uow.is_postgres:
        return 0
    counted = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'outbox'"
    return uow.one(counted)[0]
