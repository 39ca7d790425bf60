"""Kuaidi100 vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="kuaidi100.state",
    source="comments of the vendor's java-demo, state tables of its documents; names from genuine answers",
    read_on="2026-11-24",
    codes={
        **dict.fromkeys(("101", "102"), TrackingStatus.PRE_TRANSIT),
        **dict.fromkeys(("1", "103", "揽收"), TrackingStatus.PICKED_UP),
        **dict.fromkeys(("0", "1001", "1002", "1003", "7"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("8", "10", "11", "12", "在途", "干线"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("5", "派件"), TrackingStatus.OUT_FOR_DELIVERY),
        **dict.fromkeys(("501", "205", "投柜或驿站"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        **dict.fromkeys(("3", "301", "302", "303", "304", "投柜或站签收"), TrackingStatus.DELIVERED),
        **dict.fromkeys(("14", "203", "204", "206"), TrackingStatus.DELIVERY_ATTEMPTED),
        **dict.fromkeys(("2", "201", "202", "207", "208", "209", "13"), TrackingStatus.EXCEPTION),
        "6": TrackingStatus.RETURNING,
        "4": TrackingStatus.RETURNED,
        **dict.fromkeys(("401", "210"), TrackingStatus.CANCELLED),
    },
)
"""Basic states, advanced status codes (`resultv2=4`) and the status names of entries that carry no code."""

COMPANY = CodeTable(
    name="kuaidi100.com",
    source="the vendor's CompanyConstant; our names are the shared carrier names",
    read_on="2026-11-24",
    codes={
        "shunfeng": "sf-express",
        "zhongtong": "zto",
        "yuantong": "yto",
        "shentong": "sto",
        "yunda": "yunda",
        "jtexpress": "jtexpress",
        "jd": "jdl",
        "ems": "ems-china-post",
        "debangkuaidi": "deppon",
        "cainiao": "cainiao",
    },
)
"""Companies that have no name among ours keep the vendor's, in both directions."""

_COMPANY_OF = {carrier: company for company, carrier in COMPANY.codes.items()}


def status_of(code: str) -> TrackingStatus:
    """A three-digit code that is not listed refines the state of its first digit; others stay unknown."""
    known = STATUS.codes.get(code)
    if known is None and len(code) == 3 and code.isdecimal():
        known = STATUS.codes.get(code[0])
    return known or TrackingStatus.UNKNOWN


def carrier_of(company: str) -> str:
    """The vendor's company → our carrier."""
    return COMPANY.get(company, company)


def company_of(carrier: str) -> str:
    """Our carrier → the vendor's company. The vendor refuses (700, 701) what it does not know."""
    return _COMPANY_OF.get(carrier, carrier)
