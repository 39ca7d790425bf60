"""The canonical model in one import: what platforms are translated to and from."""

from mappings.canonical.campaign import Campaign, ShownCampaign
from mappings.canonical.carriers import CARRIER_NAMES
from mappings.canonical.listing import Listing
from mappings.canonical.order import Fulfiller, OrderLine, PaymentStatus, SalesOrder
from mappings.canonical.shipment import (
    Booking,
    BookingCancellation,
    CargoItem,
    Parcel,
    RateQuote,
    Shipment,
    ShipmentRequest,
)
from mappings.canonical.stock import StockLevel, StockRefusal
from mappings.canonical.tracking import TrackingEvent, TrackingReport, TrackingStatus, oldest_first
from mappings.canonical.values import (
    Buyer,
    LineQuantity,
    Money,
    PostalAddress,
    Value,
    minor_unit,
)

__all__ = [
    "CARRIER_NAMES",
    "Booking",
    "BookingCancellation",
    "Buyer",
    "Campaign",
    "CargoItem",
    "Fulfiller",
    "LineQuantity",
    "Listing",
    "Money",
    "OrderLine",
    "Parcel",
    "PaymentStatus",
    "PostalAddress",
    "RateQuote",
    "SalesOrder",
    "Shipment",
    "ShipmentRequest",
    "ShownCampaign",
    "StockLevel",
    "StockRefusal",
    "TrackingEvent",
    "TrackingReport",
    "TrackingStatus",
    "Value",
    "minor_unit",
    "oldest_first",
]
