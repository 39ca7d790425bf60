"""The token bucket: never faster than allowed, nobody starves, a pause holds for all."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import RateLimit, TokenBucket
from connectors.kit.conformance.rig import ManualClock

SECOND = timedelta(seconds=1)
costs = st.floats(min_value=0.1, max_value=50)
idle_seconds = st.floats(min_value=0, max_value=5)


def bucket(clock: ManualClock, *limits: RateLimit) -> TokenBucket:
    return TokenBucket(limits, clock, clock.sleep)


@given(
    st.floats(min_value=1, max_value=100),
    st.lists(
        st.tuples(st.floats(min_value=0.1, max_value=50), st.floats(min_value=0, max_value=5)), max_size=30
    ),
)
async def test_never_more_is_spent_than_a_full_bucket_and_its_refill(calls, spends):
    clock = ManualClock()
    budget = bucket(clock, RateLimit(calls=calls, per=SECOND))
    started, spent = clock(), 0.0
    for cost, idle in spends:
        clock.advance(timedelta(seconds=idle))
        await budget.spend(cost)
        spent += cost
        elapsed = (clock() - started).total_seconds()
        assert spent <= calls + calls * elapsed + 1e-3 * calls


async def test_idle_time_does_not_fill_more_than_one_period():
    clock = ManualClock()
    budget = bucket(clock, RateLimit(calls=2, per=SECOND))
    clock.advance(timedelta(days=1))
    before = clock()

    for _ in range(4):
        await budget.spend()

    assert clock() - before == timedelta(seconds=1)


async def test_strictest_of_several_limits_decides():
    clock = ManualClock()
    budget = bucket(clock, RateLimit(calls=100, per=SECOND), RateLimit(calls=10, per=timedelta(minutes=1)))
    before = clock()

    for _ in range(11):
        await budget.spend()

    assert clock() - before == timedelta(seconds=6)


async def test_pause_holds_until_it_is_over_and_is_never_shortened():
    clock = ManualClock()
    budget = bucket(clock, RateLimit(calls=10, per=SECOND))
    until = clock() + timedelta(minutes=3)
    budget.pause(until)
    budget.pause(clock() + timedelta(minutes=1))

    await budget.spend()

    assert clock() == until


async def test_clock_that_goes_back_gives_no_negative_wait():
    clock = ManualClock()
    budget = bucket(clock, RateLimit(calls=1, per=SECOND))
    clock.advance(-timedelta(hours=1))

    await budget.spend()

    assert clock() < ManualClock()()


@pytest.mark.parametrize("cost", [5, 50])
async def test_cost_over_the_bucket_is_paid_by_waiting(cost):
    clock = ManualClock()
    budget = bucket(clock, RateLimit(calls=1, per=SECOND))
    before = clock()

    await budget.spend(cost)

    assert clock() - before == timedelta(seconds=cost - 1)


def limited_apart(clock: ManualClock) -> TokenBucket:
    return bucket(
        clock,
        RateLimit(calls=2, per=SECOND, of="search"),
        RateLimit(calls=4, per=SECOND, of="read"),
        RateLimit(calls=100, per=SECOND),
    )


async def test_operations_with_limits_of_their_own_do_not_wait_for_each_other():
    clock = ManualClock()
    budget, before = limited_apart(clock), clock()
    for _ in range(4):
        await budget.spend(of="read")
    assert clock() == before

    for _ in range(4):
        await budget.spend(of="search")
    assert clock() - before == SECOND


async def test_limit_without_a_name_holds_for_every_operation():
    clock = ManualClock()
    budget, before = limited_apart(clock), clock()
    await budget.spend(150)
    await budget.spend(of="read")
    assert clock() - before == timedelta(seconds=0.51)


async def test_pause_of_one_operation_leaves_the_others_alone():
    clock = ManualClock()
    budget, before = limited_apart(clock), clock()
    budget.pause(before + 9 * SECOND, "search")
    await budget.spend(of="read")
    await budget.spend()
    assert clock() == before

    await budget.spend(of="search")
    assert clock() - before == 9 * SECOND
