"""Acme's code tables."""

from mappings.canonical import PaymentStatus, TrackingStatus
from mappings.tables import CodeTable

PAYMENT = CodeTable(
    name="acme payment state",
    source="FACTS.md of this example",
    read_on="2026-11-24",
    codes={
        "open": PaymentStatus.PENDING,
        "settled": PaymentStatus.PAID,
        "part_refunded": PaymentStatus.PARTIALLY_REFUNDED,
        "refunded": PaymentStatus.REFUNDED,
    },
)

CARRIERS = CodeTable(
    name="acme carriers",
    source="FACTS.md of this example",
    read_on="2026-11-24",
    codes={"swift": "SWIFT", "sf-express": "SF", "ups": "UPS"},
)

PARCEL_STATUS = CodeTable(
    name="acme parcel status",
    source="FACTS.md of this example",
    read_on="2026-11-24",
    codes={
        status.value: "done" if status is TrackingStatus.DELIVERED else "moving" for status in TrackingStatus
    },
)
