"""A connector wired to the 17TRACK twin, and a parcel that others booked."""

import pytest

from connectors.carriers.track17 import PLUGIN
from connectors.kit.conformance.rig import Rig
from mappings.canonical import Parcel


@pytest.fixture
def rig():
    return Rig(PLUGIN)


@pytest.fixture
def parcel():
    return Parcel(carrier="ups", tracking_number="1Z2617V10397725789", reference="R-1")
