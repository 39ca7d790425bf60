"""A connector wired to the UPS twin, and a usual request."""

import pytest

from connectors.carriers.ups import PLUGIN
from connectors.kit.conformance.rig import Rig
from mappings.canonical import CargoItem, PostalAddress, ShipmentRequest


@pytest.fixture
def rig():
    return Rig(PLUGIN)


@pytest.fixture
def request_():
    """«R-1», inside the United States."""
    address = PostalAddress(
        name="Elizabeth Swan",
        telephone="+1 310 555-0100",
        country="US",
        province_code="CA",
        city="Redondo Beach",
        street=("179 N Harbor Dr",),
        postal_code="90277",
    )
    return ShipmentRequest(
        reference="R-1",
        sender=address,
        recipient=address,
        cargo=(CargoItem(sku="A", title="Tea", quantity=1),),
        weight_grams=454,
    )
