"""BigCommerce: orders, listings, parcels, stock and webhooks of one store."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.bigcommerce.connector import BigCommerceConnector
from connectors.stores.bigcommerce.settings import BigCommerceSettings
from mappings.stores import bigcommerce as mapping

PLUGIN = StorePlugin(
    platform="bigcommerce",
    title="BigCommerce",
    settings=BigCommerceSettings,
    connector=BigCommerceConnector,
    mapping=mapping,
    # 150 calls in any 30 seconds of the smallest plan: what flows in, and the second's worth in the bucket.
    limits=(RateLimit(calls=4.75, per=timedelta(seconds=1)),),
    twin="connectors.stores.bigcommerce.twin:Twin",
    api_version="v2 + v3",
    unverified=(
        "the largest page of V2 lists is 250; min_id may or may not hold the id itself.",
        "default_currency_code is the currency of an order's amounts, as the contract says; one source"
        " takes currency_code.",
        "store credit and gift certificates lower no order's total_inc_tax.",
        "discounts that no line carries in applied_discounts lower the order's total on their own.",
        "discounted_total_inc_tax leaves out gift wrapping.",
        "offline payment methods, cash on delivery among them, are recognised by their display names; an"
        " order paid by another waits for a person.",
        "declined orders are cancelled ones; archived orders wait for a person.",
        "order products in consignments carry their variant_id.",
        "a shipment, a refund and a change of status move the order's date_modified.",
        "one wrong item fails a whole stock adjustment; an item tracked by product is refused by variant.",
        "absolute adjustments set the inventory on hand, safety stock included.",
        "courier slugs of tracking_carrier beside usps, fedex, ups.",
        "409 says that nothing was done.",
        "a store's webhooks name it as producer also when one API account serves several stores.",
    ),
)

__all__ = ["PLUGIN"]
