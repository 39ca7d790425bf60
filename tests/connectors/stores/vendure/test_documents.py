"""Our GraphQL documents against the schema that a Vendure 3.7.3 server told about itself."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.vendure import PLUGIN, documents
from mappings.canonical import Campaign, LineQuantity, PostalAddress, Shipment, StockLevel, TrackingStatus
from mappings.stores.vendure.documents import OrderDocument

TEXTS = {name: text for name, text in vars(documents).items() if name.isupper()}


@pytest.fixture(scope="session")
def schema(contracts: Path) -> GraphQLSchema:
    return build_schema((contracts / "vendure" / "admin_3.7.3.graphql").read_text())


@pytest.fixture
async def requests() -> list[dict[str, Any]]:
    """Bodies of everything that the connector can send."""
    rig = Rig(PLUGIN)
    twin, connector = rig.twin, rig.connector
    twin.offer([Product(sku="A", title="A", price=Decimal(5), stock=9)])
    address = PostalAddress(name="B", country="GB", city="T", street=("S",))
    order_id = twin.place_order(Purchase(buyer_reference="1", ship_to=address, items=[("A", 2)]))
    shipment = Shipment(
        shipment_id="S",
        order_external_id=order_id,
        carrier="sf",
        tracking_number="T",
        shipped_at=rig.clock(),
        status=TrackingStatus.DELIVERED,
        lines=(LineQuantity(line_id="1", quantity=2),),
    )
    level = StockLevel(listing_id="1", sku="A", available=3, as_of=rig.clock())
    await connector.check()
    pages = [page async for page in connector.pull_orders("")]
    _ = [page async for page in connector.pull_orders(pages[-1].bookmark)]
    _ = [page async for page in connector.pull_listings()]
    await connector.fetch_orders([order_id])
    await connector.list_order_ids(rig.clock(), rig.clock())
    await connector.push_fulfilment(shipment, "k")
    await connector.push_status(shipment, "k")
    await connector.push_stock([level], "k")
    campaign = Campaign(
        campaign_id="c", name="C", starts_at=rig.clock(), listing_ids=("1",), percent=Decimal(10), most_uses=5
    )
    known = msgspec.structs.replace(campaign, external_id=await connector.tell_campaign(campaign, "k"))
    await connector.tell_campaign(known, "k")
    await connector.read_campaign(campaign)
    await connector.end_campaign(known, "k")
    return [json.loads(request.content) for request in rig.wire.sent]


@pytest.mark.parametrize("name", TEXTS)
def test_document_is_valid(schema: GraphQLSchema, name: str):
    assert validate(schema, parse(TEXTS[name])) == []


def test_every_document_is_sent_with_valid_variables(schema: GraphQLSchema, requests: list[dict[str, Any]]):
    assert {request["query"] for request in requests} == set(TEXTS.values())
    for request in requests:
        (operation,) = parse(request["query"]).definitions
        assert isinstance(operation, OperationDefinitionNode)
        found = get_variable_values(schema, operation.variable_definitions or (), request["variables"])
        assert not isinstance(found, list), found


def test_orders_are_selected_as_far_as_they_are_read():
    (operation,) = parse(documents.ORDERS).definitions
    (listing,) = operation.selection_set.selections
    items = next(it for it in listing.selection_set.selections if it.name.value == "items")
    assert _selected(items) == _declared(msgspec.inspect.type_info(OrderDocument))


def _selected(node: FieldNode) -> set[str]:
    """`lines.productVariant.sku` for every leaf."""
    paths = set[str]()
    for field in node.selection_set.selections:
        inner = _selected(field) if field.selection_set else set()
        paths |= {f"{field.name.value}.{path}" for path in inner} or {field.name.value}
    return paths - {"history.items.data"}


def _declared(shape: Any) -> set[str]:
    if isinstance(shape, msgspec.inspect.UnionType):
        return set().union(*(_declared(kind) for kind in shape.types))
    if isinstance(shape, msgspec.inspect.VarTupleType):
        return _declared(shape.item_type)
    if not isinstance(shape, msgspec.inspect.StructType):
        return set()
    paths = set[str]()
    for field in shape.fields:
        paths |= {f"{field.encode_name}.{path}" for path in _declared(field.type)} or {field.encode_name}
    return paths - {"history.items.data.note"}
