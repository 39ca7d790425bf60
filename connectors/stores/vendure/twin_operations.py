"""The twin's answers to the connector's documents, by their names, in exactly the shape that they select."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from connectors.stores.vendure.twin_promotions import Promotions
from connectors.stores.vendure.twin_query import BadInput, condition, fields, stamped_after, typed
from connectors.stores.vendure.twin_state import Fulfilment, NoSuchEntity, Order, Refusal, Shop, Variant
from mappings.stores.vendure.queries import wire_time

LOCATION = "1"
CURRENCY = "EUR"
TAX_PERCENT = 20

Variables = Mapping[str, Any]
Answer = dict[str, Any]
Record = Callable[..., None]


class ListLimitExceeded(Exception):
    """Vendure's UserInputError `list-query-limit-exceeded`."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"Cannot take more than {limit} results from a list query")


class Operations:
    """`list_limit` is the server's adminListQueryLimit; `record` enters effects into the twin's ledger."""

    def __init__(self, shop: Shop, record: Record) -> None:
        self.shop = shop
        self.record = record
        self.list_limit = 100
        self.money_precision = 2
        self.promotions = Promotions(shop, record)
        self.by_name: dict[str, Callable[[Variables], Answer]] = {
            "Server": self._server,
            "Horizon": self._horizon,
            "Orders": lambda variables: self._order_list(variables, render),
            "OrderIds": lambda variables: self._order_list(variables, _placed),
            "Variants": lambda variables: self._variant_list(variables, _listing),
            "Stock": lambda variables: self._variant_list(variables, _stock),
            "WriteStock": self._write_stock,
            "Fulfilments": self._fulfilments,
            "AddFulfilment": self._add_fulfilment,
            "MoveFulfilment": self._move_fulfilment,
            **self.promotions.by_name,
        }

    def _server(self, variables: Variables) -> Answer:
        fields(variables, "Server", set())
        return {
            "globalSettings": {
                "outOfStockThreshold": self.shop.threshold,
                "serverConfig": {"moneyStrategyPrecision": self.money_precision},
            },
            "stockLocations": {"items": [{"id": LOCATION}]},
        }

    def _horizon(self, variables: Variables) -> Answer:
        meets = condition(fields(variables, "Horizon", {"filter"}, {"filter"})["filter"])
        placed = (order for at, order in self.shop.newest_first() if order.placed == at and meets(order))
        updated = (order for at, order in self.shop.newest_first() if order.updated == at and meets(order))
        return {"placed": {"items": _first(placed)}, "updated": {"items": _first(updated)}}

    def _order_list(self, variables: Variables, show: Callable[[Order], Any]) -> Answer:
        conditions = _options(variables).get("filter", {})
        meets = condition(conditions)
        ids, after = conditions.get("id"), stamped_after(conditions)
        if ids:
            found = [self.shop.orders[it] for it in dict.fromkeys(ids["in"]) if it in self.shop.orders]
        elif after:
            found = self.shop.stamped_after(after)
        else:
            found = list(self.shop.orders.values())
        found = sorted((order for order in found if meets(order)), key=lambda order: order.number)
        return self._page(found, variables, show)

    def _variant_list(self, variables: Variables, show: Callable[[Variant], Any]) -> Answer:
        meets = condition(_options(variables).get("filter", {}))
        return self._page([it for it in self.shop.variants.values() if meets(it)], variables, show)

    def _page(self, found: list[Any], variables: Variables, show: Callable[[Any], Any]) -> Answer:
        options = _options(variables)
        take = typed(options.get("take", self.list_limit), int, "take")
        skip = typed(options.get("skip", 0), int, "skip")
        if take > self.list_limit:
            raise ListLimitExceeded(self.list_limit)
        if options.get("sort") != {"id": "ASC"}:
            raise BadInput("this twin sorts by id")
        items = [show(subject) for subject in found[skip : skip + take]]
        return {"list": {"totalItems": len(found), "items": items}}

    def _write_stock(self, variables: Variables) -> Answer:
        counts = [_stock_count(item) for item in typed(_input(variables), list, "input")]
        for variant_id, _ in counts:
            if variant_id not in self.shop.variants:
                raise NoSuchEntity("ProductVariant", variant_id)
        for variant_id, count in counts:
            self.shop.variants[variant_id].on_hand = count
            self.record("stock", variant_id, on_hand=count)
        return {"updateProductVariants": [{"id": variant_id} for variant_id, _ in counts]}

    def _fulfilments(self, variables: Variables) -> Answer:
        order_id = typed(fields(variables, "Fulfilments", {"id"}, {"id"})["id"], str, "ID")
        order = self.shop.orders.get(order_id)
        return {"order": order and {"fulfillments": [_fulfilment(it) for it in order.fulfilments]}}

    def _add_fulfilment(self, variables: Variables) -> Answer:
        names = {"lines", "handler"}
        given = fields(_input(variables), "FulfillOrderInput", names, names)
        quantities = dict(_line_quantity(item) for item in typed(given["lines"], list, "lines"))
        try:
            method, code = _handler(given["handler"])
            fulfilment = self.shop.add_fulfilment(quantities, method, code)
        except Refusal as refusal:
            return {"result": refusal.result}
        order = self.shop.order_of_fulfilment[fulfilment.id]
        self.record("fulfilment", order.id, tracking_code=code, quantities=quantities)
        return {"result": {"id": fulfilment.id, "state": fulfilment.state}}

    def _move_fulfilment(self, variables: Variables) -> Answer:
        names = {"id", "state"}
        given = fields(variables, "MoveFulfilment", names, names)
        fulfilment_id, state = typed(given["id"], str, "ID"), typed(given["state"], str, "String")
        try:
            fulfilment = self.shop.move_fulfilment(fulfilment_id, state)
        except Refusal as refusal:
            return {"result": refusal.result}
        order = self.shop.order_of_fulfilment[fulfilment_id]
        self.record(state.lower(), order.id, tracking_code=fulfilment.tracking_code)
        return {"result": {"id": fulfilment_id, "state": state}}


