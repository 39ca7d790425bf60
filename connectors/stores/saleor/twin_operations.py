"""The twin's operations: variables as strict as Saleor's schema, answers exactly as our documents select."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

import msgspec

from connectors.stores.saleor.twin_render import (
    encode,
    fulfilment_document,
    head,
    order_bytes,
    stock_document,
    variant_document,
)
from connectors.stores.saleor.twin_state import WAREHOUSE, Fulfilment, Order, Refusal, Store
from mappings.stores.saleor.wire import is_id_of

MOST = 100
Variables = Mapping[str, Any]


class BadInput(Exception):
    """A variable that the schema or a resolver does not take: `errors` of the answer."""


def fields(value: Any, where: str, allowed: Set[str], required: Set[str] = frozenset()) -> Mapping[str, Any]:
    """An input object that has the required fields and none beside the allowed ones."""
    if not isinstance(value, dict):
        raise BadInput(f"Expected type {where} to be an object.")
    if unknown := value.keys() - allowed:
        raise BadInput(f"Field '{min(unknown)}' is not defined by type '{where}'.")
    if missing := required - value.keys():
        raise BadInput(f"Field '{min(missing)}' of required type of '{where}' was not provided.")
    return value


def typed(value: Any, kind: type, where: str) -> Any:
    if type(value) is not kind:
        raise BadInput(f"{where} cannot represent the value given.")
    return value


def node_id(value: Any, kind: str) -> str:
    if not isinstance(value, str) or not is_id_of(kind, value):
        raise BadInput(f"Invalid ID: {value}. Expected: {kind}.")
    return value


class Operations:
    """`record` enters an effect."""

    def __init__(self, store: Store, record: Callable[..., None]) -> None:
        self.store = store
        self.record = record
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.by_name: Mapping[str, Callable[[Variables], Any]] = {
            "Orders": self._orders,
            "OrderIds": self._order_ids,
            "Newest": self._newest,
            "Variants": self._variants,
            "Stocks": self._stocks,
            "Warehouses": self._warehouses,
            "Fulfilments": self._fulfilments,
            "Fulfil": self._fulfil,
            "Approve": self._approve,
            "CorrectTracking": self._correct_tracking,
            "NameCarrier": self._name_carrier,
            "WriteStock": self._write_stock,
            "Webhooks": self._list_webhooks,
            "CreateWebhook": self._create_webhook,
            "UpdateWebhook": self._update_webhook,
            "DeleteWebhook": self._delete_webhook,
        }

    # ------------------------------------------------------------------- orders

    def _orders(self, variables: Variables) -> Any:
        return self._page(self._found(variables), variables, order_bytes)

    def _order_ids(self, variables: Variables) -> Any:
        return self._page(self._found(variables), variables, lambda order: encode(head(order)))

    def _newest(self, variables: Variables) -> Any:
        fields(variables, "Newest", set())
        ids = self.store.changed_since(None)[-1:]
        edges = [{"node": head(self.store.orders[it])} for it in ids]
        return connection(edges, has_next=len(self.store.orders) > 1, cursor="n" if edges else None)

    def _found(self, variables: Variables) -> list[Order]:
        """By number. Drafts are another list."""
        names = {"first", "after", "where"}
        where = fields(fields(variables, "Orders", names, {"first"}).get("where") or {}, "OrderWhereInput",
                       {"ids", "updatedAt", "createdAt"})  # fmt: skip
        changed, placed = bounds(where.get("updatedAt")), bounds(where.get("createdAt"))
        if "ids" in where:
            ids = [node_id(it, "Order") for it in typed(where["ids"], list, "ids")]
        else:
            ids = self.store.changed_since(changed[0])
        orders = [self.store.orders[it] for it in dict.fromkeys(ids) if it in self.store.orders]
        return sorted(
            (it for it in orders if within(it.updated, changed) and within(it.created, placed)),
            key=lambda it: it.number,
        )

    def _page(self, found: Sequence[Order], variables: Variables, render: Callable[[Order], bytes]) -> Any:
        """The cursor holds the number behind which it goes on, whatever the list holds then."""
        behind = cursor_of(variables.get("after"))
        rest = [it for it in found if it.number > behind]
        first = size_of(variables)
        edges = [{"node": msgspec.Raw(render(it))} for it in rest[:first]]
        last = rest[:first][-1].number if edges else None
        return connection(edges, has_next=len(rest) > first, cursor=cursor(last) if last else None)

    # ------------------------------------------------------------------ parcels

    def _fulfilments(self, variables: Variables) -> Any:
        given = fields(variables, "Fulfilments", {"id"}, {"id"})
        order = self.store.orders.get(node_id(given["id"], "Order"))
        if order is None:
            return {"order": None}
        return {"order": {"fulfillments": [fulfilment_document(it) for it in order.fulfilments]}}

    def _fulfil(self, variables: Variables) -> Any:
        given = fields(variables, "Fulfil", {"order", "input"}, {"order", "input"})
        names = {"lines", "notifyCustomer", "allowStockToBeExceeded", "trackingNumber"}
        wanted = fields(given["input"], "OrderFulfillInput", names, {"lines"})
        order = self.store.orders.get(node_id(given["order"], "Order"))
        if order is None:
            raise Refusal("NOT_FOUND", "Couldn't resolve to a node.", "order")
        units: dict[str, int] = {}
        for line in typed(wanted["lines"], list, "lines"):
            line_id, quantity = self._fulfilled(line)
            units[line_id] = units.get(line_id, 0) + quantity
        fulfilment = self.store.fulfil(order, units, wanted.get("trackingNumber") or "")
        self.record("fulfilment", order.id, number=fulfilment.tracking)
        return done()

    def _fulfilled(self, line: Any) -> tuple[str, int]:
        names = {"orderLineId", "stocks"}
        given = fields(line, "OrderFulfillLineInput", names, names)
        quantity = 0
        for stock in typed(given["stocks"], list, "stocks"):
            one = fields(
                stock, "OrderFulfillStockInput", {"quantity", "warehouse"}, {"quantity", "warehouse"}
            )
            if node_id(one["warehouse"], "Warehouse") != WAREHOUSE:
                raise Refusal("NOT_FOUND", "Couldn't resolve to a node.", "warehouse")
            quantity += typed(one["quantity"], int, "quantity")
        return node_id(given["orderLineId"], "OrderLine"), quantity

    def _named(self, variables: Variables) -> tuple[Order, Fulfilment]:
        found = self.store.fulfilments.get(node_id(variables.get("id"), "Fulfillment"))
        if found is None:
            raise Refusal("NOT_FOUND", "Couldn't resolve to a node.", "id")
        return found

    def _approve(self, variables: Variables) -> Any:
        typed(fields(variables, "Approve", {"id", "notify"}, {"id", "notify"})["notify"], bool, "notify")
        order, fulfilment = self._named(variables)
        if fulfilment.status != "WAITING_FOR_APPROVAL":
            raise Refusal("INVALID", "Invalid fulfillment status, only WAITING_FOR_APPROVAL can be accepted.")
        fulfilment.status = "FULFILLED"
        self.store.touch(order)
        self.record("approval", order.id, fulfilment=fulfilment.id)
        return done()

    def _correct_tracking(self, variables: Variables) -> Any:
        given = fields(variables, "CorrectTracking", {"id", "input"}, {"id", "input"})
        wanted = fields(
            given["input"], "FulfillmentUpdateTrackingInput", {"trackingNumber", "notifyCustomer"}
        )
        order, fulfilment = self._named(variables)
        fulfilment.tracking = wanted.get("trackingNumber") or ""
        self.store.touch(order)
        self.record("tracking_corrected", order.id, number=fulfilment.tracking)
        return done()

    def _name_carrier(self, variables: Variables) -> Any:
        given = fields(variables, "NameCarrier", {"id", "input"}, {"id", "input"})
        order, fulfilment = self._named(variables)
        for one in typed(given["input"], list, "input"):
            pair = fields(one, "MetadataInput", {"key", "value"}, {"key", "value"})
            fulfilment.metadata[pair["key"]] = typed(pair["value"], str, "value")
        self.record("metadata", order.id, **fulfilment.metadata)
        return done()

    # -------------------------------------------------------------------- stock

    def _variants(self, variables: Variables) -> Any:
        fields(variables, "Variants", {"first", "after"}, {"first"})
        return self._listed(variables, list(self.store.variants.values()), variant_document)

    def _stocks(self, variables: Variables) -> Any:
        given = fields(variables, "Stocks", {"first", "ids"}, {"first"})
        ids = [node_id(it, "ProductVariant") for it in given.get("ids") or []]
        variants = [it for it in self.store.variants.values() if it.id in ids]
        return self._listed(variables, variants, stock_document)

    def _listed(self, variables: Variables, found: Sequence[Any], render: Callable[[Any], Any]) -> Any:
        first, behind = size_of(variables), cursor_of(variables.get("after"))
        edges = [{"node": render(it)} for it in found[behind : behind + first]]
        return connection(
            edges, has_next=behind + first < len(found), cursor=cursor(behind + len(edges)) if edges else None
        )

    def _warehouses(self, variables: Variables) -> Any:
        fields(variables, "Warehouses", set())
        return connection([{"node": {"id": WAREHOUSE}}], has_next=False, cursor=cursor(1))

    def _write_stock(self, variables: Variables) -> Any:
        stocks = typed(fields(variables, "WriteStock", {"stocks"}, {"stocks"})["stocks"], list, "stocks")
        if len(stocks) > MOST:
            raise BadInput("The maximum number of stocks is 100.")
        return {"result": {"errors": [], "results": [self._set(stock) for stock in stocks]}}

    def _set(self, stock: Any) -> Any:
        names = {"variantId", "warehouseId", "quantity"}
        given = fields(stock, "StockBulkUpdateInput", names, {"quantity"})
        variant = self.store.variants.get(node_id(given["variantId"], "ProductVariant"))
        if variant is None or node_id(given["warehouseId"], "Warehouse") != WAREHOUSE:
            return {"errors": [{"code": "NOT_FOUND", "field": None, "message": "Stock was not found."}]}
        variant.quantity = typed(given["quantity"], int, "quantity")
        self.record("stock", variant.sku, quantity=variant.quantity)
        return {"errors": []}

    # ----------------------------------------------------------------- webhooks

    def _list_webhooks(self, variables: Variables) -> Any:
        fields(variables, "Webhooks", set())
        found = [{"id": it["id"], "targetUrl": it["targetUrl"]} for it in self.webhooks.values()]
        return {"app": {"webhooks": found}}

    def _hook(self, given: Any) -> dict[str, Any]:
        names = {"name", "targetUrl", "asyncEvents", "isActive", "secretKey", "query"}
        hook = dict(fields(given, "WebhookInput", names))
        if not str(hook.get("targetUrl", "https://kept")).startswith("https://"):
            raise Refusal("INVALID", "Enter a valid URL.", "targetUrl")
        return hook

    def _create_webhook(self, variables: Variables) -> Any:
        hook = self._hook(fields(variables, "CreateWebhook", {"input"}, {"input"})["input"])
        number = b64encode(f"Webhook:{self.store.count()}".encode()).decode()
        self.webhooks[number] = {"id": number, "isActive": True, "asyncEvents": [], **hook}
        return done()

    def _update_webhook(self, variables: Variables) -> Any:
        given = fields(variables, "UpdateWebhook", {"id", "input"}, {"id", "input"})
        self._webhook(given["id"]).update(self._hook(given["input"]))
        return done()

    def _delete_webhook(self, variables: Variables) -> Any:
        given = fields(variables, "DeleteWebhook", {"id"}, {"id"})
        del self.webhooks[self._webhook(given["id"])["id"]]
        return done()

    def _webhook(self, webhook_id: Any) -> dict[str, Any]:
        if node_id(webhook_id, "Webhook") not in self.webhooks:
            raise Refusal("NOT_FOUND", "Couldn't resolve to a node.", "id")
        return self.webhooks[webhook_id]


def done() -> Any:
    return {"result": {"errors": []}}


def connection(edges: list[Any], *, has_next: bool, cursor: str | None) -> Any:
    return {"list": {"pageInfo": {"hasNextPage": has_next, "endCursor": cursor}, "edges": edges}}


def cursor(value: int) -> str:
    return b64encode(json.dumps([str(value)]).encode()).decode()


def cursor_of(text: Any) -> int:
    if text is None:
        return 0
    try:
        return int(json.loads(b64decode(typed(text, str, "after"), validate=True))[0])
    except ValueError:
        raise BadInput("Received cursor is invalid.") from None


def size_of(variables: Variables) -> int:
    first: int = typed(variables["first"], int, "first")
    if not 0 < first <= MOST:
        raise BadInput(
            f"Requesting {first} records on the connection exceeds the `first` limit of {MOST} records."
        )
    return first


def bounds(given: Any) -> tuple[datetime | None, datetime | None]:
    found = fields(given or {}, "DateTimeRangeInput", {"gte", "lte"})
    return (_instant(found.get("gte")), _instant(found.get("lte")))


def _instant(text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(typed(text, str, "DateTime"))
    except ValueError:
        raise BadInput("DateTime cannot represent the value given.") from None
    if moment.tzinfo is None:
        raise BadInput("DateTime cannot represent the value given.")
    return moment


def within(moment: datetime, limits: tuple[datetime | None, datetime | None]) -> bool:
    first, last = limits
    return (first is None or moment >= first) and (last is None or moment <= last)
