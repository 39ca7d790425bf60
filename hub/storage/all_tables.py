"""Every table in one metadata, for those who make a whole schema: migrations, simulation, tests."""

from hub.storage import (
    <<<<<<< HEAD     store_tables,
    =======     shipping_tables,
    >>>>>>> 9d9759c (Departments choose carriers: filters,
    account_tables,
    labels,
    price lists,
    products,
    quotes,
    ranked rules,
    rule_tables,
)
from hub.storage.tables import metadata

MODULES = (
    <<<<<<< HEAD     store_tables,
    =======     shipping_tables,
    >>>>>>> 9d9759c (Departments choose carriers: filters,
    account_tables,
    labels,
    price lists,
    products,
    quotes,
    ranked rules,
    rule_tables,
)
"""They add their tables to the one metadata when they are imported."""

__all__ = ["metadata"]
