"""What the author of a carrier connector inherits:

class TestSwift(CarrierConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parent / "fixtures"
"""

import pytest

from connectors.kit.conformance.checks import Check
from connectors.kit.conformance.inherited import Conformance
from connectors.kit.conformance.suite import CARRIER_CHECKS


class CarrierConformance(Conformance):
    """Every check of a carrier, one test each."""

    suite = CARRIER_CHECKS

    @pytest.mark.parametrize("check", CARRIER_CHECKS, ids=lambda check: check.name)
    def test_conformance(self, check: Check) -> None:
        self.examine(check)
