"""EasyPost vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="easypost.status",
    source="Tracker and Shipment pages of docs.easypost.com, tests of easypost 10.7.0",
    read_on="2026-11-24",
    codes={
        "unknown": TrackingStatus.UNKNOWN,
        "pre_transit": TrackingStatus.PRE_TRANSIT,
        "in_transit": TrackingStatus.IN_TRANSIT,
        "out_for_delivery": TrackingStatus.OUT_FOR_DELIVERY,
        "available_for_pickup": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "delivered": TrackingStatus.DELIVERED,
        "return_to_sender": TrackingStatus.RETURNING,
        "failure": TrackingStatus.DELIVERY_ATTEMPTED,
        "cancelled": TrackingStatus.CANCELLED,
        "error": TrackingStatus.UNKNOWN,
    },
)
"""A parcel that is back at its sender has no status of its own."""

TROUBLE = CodeTable(
    name="easypost.status_detail",
    source="as commonly quoted (unverified)",
    read_on="2026-11-24",
    codes={
        "lost": TrackingStatus.LOST,
        "damaged": TrackingStatus.EXCEPTION,
        "refused": TrackingStatus.EXCEPTION,
        "address_correction": TrackingStatus.EXCEPTION,
    },
)
"""What a `failure` or an `error` is about; other details say nothing that a rule reads."""

TROUBLED = frozenset({"failure", "error"})

CARRIER = CodeTable(
    name="easypost.carrier",
    source="carrier names in genuine answers and in the vendor's documents; our names are the shared ones",
    read_on="2026-11-24",
    codes={
        "USPS": "usps",
        "UPS": "ups",
        "UPSDAP": "ups",
        "FedEx": "fedex",
        "FedExDefault": "fedex",
        "DHLExpress": "dhl",
    },
)
"""Carriers that have no name among ours keep the vendor's, in both directions."""

_NAME_OF = {ours: theirs for theirs, ours in reversed(tuple(CARRIER.codes.items()))}


def status_of(status: str, detail: str) -> TrackingStatus:
    known = STATUS.get(status, TrackingStatus.UNKNOWN)
    return TROUBLE.get(detail, known) if status in TROUBLED else known


def carrier_of(name: str) -> str:
    """EasyPost's carrier → ours."""
    return CARRIER.get(name, name)


def name_of(carrier: str) -> str:
    """Our carrier → EasyPost's; of several accounts of one carrier the plain one."""
    return _NAME_OF.get(carrier, carrier)
