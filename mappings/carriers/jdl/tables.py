"""JD Logistics vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATE = CodeTable(
    name="jdl.state",
    source="OLTS mappings (cn-jdl, CC BY 4.0) of JDL's list of node codes",
    read_on="2026-11-24",
    codes={
        **dict.fromkeys(
            (
                *("10010", "200002", "200018", "200020", "200030", "200034", "200035"),
                *("200036", "200037", "200053", "200062", "200063", "200071"),
            ),
            TrackingStatus.PRE_TRANSIT,
        ),
        "200001": TrackingStatus.PICKED_UP,
        **dict.fromkeys(
            (
                *("10032", "10033", "10054", "200004", "200006", "200007", "200008", "200009"),
                *("200011", "200012", "200013", "200017", "200019", "200038", "200039", "200040"),
                *("200050", "200055", "200056", "200058", "200061", "200072", "200075", "200076", "200077"),
            ),
            TrackingStatus.IN_TRANSIT,
        ),
        "11000": TrackingStatus.OUT_FOR_DELIVERY,
        **dict.fromkeys(("200051", "200057"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        **dict.fromkeys(("10034", "10042"), TrackingStatus.DELIVERED),
        **dict.fromkeys(
            ("10035", "200003", "200023", "200031", "200068", "200069"), TrackingStatus.DELIVERY_ATTEMPTED
        ),
        **dict.fromkeys(
            (
                *("200000", "200032", "200052", "200059", "200064"),
                *("200065", "200066", "200067", "200070"),
            ),
            TrackingStatus.EXCEPTION,
        ),
        "200060": TrackingStatus.RETURNING,
        **dict.fromkeys(("200033", "200054"), TrackingStatus.RETURNED),
        "200010": TrackingStatus.CANCELLED,
    },
)
"""The fine code of an event."""

CATEGORY = CodeTable(
    name="jdl.category",
    source="OLTS mappings (cn-jdl, CC BY 4.0) of JDL's list of order states",
    read_on="2026-11-24",
    codes={
        **dict.fromkeys(("100", "390"), TrackingStatus.PRE_TRANSIT),
        "420": TrackingStatus.PICKED_UP,
        "430": TrackingStatus.IN_TRANSIT,
        "440": TrackingStatus.OUT_FOR_DELIVERY,
        "510": TrackingStatus.DELIVERED,
        "530": TrackingStatus.DELIVERY_ATTEMPTED,
        **dict.fromkeys(("403", "480", "500", "700"), TrackingStatus.EXCEPTION),
        "690": TrackingStatus.CANCELLED,
    },
)
"""The coarse code; it speaks where the fine one is unknown."""

CANCELLED = CodeTable(
    name="jdl.resultType",
    source="two public clients that quote JDL's document of orders/cancel",
    read_on="2026-11-24",
    codes={
        "0": "",
        "1": "the parcel had left, is intercepted and comes back",
        "2": "JD Logistics could not cancel the order",
        "3": "the parcel had left and could not be intercepted",
    },
)
"""Result of a cancellation → why it is none; empty for a success."""
