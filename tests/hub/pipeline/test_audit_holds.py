"""Audit rules of a store on real rows: what they cost, what they look up, how their holds end."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from hub.domain.audit_facts import PriceFloor
from hub.domain.audit_parameters import (
    Blacklisted,
    ItemCount,
    NotePresent,
    OutsideTerritories,
    PaymentDelay,
    PriceUnderFloor,
    QuietHours,
)
from hub.domain.order import Stage
from hub.domain.policies import StorePolicy
from hub.pipeline.resume import PAGE, _again, reaudit, release_by_time
from hub.storage import holds, rule_facts, stores
from hub.storage.stock import Count
from mappings.canonical import Buyer, PaymentStatus
from tests.hub.samples import NOW, address, line, order, replace, sales

MOST_STATEMENTS = 29
"""Of one batch of new orders, with every rule switched on."""
COSTLY = (
    PaymentDelay(minutes=1),
    QuietHours(begins="03:00", ends="04:00"),
    ItemCount(most_units=99),
    PriceUnderFloor(),
    OutsideTerritories(),
    NotePresent(),
    Blacklisted(),
)


def switch_on(house, *rules, time_zone="Asia/Shanghai"):
    policy = StorePolicy(rules=rules)
    changed = stores.Store(store_id="brand-store", name="Store", time_zone=time_zone, policy=policy)
    house.run(lambda uow: stores.add_store(uow, changed))


def many(number, prefix=""):
    return [
        sales(
            line(),
            line("l2", "BLUE"),
            external_id=f"{prefix}{position}",
            buyer=Buyer(reference=f"{prefix}{position}", email=f"{prefix}{position}@example.com"),
        )
        for position in range(number)
    ]


def held(house):
    """External id → codes."""
    rows = house.rows("SELECT external_id, reasons FROM orders WHERE stage = 'on_hold'")
    return {name: [each["code"] for each in msgspec.json.decode(reasons)] for name, reasons in rows}


def ban(house, said, *kinds, store="brand-store"):
    index = house.run(house.books.connections.open_index)
    known = rule_facts.marks_of(said, store, index)
    marks = [(kind, mark) for kind in kinds for mark in known[kind]]
    return house.run(lambda uow: rule_facts.ban(uow, marks, "fraud", "li", house.now))


class TestStatements:
    def cost(self, house, count_statements, prefix, number):
        house.receive(*many(number, prefix))
        count_statements()
        house.work()
        return count_statements()

    @pytest.fixture
    def stocked(self, house):
        counts = [Count(sku=sku, location_id="wh", on_hand=1000) for sku in ("RED", "BLUE")]
        house.run(lambda uow: house.books.stock.count(uow, counts, house.now, actor="test"))
        return house

    def test_rules_that_are_on_cost_at_most_two_however_many_orders_there_are(
        self, stocked, count_statements
    ):
        self.cost(stocked, count_statements, "warm", 1)
        without = self.cost(stocked, count_statements, "a", 250)
        switch_on(stocked, *COSTLY)
        few = self.cost(stocked, count_statements, "b", 2)
        many_ = self.cost(stocked, count_statements, "c", 250)

        assert few == many_ == without + 2 <= MOST_STATEMENTS
        assert set(stocked.stages().values()) == {"released"}

    def test_rules_that_look_nothing_up_cost_none(self, stocked, count_statements):
        self.cost(stocked, count_statements, "warm", 1)
        without = self.cost(stocked, count_statements, "a", 9)
        switch_on(stocked, ItemCount(most_units=99), NotePresent())

        assert self.cost(stocked, count_statements, "b", 9) == without


class TestHoldsThatEnd:
    def test_order_goes_on_when_the_minutes_after_payment_are_over(self, house):
        switch_on(house, PaymentDelay(minutes=30))
        house.take(sales(paid_at=house.now))
        assert held(house) == {"4711": ["payment_delay"]}

        house.clock.advance(timedelta(minutes=29))
        assert house.run(lambda uow: holds.ended(uow, house.now, 9)) == []
        house.clock.advance(timedelta(minutes=1))
        (due,) = house.run(lambda uow: holds.ended(uow, house.now, 9))
        assert house.run(lambda uow: release_by_time(house.books, uow, "", house.now)) == ""

        assert house.stages() == {"4711": "released"}
        assert house.rows("SELECT held_until FROM orders") == [(None,)]
        assert house.rows("SELECT policy_version FROM decisions WHERE order_id = :id", id=due) == [(2,)] * 4

    def test_first_end_leaves_the_other_reasons(self, house):
        switch_on(house, PaymentDelay(minutes=30), ItemCount(most_units=1))
        house.take(sales(line(quantity=2), paid_at=house.now))

        house.clock.advance(timedelta(minutes=30))
        house.run(lambda uow: release_by_time(house.books, uow, "", house.now))

        assert held(house) == {"4711": ["item_count"]}
        assert house.run(lambda uow: holds.ended(uow, house.now, 9)) == []

    def test_of_two_ends_the_earlier_counts_so_that_reasons_are_never_stale(self, house):
        quiet = QuietHours(begins=f"{house.now:%H:%M}", ends=f"{house.now + timedelta(hours=1):%H:%M}")
        switch_on(house, PaymentDelay(minutes=30), quiet, time_zone="")
        house.take(sales(paid_at=house.now))
        assert held(house) == {"4711": ["payment_delay", "quiet_hours"]}

        house.clock.advance(timedelta(minutes=30))
        house.run(lambda uow: release_by_time(house.books, uow, "", house.now))

        assert held(house) == {"4711": ["quiet_hours"]}

    def test_payment_delay_that_ends_in_quiet_hours_waits_for_their_end(self, house):
        at = house.now + timedelta(minutes=20)
        begins, ends = (f"{at + timedelta(minutes=each):%H:%M}" for each in (0, 60))
        switch_on(house, PaymentDelay(minutes=30), QuietHours(begins=begins, ends=ends), time_zone="")
        house.take(sales(paid_at=house.now))
        for minutes, codes in ((30, {"4711": ["quiet_hours"]}), (60, {})):
            house.clock.advance(timedelta(minutes=minutes))
            house.run(lambda uow: release_by_time(house.books, uow, "", house.now))
            assert held(house) == codes

    def test_pages_end_also_where_nothing_changes(self, house):
        house.take(*(replace(each, payment_status=PaymentStatus.PENDING) for each in many(PAGE)))
        house.run(lambda uow: uow.change("UPDATE orders SET held_until = 1"))

        after = house.run(lambda uow: release_by_time(house.books, uow, "", house.now))
        assert after and house.run(lambda uow: release_by_time(house.books, uow, after, house.now)) == ""

    def test_only_orders_that_end_by_themselves_are_in_the_index(self, house):
        plan = "EXPLAIN QUERY PLAN " if not house.run(lambda uow: uow.is_postgres) else "EXPLAIN "
        statement = "SELECT id FROM orders WHERE held_until <= 1 ORDER BY held_until, id LIMIT 1"
        rows = house.rows(plan + statement)

        assert any("ix_orders_held" in str(row) for row in rows), rows

    def test_order_that_somebody_took_on_meanwhile_is_left_alone(self):
        taken = order(stage=Stage.RELEASED)

        assert _again(taken, frozenset(), None).order is taken


class TestChangedRules:
    def test_orders_on_hold_are_audited_again_and_the_version_is_written(self, house):
        switch_on(house, NotePresent())
        house.take(sales(note="ring twice"))
        switch_on(house)
        house.run(lambda uow: reaudit(house.books, uow, "", house.now))

        assert house.stages() == {"4711": "released"}
        rows = house.rows("SELECT stage, policy_version FROM decisions ORDER BY sequence")
        assert rows[0] == ("on_hold", 2) and {version for _, version in rows[1:]} == {3}


class TestBlacklist:
    BAD = sales(buyer=Buyer(reference="b1", email="Bad@Example.com", telephone="+86 138 0000 1234"))

    @pytest.mark.parametrize(
        ("kind", "same"),
        [
            ("buyer", {"buyer": Buyer(reference="b1"), "ship_to": address(street=("x",), telephone="1")}),
            ("buyer", {"buyer": Buyer(reference="b2", email=" bad@example.com")}),
            ("telephone", {"buyer": Buyer(reference="b2"), "ship_to": address(telephone="138-0000-1234")}),
            ("address", {"buyer": Buyer(), "ship_to": address(street=("南京西路 １００号",), name="李")}),
        ],
    )
    def test_same_however_it_is_written_is_held(self, house, kind, same):
        switch_on(house, Blacklisted())
        assert ban(house, self.BAD, kind) >= 1

        house.take(replace(self.BAD, external_id="later", **same))

        assert held(house) == {"later": ["blacklist"]}

    def test_others_pass(self, house):
        switch_on(house, Blacklisted())
        ban(house, self.BAD, "buyer", "telephone", "address")

        house.take(
            sales(
                buyer=Buyer(reference="b2", email="good@example.com"),
                ship_to=address(telephone="13900001234", street=("南京西路 101号",)),
            )
        )

        assert held(house) == {}

    def test_platforms_id_of_a_buyer_means_nothing_in_another_store(self, house):
        switch_on(house, Blacklisted())
        ban(house, sales(buyer=Buyer(reference="b1")), "buyer", store="another-store")

        house.take(sales(buyer=Buyer(reference="b1")))

        assert held(house) == {}

    def test_what_is_masked_identifies_nobody(self, house):
        hidden = sales(
            buyer=Buyer(telephone="138****1234"),
            ship_to=address(masked=True, telephone="138****1234", street=("***",)),
        )

        assert ban(house, hidden, "buyer", "telephone", "address") == 0

    def test_nothing_of_a_person_is_readable_in_the_table(self, house):
        ban(house, self.BAD, "buyer", "telephone", "address")

        stored = str(house.rows("SELECT kind, mark, why, actor FROM blacklist"))
        assert not [each for each in ("example", "8000012", "南京", "brand-store", "|") if each in stored]

    def test_mark_can_be_taken_away(self, house):
        ban(house, self.BAD, "address")
        assert ban(house, self.BAD, "address") == 0  # it is there already
        (entry,) = house.run(rule_facts.banned)

        assert (entry.kind, entry.why, entry.actor, entry.at) == ("address", "fraud", "li", house.now)
        assert house.run(lambda uow: rule_facts.unban(uow, entry.mark)) == 1
        assert house.run(rule_facts.banned) == []


class TestPriceFloors:
    FLOOR = PriceFloor(sku="RED", currency="CNY", amount=Decimal("10.01"))

    def set(self, house, floor):
        house.run(lambda uow: rule_facts.set_floor(uow, floor, "li", house.now))

    def test_floor_of_the_brand_holds_the_order_of_a_store_that_looks(self, house):
        self.set(house, self.FLOOR)
        house.take(sales())
        assert held(house) == {}

        switch_on(house, PriceUnderFloor())
        house.take(sales(external_id="later", buyer=Buyer(reference="b2")))
        assert held(house) == {"later": ["price_floor"]}

    def test_floors_come_back_as_they_were_entered_and_a_new_one_replaces_the_former(self, house):
        sale = replace(self.FLOOR, campaign="spring", starts_at=NOW, ends_at=NOW + timedelta(days=1))
        self.set(house, self.FLOOR)
        self.set(house, sale)
        self.set(house, replace(self.FLOOR, amount=Decimal("9.50")))

        assert house.run(rule_facts.floors) == [replace(self.FLOOR, amount=Decimal("9.50")), sale]
        assert house.run(lambda uow: rule_facts.remove_floor(uow, "RED", "CNY", "spring"))
        assert not house.run(lambda uow: rule_facts.remove_floor(uow, "RED", "CNY", "spring"))


def test_time_zone_that_nobody_knows_counts_as_utc(house):
    at = house.now
    switch_on(house, QuietHours(begins=f"{at:%H:%M}", ends=f"{at + timedelta(hours=1):%H:%M}"), time_zone="x")
    house.take(sales())

    assert held(house) == {"4711": ["quiet_hours"]}
