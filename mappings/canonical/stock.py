"""What a store is told about stock."""

from datetime import datetime

from mappings.canonical.values import Value


class StockLevel(Value):
    """Units that this store may still sell (the hub's availability for it), as of an instant."""

    listing_id: str
    inventory_id: str = ""
    sku: str
    available: int
    as_of: datetime


class StockRefusal(Value):
    """A listing whose stock the platform did not take, with its words."""

    listing_id: str
    reason: str
