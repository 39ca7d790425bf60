"""Every table in one metadata, for those who make a whole schema: migrations, simulation, tests."""

from hub.storage import (
    account_tables,
    automation,
    campaign_tables,
    completeness_tables,
    crossing_tables,
    drift,
    hand_over_tables,
    labels,
    movements,
    picking_tables,
    products,
    quota_tables,
    rule_tables,
    saved_filters,
    settlement_tables,
    shipping_tables,
    sourcing_tables,
    store_tables,
    tags,
    territory_tables,
    wave_tables,
    webhook_tables,
)
from hub.storage.tables import metadata

MODULES = (
    account_tables,
    automation,
    campaign_tables,
    completeness_tables,
    crossing_tables,
    drift,
    hand_over_tables,
    labels,
    movements,
    picking_tables,
    products,
    quota_tables,
    rule_tables,
    saved_filters,
    settlement_tables,
    shipping_tables,
    sourcing_tables,
    store_tables,
    tags,
    territory_tables,
    wave_tables,
    webhook_tables,
)
"""They add their tables and indexes to the one metadata when they are imported."""

__all__ = ["metadata"]
