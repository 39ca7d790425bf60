"""17TRACK vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="17track.status",
    source="enumeration with the vendor's explanations in public integrations",
    read_on="2026-11-24",
    codes={
        "NotFound": TrackingStatus.UNKNOWN,
        "InfoReceived": TrackingStatus.PRE_TRANSIT,
        "InTransit": TrackingStatus.IN_TRANSIT,
        "Expired": TrackingStatus.EXCEPTION,
        "AvailableForPickup": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "OutForDelivery": TrackingStatus.OUT_FOR_DELIVERY,
        "DeliveryFailure": TrackingStatus.DELIVERY_ATTEMPTED,
        "Delivered": TrackingStatus.DELIVERED,
        "Exception": TrackingStatus.EXCEPTION,
    },
)

SUB_STATUS = CodeTable(
    name="17track.sub_status",
    source="the same enumeration",
    read_on="2026-11-24",
    codes={
        "InTransit_PickedUp": TrackingStatus.PICKED_UP,
        "InTransit_CustomsRequiringInformation": TrackingStatus.EXCEPTION,
        "Exception_Returning": TrackingStatus.RETURNING,
        "Exception_Returned": TrackingStatus.RETURNED,
        "Exception_Rejected": TrackingStatus.DELIVERY_ATTEMPTED,
        "Exception_Lost": TrackingStatus.LOST,
        "Exception_Destroyed": TrackingStatus.LOST,
        "Exception_Cancel": TrackingStatus.CANCELLED,
    },
)
"""Sub statuses that mean something else than the status in front of their underscore."""

STAGE = CodeTable(
    name="17track.stage",
    source="genuine payloads",
    read_on="2026-11-24",
    codes={
        "InfoReceived": TrackingStatus.PRE_TRANSIT,
        "PickedUp": TrackingStatus.PICKED_UP,
        "Departure": TrackingStatus.IN_TRANSIT,
        "Arrival": TrackingStatus.IN_TRANSIT,
        "AvailableForPickup": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "OutForDelivery": TrackingStatus.OUT_FOR_DELIVERY,
        "Delivered": TrackingStatus.DELIVERED,
        "Returning": TrackingStatus.RETURNING,
        "Returned": TrackingStatus.RETURNED,
    },
)

CARRIER = CodeTable(
    name="17track.carrier",
    source="genuine payloads (100002); public integrations (the others, unverified)",
    read_on="2026-11-24",
    codes={
        "100002": "ups",
        "100003": "fedex",
        "3011": "ems-china-post",
        "7041": "dhl",
        "21051": "usps",
    },
)
"""Carriers that have no name among ours keep their key."""

_KEY_OF = {ours: int(key) for key, ours in CARRIER.codes.items() if ours != "dhl"}
"""7041 is DHL Paket in Germany only; which DHL carries a parcel is left to 17TRACK."""


def status_of(stage: str, sub_status: str) -> TrackingStatus:
    """A sub status is finer than a stage; one that is new is read as the status in front of it."""
    known = SUB_STATUS.codes.get(sub_status) or STATUS.codes.get(sub_status.partition("_")[0])
    return known or STAGE.get(stage, TrackingStatus.UNKNOWN)


def carrier_of(key: int) -> str:
    """17TRACK's key → our carrier."""
    return CARRIER.get(str(key), str(key))


def key_of(carrier: str) -> int | None:
    """Our carrier → 17TRACK's key; null: let 17TRACK find out."""
    return int(carrier) if carrier.isascii() and carrier.isdecimal() else _KEY_OF.get(carrier)
