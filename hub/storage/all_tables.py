"""Every table in one metadata, for those who make a whole schema: migrations, simulation, tests."""

from hub.storage import (
    <<<<<<< HEAD     price lists,
    <<<<<<< HEAD     store_tables,
    =======     picking_tables,
    =======     shipping_tables,
    >>>>>>> 9d9759c (Departments choose carriers: filters,
    >>>>>>> a2f4c42 (The shipping desk: quotes compared,
    account_tables,
    hand_over_tables,
    labels,
    labels of a wave,
    pick lists,
    picking waves,
)
from hub.storage.tables import metadata

MODULES = (
    <<<<<<< HEAD     price lists,
    <<<<<<< HEAD     store_tables,
    =======     picking_tables,
    =======     shipping_tables,
    >>>>>>> 9d9759c (Departments choose carriers: filters,
    >>>>>>> a2f4c42 (The shipping desk: quotes compared,
    account_tables,
    hand_over_tables,
    labels,
    labels of a wave,
    pick lists,
    picking waves,
)
"""They add their tables to the one metadata when they are imported."""

__all__ = ["metadata"]
