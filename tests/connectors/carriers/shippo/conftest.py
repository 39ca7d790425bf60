"""A connector wired to the Shippo twin, and a usual request."""

import pytest

from connectors.carriers.shippo import PLUGIN
from connectors.kit.conformance.rig import Rig
from mappings.canonical import CargoItem, PostalAddress, ShipmentRequest


@pytest.fixture
def rig():
    return Rig(PLUGIN)


@pytest.fixture
def request_():
    """«R-1», inside the United States."""
    address = PostalAddress(
        name="Laura",
        country="US",
        province_code="CA",
        city="San Francisco",
        street=("215 Clayton St.",),
        postal_code="94117",
    )
    return ShipmentRequest(
        reference="R-1",
        sender=address,
        recipient=address,
        cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
        weight_grams=454,
    )
