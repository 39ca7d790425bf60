"""What the author of a store connector inherits:

class TestAcme(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parent / "fixtures"
"""

import pytest

from connectors.kit.conformance.checks import Check
from connectors.kit.conformance.inherited import Conformance
from connectors.kit.conformance.suite import STORE_CHECKS


class StoreConformance(Conformance):
    """Every check of a store, one test each."""

    suite = STORE_CHECKS

    @pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.name)
    def test_conformance(self, check: Check) -> None:
        self.examine(check)
