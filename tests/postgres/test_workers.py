"""Workers side by side: nobody reads, sends or promises twice, nobody waits for long."""

import asyncio
import threading
from types import SimpleNamespace

import msgspec
import pytest

from hub.clock import micros
from hub.domain.effects import Reserve, Send, Verb
from hub.jobs.inbox import work_inbox
from hub.pipeline.intake import work_inbox as work_batch
from hub.pipeline.resume import hold_orders
from hub.storage.inbox import Arrival, Result
from mappings.canonical import Buyer, TrackingReport, TrackingStatus
from tests.hub.samples import event, line, sales

MANY = [sales(external_id=f"{n}", buyer=Buyer(reference=f"{n}")) for n in range(10)]


class TestClaiming:
    def test_two_workers_never_claim_the_same_document(self, house, at_once, meeting):
        house.receive(*MANY)

        def claim():
            def work(uow):
                rows = house.books.inbox.claim(uow, "live", 5)
                meeting.wait()
                return {row.id for row in rows}

            return house.run(work)

        first, second = at_once(claim, claim)

        assert (len(first), len(second), first & second) == (5, 5, set())

    def test_worker_does_not_wait_for_rows_that_another_holds(self, house, at_once, meeting):
        house.receive(*MANY)

        def slow():
            def work(uow):
                rows = house.books.inbox.claim(uow, "live", 10)
                meeting.wait()
                meeting.wait()
                return len(rows)

            return house.run(work)

        def quick():
            meeting.wait()
            found = house.run(lambda uow: len(house.books.inbox.claim(uow, "live", 10)))
            meeting.wait()
            return found

        assert at_once(slow, quick) == [10, 0]

    def test_message_goes_to_one_worker(self, house, at_once, meeting):
        house.take(*MANY)

        def claim():
            def work(uow):
                rows = house.books.outbox.claim(uow, "carrier", 5, house.now, micros(house.now))
                meeting.wait()
                return {row.id for row in rows}

            return house.run(work)

        first, second = at_once(claim, claim)

        assert (len(first | second), first & second) == (10, set())

    def test_stock_news_goes_to_one_worker(self, house, at_once, meeting):
        def claim():
            def work(uow):
                rows = house.books.stock.news(uow, "to_tell", 10, locked=True)
                meeting.wait()
                return {sku for sku, _ in rows}

            return house.run(work)

        first, second = at_once(claim, claim)

        assert sorted((first, second), key=len) == [set(), {"RED", "BLUE"}]


