"""YTO vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="yto.infoContent",
    source="OLTS mappings (cn-yto, CC BY 4.0); a public receiver of the status push",
    read_on="2026-11-24",
    codes={
        "ACCEPT": TrackingStatus.PRE_TRANSIT,
        "UNACCEPT": TrackingStatus.CANCELLED,
        "NOT_SEND": TrackingStatus.EXCEPTION,
        "GOT": TrackingStatus.PICKED_UP,
        **dict.fromkeys(("ARRIVAL", "DEPARTURE", "PACKAGE", "UNPACK"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("FORWARDING", "AIRSEND", "AIRPICK"), TrackingStatus.IN_TRANSIT),
        "SENT_SCAN": TrackingStatus.OUT_FOR_DELIVERY,
        "INBOUND": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "SIGNED": TrackingStatus.DELIVERED,
        "FAILED": TrackingStatus.DELIVERY_ATTEMPTED,
        "TMS_RETURN": TrackingStatus.RETURNING,
    },
)
"""Queries and pushes share their words. There is no RETURN, REJECT or RETENTION: a return is TMS_RETURN."""
