"""Every table in one metadata, for those who make a whole schema: migrations, simulation, tests."""

from hub.storage import (
    account_tables,
    labels,
    movements,
    products,
    quota_tables,
    rule_tables,
    tags,
    territory_tables,
)
from hub.storage.tables import metadata

MODULES = (account_tables, labels, movements, products, quota_tables, rule_tables, tags, territory_tables)
"""They add their tables and indexes to the one metadata when they are imported."""

__all__ = ["metadata"]