class TestRacing:
    def racers(self, house, meeting, said, **options):
        """Both look into the inbox before either writes."""
        original = house.books.inbox._latest
        met: set[int] = set()

        def look(uow, arrivals):
            found = original(uow, arrivals)
            if threading.get_ident() not in met:
                met.add(threading.get_ident())
                meeting.wait()
            return found

        house.books.inbox._latest = look

        def race():
            arrival = Arrival(
                connection_id="store",
                topic="order",
                external_id=said.external_id,
                document=msgspec.json.encode(said),
                **options,
            )
            return asyncio.run(house.database.run(lambda uow: house.books.receive(uow, [arrival], house.now)))

        return race

    @pytest.mark.parametrize("options", [{}, {"version": sales().placed_at}])
    def test_document_that_two_workers_bring_is_stored_once(self, house, at_once, meeting, options):
        race = self.racers(house, meeting, sales(), **options)

        assert sorted(at_once(race, race)) == [0, 1]
        assert house.value("SELECT count(*) FROM inbox") == 1

    def test_two_versions_of_a_new_order_make_one_order(self, house, at_once, meeting):
        """Two workers hold one version each and both find that the order is new."""
        house.receive(sales())
        house.receive(sales(line(quantity=2)))
        original = house.books.orders.by_external_ids
        met: set[int] = set()

        def look(uow, ids):
            found = original(uow, ids)
            if threading.get_ident() not in met:
                met.add(threading.get_ident())
                meeting.wait()
            return found

        house.books.orders.__dict__["by_external_ids"] = look

        def work():
            return asyncio.run(
                house.database.run(
                    lambda uow: work_batch(house.books, house.mappings, uow, "live", 1, house.now)
                )
            )

        assert at_once(work, work) == [1, 1]
        assert house.value("SELECT count(*) FROM orders") == 1
        (reserved,) = house.rows("SELECT reserved FROM stock WHERE sku = 'RED'")
        live = house.rows(
            "SELECT sum(r.quantity) FROM consignments c JOIN reservations r ON r.consignment_id = c.id"
            " WHERE c.stage <> 'cancelled'"
        )
        assert [reserved] == live

    def test_last_unit_goes_to_one_of_two(self, house, at_once, meeting):
        house.run(lambda uow: uow.change("UPDATE stock SET on_hand = 1"))
        house.receive(*MANY[:2])

        def work():
            meeting.wait()
            return asyncio.run(
                house.database.run(
                    lambda uow: work_batch(house.books, house.mappings, uow, "live", 1, house.now)
                )
            )

        at_once(work, work)

        assert sorted(house.stages().values()) == ["backordered", "released"]
        assert house.stock("RED") == (1, 1)

    def test_hold_and_sending_meet_one_after_the_other(self, house, at_once, meeting):
        """Whoever comes first decides whether the booking is withdrawn or taken back."""
        house.take(sales())
        order_id = house.value("SELECT id FROM orders")

        def send():
            meeting.wait()
            return house.run(
                lambda uow: len(house.books.outbox.claim(uow, "carrier", 1, house.now, micros(house.now)))
            )

        def hold():
            meeting.wait()
            house.run(lambda uow: hold_orders(house.books, uow, [order_id], "stop", "test", house.now))

        sent, _ = at_once(send, hold)

        states = dict(house.rows("SELECT verb, state FROM outbox"))
        assert states == ({"book": "open", "cancel_booking": "open"} if sent else {"book": "withdrawn"})


class TestLockOrder:
    def test_batches_that_want_the_same_stock_wait_in_line_and_not_in_a_circle(self, house, at_once, meeting):
        """Orders name their SKUs in opposite order; rows are locked in one order all the same."""
        there, back = line("l1", "RED"), line("l2", "BLUE")
        house.receive(
            *(
                sales(*lines, external_id=f"{n}", buyer=Buyer(reference=f"{n}"))
                for n, lines in enumerate([(there, back), (back, there)] * 5)
            )
        )

        def work():
            for _ in range(5):
                meeting.wait()
                house.run(lambda uow: work_batch(house.books, house.mappings, uow, "live", 1, house.now))

        at_once(work, work)

        assert set(house.stages().values()) == {"released"}
        assert house.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0

    def test_reading_orders_of_claimed_messages_waits_for_nobody(self, house, at_once, meeting):
        """Claiming goes from messages to orders, changing goes from orders to messages."""
        house.take(sales())
        order_id = house.value("SELECT id FROM orders")

        def change():
            def work(uow):
                house.books.orders.by_ids(uow, [order_id])
                meeting.wait()
                meeting.wait()

            house.run(work)

        def look():
            meeting.wait()
            found = house.run(lambda uow: len(house.books.orders.by_ids(uow, [order_id], locked=False)))
            meeting.wait()
            return found

        assert at_once(change, look)[1] == 1

    def test_deadlock_is_tried_again(self, house, at_once, meeting):
        attempts = []

        def cross(first, second):
            met = []

            def work(uow):
                attempts.append(first)
                uow.change("UPDATE stock SET on_hand = on_hand + 1 WHERE sku = :sku", sku=first)
                if not met:
                    met.append(True)
                    meeting.wait()
                uow.change("UPDATE stock SET on_hand = on_hand + 1 WHERE sku = :sku", sku=second)

            return lambda: asyncio.run(house.database.run(work))

        at_once(cross("RED", "BLUE"), cross("BLUE", "RED"))

        assert (house.stock("RED"), house.stock("BLUE")) == ((12, 0), (12, 0))
        assert len(attempts) >= 3  # on a busy machine they may meet once more


