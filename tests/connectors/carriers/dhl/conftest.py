"""A connector wired to the DHL twin, and parcels that others booked."""

import pytest

from connectors.carriers.dhl import PLUGIN
from connectors.kit.conformance.rig import Rig


@pytest.fixture
def rig():
    return Rig(PLUGIN)


@pytest.fixture
def parcels(rig):
    """The first is a piece of its shipment, the second a shipment."""
    return rig.twin.examined_with["parcels"]
