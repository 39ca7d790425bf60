"""Versions of a territory: they never overlap, and a change touches nothing that was."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.territories import Territory
from hub.domain.territories.versions import Version, changed, ended, planned, valid_at
from tests.hub.samples import NOW


def territory(store):
    return Territory(territory_id="t", store_id=store, country="CN")


def day(number):
    return NOW + timedelta(days=number)


def told(versions):
    """(store, from, to) in days."""
    return [
        (
            each.territory.store_id,
            (each.valid_from - NOW).days,
            each.valid_to and (each.valid_to - NOW).days,
        )
        for each in versions
    ]


def test_change_closes_the_old_version_and_opens_a_new_one():
    versions = changed(changed((), territory("a"), day(0)), territory("b"), day(5))

    assert told(versions) == [("a", 0, 5), ("b", 5, None)]
    before, after = day(5) - timedelta.resolution, day(5)
    assert [valid_at(versions, each)[0].store_id for each in (before, after)] == ["a", "b"]


def test_what_is_planned_stays_planned():
    planned = changed(changed((), territory("a"), day(0)), territory("c"), day(9))

    assert told(changed(planned, territory("b"), day(5))) == [("a", 0, 5), ("b", 5, 9), ("c", 9, None)]


def test_change_at_the_same_instant_replaces_what_never_held():
    versions = changed(changed((), territory("a"), day(0)), territory("b"), day(0))

    assert told(versions) == [("b", 0, None)]


def test_saving_the_same_again_changes_nothing():
    versions = changed((), territory("a"), day(0))

    assert changed(versions, territory("a"), day(5)) == versions


def test_end_closes_and_withdraws_what_was_planned_and_it_may_come_back():
    planned = changed(changed((), territory("a"), day(0)), territory("c"), day(9))

    over = ended(planned, day(5))
    again = changed(over, territory("d"), day(7))

    assert told(over) == [("a", 0, 5)]
    assert valid_at(over, day(6)) == []
    assert told(again) == [("a", 0, 5), ("d", 7, None)]
    assert ended(over, day(6)) == over


steps = st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), st.integers(0, 8)), max_size=12)


@given(steps, st.integers(0, 9))
def test_versions_never_overlap_and_a_change_leaves_what_was(every, asked):
    versions = ()
    for store, at in every:
        before = versions
        versions = changed(before, territory(store), day(at)) if store else ended(before, day(at))
        assert all(not one.meets(other) for one in versions for other in versions if one is not other)
        assert all(each.valid_to is None or each.valid_from < each.valid_to for each in versions)
        assert len(valid_at(versions, day(asked))) <= 1
        if asked < at:
            assert valid_at(versions, day(asked)) == valid_at(before, day(asked))
        if asked == at:
            held = [each.store_id for each in valid_at(versions, day(at))]
            assert held == ([store] if store else [])


def version(store, since, until=None):
    return Version(
        territory=territory(store), valid_from=day(since), valid_to=None if until is None else day(until)
    )


def test_plan_that_says_what_holds_already_opens_nothing():
    versions = (version("a", 0),)

    assert planned(versions, (version("a", 5),), day(5)) == versions
    assert told(planned(versions, (version("a", 5, 9),), day(5))) == [("a", 0, 9)]
    assert told(planned(versions, (version("a", 7),), day(5))) == [("a", 0, 5), ("a", 7, None)]


BOUNDS = st.lists(st.integers(5, 20), min_size=2, max_size=6, unique=True).map(sorted)


@given(
    changes=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20)), max_size=4),
    stores=st.lists(st.sampled_from("ab"), max_size=3),
    bounds=BOUNDS,
)
def test_plan_holds_from_its_instant_on_and_nothing_before_it_changes(changes, stores, bounds):
    versions = ()
    for store, at in changes:
        versions = changed(versions, territory(store), day(at))
    spans = zip(bounds[::2], bounds[1::2], strict=False)
    wanted = tuple(version(store, *span) for store, span in zip(stores, spans, strict=False))

    after = planned(versions, wanted, day(5))

    for number in range(21):
        expected = versions if number < 5 else wanted
        assert valid_at(after, day(number)) == valid_at(expected, day(number))
    assert not any(one.meets(other) for one in after for other in after if one is not other)
