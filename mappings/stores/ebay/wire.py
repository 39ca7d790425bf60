"""An order as eBay's Fulfillment API v1 sends it with `fieldGroups=TAX_BREAKDOWN`, as far as we read it.

Amounts are text with uneven decimals, in the seller's currency. Times are UTC with milliseconds. Empty
lists may be there or absent.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from mappings.documents import WireDocument, instant

Quantity = Annotated[int, Meta(ge=0, le=10**9)]
Id = Annotated[str, Meta(min_length=1)]


class Wire(WireDocument, rename="camel"):
    """Parent of eBay's shapes."""


class AmountDocument(Wire):
    """What was converted says its former currency too, which is not read: `value` is the seller's."""

    value: Decimal
    currency: Annotated[str, Meta(min_length=3, max_length=3)]


class Address(Wire):
    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    county: str | None = None
    state_or_province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None


class Phone(Wire):
    phone_number: str | None = None


class Contact(Wire):
    full_name: str | None = None
    company_name: str | None = None
    contact_address: Address | None = None
    primary_phone: Phone | None = None
    email: str | None = None


class BuyerDocument(Wire):
    username: str | None = None
    buyer_registration_address: Contact | None = None


class PricingSummary(Wire):
    """Discounts are negative here; `adjustment` has its own sign."""

    price_subtotal: AmountDocument | None = None
    price_discount: AmountDocument | None = None
    delivery_cost: AmountDocument | None = None
    delivery_discount: AmountDocument | None = None
    tax: AmountDocument | None = None
    fee: AmountDocument | None = None
    adjustment: AmountDocument | None = None
    total: AmountDocument


class CancelStatus(Wire):
    cancel_state: str
    cancelled_date: str | None = None


class Refund(Wire):
    amount: AmountDocument
    refund_status: str | None = None


class Payment(Wire):
    payment_date: str | None = None
    payment_method: str | None = None


class PaymentSummary(Wire):
    refunds: tuple[Refund, ...] | None = None
    payments: tuple[Payment, ...] | None = None


class ShippingStep(Wire):
    """`ship_to_reference_id` belongs on the label where eBay's own forwarder takes over."""

    ship_to: Contact | None = None
    ship_to_reference_id: str | None = None
    shipping_service_code: str | None = None


class Instruction(Wire):
    fulfillment_instructions_type: str | None = None
    shipping_step: ShippingStep | None = None


class LineRefund(Wire):
    amount: AmountDocument | None = None


class Tax(Wire):
    amount: AmountDocument | None = None


class LineInstructions(Wire):
    ship_by_date: str | None = None


class LineDocument(Wire):
    """`line_item_cost` is of all units, before discounts."""

    line_item_id: Id
    legacy_item_id: str | None = None
    legacy_variation_id: str | None = None
    sku: str | None = None
    title: str | None = None
    quantity: Quantity
    line_item_cost: AmountDocument
    discounted_line_item_cost: AmountDocument | None = None
    line_item_fulfillment_status: str
    line_item_fulfillment_instructions: LineInstructions | None = None
    refunds: tuple[LineRefund, ...] | None = None
    taxes: tuple[Tax, ...] | None = None
    ebay_collect_and_remit_taxes: tuple[Tax, ...] | None = None


class ShippedLine(Wire):
    """A quantity that is not told is 1."""

    line_item_id: str
    quantity: Quantity = 1


class Fulfillment(Wire):
    """A parcel that somebody told."""

    fulfillment_id: str = ""
    shipment_tracking_number: str | None = None
    line_items: tuple[ShippedLine, ...] | None = None


class OrderHead(Wire):
    """What the connector itself reads of an order."""

    order_id: Id
    creation_date: str
    last_modified_date: str
    order_fulfillment_status: str

    @property
    def placed_at(self) -> datetime:
        return instant(self.creation_date, "$.creationDate")

    @property
    def changed_at(self) -> datetime:
        return instant(self.last_modified_date, "$.lastModifiedDate")


class OrderDocument(OrderHead):
    """One order. `fulfillments` is what eBay says of its parcels, added by the connector while some lines are
    on their way: an order does not say how many units are."""

    order_payment_status: str
    buyer: BuyerDocument | None = None
    buyer_checkout_notes: str | None = None
    pricing_summary: PricingSummary
    cancel_status: CancelStatus | None = None
    payment_summary: PaymentSummary | None = None
    fulfillment_start_instructions: tuple[Instruction, ...] | None = None
    line_items: Annotated[tuple[LineDocument, ...], Meta(min_length=1)]
    sales_record_reference: str | None = None
    fulfillments: tuple[Fulfillment, ...] | None = None
