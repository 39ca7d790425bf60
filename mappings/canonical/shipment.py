"""From asking a carrier for a parcel to telling a store about it."""

from datetime import datetime
from decimal import Decimal

from mappings.canonical.tracking import TrackingStatus
from mappings.canonical.values import LineQuantity, Money, PostalAddress, Value


class CargoItem(Value):
    """What is in the parcel, for the label and for customs."""

    sku: str
    title: str
    quantity: int
    unit_value: Decimal = Decimal(0)


class ShipmentRequest(Value):
    """Please carry this. `reference` is ours, unique and the same in every repetition."""

    reference: str
    order_number: str = ""
    platform: str = ""
    platform_order_id: str = ""
    sender: PostalAddress
    recipient: PostalAddress
    cargo: tuple[CargoItem, ...]
    weight_grams: int | None = None
    parcels: int = 1
    service: str = ""
    note: str = ""
    currency: str = ""
    collect_on_delivery: Money | None = None


class Booking(Value):
    """The carrier's promise. `carrier` is canonical; `carrier_order_id` is what a cancellation must name."""

    reference: str
    carrier: str
    tracking_number: str
    carrier_order_id: str = ""
    sub_numbers: tuple[str, ...] = ()
    label_url: str = ""
    service: str = ""
    confirmed: bool = True


class RateQuote(Value):
    """What a carrier would take for a shipment, before anything is booked. `service` is what
    `ShipmentRequest.service` must say to book at this price; `transit_days` is null where nobody promises."""

    carrier: str
    service: str
    price: Money
    transit_days: int | None = None


class BookingCancellation(Value):
    """Please do not carry it after all."""

    reference: str
    carrier: str
    tracking_number: str
    carrier_order_id: str = ""
    reason: str = ""


class Parcel(Value):
    """A parcel to be followed; some carriers ask for the last digits of a telephone before they answer."""

    carrier: str
    tracking_number: str
    reference: str = ""
    telephone_tail: str = ""
    destination: str = ""


class Shipment(Value):
    """What a store is told: these units of that order left in this parcel.

    `shipment_id` is ours and stable; `carrier` is a canonical code that the store's mapping puts into its own
    vocabulary; `status` says how far the parcel got. `former_numbers` are tracking numbers under which the
    store may have been told of this very parcel before its number was corrected.
    """

    shipment_id: str
    order_external_id: str
    carrier: str
    carrier_name: str = ""
    tracking_number: str
    former_numbers: tuple[str, ...] = ()
    tracking_url: str = ""
    shipped_at: datetime
    status: TrackingStatus = TrackingStatus.PICKED_UP
    status_at: datetime | None = None
    lines: tuple[LineQuantity, ...]
    completes_order: bool = True
