"""One subscription per topic, whatever the platform has."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.subscriptions import one_per_topic

WANTED = ("created", "updated", "cancelled")


def test_first_stays_doubles_and_strangers_go():
    plan = one_per_topic(["updated-1", "other-2", "updated-3"], lambda it: it.split("-")[0], WANTED)

    assert (plan.kept, plan.surplus) == ({"updated": "updated-1"}, ["other-2", "updated-3"])
    assert plan.missing == ["created", "cancelled"]


@given(st.lists(st.sampled_from([*WANTED, "other"])))
def test_afterwards_there_is_exactly_one_of_each(known):
    plan = one_per_topic(list(enumerate(known)), lambda it: it[1], WANTED)
    rest = [*plan.kept.values(), *((0, topic) for topic in plan.missing)]

    assert Counter(topic for _, topic in rest) == Counter(WANTED)
    assert len(plan.kept) + len(plan.surplus) == len(known)
