"""Times that carriers pass on, with and without a zone, and events in the order in which they happened."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import TrackingEvent, TrackingStatus, oldest_first
from mappings.documents import zoned_or_local
from mappings.errors import MappingError


@pytest.mark.parametrize("text", ["2026-03-02T08:00:00Z", "2026-03-02T16:00:00+08:00"])
def test_a_time_with_a_zone_is_an_instant(text):
    assert zoned_or_local(text, "$.at") == (datetime(2026, 3, 2, 8, tzinfo=UTC), "")


def test_a_time_without_a_zone_stays_a_text():
    assert zoned_or_local("2026-03-02T08:00:00", "$.at") == (None, "2026-03-02T08:00:00")


@pytest.mark.parametrize("text", ["", "soon", "2026-13-45"])
def test_what_is_no_time_is_named_with_its_path(text):
    with pytest.raises(MappingError) as caught:
        zoned_or_local(text, "$.at")
    assert caught.value.path == "$.at"


def event(hour, text=""):
    at = None if hour is None else datetime(2026, 3, 2, hour, tzinfo=UTC)
    return TrackingEvent(occurred_at=at, status=TrackingStatus.IN_TRANSIT, description=text)


def test_equal_times_keep_their_order_and_repeats_vanish():
    events = [event(9, "b"), event(8, "a"), event(9, "c"), event(8, "a")]
    assert [each.description for each in oldest_first(events)] == ["a", "b", "c"]


def test_an_event_of_unknown_time_stays_behind_the_one_before_it():
    events = [event(None, "first"), event(9, "later"), event(None, "after later"), event(8, "earlier")]
    in_order = [each.description for each in oldest_first(events)]
    assert in_order == ["first", "earlier", "later", "after later"]


@given(st.lists(st.tuples(st.none() | st.integers(0, 23), st.sampled_from("abc"))))
def test_nothing_is_lost_nothing_is_doubled_and_times_grow(drawn):
    events = [event(hour, text) for hour, text in drawn]
    ordered = oldest_first(events)
    times = [each.occurred_at for each in ordered if each.occurred_at]
    assert times == sorted(times)
    assert sorted(each.identity for each in ordered) == sorted({each.identity for each in events})
    assert oldest_first(ordered) == ordered
