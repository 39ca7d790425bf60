"""ZTO vocabularies → ours. Queries and pushes use the same words for different things: two tables."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

SCAN_TYPE = CodeTable(
    name="zto.scanType",
    source="OLTS mappings (cn-zto, CC BY 4.0) of ZTO's documents; ZhongtongScanType of aggregatelogistics",
    read_on="2026-11-24",
    codes={
        **dict.fromkeys(("收件", "1"), TrackingStatus.PICKED_UP),
        **dict.fromkeys(("发件", "到件", "转单", "安检", "2", "3", "9"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("派件", "DELIVERY", "4", "45"), TrackingStatus.OUT_FOR_DELIVERY),
        **dict.fromkeys(("ARRIVAL", "第三方签收", "44"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        **dict.fromkeys(("签收", "SIGNED", "5", "7"), TrackingStatus.DELIVERED),
        **dict.fromkeys(("问题件", "事件", "DEPARTURE"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("退件", "退件签收", "8"), TrackingStatus.RETURNED),
    },
)
"""Of queries. ARRIVAL: put into a locker; SIGNED: taken out of it; DEPARTURE: taken out by the courier.
Numbers appear after a change of the waybill."""

ACTION = CodeTable(
    name="zto.action",
    source="13 genuine pushes of the test environment in YangLiCon/docs; the last four codes are unverified",
    read_on="2026-11-24",
    codes={
        "GOT": TrackingStatus.PICKED_UP,
        "DEPARTURE": TrackingStatus.IN_TRANSIT,
        "ARRIVAL": TrackingStatus.IN_TRANSIT,
        "DISPATCH": TrackingStatus.OUT_FOR_DELIVERY,
        "INBOUND": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "HANDOVERSCAN_SIGNED": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "DEPARTURE_SIGNED": TrackingStatus.DELIVERED,
        "SIGNED": TrackingStatus.DELIVERED,
        "RETURN": TrackingStatus.RETURNING,
        "RETURN_SCAN": TrackingStatus.RETURNING,
        "RETURN_SIGNED": TrackingStatus.RETURNED,
        "PROBLEM": TrackingStatus.EXCEPTION,
    },
)
"""Of pushes. HANDOVERSCAN_SIGNED: a station has it, not the addressee, whatever the name says;
DEPARTURE_SIGNED: the addressee took it out of the station."""