def _input(variables: Variables) -> Any:
    return fields(variables, "Mutation", {"input"}, {"input"})["input"]


def _options(variables: Variables) -> dict[str, Any]:
    options = fields(variables, "List", {"options"}, {"options"})["options"]
    return fields(options, "ListOptions", {"filter", "sort", "skip", "take"})


def _line_quantity(item: Any) -> tuple[str, int]:
    given = fields(item, "OrderLineInput", {"orderLineId", "quantity"}, {"orderLineId", "quantity"})
    return typed(given["orderLineId"], str, "ID"), typed(given["quantity"], int, "Int")


def _stock_count(item: Any) -> tuple[str, int]:
    given = fields(item, "UpdateProductVariantInput", {"id", "stockLevels"}, {"id", "stockLevels"})
    (level,) = typed(given["stockLevels"], list, "stockLevels")
    names = {"stockLocationId", "stockOnHand"}
    level = fields(level, "StockLevelInput", names, names)
    if level["stockLocationId"] != LOCATION:
        raise NoSuchEntity("StockLocation", str(level["stockLocationId"]))
    return typed(given["id"], str, "ID"), typed(level["stockOnHand"], int, "Int")


def _handler(handler: Any) -> tuple[str, str]:
    """(method, tracking code) of the built-in handler; argument values are text."""
    given = fields(handler, "ConfigurableOperationInput", {"code", "arguments"}, {"code", "arguments"})
    if given["code"] != "manual-fulfillment":
        raise Refusal("INVALID_FULFILLMENT_HANDLER_ERROR")
    names = {"name", "value"}
    pairs = [
        fields(it, "ConfigArgInput", names, names) for it in typed(given["arguments"], list, "arguments")
    ]
    arguments = {it["name"]: typed(it["value"], str, "String") for it in pairs}
    if arguments.keys() != {"method", "trackingCode"}:
        raise Refusal("CREATE_FULFILLMENT_ERROR")
    return arguments["method"], arguments["trackingCode"]


