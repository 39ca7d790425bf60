"""WooCommerce: orders, listings, parcels, stock and webhooks of one WordPress shop."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.woocommerce.connector import WooCommerceConnector
from connectors.stores.woocommerce.settings import WooCommerceSettings
from mappings.stores import woocommerce as mapping

PLUGIN = StorePlugin(
    platform="woocommerce",
    title="WooCommerce",
    settings=WooCommerceSettings,
    connector=WooCommerceConnector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.stores.woocommerce.twin:Twin",
    api_version="wc/v3",
    unverified=(
        "WooCommerce has no rate limit of its own; 10 calls a second are our choice.",
        "modified_after is ignored before WooCommerce 5.8; the connector notices by the first row's time.",
        "deleting a refund may not move the order's date_modified.",
        "a carrier without a key of its own is a fulfilment's provider «other» with a _provider_name.",
        "a fulfilment is corrected by its meta data with their ids.",
        "the namespace wc-shipment-tracking/v3, and the provider names of the tracking extension but USPS.",
        "re-activating a webhook keeps its count of failures, so that one more failure disables it again.",
        "a shop may number the provinces of China in its own way; the names are those of the core.",
    ),
    exemptions={
        "webhook.reply_satisfies_the_platform": (
            "WooCommerce never repeats a post that was refused: the next pull brings what it said"
        ),
    },
)

__all__ = ["PLUGIN"]
