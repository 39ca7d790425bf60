"""DHL vocabularies (Shipment Tracking Unified) → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="dhl.statusCode",
    source="Shipment Tracking Unified, five values; genuine answers of all divisions",
    read_on="2026-11-24",
    codes={
        "pre-transit": TrackingStatus.PRE_TRANSIT,
        "transit": TrackingStatus.IN_TRANSIT,
        "delivered": TrackingStatus.DELIVERED,
        "failure": TrackingStatus.DELIVERY_ATTEMPTED,
        "unknown": TrackingStatus.UNKNOWN,
    },
)
"""What all divisions say. It lags behind the words: a parcel that is back at its sender is «transit»."""

WORDS = CodeTable(
    name="dhl.status",
    source="genuine answers of parcel-nl, parcel-de, ecommerce and express (derived, unverified as a list)",
    read_on="2026-11-24",
    codes={
        "PRENOTIFICATION_RECEIVED": TrackingStatus.PRE_TRANSIT,
        "PARCEL_SORTED_AT_HUB": TrackingStatus.IN_TRANSIT,
        "PARCEL_ARRIVED_AT_LOCAL_DEPOT": TrackingStatus.IN_TRANSIT,
        "OUT_FOR_DELIVERY": TrackingStatus.OUT_FOR_DELIVERY,
        "PARCEL_HANDED_OVER_TO_COURIER": TrackingStatus.OUT_FOR_DELIVERY,
        "NOT_HOME": TrackingStatus.DELIVERY_ATTEMPTED,
        "NOT_HOME_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP": TrackingStatus.DELIVERY_ATTEMPTED,
        "DELIVERED_AT_PARCELSHOP": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "STORAGE_PERIOD_ENDED_AT_PARCELSHOP": TrackingStatus.RETURNING,
        "RETURNED_TO_SHIPPER": TrackingStatus.RETURNING,
        "ON_ROUTE_TO_SHIPPER": TrackingStatus.RETURNING,
        "DELIVERED_AT_SHIPPER": TrackingStatus.RETURNED,
        "The shipment has been loaded onto the delivery vehicle": TrackingStatus.OUT_FOR_DELIVERY,
        "DELIVERED": TrackingStatus.DELIVERED,
        "OUT FOR DELIVERY": TrackingStatus.OUT_FOR_DELIVERY,
        "The instruction data for this shipment have been provided by the sender to DHL electronically": (
            TrackingStatus.PRE_TRANSIT
        ),
    },
)
"""A division's own words that mean more than its code."""


def status_of(code: str | None, words: str | None) -> TrackingStatus:
    """Events without any code are on the way: freight (dgf) tells them so."""
    by_code = STATUS.get(code, TrackingStatus.UNKNOWN) if code else TrackingStatus.IN_TRANSIT
    return WORDS.get(words or "", by_code)
