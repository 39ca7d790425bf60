"""Documents become orders along the route, a batch at a time."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.domain.changes import hold
from hub.pipeline.resume import decide_again, hold_orders, reaudit, resume_backorders, ship_by_hand
from hub.storage import stores
from hub.storage.stock import Count
from mappings.canonical import Buyer, LineQuantity, Listing, PaymentStatus
from tests.hub.house import migrated_house
from tests.hub.samples import NOW, address, line, replace, sales


def many(number, **changes):
    return [
        sales(
            line(quantity=1),
            line("l2", "BLUE"),
            external_id=f"{position}",
            order_number=f"N{position}",
            buyer=Buyer(reference=f"b{position}"),
            **changes,
        )
        for position in range(number)
    ]


def steps(house):
    return [step for (step,) in house.rows("SELECT step FROM decisions ORDER BY order_id, sequence")]


class TestNewOrders:
    def test_order_is_released_its_units_promised_its_booking_waits_to_be_sent(self, house):
        house.take(sales(line(quantity=3)))

        assert house.stages() == {"4711": "released"}
        assert house.stock("RED") == (10, 3)
        assert house.rows("SELECT verb, connection_id, gate_connection_id, state FROM outbox") == [
            ("book", "carrier", "store", "open")
        ]
        assert steps(house) == ["audit", "allocate", "release"]
        assert house.rows("SELECT state FROM inbox") == [("done",)]

    def test_units_taken_by_one_are_gone_for_the_next_of_the_batch(self, house):
        house.take(
            *(sales(line(quantity=4), external_id=f"{n}", buyer=Buyer(reference=f"{n}")) for n in range(3))
        )

        assert house.stages() == {"0": "released", "1": "released", "2": "backordered"}
        assert house.stock("RED") == (10, 8)

    def test_first_come_is_first_served_in_whatever_batches(self, database, clock):
        house = migrated_house(database, clock)
        house.receive(
            *(sales(line(quantity=4), external_id=f"{n}", buyer=Buyer(reference=f"{n}")) for n in range(3))
        )
        while house.work(limit=1):
            pass

        assert house.stages() == {"0": "released", "1": "released", "2": "backordered"}

    def test_nothing_is_written_twice_for_the_same_document(self, house):
        house.take(sales())
        before = house.rows("SELECT * FROM decisions")

        for _ in range(4):
            house.take(sales())

        assert house.rows("SELECT * FROM decisions") == before
        assert house.stock("RED") == (10, 1)

    def test_repeated_purchase_in_one_batch_is_suspected(self, house):
        house.take(sales(), sales(external_id="4712"))

        assert house.stages() == {"4711": "released", "4712": "on_hold"}

    def test_cancelled_order_makes_no_duplicate_of_the_next(self, house):
        house.take(sales(cancelled_at=NOW), sales(external_id="4712"))

        assert house.stages() == {"4711": "cancelled", "4712": "released"}


class TestKnownOrders:
    def test_cancelled_order_gives_its_units_back_and_withdraws_its_booking(self, house):
        house.take(sales())
        house.take(sales(cancelled_at=NOW))

        assert house.stages() == {"4711": "cancelled"}
        assert house.stock("RED") == (10, 0)
        assert house.rows("SELECT verb, state FROM outbox") == [("book", "withdrawn")]

    def test_all_versions_in_one_batch_end_like_one_after_the_other(self, house):
        house.receive(
            sales(), sales(ship_to=address(street=("x",))), sales(line(quantity=2)), sales(cancelled_at=NOW)
        )
        house.work()

        assert house.stages() == {"4711": "cancelled"}
        assert house.stock("RED") == (10, 0)
        assert house.value("SELECT count(*) FROM outbox WHERE state = 'open'") == 0

    def test_older_document_that_comes_late_changes_nothing(self, house):
        house.take(sales(updated_at=NOW, cancelled_at=NOW))
        house.take(sales(updated_at=NOW - timedelta(minutes=1)))

        assert house.stages() == {"4711": "cancelled"}
        assert house.rows("SELECT state FROM inbox ORDER BY id") == [("done",), ("superseded",)]

    def test_changed_note_is_kept_without_a_decision(self, house):
        house.take(sales())
        before = steps(house)
        house.take(sales(note="please ring"))

        (stored,) = house.run(
            lambda uow: house.books.orders.by_external_ids(uow, [("store", "4711")])
        ).values()
        assert (stored.order.sales.note, steps(house)) == ("please ring", before)

    def test_held_order_audited_again_for_the_same_reasons_is_no_news(self, house):
        house.take(sales(payment_status=PaymentStatus.PENDING))
        house.take(sales(payment_status=PaymentStatus.PENDING, note="x"))

        assert steps(house) == ["audit"]

    def test_payment_that_arrives_lets_it_go(self, house):
        house.take(sales(payment_status=PaymentStatus.PENDING))
        house.take(sales())

        assert house.stages() == {"4711": "released"}


class TestTwoWorkersWithTwoVersionsOfOneOrder:
    """The later document is committed first: its worker was faster."""

    def read(self, house, *positions):
        """Work off documents in this order instead of that of their arrival."""
        ids = [each for (each,) in house.rows("SELECT id FROM inbox ORDER BY id")]
        house.run(lambda uow: uow.change("UPDATE inbox SET lane = 'bulk'"))
        for position in positions:
            house.run(
                lambda uow, position=position: uow.change(
                    "UPDATE inbox SET lane = 'live' WHERE id = :id", id=ids[position]
                )
            )
            house.work()

    @pytest.mark.parametrize("updated_at", [NOW, None])
    def test_what_arrived_later_stands(self, house, updated_at):
        house.receive(sales(updated_at=updated_at), sales(updated_at=updated_at, cancelled_at=NOW))

        self.read(house, 1, 0)

        assert house.stages() == {"4711": "cancelled"}
        assert house.rows("SELECT state FROM inbox ORDER BY id") == [("superseded",), ("done",)]

    def test_content_that_came_again_stands_too(self, house):
        house.receive(sales(), sales(note="x"), sales())

        self.read(house, 0, 2, 1)

        (stored,) = house.run(
            lambda uow: house.books.orders.by_external_ids(uow, [("store", "4711")])
        ).values()
        assert stored.order.sales.note == ""

    def test_document_that_is_read_again_counts_again(self, house):
        house.take(sales(note="x"))
        (row_id,) = (each for (each,) in house.rows("SELECT id FROM inbox"))

        house.run(lambda uow: house.books.inbox.replay(uow, [row_id]))
        house.work()

        assert house.rows("SELECT state FROM inbox") == [("done",)]


VERSIONS = [
    sales(updated_at=NOW + timedelta(minutes=1), payment_status=PaymentStatus.PENDING),
    sales(updated_at=NOW + timedelta(minutes=2)),
    sales(line(quantity=3), updated_at=NOW + timedelta(minutes=3)),
    sales(line(quantity=3), updated_at=NOW + timedelta(minutes=4), ship_to=address(street=("y",))),
]
FRESH = count()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(1, 5), min_size=len(VERSIONS), max_size=len(VERSIONS))
    .map(lambda times: [said for said, often in zip(VERSIONS, times, strict=True) for _ in range(often)])
    .flatmap(st.permutations),
    st.sets(st.integers(0, 20)),
)
def test_documents_delivered_often_and_in_any_order_end_the_same(house, copies, pauses):
    """Each 1 to 5 times, in batches of any size. The house stays, so each example is about another order."""
    me = f"order-{next(FRESH)}"
    house.run(lambda uow: uow.change("UPDATE stock SET on_hand = 100000"))
    (_, promised) = house.stock("RED")
    for position, said in enumerate(copies):
        house.receive(replace(said, external_id=me, buyer=Buyer(reference=me)), version=said.updated_at)
        if position in pauses:
            house.work()
    house.work()

    assert house.stages()[me] == "released"
    (stored,) = house.run(lambda uow: house.books.orders.by_external_ids(uow, [("store", me)])).values()
    assert stored.order.sales.updated_at == VERSIONS[-1].updated_at
    live = [each for each in stored.order.consignments if each.is_live]
    assert [part.quantity for each in live for part in each.lines] == [3]
    assert house.stock("RED") == (100000, promised + 3)
    sent = house.rows(
        "SELECT subject FROM outbox WHERE order_id = :id AND state = 'open'", id=stored.order.order_id
    )
    assert sent == [(each.consignment_id,) for each in live]


class TestStatements:
    """A batch costs the same number of statements however large it is."""

    def cost(self, house, count_statements, *said):
        house.receive(*said)
        count_statements()
        house.work()
        return count_statements()

    def test_new_orders(self, database, clock, house, count_statements):
        house.run(
            lambda uow: house.books.stock.count(
                uow,
                [Count(sku=sku, location_id="wh", on_hand=1000) for sku in ("RED", "BLUE")],
                house.now,
                actor="test",
            )
        )
        first = self.cost(house, count_statements, *many(10))
        second = self.cost(
            house,
            count_statements,
            *[
                replace(s, external_id=f"x{s.external_id}", buyer=Buyer(reference=f"x{s.external_id}"))
                for s in many(200)
            ],
        )

        assert first == second
        assert set(house.stages().values()) == {"released"}

    def test_changed_orders(self, house, count_statements):
        house.take(*many(200))
        few = self.cost(house, count_statements, *(replace(each, note="x") for each in many(10)))
        all_of_them = self.cost(house, count_statements, *(replace(each, note="y") for each in many(200)))
        cancelled = self.cost(house, count_statements, *many(3, cancelled_at=NOW))
        all_cancelled = self.cost(house, count_statements, *many(200, cancelled_at=NOW, note="z"))

        assert few == all_of_them
        assert cancelled == all_cancelled

    def test_known_documents(self, house, count_statements):
        house.take(*many(200))
        count_statements()
        house.receive(*many(10))
        few = count_statements()
        house.receive(*many(200))

        assert count_statements() == few <= 3


class TestWaitingOrders:
    def test_back_orders_go_oldest_first_when_stock_arrives(self, house):
        house.take(
            *(
                sales(line(sku="GREEN", quantity=2), external_id=f"{n}", buyer=Buyer(reference=f"{n}"))
                for n in range(3)
            )
        )
        assert set(house.stages().values()) == {"on_hold"}  # never counted: no SKU of ours

        house.run(
            lambda uow: house.books.stock.count(
                uow, [Count(sku="GREEN", location_id="wh", on_hand=0)], house.now, actor="t"
            )
        )
        house.run(lambda uow: reaudit(house.books, uow, "", house.now))
        assert set(house.stages().values()) == {"backordered"}

        house.run(
            lambda uow: house.books.stock.count(
                uow, [Count(sku="GREEN", location_id="wh", on_hand=5)], house.now, actor="t"
            )
        )
        house.run(lambda uow: resume_backorders(house.books, uow, ["GREEN"], "", house.now))
        assert house.stages() == {"0": "released", "1": "released", "2": "backordered"}

    def test_order_that_stays_where_it_is_leaves_no_trace(self, house):
        house.take(sales(line(quantity=99)))
        before = house.rows("SELECT * FROM orders")

        house.run(lambda uow: resume_backorders(house.books, uow, ["RED"], "", house.now))

        assert house.rows("SELECT * FROM orders") == before

    def test_link_lets_a_held_order_go(self, house):
        house.take(sales(line(sku="THEIRS")))
        assert house.stages() == {"4711": "on_hold"}
        listing = Listing(listing_id="listing-THEIRS", sku="THEIRS")
        house.run(lambda uow: stores.save_listings(uow, [("store", listing)], house.now))

        house.run(lambda uow: stores.link(uow, "store", "listing-THEIRS", "RED", house.now))
        house.run(lambda uow: reaudit(house.books, uow, "", house.now))

        assert house.stages() == {"4711": "released"}

    def test_person_holds_and_the_story_says_who(self, house):
        house.take(sales())
        order_id = house.value("SELECT id FROM orders")

        house.run(lambda uow: hold_orders(house.books, uow, [order_id], "stop", "li", house.now))

        assert house.stages() == {"4711": "on_hold"}
        assert house.rows("SELECT step, actor FROM decisions ORDER BY sequence")[3:] == [
            ("hold", "li"),
            ("audit", "li"),
        ]

    def test_hand_shipped_order_leaves_the_books(self, house):
        house.take(sales(line(quantity=2)))
        order_id = house.value("SELECT id FROM orders")

        house.run(lambda uow: ship_by_hand(house.books, uow, order_id, "swift", "H-1", [], "li", house.now))

        assert (house.stages(), house.stock("RED")) == ({"4711": "dispatched"}, (8, 0))
        assert house.rows("SELECT verb, state FROM outbox ORDER BY id") == [
            ("book", "withdrawn"),
            ("push_fulfilment", "open"),
        ]

    def test_impossible_wish_changes_nothing(self, house):
        house.take(sales())
        order_id = house.value("SELECT id FROM orders")

        with pytest.raises(ValueError, match="not waiting"):
            house.run(
                lambda uow: ship_by_hand(
                    house.books,
                    uow,
                    order_id,
                    "swift",
                    "H-1",
                    [LineQuantity(line_id="l1", quantity=9)],
                    "li",
                    house.now,
                )
            )

        assert house.stages() == {"4711": "released"}

    def test_unknown_order_is_nobodys(self, house):
        assert (
            house.run(
                lambda uow: decide_again(house.books, uow, ["nobody"], lambda o, s, n: hold(o, "", s, n), NOW)
            )
            == []
        )


class TestListings:
    def save(self, house, *listings):
        house.run(lambda uow: stores.save_listings(uow, [("store", each) for each in listings], house.now))

    def links(self, house):
        return dict(house.rows("SELECT listing_id, sku FROM listings ORDER BY listing_id"))

    def test_equal_sku_links_itself_and_is_to_be_told(self, house):
        self.save(house, Listing(listing_id="1", sku="RED"), Listing(listing_id="2", sku="THEIRS"))

        assert self.links(house) == {"1": "RED", "2": None}
        assert ("RED",) in house.rows("SELECT sku FROM stock_changes WHERE to_tell")

    def test_link_made_by_a_person_stays(self, house):
        self.save(house, Listing(listing_id="1", sku="RED"))
        house.run(lambda uow: stores.link(uow, "store", "1", "BLUE", house.now))
        self.save(house, Listing(listing_id="1", sku="RED", title="new"))

        assert self.links(house) == {"1": "BLUE"}

    def test_two_documents_of_one_listing_in_one_batch_are_the_later_one(self, house):
        self.save(house, Listing(listing_id="1", title="old"), Listing(listing_id="1", title="new"))

        assert house.rows("SELECT title FROM listings") == [("new",)]
