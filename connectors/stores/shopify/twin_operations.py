"""What each document does to the twin's shop: one function per document, answers as the documents select."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from connectors.stores.shopify import twin_answers, twin_inputs
from connectors.stores.shopify.twin_answers import Answer, from_cursor, page_info, page_of, to_cursor
from connectors.stores.shopify.twin_world import (
    LOCATION,
    OTHER_LOCATION,
    ShopFulfilment,
    ShopFulfilmentOrder,
    ShopifyWorld,
    ShopOrder,
    ShopVariant,
    gid,
)
from connectors.stores.shopify.webhooks import WANTED_TOPICS
from mappings.stores.shopify.outward import instant_text
from mappings.stores.shopify.tables import EVENTS

_UPDATED = re.compile(r"^updated_at:>='([^']+Z)'$")
_PROCESSED = re.compile(r"^processed_at:>='([^']+Z)' processed_at:<='([^']+Z)'$")
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
OTHER_TOPICS = frozenset({"APP_UNINSTALLED", "PRODUCTS_UPDATE", "ORDERS_DELETE", "FULFILLMENTS_CREATE"})


def _number(global_id: str, kind: str) -> int:
    """0 (which nothing has) for an id of another kind."""
    return int(global_id.rpartition("/")[2]) if global_id.startswith(f"gid://shopify/{kind}/") else 0


def _errors(*errors: tuple[list[str] | None, str]) -> list[Answer]:
    return [{"field": field, "message": message} for field, message in errors]


def check_connection(twin: ShopifyWorld, variables: twin_inputs.Check) -> Answer:
    location = variables.location or gid("Location", LOCATION)
    known = location in (gid("Location", LOCATION), gid("Location", OTHER_LOCATION))
    return {
        "shop": {"myshopifyDomain": "twin-store.myshopify.com"},
        "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in sorted(twin.scopes)]},
        "location": {"id": location, "isActive": True} if known else None,
    }


# ---------------------------------------------------------------------- orders


def changed_orders(twin: ShopifyWorld, variables: twin_inputs.ChangedOrders) -> Answer:
    since = _BEGINNING
    if variables.query:
        match = _UPDATED.match(variables.query)
        if match is None:
            raise twin_inputs.Refused("quote the time and send it in UTC", "INVALID_SEARCH")
        since = datetime.fromisoformat(match[1])
    position = (since, 0)
    if variables.after:
        try:
            moment, _, number = from_cursor(variables.after).partition("|")
            position = max(position, (datetime.fromisoformat(moment), int(number) + 1))
        except ValueError:
            raise twin_inputs.Refused(
                "Invalid cursor for current pagination sort.", "argumentError"
            ) from None
    found = list(islice(twin.changed_after(position), variables.first + 1))
    orders = found[: variables.first]
    cursor = to_cursor(f"{instant_text(orders[-1].updated_at)}|{orders[-1].id}") if orders else None
    more = len(found) > len(orders)
    return {
        "orders": {"pageInfo": page_info(more, cursor), "nodes": [twin_answers.order(one) for one in orders]}
    }


def _order(twin: ShopifyWorld, global_id: str) -> ShopOrder | None:
    return twin.order_by_number(_number(global_id, "Order"))


def orders_by_id(twin: ShopifyWorld, variables: twin_inputs.Ids) -> Answer:
    orders = [_order(twin, one) for one in variables.ids]
    return {"nodes": [twin_answers.order(order) if order else None for order in orders]}


def order_ids(twin: ShopifyWorld, variables: twin_inputs.Search) -> Answer:
    match = _PROCESSED.match(variables.query or "")
    if match is None:
        raise twin_inputs.Refused("quote the times and send them in UTC", "INVALID_SEARCH")
    start, end = (datetime.fromisoformat(match[at]).replace(microsecond=0) for at in (1, 2))
    placed = [order for order in twin.placed_orders() if start <= order.placed_at <= end]

    def node(order: ShopOrder) -> Answer:
        return {"id": gid("Order", order.id), "processedAt": instant_text(order.placed_at)}

    return {"orders": page_of(placed, 250, variables.after, node)}


def order_lines(twin: ShopifyWorld, variables: twin_inputs.PageOfId) -> Answer:
    order = _order(twin, variables.id)
    if order is None:
        return {"order": None}
    return {"order": {"lineItems": page_of(order.lines, 100, variables.after, twin_answers.line)}}


def order_fulfilment_orders(twin: ShopifyWorld, variables: twin_inputs.PageOfId) -> Answer:
    order = _order(twin, variables.id)
    if order is None:
        return {"order": None}
    page = page_of(order.fulfilment_orders, 20, variables.after, twin_answers.fulfilment_order)
    return {"order": {"fulfillmentOrders": page}}


def fulfilment_order_lines(twin: ShopifyWorld, variables: twin_inputs.PageOfId) -> Answer:
    found = twin.fulfilment_order_by_number(_number(variables.id, "FulfillmentOrder"))
    if found is None:
        return {"fulfillmentOrder": None}
    _, one = found
    lines = page_of(
        list(one.units), 250, variables.after, lambda unit: twin_answers.fulfilment_order_line(one, unit)
    )
    return {"fulfillmentOrder": {"lineItems": lines}}


def listings(twin: ShopifyWorld, variables: twin_inputs.NextPage) -> Answer:
    return {"productVariants": page_of(twin.variants(), 250, variables.after, twin_answers.variant)}


# ----------------------------------------------------------------- fulfilments


def order_fulfilments(twin: ShopifyWorld, variables: twin_inputs.Id) -> Answer:
    order = _order(twin, variables.id)
    if order is None:
        return {"order": None}
    return {"order": {"fulfillments": [twin_answers.fulfilment(one) for one in order.fulfilments[:200]]}}


def fulfilment_lines(twin: ShopifyWorld, variables: twin_inputs.PageOfId) -> Answer:
    found = twin.fulfilment_by_number(_number(variables.id, "Fulfillment"))
    if found is None:
        return {"fulfillment": None}
    units = list(found[1].quantities.items())
    page = page_of(units, 250, variables.after, twin_answers.fulfilment_line)
    return {"fulfillment": {"fulfillmentLineItems": page}}


def fulfilment_events(twin: ShopifyWorld, variables: twin_inputs.Id) -> Answer:
    found = twin.fulfilment_by_number(_number(variables.id, "Fulfillment"))
    if found is None:
        return {"fulfillment": None}
    latest = sorted(found[1].events, key=lambda event: event[1], reverse=True)[:100]
    return {"fulfillment": {"events": {"nodes": [twin_answers.event(one) for one in latest]}}}


def create_fulfilment(twin: ShopifyWorld, variables: twin_inputs.NewFulfilment) -> Answer:
    wanted = variables.fulfillment
    try:
        order, chosen = _chosen(twin, wanted)
        tracking = _tracking(wanted.tracking_info or twin_inputs.Tracking())
    except twin_inputs.Refused as refusal:
        errors = _errors((["fulfillment"], str(refusal)))
        return {"fulfillmentCreate": {"fulfillment": None, "userErrors": errors}}
    made = ShopFulfilment(
        id=twin.next_id(),
        number=tracking.number or "",
        company=tracking.company or "",
        url=tracking.url or "",
        quantities={},
    )
    for one, unit, count in chosen:
        line, counts = one.units[unit]
        counts[1] -= count
        line.unfulfilled -= count
        made.quantities[line.id] = made.quantities.get(line.id, 0) + count
        one.status = "IN_PROGRESS" if any(left for _, (_, left) in one.units.values()) else "CLOSED"
    twin.enter_fulfilment(order, made)
    units = {gid("LineItem", line): count for line, count in made.quantities.items()}
    twin.record("fulfilment", gid("Order", order.id), tracking_number=made.number, quantities=units)
    return {"fulfillmentCreate": {"fulfillment": {"id": gid("Fulfillment", made.id)}, "userErrors": []}}


Chosen = list[tuple[ShopFulfilmentOrder, int, int]]


def _chosen(twin: ShopifyWorld, wanted: twin_inputs.Fulfilment) -> tuple[ShopOrder, Chosen]:
    """The units to fulfil; raises what Shopify would say where they cannot be."""
    entries = wanted.line_items_by_fulfillment_order
    found = [
        twin.fulfilment_order_by_number(_number(each.fulfillment_order_id, "FulfillmentOrder"))
        for each in entries
    ]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        raise twin_inputs.Refused("Fulfillment order does not exist.", "")
    if len({order.id for order, _ in known}) > 1 or len({one.location for _, one in known}) > 1:
        raise twin_inputs.Refused("All fulfillment orders must be at the same location.", "")
    chosen: Chosen = []
    for (_, one), entry in zip(known, entries, strict=True):
        if not one.can_be_fulfilled:
            status = one.status.lower()
            raise twin_inputs.Refused(
                f"Fulfillment order {one.id} has an unfulfillable status= {status}.", ""
            )
        chosen += _units(one, entry)
    return known[0][0], chosen


def _units(
    one: ShopFulfilmentOrder, entry: twin_inputs.FulfilmentOrderLines
) -> Iterator[tuple[Any, int, int]]:
    if not entry.fulfillment_order_line_items:
        yield from ((one, unit, left) for unit, (_, (_, left)) in one.units.items() if left)
        return
    for item in entry.fulfillment_order_line_items:
        unit = _number(item.id, "FulfillmentOrderLineItem")
        if unit not in one.units or not 0 < item.quantity <= one.units[unit][1][1]:
            raise twin_inputs.Refused("Invalid fulfillment order line item quantity requested.", "")
        yield one, unit, item.quantity


def _tracking(tracking: twin_inputs.Tracking) -> twin_inputs.Tracking:
    if (tracking.number and tracking.numbers) or (tracking.url and tracking.urls):
        raise twin_inputs.Refused("Provide either one tracking number or several.", "")
    if tracking.url and not re.match(r"^https?://[^/\s]+", tracking.url):
        raise twin_inputs.Refused("Tracking url is invalid.", "")
    return tracking


def correct_tracking(twin: ShopifyWorld, variables: twin_inputs.NewTracking) -> Answer:
    found = twin.fulfilment_by_number(_number(variables.id, "Fulfillment"))
    try:
        if found is None:
            raise twin_inputs.Refused("Fulfillment does not exist.", "")
        tracking = _tracking(variables.tracking)
    except twin_inputs.Refused as refusal:
        errors = _errors((["fulfillmentId"], str(refusal)))
        return {"fulfillmentTrackingInfoUpdate": {"fulfillment": None, "userErrors": errors}}
    order, one = found
    one.number, one.company, one.url = tracking.number or "", tracking.company or "", tracking.url or ""
    twin.touch(order, "ORDERS_UPDATED")
    twin.record("correction", gid("Order", order.id), tracking_number=one.number)
    return {"fulfillmentTrackingInfoUpdate": {"fulfillment": {"id": variables.id}, "userErrors": []}}


def create_event(twin: ShopifyWorld, variables: twin_inputs.NewEvent) -> Answer:
    wanted = variables.event
    if wanted.status not in _EVENT_CODES:
        raise twin_inputs.Refused("status is not a FulfillmentEventStatus", "INVALID_VARIABLE")
    found = twin.fulfilment_by_number(_number(wanted.fulfillment_id, "Fulfillment"))
    if found is None:
        errors = _errors((["fulfillmentEvent", "fulfillmentId"], "Fulfillment does not exist."))
        return {"fulfillmentEventCreate": {"fulfillmentEvent": None, "userErrors": errors}}
    order, one = found
    happened_at = wanted.happened_at or twin.now()
    one.events.append((wanted.status, happened_at))
    twin.touch(order, "ORDERS_UPDATED")
    twin.record("status", gid("Order", order.id), status=wanted.status, tracking_number=one.number)
    event = {"id": gid("FulfillmentEvent", twin.next_id())}
    return {"fulfillmentEventCreate": {"fulfillmentEvent": event, "userErrors": []}}


_EVENT_CODES = frozenset(EVENTS.codes) | {"LABEL_PRINTED", "LABEL_PURCHASED"}


# ----------------------------------------------------------------------- stock


def set_stock(twin: ShopifyWorld, variables: twin_inputs.SetStock) -> Answer:
    """Idempotent as documented: same key and input → the first answer; after a failure a new key is due."""
    wanted = variables.input
    digest = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()
    if known := twin.idempotent.get(variables.key):
        first_digest, first = known
        if first_digest != digest:
            return _stock_refused(
                "IDEMPOTENCY_KEY_PARAMETER_MISMATCH", None, "The key was used for other data."
            )
        if first["inventorySetQuantities"]["userErrors"]:
            return _stock_refused("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", None, "Retry with a new key.")
        return first
    answer = _set_stock(twin, wanted)
    twin.idempotent[variables.key] = (digest, answer)
    return answer


def _set_stock(twin: ShopifyWorld, wanted: twin_inputs.Stock) -> Answer:
    if wanted.name not in ("available", "on_hand"):
        return _stock_refused("INVALID_NAME", ["input", "name"], "The quantity name is invalid.")
    if wanted.reason != "correction":
        return _stock_refused("INVALID_REASON", ["input", "reason"], "The specified reason is invalid.")
    errors = []
    seen: set[tuple[str, str]] = set()
    for position, quantity in enumerate(wanted.quantities):
        problem = _problem(quantity, twin.variant_of_item(quantity.inventory_item_id), seen)
        seen.add((quantity.inventory_item_id, quantity.location_id))
        if problem:
            code, name, message = problem
            field = ["input", "quantities", str(position), name]
            errors.append({"code": code, "field": field, "message": message})
    if errors:
        return {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": errors}}
    for quantity in wanted.quantities:
        if variant := twin.variant_of_item(quantity.inventory_item_id):
            variant.available = quantity.quantity
            twin.record("stock", variant.product.sku, available=quantity.quantity)
    group = {"id": gid("InventoryAdjustmentGroup", twin.next_id())}
    return {"inventorySetQuantities": {"inventoryAdjustmentGroup": group, "userErrors": []}}


def _problem(
    quantity: twin_inputs.Quantity, variant: ShopVariant | None, seen: set[tuple[str, str]]
) -> tuple[str, str, str] | None:
    item = quantity.inventory_item_id
    if isinstance(quantity.change_from_quantity, msgspec.UnsetType):
        raise twin_inputs.Refused("changeFromQuantity must be given, if only as null", "INVALID_VARIABLE")
    if variant is None:
        return "INVALID_INVENTORY_ITEM", "inventoryItemId", "The specified inventory item could not be found."
    if quantity.location_id not in (gid("Location", LOCATION), gid("Location", OTHER_LOCATION)):
        return "INVALID_LOCATION", "locationId", "The specified location could not be found."
    if quantity.quantity < 0:
        return "INVALID_QUANTITY_NEGATIVE", "quantity", "The quantity can't be negative."
    if quantity.quantity > 1_000_000_000:
        return (
            "INVALID_QUANTITY_TOO_HIGH",
            "quantity",
            "The total quantity can't be higher than 1,000,000,000.",
        )
    if (item, quantity.location_id) in seen:
        code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
        return code, "inventoryItemId", "The combination of item and location must be unique."
    if quantity.change_from_quantity not in (None, variant.available):
        stale = "The changeFromQuantity value does not match persisted value."
        return "CHANGE_FROM_QUANTITY_STALE", "changeFromQuantity", stale
    return None


def _stock_refused(code: str, field: list[str] | None, message: str) -> Answer:
    errors = [{"code": code, "field": field, "message": message}]
    return {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": errors}}


# -------------------------------------------------------------------- webhooks


def subscriptions(twin: ShopifyWorld, variables: twin_inputs.NextPage) -> Answer:
    def node(entry: tuple[int, tuple[str, str]]) -> Answer:
        number, (topic, uri) = entry
        return {"id": gid("WebhookSubscription", number), "topic": topic, "uri": uri, "format": "JSON"}

    return {"webhookSubscriptions": page_of(list(twin.subscriptions.items()), 100, variables.after, node)}


def create_subscription(twin: ShopifyWorld, variables: twin_inputs.NewSubscription) -> Answer:
    wanted = (variables.topic, variables.uri)
    if variables.topic not in WANTED_TOPICS | OTHER_TOPICS:
        raise twin_inputs.Refused("topic is not a WebhookSubscriptionTopic", "INVALID_VARIABLE")
    message = ""
    if not variables.uri.startswith("https://"):
        message = "Address protocol http:// is not supported"
    elif wanted in twin.subscriptions.values():
        message = "Address for this topic has already been taken"
    if message:
        errors = _errors((["webhookSubscription", "uri"], message))
        return {"webhookSubscriptionCreate": {"webhookSubscription": None, "userErrors": errors}}
    number = twin.next_id()
    twin.subscriptions[number] = wanted
    twin.record("webhook_subscription", variables.topic, uri=variables.uri)
    made = {"id": gid("WebhookSubscription", number)}
    return {"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": []}}


def delete_subscription(twin: ShopifyWorld, variables: twin_inputs.Id) -> Answer:
    known = twin.subscriptions.pop(_number(variables.id, "WebhookSubscription"), None)
    errors = [] if known else _errors((["id"], "Webhook subscription does not exist"))
    return {
        "webhookSubscriptionDelete": {
            "deletedWebhookSubscriptionId": variables.id if known else None,
            "userErrors": errors,
        }
    }
