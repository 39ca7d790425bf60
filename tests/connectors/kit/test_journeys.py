"""Parcels of carrier twins travel as their seed says and their clock allows."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.journeys import Journeys, draw_journey
from mappings.canonical import TrackingStatus

START = datetime(2026, 3, 2, tzinfo=UTC)


def draw(seed, attempt=0.0, back=0.0, loss=0.0):
    return draw_journey(Random(seed), START, attempt_chance=attempt, return_chance=back, loss_chance=loss)


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_scans_are_in_order_and_pick_up_comes_within_twelve_hours(seed, attempt, back, loss):
    scans = draw(seed, attempt, back, loss)
    times = [at for at, _ in scans]
    assert times == sorted(times)
    assert timedelta(hours=1) <= times[0] - START <= timedelta(hours=12)


@given(st.integers(0, 10_000))
def test_an_uneventful_parcel_arrives_within_one_to_four_days(seed):
    scans = draw(seed)
    assert scans[-1][1] is TrackingStatus.DELIVERED
    assert timedelta(days=1) <= scans[-1][0] - scans[0][0] <= timedelta(days=4)


@pytest.mark.parametrize(
    ("chances", "last"),
    [
        ({"attempt": 1.0}, TrackingStatus.DELIVERED),
        ({"back": 1.0}, TrackingStatus.RETURNED),
        ({"loss": 1.0}, TrackingStatus.LOST),
    ],
)
def test_chances_decide_how_a_journey_ends(chances, last):
    assert draw(1, **chances)[-1][1] is last


def test_the_same_seed_gives_the_same_journey():
    assert draw(7, 0.5, 0.5, 0.5) == draw(7, 0.5, 0.5, 0.5)


def test_scans_of_many_parcels_come_out_by_time_and_once():
    journeys = Journeys()
    for seed in range(50):
        journeys.start(f"P{seed}", draw(seed))
    middle = START + timedelta(days=2)
    first = [scan.at for scan in journeys.due(middle)]
    rest = [scan.at for scan in journeys.due(START + timedelta(days=30))]
    assert first == sorted(first) and rest == sorted(rest)
    assert max(first) <= middle < min(rest)
    assert len(first) + len(rest) == 50 * 5
    assert journeys.next_due() is None


def test_a_stopped_parcel_gives_no_scans():
    journeys = Journeys()
    journeys.start("P1", draw(1))
    journeys.stop("P1")
    assert journeys.next_due() is None
    assert list(journeys.due(START + timedelta(days=30))) == []
