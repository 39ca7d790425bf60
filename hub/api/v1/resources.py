"""Everything that the API offers. A new resource is a module with `ENDPOINTS` and a name in this list."""

from hub.api.v1 import accounts, boxes, order_decisions, orders, overview, stock, stores, territories
from hub.api.v1.endpoint import Endpoint

RESOURCES = (orders, order_decisions, stock, stores, territories, overview, boxes, accounts)
ENDPOINTS: tuple[Endpoint, ...] = tuple(each for resource in RESOURCES for each in resource.ENDPOINTS)
