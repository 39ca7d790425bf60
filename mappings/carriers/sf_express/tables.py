"""SF Express vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

ROUTE_STATUS = CodeTable(
    name="sf-express.opCode",
    source="genuine sandbox pushes of 2025, the vendor's route sample, public ShunfengOpCode lists",
    read_on="2026-11-24",
    codes={
        "655": TrackingStatus.PRE_TRANSIT,
        "50": TrackingStatus.PICKED_UP,
        "54": TrackingStatus.PICKED_UP,
        **dict.fromkeys(("30", "31", "36", "44", "123", "407", "501", "3036"), TrackingStatus.IN_TRANSIT),
        "204": TrackingStatus.OUT_FOR_DELIVERY,
        **dict.fromkeys(("130", "607", "125", "657"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        "33": TrackingStatus.DELIVERY_ATTEMPTED,
        "70": TrackingStatus.DELIVERY_ATTEMPTED,
        "80": TrackingStatus.DELIVERED,
        "8000": TrackingStatus.DELIVERED,
        "99": TrackingStatus.RETURNING,
        "648": TrackingStatus.RETURNING,
    },
)
"""125 and 657 are *unverified*. 8000 follows 80 and only tells who signed."""

COURIER_ASSIGNMENT = "44"
ON_THE_LAST_VEHICLE = ("派送途中", "正在派送")
"""Payloads of 2023 and 2025 use 44 for «a courier is being assigned», older ones for «out for delivery»:
the remark tells them apart."""

REMARK_STATUS = (
    ("准备签收", TrackingStatus.OUT_FOR_DELIVERY),
    ("签收", TrackingStatus.DELIVERED),
    ("派送", TrackingStatus.OUT_FOR_DELIVERY),
    ("派件", TrackingStatus.OUT_FOR_DELIVERY),
    ("退回", TrackingStatus.RETURNING),
    ("转寄", TrackingStatus.RETURNING),
    ("代收", TrackingStatus.AVAILABLE_FOR_PICKUP),
    ("丰巢", TrackingStatus.AVAILABLE_FOR_PICKUP),
)
"""What the remark says when no table knows the opCode; the first text that it contains counts. «请您准备签收»
announces a delivery and must not read as one."""

FIRST_STATUS = CodeTable(
    name="sf-express.firstStatusCode",
    source="vendor route sample shows 1 and 7; 2, 3 and 4 are unverified",
    read_on="2026-11-24",
    codes={
        "1": TrackingStatus.PICKED_UP,
        "2": TrackingStatus.IN_TRANSIT,
        "3": TrackingStatus.OUT_FOR_DELIVERY,
        "4": TrackingStatus.DELIVERED,
        "7": TrackingStatus.PRE_TRANSIT,
    },
)

ORDER_STATE = CodeTable(
    name="sf-express.orderStateCode",
    source="genuine sandbox order state pushes of 2025; 00-40045-1000 is unverified",
    read_on="2026-11-24",
    codes={
        "04-40001": TrackingStatus.PRE_TRANSIT,
        "04-40037": TrackingStatus.PRE_TRANSIT,
        "05-40003": TrackingStatus.PICKED_UP,
        "00-40045-1000": TrackingStatus.EXCEPTION,
    },
)

CONFIRMED = CodeTable(
    name="sf-express.filterResult",
    source="vendor document of EXP_RECE_CREATE_ORDER",
    read_on="2026-11-24",
    codes={"1": False, "2": True},
)
"""1: SF's people still check the address by hand; 2: accepted. 3 (not served) is a refusal, not a booking."""

NOT_SERVED = "3"
UNSERVED_SIDE = {"1": "the sender's area", "2": "the recipient's area"}

COUNTRY = {"CN": "CN", "HK": "852"}
"""SF writes other regions of its network as telephone codes; only 852 is attested."""
