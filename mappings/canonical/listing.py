"""What a store offers: the platform's item and the SKU written on it."""

from mappings.canonical.values import Value


class Listing(Value):
    """`listing_id` is what order lines carry; `inventory_id` is what stock is written to, if it differs."""

    listing_id: str
    inventory_id: str = ""
    sku: str = ""
    gtin: str = ""
    title: str = ""
