"""AfterShip vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

TAG = CodeTable(
    name="aftership.tag",
    source="Delivery Statuses of AfterShip's documents; models/tag.py of aftership-tracking-sdk 10.0.1",
    read_on="2026-11-24",
    codes={
        "Pending": TrackingStatus.UNKNOWN,
        "InfoReceived": TrackingStatus.PRE_TRANSIT,
        "InTransit": TrackingStatus.IN_TRANSIT,
        "OutForDelivery": TrackingStatus.OUT_FOR_DELIVERY,
        "AttemptFail": TrackingStatus.DELIVERY_ATTEMPTED,
        "Delivered": TrackingStatus.DELIVERED,
        "AvailableForPickup": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "Exception": TrackingStatus.EXCEPTION,
        "Expired": TrackingStatus.EXCEPTION,
    },
)

SUBTAG = CodeTable(
    name="aftership.subtag",
    source="values in genuine fixtures; the rest as commonly quoted (unverified)",
    read_on="2026-11-24",
    codes={
        "InTransit_002": TrackingStatus.PICKED_UP,
        "Exception_010": TrackingStatus.RETURNING,
        "Exception_011": TrackingStatus.RETURNED,
        "Exception_013": TrackingStatus.LOST,
    },
)
"""Subtags that mean something else than their tag. All others (AfterShip adds some every year) refine it."""

SLUG = CodeTable(
    name="aftership.slug",
    source="slugs in genuine fixtures and on public forms (all but fedex, ups, usps unverified)",
    read_on="2026-11-24",
    codes={
        "fedex": "fedex",
        "ups": "ups",
        "usps": "usps",
        "dhl": "dhl",
        "sf-express": "sf-express",
        "zto-express": "zto",
    },
)
"""Carriers that have no name among ours keep AfterShip's, in both directions."""

_SLUG_OF = {ours: theirs for theirs, ours in SLUG.codes.items()}


def status_of(tag: str, subtag: str) -> TrackingStatus:
    """A subtag is `Tag_001`; one that belongs to another tag, or to none, is not understood."""
    if subtag and not subtag.startswith(f"{tag}_"):
        return TrackingStatus.UNKNOWN
    return SUBTAG.get(subtag, TAG.get(tag, TrackingStatus.UNKNOWN))


def carrier_of(slug: str) -> str:
    """AfterShip's slug → our carrier."""
    return SLUG.get(slug, slug)


def slug_of(carrier: str) -> str:
    """Our carrier → AfterShip's slug."""
    return _SLUG_OF.get(carrier, carrier)
