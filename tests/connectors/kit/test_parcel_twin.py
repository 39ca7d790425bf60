"""Parcels of a carrier twin travel by themselves and are told in the carrier's words."""

from datetime import timedelta
from random import Random

import pytest
from starlette.applications import Starlette

from connectors.kit.conformance.rig import ManualClock
from connectors.kit.parcel_twin import CallsPerSecond, ParcelTwin, TwinParcel
from mappings.canonical import TrackingStatus


class Acme(ParcelTwin):
    platform = "acme"
    tells_as = {TrackingStatus.LOST: TrackingStatus.EXCEPTION, TrackingStatus.OUT_FOR_DELIVERY: None}

    def routes(self):
        return Starlette()

    def settings(self, base_url):
        return {}

    def write_scan(self, parcel, at, step):
        parcel.scans.append({"at": at, "step": step})


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def twin(clock):
    return Acme(clock, Random(1))


def arrive(twin, clock):
    while due := twin.advance():
        clock.advance(max(due - clock(), timedelta(0)))


def test_a_booked_parcel_is_known_by_number_and_reference_and_travels(twin, clock):
    parcel = TwinParcel(reference="R-1", number="A1")
    twin.return_chance = twin.loss_chance = twin.attempt_chance = 0
    twin.carry(parcel)
    assert twin.by_number["A1"] is twin.by_reference["R-1"] is parcel
    assert parcel.is_waiting
    arrive(twin, clock)
    assert [scan["step"] for scan in parcel.scans] == [
        TrackingStatus.PICKED_UP,
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.DELIVERED,
    ]
    assert [it.kind for it in twin.effects] == ["booked", *["scanned"] * 4]


def test_a_step_that_the_carrier_has_no_word_for_is_told_as_another(twin, clock):
    twin.loss_chance = 1
    twin.carry(TwinParcel(reference="R-1", number="A1"))
    arrive(twin, clock)
    (carried,) = twin.parcels()
    assert (carried.status, carried.cancelled) == (TrackingStatus.EXCEPTION, False)


def test_a_parcel_that_is_taken_back_never_travels(twin, clock):
    parcel = TwinParcel(reference="R-1", number="A1")
    twin.carry(parcel)
    twin.take_back(parcel)
    assert not parcel.is_waiting
    assert twin.advance() is None
    (carried,) = twin.parcels()
    assert (carried.status, carried.cancelled) == (TrackingStatus.CANCELLED, True)
    assert [it.kind for it in twin.effects] == ["booked", "cancelled"]


def test_calls_are_counted_over_the_last_second(clock):
    calls = CallsPerSecond(2)
    assert [calls.allows(clock()) for _ in range(3)] == [True, True, False]
    clock.advance(timedelta(seconds=1))
    assert calls.allows(clock())