def _first(orders: Iterable[Order]) -> list[Answer]:
    order = next(iter(orders), None)
    return [_stamps(order)] if order else []


def _stamps(order: Order) -> Answer:
    return {"orderPlacedAt": wire_time(order.placed), "updatedAt": wire_time(order.updated)}


def _placed(order: Order) -> Answer:
    return {"id": order.id, "orderPlacedAt": wire_time(order.placed)}


def _listing(variant: Variant) -> Answer:
    return {"id": variant.id, "sku": variant.sku, "name": variant.name}


def _stock(variant: Variant) -> Answer:
    level = {
        "stockLocationId": LOCATION,
        "stockOnHand": variant.on_hand,
        "stockAllocated": variant.allocated,
    }
    return {
        "id": variant.id,
        "outOfStockThreshold": variant.threshold or 0,
        "useGlobalOutOfStockThreshold": variant.threshold is None,
        "stockLevels": [level],
    }


def _quantities(quantities: Mapping[str, int]) -> list[Answer]:
    return [{"orderLineId": line_id, "quantity": units} for line_id, units in quantities.items()]


def _fulfilment(fulfilment: Fulfilment) -> Answer:
    return {
        "id": fulfilment.id,
        "state": fulfilment.state,
        "trackingCode": fulfilment.tracking_code,
        "lines": _quantities(fulfilment.quantities),
    }


def render(order: Order) -> msgspec.Raw:
    """The order as the document `Orders` selects it; kept until the order changes."""
    if order.rendered is None:
        order.rendered = msgspec.json.encode(_order(order))
    return msgspec.Raw(order.rendered)


def _order(order: Order) -> Answer:
    untaxed = sum(
        int(Decimal(line.unit_price * 100) / (100 + TAX_PERCENT)) * line.quantity for line in order.lines
    )
    return {
        "id": order.id,
        "code": order.code,
        "state": order.state,
        "type": "Regular",
        "createdAt": wire_time(order.created),
        "updatedAt": wire_time(order.updated),
        "orderPlacedAt": wire_time(order.placed),
        "currencyCode": CURRENCY,
        "total": untaxed + order.shipping,
        "totalWithTax": order.total,
        "shippingWithTax": order.shipping,
        "couponCodes": [],
        "customer": _customer(order),
        "shippingAddress": _address(order),
        "lines": [
            {
                "id": line.id,
                "quantity": line.quantity,
                "orderPlacedQuantity": line.placed,
                "unitPriceWithTax": line.unit_price,
                "linePriceWithTax": line.unit_price * line.quantity,
                "proratedLinePriceWithTax": line.unit_price * line.quantity,
                "productVariant": _listing(line.variant),
            }
            for line in order.lines
        ],
        "surcharges": [],
        "shippingLines": [{"shippingMethod": {"code": "standard-shipping"}}],
        "payments": [
            {
                "state": order.payment.state,
                "amount": order.payment.amount,
                "refunds": [
                    {"state": "Settled", "total": refund.total, "lines": _quantities(refund.quantities)}
                    for refund in order.payment.refunds
                ],
            }
        ],
        "fulfillments": [_fulfilment(it) for it in order.fulfilments],
        "history": {"items": [{"data": {"note": order.note}}] if order.note else []},
    }


def _customer(order: Order) -> Answer:
    first, _, last = order.address.name.partition(" ")
    return {
        "id": order.buyer,
        "emailAddress": order.email,
        "firstName": first,
        "lastName": last,
        "phoneNumber": order.address.telephone or None,
    }


def _address(order: Order) -> Answer:
    address = order.address
    street = [*address.street, "", ""]
    return {
        "fullName": address.name,
        "company": address.company,
        "streetLine1": street[0],
        "streetLine2": ", ".join(part for part in street[1:] if part),
        "city": " ".join(part for part in (address.city, address.district) if part),
        "province": address.province,
        "postalCode": address.postal_code,
        "countryCode": address.country,
        "phoneNumber": address.telephone,
    }
