"""What stores owe each other, and that it always adds up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.crossing_policy import CrossingPolicy
from hub.domain.order import Parcel, Reserved, Stage
from hub.domain.settlement import Kind, divided, postings, units_back
from hub.domain.territories import Territory
from tests.hub.samples import NOW, consignment, line, location, order, replace, sales, shipped, snapshot

SHARES = CrossingPolicy(
    territory_percent=10, shipper_percent=60, freight_percent=50, parcel_fee=Decimal(3), fee_currency="CNY"
)


def shown(policy=SHARES, owner="west", room="west"):
    return snapshot(
        locations=[location("wh", store_id=room)],
        territories=[Territory(territory_id="t", store_id=owner, country="CN")],
        crossing=policy,
    )


def parcel(number, units, stage=Parcel.DISPATCHED):
    lines = tuple(
        Reserved(line_id=line_id, sku="RED", quantity=count) for line_id, count in units.items() if count
    )
    return consignment(number, stage, lines=lines)


def sold(*parts, lines=None, **more):
    said = sales(*(lines or (line(quantity=3, unit_price=Decimal("33.33")),)), **more)
    return shipped(order(sales=said), Stage.DISPATCHED, *parts)


def owed(entries):
    """(share, creditor) → smallest units."""
    found = {}
    for each in entries:
        if each.minor > 0 and each.kind is Kind.SHIPPED:
            found[each.share.value, each.store_id] = (
                found.get((each.share.value, each.store_id), 0) + each.minor
            )
    return found


def balance(entries):
    total = {}
    for each in entries:
        total[each.store_id] = total.get(each.store_id, 0) + each.minor
    return {store: minor for store, minor in total.items() if minor}


class TestShipped:
    def test_each_share_is_owed_to_whom_it_belongs(self):
        given_order = sold(parcel(1, {"l1": 3}), shipping_charge=Decimal(9), total=Decimal("108.99"))

        entries = postings(None, given_order, (), shown(owner="north"))

        assert owed(entries) == {
            ("territory", "north"): 1000,
            ("goods", "west"): 5999,
            ("freight", "west"): 450,
            ("parcel", "west"): 300,
        }
        assert balance(entries) == {"brand-store": -7749, "north": 1000, "west": 6749}

    def test_goods_count_net_of_all_discounts(self):
        lines = (line(quantity=2, discount=Decimal(5), total=Decimal(15)),)
        given_order = sold(parcel(1, {"l1": 2}), lines=lines, order_discount=Decimal(5), total=Decimal(10))

        assert owed(postings(None, given_order, (), shown())) == {
            ("territory", "west"): 100,
            ("goods", "west"): 600,
            ("parcel", "west"): 300,
        }

    @pytest.mark.parametrize(
        ("owner", "room", "claims"),
        [
            ("brand-store", "brand-store", {}),
            ("brand-store", "", {}),
            ("west", "", {("territory", "west"): 1000}),
        ],
    )
    def test_nobody_is_owed_for_what_is_the_sellers_or_the_brands(self, owner, room, claims):
        assert owed(postings(None, sold(parcel(1, {"l1": 3})), (), shown(owner=owner, room=room))) == claims

    def test_no_agreement_no_debt_and_no_fee_in_another_currency(self):
        euros = SHARES.model_copy(update={"fee_currency": "EUR"})

        assert postings(None, sold(parcel(1, {"l1": 3})), (), shown(CrossingPolicy())) == []
        assert "parcel" not in {
            each.share for each in postings(None, sold(parcel(1, {"l1": 3})), (), shown(euros))
        }

    def test_parcel_that_two_orders_share_is_one_fee(self):
        passenger = replace(parcel(1, {"l1": 3}), shared_as="o2-1")

        assert "parcel" not in {each.share for each in postings(None, sold(passenger), (), shown())}

    def test_what_left_before_shares_were_agreed_is_not_posted_later(self):
        gone = sold(parcel(1, {"l1": 3}))
        delivered = gone.with_consignment(replace(gone.consignments[0], stage=Parcel.DELIVERED))

        assert postings(gone, delivered, (), shown()) == []

    def test_same_news_twice_posts_nothing_twice(self):
        gone = sold(parcel(1, {"l1": 3}))
        entries = postings(None, gone, (), shown())

        assert entries and postings(None, gone, entries, shown()) == []


class TestBack:
    def test_parcel_that_the_carrier_returns_comes_back_whole(self):
        assert units_back(sold(parcel(1, {"l1": 2}), parcel(2, {"l1": 1}, Parcel.RETURNED))) == {
            "o1-2": {"l1": 1}
        }

    def test_refunded_units_are_those_that_left_last(self):
        lines = (line(quantity=3, quantity_cancelled=2),)

        assert units_back(sold(parcel(1, {"l1": 2}), parcel(2, {"l1": 1}), lines=lines)) == {
            "o1-2": {"l1": 1},
            "o1-1": {"l1": 1},
        }

    def test_refund_of_a_returned_parcel_counts_once(self):
        lines = (line(quantity=3, quantity_cancelled=1),)

        assert units_back(sold(parcel(1, {"l1": 1}, Parcel.RETURNED), parcel(2, {"l1": 2}), lines=lines)) == {
            "o1-1": {"l1": 1}
        }

    def test_cancelled_order_gives_everything_back_but_what_never_left(self):
        given_order = sold(parcel(1, {"l1": 2}), parcel(2, {"l1": 1}, Parcel.BOOKED), cancelled_at=NOW)

        assert units_back(given_order) == {"o1-1": {"l1": 2}}

    def test_units_that_are_wanted_again_are_owed_again(self):
        gone = sold(parcel(1, {"l1": 3}))
        ledger = postings(None, gone, (), shown())
        back = replace(gone, sales=replace(gone.sales, cancelled_at=NOW))
        whole = balance(ledger)
        ledger += postings(gone, back, ledger, shown())
        assert balance(ledger) == {}

        ledger += postings(back, gone, ledger, shown())

        assert balance(ledger) == whole


prices = st.decimals(Decimal(0), Decimal(500), places=2)
percents = st.decimals(Decimal(0), Decimal(50), places=2)


@st.composite
def histories(draw):
    """Parcels of an order of two lines, and the units that come back step by step."""
    units = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), min_size=1, max_size=3))
    parts = [parcel(n, {"l1": a, "l2": b}) for n, (a, b) in enumerate(units, start=1)]
    wanted = [sum(a for a, _ in units), sum(b for _, b in units)]
    lines = tuple(
        line(line_id, quantity=max(1, count), unit_price=draw(prices))
        for line_id, count in zip(("l1", "l2"), wanted, strict=True)
    )
    steps = draw(st.permutations(["l1"] * wanted[0] + ["l2"] * wanted[1]))
    policy = CrossingPolicy(
        territory_percent=draw(percents),
        shipper_percent=draw(percents),
        freight_percent=draw(percents),
        parcel_fee=draw(prices),
        fee_currency="CNY",
    )
    return sold(*parts, lines=lines, shipping_charge=draw(prices)), steps, shown(policy, owner="north")


def with_back(gone, back):
    lines = tuple(replace(each, quantity_cancelled=back.count(each.line_id)) for each in gone.sales.lines)
    return replace(gone, sales=replace(gone.sales, lines=lines))


def after_all(gone, steps, seen):
    """The ledger after each step."""
    ledger, was, back = postings(None, gone, (), seen), gone, []
    yield list(ledger)
    for step in steps:
        back.append(step)
        now = with_back(gone, back)
        ledger += postings(was, now, ledger, seen)
        was = now
        yield list(ledger)


@given(histories())
def test_ledger_adds_up_at_every_moment_and_a_full_return_closes_it(history):
    owes = None
    for ledger in after_all(*history):
        assert sum(each.minor for each in ledger) == 0
        balances = balance(ledger)
        now = -balances.get("brand-store", 0)
        assert 0 <= now <= (now if owes is None else owes)
        owes = now
        keys = [(e.consignment_id, e.sequence, e.line_id, e.share, e.store_id) for e in ledger]
        assert len(keys) == len(set(keys))
    assert balances == {}


@given(histories(), st.randoms(use_true_random=False), st.data())
def test_any_order_of_partial_returns_has_the_same_end(history, random, data):
    gone, steps, seen = history
    part = steps[: data.draw(st.integers(0, len(steps)))]
    other = random.sample(part, len(part))

    *_, one = after_all(gone, part, seen)
    *_, two = after_all(gone, other, seen)
    shipped_only = postings(None, gone, (), seen)
    at_once = postings(gone, with_back(gone, part), shipped_only, seen)

    assert balance(one) == balance(two) == balance(shipped_only + at_once)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_parts_add_up_and_none_is_a_whole_unit_off(amount, weights):
    parts = divided(amount, weights)

    assert sum(parts) == amount
    if any(weights):
        exact = [Decimal(amount) * each / sum(weights) for each in weights]
        assert all(abs(part - each) < 1 for part, each in zip(parts, exact, strict=True))


def test_the_cent_that_is_left_goes_to_the_largest_remainder():
    assert divided(100, [1, 1, 1]) == [34, 33, 33]
    assert divided(10, [25, 26, 49]) == [2, 3, 5]
