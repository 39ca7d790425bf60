"""Variables of the documents that the twin understands: as strict as the schema (2026-10)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec


class Refused(Exception):
    """A top-level GraphQL error."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Input(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Parent of variables and input objects: an unknown field is an error, as in GraphQL."""


class GraphQLRequest(msgspec.Struct):
    query: str
    variables: dict[str, Any] = {}


GlobalId = Annotated[str, msgspec.Meta(pattern=r"^gid://shopify/[A-Za-z]+/\d+$")]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Check(Input):
    location: GlobalId | None = None


class Id(Input):
    id: GlobalId


class NextPage(Input):
    after: str | None = None


class PageOfId(Input):
    id: GlobalId
    after: str | None = None


class Search(Input):
    query: str | None = None
    after: str | None = None


class ChangedOrders(Input):
    first: Annotated[int, msgspec.Meta(ge=1, le=250)]
    query: str | None = None
    after: str | None = None


class Ids(Input):
    ids: Annotated[list[GlobalId], msgspec.Meta(max_length=250)]


class FulfilmentOrderLine(Input):
    id: GlobalId
    quantity: int


class FulfilmentOrderLines(Input):
    fulfillment_order_id: GlobalId
    fulfillment_order_line_items: (
        Annotated[list[FulfilmentOrderLine], msgspec.Meta(max_length=250)] | None
    ) = None


class Tracking(Input):
    company: str | None = None
    number: str | None = None
    numbers: list[str] | None = None
    url: str | None = None
    urls: list[str] | None = None


class Fulfilment(Input):
    line_items_by_fulfillment_order: list[FulfilmentOrderLines]
    notify_customer: bool = False
    tracking_info: Tracking | None = None


class NewFulfilment(Input):
    fulfillment: Fulfilment


class NewTracking(Input):
    id: GlobalId
    tracking: Tracking
    notify: bool


class Event(Input):
    fulfillment_id: GlobalId
    status: str
    happened_at: datetime | None = None


class NewEvent(Input):
    event: Event


class Quantity(Input):
    inventory_item_id: GlobalId
    location_id: GlobalId
    quantity: int
    change_from_quantity: int | msgspec.UnsetType | None = msgspec.UNSET


class Stock(Input):
    name: str
    reason: str
    quantities: Annotated[list[Quantity], msgspec.Meta(max_length=250)]
    reference_document_uri: str | None = None


class SetStock(Input):
    input: Stock
    key: Text


class NewSubscription(Input):
    topic: str
    uri: str


class BuyerContext(Input):
    all: Literal["ALL"]


class AmountOff(Input):
    amount: Decimal
    applies_on_each_item: bool = False


class DiscountValue(Input):
    percentage: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    discount_amount: AmountOff | None = None


class DiscountProducts(Input):
    product_variants_to_add: list[GlobalId] = []
    product_variants_to_remove: list[GlobalId] = []


class DiscountItems(Input):
    products: DiscountProducts


class CustomerGets(Input):
    value: DiscountValue
    items: DiscountItems


class Discount(Input):
    title: str
    starts_at: datetime
    context: BuyerContext
    customer_gets: CustomerGets
    ends_at: datetime | None = None
    tags: list[str] = []


class NewDiscount(Input):
    input: Discount


class ChangedDiscount(Input):
    id: GlobalId
    input: Discount


class TagSearch(Input):
    query: Annotated[str, msgspec.Meta(pattern=r"^tag:[a-z0-9_-]+$")]
