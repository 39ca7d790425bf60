"""Every table in one metadata, for those who make a whole schema: migrations, simulation, tests."""

from hub.storage import (
    account_tables,
    campaign_tables,
    crossing_tables,
    drift,
    hand_over_tables,
    labels,
    picking_tables,
    products,
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
    campaign_tables,
    crossing_tables,
    drift,
    hand_over_tables,
    labels,
    picking_tables,
    products,
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
"""They add their tables to the one metadata when they are imported."""

__all__ = ["metadata"]
