"""Windows: nothing between two instants is left out, whatever the lengths."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.windows import windows

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ahead = st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=40))
lengths = st.timedeltas(min_value=timedelta(hours=1), max_value=timedelta(days=90))
overlaps = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=1))


@given(ahead, lengths, overlaps)
def test_windows_cover_everything_without_a_gap(span, length, overlap):
    found = list(windows(START, START + span, length=length, overlap=overlap))

    assert found[0][0] == START - overlap
    assert found[-1][1] == START + span
    assert all(earlier[1] == later[0] for earlier, later in pairwise(found))


@given(ahead, lengths, overlaps)
def test_no_window_is_empty_or_longer_than_allowed(span, length, overlap):
    for start, end in windows(START, START + span, length=length, overlap=overlap):
        assert timedelta(0) < end - start <= length


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40)), lengths, overlaps)
def test_nothing_is_due_before_the_bookmark_is_passed(back, length, overlap):
    assert not list(windows(START, START - back, length=length, overlap=overlap))


@given(st.lists(ahead, min_size=1, max_size=5), overlaps)
def test_consecutive_runs_leave_no_gap_between_them(spans, overlap):
    since, seen_until = START, START
    for span in spans:
        until = since + span
        for start, end in windows(since, until, length=timedelta(days=1), overlap=overlap):
            assert start <= seen_until
            seen_until = max(seen_until, end)
        since = until
    assert seen_until == since
