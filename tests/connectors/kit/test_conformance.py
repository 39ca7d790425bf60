"""The score counts what held, and no exemption outlives its reason."""

import dataclasses

import orderhub_swift as swift
import pytest
from orderhub_swift.connector import SwiftConnector

from connectors.kit.conformance.checks import Bench
from connectors.kit.conformance.report import score


def exempt(exemptions):
    """A bench for a plug-in that is exempt from these checks."""
    return Bench.of(dataclasses.replace(swift.PLUGIN, exemptions=exemptions))


async def test_score_counts_what_held_and_says_what_did_not_apply():
    found = await score(Bench(plugin=swift.PLUGIN))

    assert (found.platform, found.kind, found.share, found.passed) == ("swift", "carrier", 1.0, True)
    reason = found.not_applicable["booking.same_reference_is_one_parcel"]
    assert reason == "not declared: BooksIdempotently"


async def test_score_names_what_is_broken(monkeypatch):
    monkeypatch.setattr(SwiftConnector, "find_booking", _finds_nothing)

    found = await score(Bench(plugin=swift.PLUGIN))

    assert not found.passed and 0 < found.share < 1
    assert "booking.booking_is_found" in found.failures


async def test_exempt_check_counts_neither_way(monkeypatch):
    monkeypatch.setattr(SwiftConnector, "find_booking", _finds_nothing)
    broken = (await score(Bench(plugin=swift.PLUGIN))).failures
    exemptions = dict.fromkeys(broken, "Swift has no search yet")

    found = await score(exempt(exemptions))

    assert (found.share, found.exemptions) == (1.0, exemptions)


async def test_exemption_that_is_not_needed_is_a_failure():
    found = await score(exempt({"booking.booking_is_found": "Swift has no search yet"}))

    assert found.failures == {"booking.booking_is_found": "exempt, and yet held: take the exemption out"}


@pytest.mark.parametrize("exemptions", [{"no.such_check": "why"}, {"booking.booking_is_found": " "}])
async def test_stale_or_silent_exemption_is_refused(exemptions):
    with pytest.raises(ValueError, match="exempt"):
        await score(exempt(exemptions))


async def _finds_nothing(self, request):
    return None
