"""What makes a platform's subscriptions the wanted ones: one per topic, and none beside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class SubscriptionPlan(Generic[T]):
    """Topic → the subscription that stays, those that go, topics that have none yet."""

    kept: Mapping[str, T]
    surplus: Sequence[T]
    missing: Sequence[str]


def one_per_topic(
    known: Sequence[T], topic_of: Callable[[T], str], wanted: Sequence[str]
) -> SubscriptionPlan[T]:
    """The first of each wanted topic stays. `known` are those at our address: others are left alone."""
    kept: dict[str, T] = {}
    surplus: list[T] = []
    for one in known:
        topic = topic_of(one)
        if topic in wanted and topic not in kept:
            kept[topic] = one
        else:
            surplus.append(one)
    return SubscriptionPlan(
        kept=kept, surplus=surplus, missing=[topic for topic in wanted if topic not in kept]
    )
