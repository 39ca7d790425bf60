"""Answers that come in pages: nodes as the bytes that came, and documents completed from several pages."""

from collections.abc import Sequence
from typing import Any

import msgspec

from mappings.documents import decode
from mappings.stores.shopify.wire import Instant, PageInfo, PageOf, ShopifyDocument


class NodeHead(ShopifyDocument):
    """What every node that becomes a delivery says of itself."""

    id: str
    updated_at: Instant


class PagedLines(ShopifyDocument):
    page_info: PageInfo


class FulfilmentOrderHead(ShopifyDocument):
    id: str
    line_items: PagedLines


class OrderHead(NodeHead):
    """How much of an order its node holds."""

    line_items: PagedLines
    fulfillment_orders: PageOf[FulfilmentOrderHead]

    @property
    def has_all_fulfilment_orders(self) -> bool:
        return not self.fulfillment_orders.page_info.has_next_page and not any(
            node.line_items.page_info.has_next_page for node in self.fulfillment_orders.nodes
        )


def with_further_lines(node: bytes, further: Sequence[msgspec.Raw]) -> bytes:
    """An order or fulfilment order whose `lineItems` hold the further lines too, as if one page had."""
    fields = decode(node, dict[str, msgspec.Raw])
    lines = decode(bytes(fields["lineItems"]), PageOf[msgspec.Raw])
    return msgspec.json.encode({**fields, "lineItems": _only_page([*lines.nodes, *further])})


def with_fulfilment_orders(order: bytes, nodes: Sequence[bytes]) -> bytes:
    """An order whose `fulfillmentOrders` are exactly these."""
    fields = decode(order, dict[str, msgspec.Raw])
    whole = _only_page([msgspec.Raw(node) for node in nodes])
    return msgspec.json.encode({**fields, "fulfillmentOrders": whole})


def _only_page(nodes: Sequence[msgspec.Raw]) -> dict[str, Any]:
    return {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
