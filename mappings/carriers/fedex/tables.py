"""FedEx vocabularies → ours."""

from collections.abc import Mapping

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="fedex.eventType",
    source="tracking-status-codes.html, the vendor's table in karrio's folder for FedEx",
    read_on="2026-11-24",
    codes={
        **dict.fromkeys(("OC", "OX", "MD", "EP", "DS", "PD", "DR", "RP", "RG"), TrackingStatus.PRE_TRANSIT),
        **dict.fromkeys(("PU", "PX", "AP"), TrackingStatus.PICKED_UP),
        **dict.fromkeys(("OF", "AA", "AC", "AF", "AO", "AR", "AX", "CH", "DP"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("EA", "EO", "FD", "IT", "IX", "LO", "Ow", "PF", "PL"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("PM", "SF", "SP", "TR", "TP", "CC", "CP", "RR", "RM"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("RC", "RL"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("AD", "ED", "OD"), TrackingStatus.OUT_FOR_DELIVERY),
        **dict.fromkeys(("HL", "HP"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        "DL": TrackingStatus.DELIVERED,
        "DE": TrackingStatus.DELIVERY_ATTEMPTED,
        **dict.fromkeys(("HA", "SE", "CD", "DD", "DY"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("RS", "RT"), TrackingStatus.RETURNING),
        **dict.fromkeys(("LP", "RD", "CA"), TrackingStatus.CANCELLED),
    },
)
"""Two letters of a scan. «DE» is a failed attempt, «DL» a delivery."""

RETURNS = frozenset({"RS", "RT"})
DELIVERED = "DL"
"""After one of `RETURNS` this is the parcel's arrival at its sender."""

TRANSIT_DAYS: Mapping[str, int] = {
    "ONE_DAY": 1,
    "TWO_DAYS": 2,
    "THREE_DAYS": 3,
    "FOUR_DAYS": 4,
    "FIVE_DAYS": 5,
    "SIX_DAYS": 6,
    "SEVEN_DAYS": 7,
    "EIGHT_DAYS": 8,
    "NINE_DAYS": 9,
    "TEN_DAYS": 10,
}
"""Words that rates use for business days; there are more, which nobody promises by."""


def status_of(event: str, derived: str) -> TrackingStatus:
    """A scan's own code, else the one that FedEx derives from it."""
    return STATUS.get(event, STATUS.get(derived, TrackingStatus.UNKNOWN))
