"""DHL Express checkpoints → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

CHECKPOINT = CodeTable(
    name="dhl-express.typeCode",
    source="mydhl-event-codes.csv (service express), the vendor's table in karrio's folder for MyDHL",
    read_on="2026-11-24",
    codes={
        "SM": TrackingStatus.PRE_TRANSIT,
        **dict.fromkeys(("PU", "SA"), TrackingStatus.PICKED_UP),
        **dict.fromkeys(("PL", "AF", "DF", "AR", "TR", "TP", "FD", "IC", "CR"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("BR", "BN", "RR", "RW", "PY", "SC"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("WC", "AD"), TrackingStatus.OUT_FOR_DELIVERY),
        "CC": TrackingStatus.AVAILABLE_FOR_PICKUP,
        **dict.fromkeys(("OK", "DD", "PD", "DL"), TrackingStatus.DELIVERED),
        **dict.fromkeys(("BA", "CA", "CM", "ND", "NH", "RD"), TrackingStatus.DELIVERY_ATTEMPTED),
        **dict.fromkeys(("MC", "MS", "MD", "OH", "HP", "CD", "UD", "SS"), TrackingStatus.EXCEPTION),
        "RT": TrackingStatus.RETURNED,
        "DS": TrackingStatus.LOST,
        "CS": TrackingStatus.UNKNOWN,
    },
)
