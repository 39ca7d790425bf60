"""An order as Amazon's Orders API 2026-01-01 sends it, as far as we read it.

Amounts are text. Which data sets come depends on `includedData` and on the roles of the application: without
them buyer, recipient and proceeds are absent. Orders that are not paid yet have no prices and no address.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument, instant

Quantity = Annotated[int, Meta(ge=0, le=10**9)]
Id = Annotated[str, Meta(min_length=1)]


class Wire(WireDocument, rename="camel"):
    """Parent of Amazon's shapes."""


class MoneyDocument(Wire):
    amount: Decimal
    currency_code: Annotated[str, Meta(min_length=3, max_length=3)]


class Breakdown(Wire):
    """A part of the proceeds: of the whole order, or of all units of an item."""

    type: str
    subtotal: MoneyDocument


class OrderProceeds(Wire):
    grand_total: MoneyDocument | None = None
    breakdowns: tuple[Breakdown, ...] | None = None


class ItemProceeds(Wire):
    breakdowns: tuple[Breakdown, ...] | None = None


class Price(Wire):
    unit_price: MoneyDocument | None = None


class Product(Wire):
    asin: str | None = None
    title: str | None = None
    seller_sku: str | None = None
    price: Price | None = None


class CancellationRequest(Wire):
    requester: str | None = None


class CancellationExecution(Wire):
    cancelled_by: str | None = None
    cancel_reason: str | None = None


class ItemCancellation(Wire):
    cancellation_request: CancellationRequest | None = None
    cancellation_execution: CancellationExecution | None = None


class GiftOption(Wire):
    gift_message: str | None = None


class ItemPacking(Wire):
    gift_option: GiftOption | None = None


class ItemFulfillment(Wire):
    quantity_fulfilled: Quantity | None = None
    quantity_unfulfilled: Quantity | None = None
    packing: ItemPacking | None = None


class ItemDocument(Wire):
    order_item_id: Id
    quantity_ordered: Quantity
    programs: tuple[str, ...] | None = None
    product: Product
    proceeds: ItemProceeds | None = None
    cancellation: ItemCancellation | None = None
    fulfillment: ItemFulfillment | None = None


class Alias(Wire):
    alias_id: str
    alias_type: str


class SalesChannel(Wire):
    channel_name: str
    marketplace_id: str | None = None


class BuyerDocument(Wire):
    """The mail address is an alias that Amazon forwards."""

    buyer_name: str | None = None
    buyer_email: str | None = None
    buyer_purchase_order_number: str | None = None


class ExtendedFields(Wire):
    neighborhood: str | None = None


class AddressDocument(Wire):
    name: str | None = None
    company_name: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    district_or_county: str | None = None
    municipality: str | None = None
    state_or_region: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    extended_fields: ExtendedFields | None = None


class DeliveryPreference(Wire):
    drop_off_location: str | None = None
    address_instruction: str | None = None


class Recipient(Wire):
    delivery_address: AddressDocument | None = None
    delivery_preference: DeliveryPreference | None = None


class Execution(Wire):
    payment_method: str | None = None


class Payment(Wire):
    payment_executions: tuple[Execution, ...] | None = None


class Window(Wire):
    latest_date_time: str | None = None


class OrderFulfillment(Wire):
    fulfillment_status: str
    fulfilled_by: str | None = None
    fulfillment_service_level: str | None = None
    ship_by_window: Window | None = None


class PackageItem(Wire):
    order_item_id: str
    quantity: Quantity


class Package(Wire):
    """A parcel that somebody confirmed; its reference is the confirmer's."""

    package_reference_id: str
    tracking_number: str | None = None
    package_items: tuple[PackageItem, ...] | None = None


class OrderHead(Wire):
    """What the connector itself reads of an order."""

    order_id: Id
    created_time: str
    last_updated_time: str

    @property
    def placed_at(self) -> datetime:
        return instant(self.created_time, "$.createdTime")

    @property
    def changed_at(self) -> datetime:
        return instant(self.last_updated_time, "$.lastUpdatedTime")


class OrderDocument(OrderHead):
    """One order, with the data sets that the connector asks for."""

    sales_channel: SalesChannel
    order_aliases: tuple[Alias, ...] | None = None
    programs: tuple[str, ...] | None = None
    buyer: BuyerDocument | None = None
    recipient: Recipient | None = None
    proceeds: OrderProceeds | None = None
    payment: Payment | None = None
    fulfillment: OrderFulfillment
    order_items: Annotated[tuple[ItemDocument, ...], Meta(min_length=1)]
    packages: tuple[Package, ...] | None = None