class TestCutConnections:
    def cut(self, house, uow):
        """Somebody ends the connection of this very transaction."""
        pid = uow.one("SELECT pg_backend_pid()")[0]
        house.run(lambda other: other.one("SELECT pg_terminate_backend(:pid, 5000)", pid=pid))

    @pytest.mark.parametrize(
        "then",
        [
            lambda house, uow: uow.change("UPDATE stock SET on_hand = on_hand + 1"),
            lambda house, uow: house.books.stock.apply(
                uow, [Reserve(location_id="wh", sku="RED", quantity=1)], house.now
            ),
            lambda house, uow: house.books.outbox.apply(uow, [SEND], house.now),
            lambda house, uow: None,
        ],
        ids=["statement", "several", "copy", "commit"],
    )
    async def test_unit_of_work_runs_again_from_the_start(self, house, then):
        attempts = []

        def work(uow):
            uow.change("UPDATE stores SET name = name || '!'")
            attempts.append(uow)
            if len(attempts) == 1:
                self.cut(house, uow)
            then(house, uow)
            return "done"

        assert await house.database.run(work) == "done"
        assert len(attempts) == 2
        assert house.value("SELECT name FROM stores") == "Store!"

    async def test_reading_survives_it_too(self, house):
        attempts = []

        def work(uow):
            attempts.append(uow)
            if len(attempts) == 1:
                self.cut(house, uow)
            return uow.one("SELECT name FROM stores")[0]

        assert await house.database.read(work) == "Store"

    async def test_constant_failure_is_told_after_some_attempts(self, house):
        attempts = []

        def work(uow):
            attempts.append(uow)
            uow.change("INSERT INTO stores (id) VALUES ('brand-store')")

        with pytest.raises(Exception, match="pk_stores"):
            await house.database.run(work)
        assert 1 < len(attempts) < 10

    async def test_mistakes_of_ours_are_not_repeated(self, house):
        attempts = []

        def work(uow):
            attempts.append(uow)
            uow.all("SELECT no_such_column FROM stores")

        with pytest.raises(Exception, match="no_such_column"):
            await house.database.run(work)
        assert len(attempts) == 1


SEND = Send(
    verb=Verb.BOOK, connection_id="carrier", gate_connection_id="store", order_id="o", consignment_id="o-1"
)


def test_two_workers_take_one_report_once(house, at_once, meeting):
    house.take(sales())
    consignment_id = house.value("SELECT id FROM consignments")
    house.run(
        lambda uow: uow.change(
            "UPDATE consignments SET stage = 'booked', tracking_number = 'T', carrier = 'c'"
        )
    )
    scan = event(TrackingStatus.PICKED_UP, 1)
    for note in ("a", "b"):
        house.report(
            TrackingReport(
                carrier="c",
                tracking_number="T",
                reference=consignment_id,
                events=(scan, event(TrackingStatus.IN_TRANSIT, 2, note)),
            )
        )

    def work():
        meeting.wait()
        return asyncio.run(
            house.database.run(lambda uow: work_batch(house.books, house.mappings, uow, "live", 1, house.now))
        )

    at_once(work, work)

    assert house.stock("RED") == (9, 0)
    assert house.value("SELECT count(*) FROM tracking_events") == 3
    assert house.value("SELECT count(*) FROM outbox WHERE verb = 'push_fulfilment'") == 1


def test_parked_document_is_the_one_that_failed(house, at_once, meeting):
    """While one worker tries a poisoned document, another works off its neighbours."""
    poisoned = sales(line(), line(), external_id="bad")
    house.receive(MANY[0], poisoned, *MANY[1:])
    hub = SimpleNamespace(
        database=house.database,
        books=house.books,
        mappings=house.mappings,
        now=house.clock,
        settings=SimpleNamespace(batch_size=4),
    )

    def work():
        meeting.wait()
        asyncio.run(work_inbox(hub, "live"))

    at_once(work, work)

    assert house.rows("SELECT external_id FROM inbox WHERE state = 'parked'") == [("bad",)]
    assert len(house.stages()) == len(MANY)


def test_late_record_of_a_finished_document_changes_nothing_else(house):
    house.take(sales())

    house.run(lambda uow: house.books.inbox.finish(uow, [Result(id="nobody", state="done")], house.now))

    assert house.rows("SELECT state FROM inbox") == [("done",)]
