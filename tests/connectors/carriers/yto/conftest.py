"""A connector wired to the YTO twin, and a usual request."""

from decimal import Decimal

import pytest

from connectors.carriers.yto import PLUGIN
from connectors.kit.conformance.rig import Rig
from mappings.canonical import CargoItem, PostalAddress, ShipmentRequest


@pytest.fixture
def rig():
    return Rig(PLUGIN)


@pytest.fixture
def request_():
    """«R-1», which YTO finds too short; both sides' telephones end in 1234."""
    address = PostalAddress(
        name="王五",
        telephone="13800001234",
        country="CN",
        province="广东省",
        city="深圳市",
        district="南山区",
        street=("科技园 1 号",),
    )
    return ShipmentRequest(
        reference="R-1",
        sender=address,
        recipient=address,
        cargo=(CargoItem(sku="A", title="茶", quantity=2, unit_value=Decimal("19.90")),),
        weight_grams=1250,
        currency="CNY",
    )
