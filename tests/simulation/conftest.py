"""Simulated lives are long: coverage would make them three times as long and sees nothing new there."""

from collections.abc import Iterator

import coverage
import pytest


@pytest.fixture(autouse=True)
def unmeasured() -> Iterator[None]:
    """Coverage pauses while a life runs."""
    measuring = coverage.Coverage.current()
    if measuring is not None:
        measuring.stop()
    yield
    if measuring is not None:
        measuring.start()
