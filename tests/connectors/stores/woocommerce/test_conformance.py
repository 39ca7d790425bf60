"""The suite that every store connector passes, once for each way in which a shop may keep its parcels."""

from typing import ClassVar

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.woocommerce import PLUGIN

NO_UNITS = "the shop's records hold a parcel's number only, not what is in it"


class TestWooCommerce(StoreConformance):
    """With core fulfilments."""

    plugin = PLUGIN


class TestWooCommerceWithTrackingExtension(StoreConformance):
    plugin = PLUGIN
    overrides: ClassVar = {"parcel_records": "shipment-tracking"}
    exemptions: ClassVar = {"push.part_then_rest": NO_UNITS}


class TestWooCommerceWithNotes(StoreConformance):
    plugin = PLUGIN
    overrides: ClassVar = {"parcel_records": "notes"}
    exemptions: ClassVar = {"push.part_then_rest": NO_UNITS}
