"""Small answers and webhook bodies."""

from mappings.stores.shopify.wire import Instant, ShopifyDocument


class Shop(ShopifyDocument):
    myshopify_domain: str


class AccessScope(ShopifyDocument):
    handle: str


class AppInstallation(ShopifyDocument):
    access_scopes: list[AccessScope]

    def lacks(self, required: frozenset[str]) -> list[str]:
        """Required scopes that were not granted; `write_x` includes `read_x`."""
        granted = {scope.handle for scope in self.access_scopes}
        granted |= {handle.replace("write_", "read_", 1) for handle in granted}
        return sorted(required - granted)


class Location(ShopifyDocument):
    is_active: bool


class Connection(ShopifyDocument):
    """What a first look at the shop finds."""

    shop: Shop
    current_app_installation: AppInstallation
    location: Location | None = None


class PlacedOrder(ShopifyDocument):
    id: str
    processed_at: Instant


class Subscription(ShopifyDocument):
    """A webhook subscription of this app."""

    id: str
    topic: str
    uri: str
    format: str


class OrderEdit(ShopifyDocument, rename=None):
    order_id: int | None = None


class WebhookBody(ShopifyDocument, rename=None):
    """The parts of a REST-shaped webhook body that name an order (snake case there)."""

    id: int | None = None
    admin_graphql_api_id: str = ""
    order_id: int | None = None
    order_edit: OrderEdit = OrderEdit()
