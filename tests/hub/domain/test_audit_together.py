"""However many rules fail and in whatever order they stand, all of them are told."""

from dataclasses import replace as changed
from datetime import time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.audit import STANDING, audit_step
from hub.domain.audit_facts import AuditFacts, PriceFloor
from hub.domain.audit_parameters import (
    OPTIONAL,
    AmountRange,
    Blacklisted,
    DailyWindow,
    DepositOnly,
    ItemCount,
    NotePresent,
    OutsideTerritories,
    PaymentDelay,
    PriceUnderFloor,
    QuietHours,
    RemoteArea,
    Review,
)
from hub.domain.order import Stage
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import KnownOrder
from mappings.canonical import PaymentStatus
from tests.hub.samples import NOW, address, line, order, sales, snapshot

BAD = sales(
    line(quantity=3, refund_requested=True),
    line("l2", "GREEN"),
    payment_status=PaymentStatus.PARTIALLY_PAID,
    paid_at=NOW,
    platform_hold="HOLD",
    ship_to=address(city="", district="", masked=True),
    total=Decimal(99),
    note="ring twice",
)
"""Everything is wrong with it at once."""
FAILING = (
    PaymentDelay(minutes=5),
    DailyWindow(opens=time(9), closes=time(10)),
    QuietHours(begins=time(7), ends=time(9)),
    ItemCount(most_units=1),
    AmountRange(currency="CNY", most=Decimal(1)),
    PriceUnderFloor(),
    OutsideTerritories(),
    RemoteArea(divisions="CN/上海"),
    NotePresent(),
    Blacklisted(),
    DepositOnly(),
    Review(stages=("service",)),
)
"""Each optional rule so that it holds that order."""
FACTS = AuditFacts(
    floors={"RED": [PriceFloor(sku="RED", currency="CNY", amount=Decimal(50))]},
    blacklisted={"o1": frozenset({"buyer"})},
)
TWIN = KnownOrder(order_id="o0", placed_at=BAD.placed_at, goods="listing-GREENx1,listing-REDx3")
ALWAYS = {each.name for each in STANDING} - {"cross_territory"}
"""No address lies in another store's territory and outside of every territory."""


CODES = {each.rule: each.rule for each in FAILING} | {"review": "review_service"}
"""Of reasons; those of a review name its stage."""


def codes(rules, waived=()):
    shown = snapshot(policy=StorePolicy(rules=tuple(rules)), same_buyer={"o1": [TWIN]})
    bad = order(sales=BAD, person_hold="stop", waived=tuple(waived))
    outcome = audit_step(bad, changed(shown, audit=FACTS))
    assert outcome.order.stage is Stage.ON_HOLD
    assert all(len(reason.text) > 3 for reason in outcome.reasons)
    return [reason.code for reason in outcome.reasons]


def test_there_is_a_failing_example_of_every_rule():
    assert [each.rule for each in FAILING] == list(OPTIONAL)


@given(st.permutations(FAILING), st.integers(0, len(FAILING)))
def test_all_failing_rules_are_told_at_once_whatever_their_order(rules, number):
    switched_on = rules[:number]

    found = codes(switched_on)

    assert len(found) == len(set(found))
    assert set(found) == ALWAYS | {CODES[each.rule] for each in switched_on}


@given(st.permutations(FAILING))
def test_order_of_switching_on_does_not_change_what_is_told(rules):
    policy = StorePolicy()
    for each in rules:
        policy = policy.with_rule(each)

    assert policy == StorePolicy(rules=tuple(rules)) == StorePolicy(rules=FAILING)
    assert codes(policy.rules) == codes(FAILING)


@given(st.sets(st.sampled_from(FAILING), min_size=1, max_size=len(FAILING)))
def test_what_a_person_overruled_is_left_out_and_nothing_else(overruled):
    waived = {CODES[each.rule] for each in overruled}

    assert set(codes(FAILING, waived)) == (ALWAYS | set(CODES.values())) - waived


def test_the_first_end_among_the_reasons_is_known():
    shown = snapshot(policy=StorePolicy(rules=FAILING))
    outcome = audit_step(order(sales=BAD), changed(shown, audit=FACTS))

    ends = {reason.code: reason.until for reason in outcome.reasons if reason.until}
    assert ends == {
        "payment_delay": NOW + timedelta(minutes=5),
        "daily_window": NOW + timedelta(hours=1),
        "quiet_hours": NOW + timedelta(hours=1),
    }
