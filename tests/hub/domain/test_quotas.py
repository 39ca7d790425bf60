"""Quotas: shares by sales speed, moves that neither make nor lose units."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.quotas import Quota, cut, plan, share

STORES = ("a", "b", "c")
PLACES = ("east", "west")
units = st.integers(0, 20)
weights = st.dictionaries(st.sampled_from("abcdef"), units, min_size=1)


def quota(store, held, place="east"):
    return Quota(sku="RED", location_id=place, store_id=store, units=held)


quotas = st.dictionaries(st.tuples(st.sampled_from(STORES), st.sampled_from(PLACES)), units).map(
    lambda held: [quota(store, units, place) for (store, place), units in held.items()]
)
free = st.dictionaries(st.sampled_from(PLACES), units)
by_store = st.fixed_dictionaries(dict.fromkeys(STORES, units))


@given(units, weights)
def test_shares_add_up_and_are_within_one_of_the_exact_proportion(given, weights):
    shares = share(given, weights)

    assert sum(shares.values()) == given
    if total := sum(weights.values()):
        assert all(abs(shares[each] - given * weights[each] / total) < 1 for each in weights)


@given(units, weights, st.randoms())
def test_shares_do_not_depend_on_the_order_of_stores(given, weights, random):
    shuffled = list(weights.items())
    random.shuffle(shuffled)

    assert share(given, weights) == share(given, dict(shuffled))


def test_largest_remainder_gets_the_unit_that_is_left():
    assert share(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert share(3, {"a": 5, "b": 4}) == {"a": 2, "b": 1}


@given(free, quotas, by_store, by_store)
def test_moves_take_only_what_is_there_and_is_not_owed(free, quotas, sold, owed):
    moves = plan("RED", free, quotas, sold, owed)

    taken = Counter()
    for each in moves:
        taken[each.from_store_id, each.location_id] += each.units
    held = {(each.store_id, each.location_id): each.units for each in quotas}
    assert all(number <= held.get(key, free.get(key[1], 0)) for key, number in taken.items())
    for store in STORES:
        given_away = sum(number for (giver, _), number in taken.items() if giver == store)
        holds = sum(each.units for each in quotas if each.store_id == store)
        assert given_away <= max(0, holds - owed[store])


@given(free, quotas, by_store)
def test_after_its_moves_every_store_has_its_share_and_nothing_more_is_moved(free, quotas, sold):
    after = Counter({(each.store_id, each.location_id): each.units for each in quotas})
    left = Counter(free)
    for each in plan("RED", free, quotas, sold, {}):
        after[each.to_store_id, each.location_id] += each.units
        if each.from_store_id:
            after[each.from_store_id, each.location_id] -= each.units
        else:
            left[each.location_id] -= each.units

    moved = [quota(store, held, place) for (store, place), held in after.items()]
    total = sum(free.values()) + sum(each.units for each in quotas)
    assert min([*after.values(), *left.values()], default=0) >= 0
    assert {store: sum(each.units for each in moved if each.store_id == store) for store in STORES} == (
        share(total, {store: number + 1 for store, number in sold.items()})
    )
    assert plan("RED", left, moved, sold, {}) == []


def test_store_that_sold_nothing_is_not_left_without_any():
    moves = plan("RED", {"east": 12}, [], {"a": 10, "b": 0}, {})

    assert [(each.to_store_id, each.units) for each in moves] == [("a", 11), ("b", 1)]


@given(st.dictionaries(st.sampled_from(STORES), units), units)
def test_a_cut_takes_exactly_what_is_missing_and_from_nobody_more_than_it_holds(held, missing):
    left = cut([quota(store, number) for store, number in held.items()], missing)

    assert sum(each.units for each in left) == max(0, sum(held.values()) - missing)
    assert all(0 <= each.units <= held[each.store_id] for each in left)
