"""A connector wired to the AfterShip twin, and a parcel that others booked."""

import pytest

from connectors.carriers.aftership import PLUGIN
from connectors.kit.conformance.rig import Rig
from mappings.canonical import Parcel


@pytest.fixture
def rig():
    return Rig(PLUGIN)


@pytest.fixture
def parcel():
    return Parcel(carrier="fedex", tracking_number="986578788855", reference="R-1")
