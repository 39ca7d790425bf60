"""Acme keeps every promise of a store connector."""

from pathlib import Path

from connectors.kit.conformance.store import StoreConformance

from orderhub_acme import PLUGIN


class TestAcme(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parent / "fixtures"
