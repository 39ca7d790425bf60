"""Swift's code tables."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

SCANS = CodeTable(
    name="swift scan codes",
    source="FACTS.md of this example",
    read_on="2026-11-24",
    codes={
        "BK": TrackingStatus.PRE_TRANSIT,
        "PU": TrackingStatus.PICKED_UP,
        "TR": TrackingStatus.IN_TRANSIT,
        "OD": TrackingStatus.OUT_FOR_DELIVERY,
        "DL": TrackingStatus.DELIVERED,
        "CX": TrackingStatus.CANCELLED,
    },
)
