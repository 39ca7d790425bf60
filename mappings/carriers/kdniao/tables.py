"""Kdniao vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="kdniao.Action",
    source="the vendor's MCP package kdnmcp 1.0.4 and the comments of misu99/kdniao",
    read_on="2026-11-24",
    codes={
        "0": TrackingStatus.UNKNOWN,
        "10": TrackingStatus.PRE_TRANSIT,
        "1": TrackingStatus.PICKED_UP,
        **dict.fromkeys(("2", "201", "204", "205", "206", "5", "6"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("220", "221", "222", "223", "224"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("601", "602", "603", "605"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("202", "418", "419"), TrackingStatus.OUT_FOR_DELIVERY),
        **dict.fromkeys(("211", "412", "424"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        **dict.fromkeys(("3", "301", "302", "304", "305", "306", "307", "311"), TrackingStatus.DELIVERED),
        **dict.fromkeys(("405", "416"), TrackingStatus.DELIVERY_ATTEMPTED),
        **dict.fromkeys(("4", "401", "402", "403", "413", "414", "417"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("420", "421", "422", "423", "427", "604", "606"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("404", "407", "425"), TrackingStatus.RETURNING),
        "406": TrackingStatus.RETURNED,
        "426": TrackingStatus.LOST,
        **dict.fromkeys(("415", "430"), TrackingStatus.CANCELLED),
    },
)
"""`State` is coarse (0 to 6), `StateEx` and each trace's `Action` are fine; all share one numbering, to which
cross-border parcels add their own codes."""

SHIPPER = CodeTable(
    name="kdniao.ShipperCode",
    source="kdnmcp 1.0.4; our names are the shared carrier names",
    read_on="2026-11-24",
    codes={
        "SF": "sf-express",
        "ZTO": "zto",
        "YTO": "yto",
        "STO": "sto",
        "YD": "yunda",
        "JTSD": "jtexpress",
        "JD": "jdl",
        "EMS": "ems-china-post",
        "DBL": "deppon",
    },
)
"""Companies that have no name among ours keep the vendor's, in both directions."""

_SHIPPER_OF = {carrier: shipper for shipper, carrier in SHIPPER.codes.items()}

_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
_REGIONS = {
    "内蒙古": "内蒙古自治区",
    "广西": "广西壮族自治区",
    "西藏": "西藏自治区",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
    "香港": "香港特别行政区",
    "澳门": "澳门特别行政区",
}


def carrier_of(shipper: str) -> str:
    """The vendor's company → our carrier."""
    return SHIPPER.get(shipper, shipper)


def shipper_of(carrier: str) -> str:
    """Our carrier → the vendor's company."""
    return _SHIPPER_OF.get(carrier, carrier)


def full_province(province: str) -> str:
    """`广东` → `广东省`: Kdniao wants full names, and municipalities without 市 (misu99/kdniao, 1007)."""
    for short in _MUNICIPALITIES:
        if province.startswith(short):
            return short
    for short, full in _REGIONS.items():
        if province.startswith(short):
            return full
    return province if province.endswith("省") else f"{province}省"
