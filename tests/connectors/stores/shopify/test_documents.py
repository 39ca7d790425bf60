"""Our documents, tables and the twin against the vendor's own schema (Admin GraphQL 2026-10).

Reading the schema takes seconds, so it is read once, and only here.
"""

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from connectors.kit.conformance.rig import BASE_URL
from connectors.stores.shopify import documents, twin_inputs
from connectors.stores.shopify.twin_operations import OTHER_TOPICS
from connectors.stores.shopify.twin_world import OTHER_LOCATION
from connectors.stores.shopify.webhooks import WANTED_TOPICS
from mappings.canonical import Campaign, Money, TrackingStatus
from mappings.stores.shopify import outward, tables

DOCUMENTS = {
    name: text
    for name, text in vars(documents).items()
    if isinstance(text, str) and re.match(r"\s*(query|mutation) ", text)
}


@pytest.fixture(scope="session")
def schema(contracts) -> GraphQLSchema:
    text = (contracts / "shopify" / "admin_2026-10.nodesc.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True)


@pytest.fixture(scope="session")
def described(contracts) -> str:
    return (contracts / "shopify" / "admin_2026-10.graphql").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_document_is_valid(schema, name):
    assert validate(schema, parse(DOCUMENTS[name])) == []


def test_a_wrong_document_would_be_noticed(schema):
    wrong = documents.LISTINGS.replace("barcode", "barcodes")
    assert "barcodes" in validate(schema, parse(wrong))[0].message


def test_changes_are_asked_for_oldest_first_by_their_time(schema):
    asked: dict[str, Any] = {}

    def orders(_: Any, **arguments: Any) -> dict[str, Any]:
        asked.update(arguments)
        return {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}

    variables = {"query": "updated_at:>='2026-03-02T08:00:00Z'", "first": 5, "after": "cursor"}
    execute_sync(
        schema, parse(documents.CHANGED_ORDERS), root_value={"orders": orders}, variable_values=variables
    )
    assert asked == {**variables, "sortKey": "UPDATED_AT", "reverse": False}


@pytest.mark.parametrize(
    ("codes", "enumeration"),
    [
        (tables.PAYMENT.codes, "OrderDisplayFinancialStatus"),
        (tables.FULFILMENT_ORDER.codes, "FulfillmentOrderStatus"),
        (tables.NEEDS_PARCEL.codes, "DeliveryMethodType"),
        ({**tables.EVENTS.codes, "LABEL_PRINTED": 0, "LABEL_PURCHASED": 0}, "FulfillmentEventStatus"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tables_hold_exactly_the_schemas_codes(schema, codes, enumeration):
    assert set(codes) == set(_enum(schema, enumeration).values)


def test_codes_that_we_send_exist(schema):
    assert _enum(schema, "WebhookSubscriptionTopic").values.keys() >= WANTED_TOPICS | OTHER_TOPICS
    assert _enum(schema, "FulfillmentStatus").values.keys() >= tables.DEAD_FULFILMENTS
    assert outward.CREATE_FULFILMENT in _enum(schema, "FulfillmentOrderAction").values
    assert _enum(schema, "InventorySetQuantitiesUserErrorCode").values.keys() >= outward.STOCK_LATER


def test_companies_are_spelt_as_on_shopifys_list(described):
    text = re.search(r"### Supported tracking companies(.*?)\n  company: String", described, re.DOTALL)[1]
    listed = {name.strip(" *.") for name in re.split(r"[\n,]|\*\*: ", re.sub(r",\s+", ",", text))}
    assert set(tables.COMPANIES.values()) <= listed
    assert {it: tables.COMPANIES[it] for it in ("ups", "usps", "fedex", "sf-express")} == {
        "ups": "UPS", "usps": "USPS", "fedex": "FedEx", "sf-express": "SF Express"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (twin_inputs.Fulfilment, "FulfillmentInput"),
        (twin_inputs.FulfilmentOrderLines, "FulfillmentOrderLineItemsInput"),
        (twin_inputs.FulfilmentOrderLine, "FulfillmentOrderLineItemInput"),
        (twin_inputs.Tracking, "FulfillmentTrackingInput"),
        (twin_inputs.Event, "FulfillmentEventInput"),
        (twin_inputs.Stock, "InventorySetQuantitiesInput"),
        (twin_inputs.Quantity, "InventoryQuantityInput"),
        (twin_inputs.Discount, "DiscountAutomaticBasicInput"),
        (twin_inputs.BuyerContext, "DiscountContextInput"),
        (twin_inputs.CustomerGets, "DiscountCustomerGetsInput"),
        (twin_inputs.DiscountValue, "DiscountCustomerGetsValueInput"),
        (twin_inputs.AmountOff, "DiscountAmountInput"),
        (twin_inputs.DiscountItems, "DiscountItemsInput"),
        (twin_inputs.DiscountProducts, "DiscountProductsInput"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_twin_takes_no_field_that_the_schema_does_not_know(schema, ours, theirs):
    kind = schema.type_map[theirs]
    assert isinstance(kind, GraphQLInputObjectType)
    fields = {field.encode_name: field for field in msgspec.structs.fields(ours)}
    assert set(fields) <= set(kind.fields)
    demanded = {name for name, field in kind.fields.items() if str(field.type).endswith("!")}
    assert demanded <= set(fields)


async def test_twin_answers_exactly_what_the_documents_select(schema, desk):
    """Every exchange of a busy day, run again through the vendor's types over the twin's answer as data."""
    exchanges = await _busy_day(desk)
    assert {name for name, *_ in exchanges} == set(DOCUMENTS)
    for name, variables, data in exchanges:
        result = execute_sync(
            schema,
            parse(DOCUMENTS[name]),
            root_value=_with_types(data),
            variable_values=variables,
            type_resolver=lambda value, *_: value["__typename"],
        )
        assert (name, result.errors) == (name, None)
        assert (name, _without_nothing(result.data)) == (name, _without_nothing(data))


def _enum(schema: GraphQLSchema, name: str) -> GraphQLEnumType:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    return kind


def _with_types(data: dict[str, Any]) -> dict[str, Any]:
    """`nodes(ids:)` is an interface; our document asks for no type name, so the test adds it."""
    if isinstance(data.get("nodes"), list):
        return {"nodes": [node and {"__typename": "Order", **node} for node in data["nodes"]]}
    return data


def _without_nothing(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


async def _busy_day(desk: Any) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(document name, variables, data) of all that the connector and the twin can say to each other."""
    names = {text: name for name, text in DOCUMENTS.items()}
    exchanges: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def listen(number: int, answer: Any) -> Any:
        sent = desk.rig.wire.sent[number].content
        if sent.startswith(b"{"):
            request = msgspec.json.decode(sent)
            data = msgspec.json.decode(answer.content)["data"]
            exchanges.append((names[request["query"]], request["variables"], data))
        return answer

    desk.rig.wire.spoil = listen
    await _say_everything(desk)
    return exchanges


async def _say_everything(desk: Any) -> None:
    connector = desk.connector
    await connector.check()
    plain, large, held, unpaid, cancelled = [
        desk.place(("SKU-1", 2)),
        desk.place(*((f"SKU-{n}", 1) for n in range(12))),
        desk.place(("SKU-2", 1)),
        desk.place(("SKU-2", 3), paid=False, cash_on_delivery=True, note="Ring", is_test=True),
        desk.place(("SKU-3", 1)),
    ]
    desk.twin.hold(held)
    desk.twin.cancel_order(cancelled)
    desk.twin.move(large, 0, 1, OTHER_LOCATION)
    await connector.fetch_orders([plain, large, held, unpaid, cancelled, "gid://shopify/Order/404"])
    await desk.pull()
    await connector.list_order_ids(desk.clock(), desk.clock())
    levels = [page async for page in connector.pull_listings()]
    assert levels
    shipment = await desk.shipment(plain)
    await connector.push_fulfilment(shipment, "k")
    corrected = msgspec.structs.replace(shipment, tracking_number="SF124", former_numbers=("SF123",))
    await connector.push_fulfilment(corrected, "k")
    shipment = msgspec.structs.replace(corrected, former_numbers=())
    assert await connector.find_fulfilment(shipment)
    for status in (TrackingStatus.PICKED_UP, TrackingStatus.DELIVERED):
        await connector.push_status(msgspec.structs.replace(shipment, status=status), "k")
    await connector.push_stock(await desk.levels(3, 4), "k")
    await connector.push_stock([desk.unknown_level()], "k")
    await _run_campaigns(desk, connector, levels[0].deliveries[0].external_id)
    desk.twin.subscriptions[9] = ("PRODUCTS_UPDATE", BASE_URL)
    await connector.register_webhooks(BASE_URL)
    await connector.register_webhooks(BASE_URL)


async def _run_campaigns(desk: Any, connector: Any, listing_id: str) -> None:
    percent = Campaign(
        campaign_id="c", name="C", starts_at=desk.clock(), listing_ids=(listing_id,), percent=Decimal(10)
    )
    known = msgspec.structs.replace(percent, external_id=await connector.tell_campaign(percent, "k"))
    amount = Money(amount=Decimal("1.50"), currency="EUR")
    await connector.tell_campaign(msgspec.structs.replace(known, percent=None, amount_off=amount), "k")
    await connector.read_campaign(known)
    await connector.end_campaign(known, "k")
