"""A connector wired to the USPS twin, and a usual request."""

import pytest

from connectors.carriers.usps import PLUGIN
from connectors.kit.conformance.rig import Rig
from mappings.canonical import CargoItem, ShipmentRequest


@pytest.fixture
def rig():
    return Rig(PLUGIN)


@pytest.fixture
def request_(rig):
    """«R-1», inside the United States."""
    address = rig.twin.examined_with["ship_to"]
    return ShipmentRequest(
        reference="R-1",
        sender=address,
        recipient=address,
        cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
        weight_grams=454,
    )
