"""Shippo vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="shippo.status",
    source="TrackingStatusEnum of shippo 3.9.0",
    read_on="2026-11-24",
    codes={
        "UNKNOWN": TrackingStatus.UNKNOWN,
        "PRE_TRANSIT": TrackingStatus.PRE_TRANSIT,
        "TRANSIT": TrackingStatus.IN_TRANSIT,
        "DELIVERED": TrackingStatus.DELIVERED,
        "RETURNED": TrackingStatus.RETURNED,
        "FAILURE": TrackingStatus.EXCEPTION,
    },
)

SUBSTATUS = CodeTable(
    name="shippo.substatus.code",
    source="the vendor's event definitions as commonly quoted (unverified)",
    read_on="2026-11-24",
    codes={
        "information_received": TrackingStatus.PRE_TRANSIT,
        "package_accepted": TrackingStatus.PICKED_UP,
        **dict.fromkeys(("package_arrived", "package_departed"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("package_processing", "package_processed"), TrackingStatus.IN_TRANSIT),
        "package_forwarded": TrackingStatus.IN_TRANSIT,
        **dict.fromkeys(("delivery_scheduled", "delivery_rescheduled"), TrackingStatus.IN_TRANSIT),
        "out_for_delivery": TrackingStatus.OUT_FOR_DELIVERY,
        "pickup_available": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "delivered": TrackingStatus.DELIVERED,
        **dict.fromkeys(("delivery_attempted", "notice_left"), TrackingStatus.DELIVERY_ATTEMPTED),
        "location_inaccessible": TrackingStatus.DELIVERY_ATTEMPTED,
        "reschedule_delivery": TrackingStatus.DELIVERY_ATTEMPTED,
        **dict.fromkeys(("contact_carrier", "address_issue"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("package_held", "package_delayed", "package_damaged"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("package_undeliverable", "package_unclaimed"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("package_disposed", "package_lost"), TrackingStatus.LOST),
        "return_to_sender": TrackingStatus.RETURNING,
    },
)

CARRIER = CodeTable(
    name="shippo.carrier",
    source="tokens in recorded answers (usps) and in docs/sdks of the vendor's SDK",
    read_on="2026-11-24",
    codes={"usps": "usps", "ups": "ups", "fedex": "fedex", "dhl_express": "dhl"},
)
"""Carriers that have no name among ours keep Shippo's token, in both directions."""

_TOKEN_OF = {ours: theirs for theirs, ours in CARRIER.codes.items()}


def status_of(status: str, substatus: str) -> TrackingStatus:
    """A substatus that is known refines the status."""
    return SUBSTATUS.get(substatus, STATUS.get(status, TrackingStatus.UNKNOWN))


def carrier_of(name: str) -> str:
    """A token («dhl_express») or a provider's name («DHL Express») → our carrier."""
    token = name.lower().replace(" ", "_")
    return CARRIER.get(token, token)


def token_of(carrier: str) -> str:
    """Our carrier → Shippo's token."""
    return _TOKEN_OF.get(carrier, carrier)
