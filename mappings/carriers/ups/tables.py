"""UPS vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

STATUS = CodeTable(
    name="ups.statusCode",
    source="Tracking-status-description-codes.html, the vendor's table in karrio's folder for UPS",
    read_on="2026-11-24",
    codes={
        **dict.fromkeys(("3", "44", "45", "77", "79", "80", "133", "157"), TrackingStatus.PRE_TRANSIT),
        "166": TrackingStatus.PRE_TRANSIT,
        **dict.fromkeys(("38", "160", "167", "168", "169"), TrackingStatus.PICKED_UP),
        **dict.fromkeys(("5", "10", "12", "14", "18", "25", "27", "28", "39"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("41", "42", "47", "54", "56", "57", "63", "73", "74"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("75", "82", "84", "87", "92", "93", "94", "95", "96"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("97", "98", "99", "101", "107", "109", "110", "111"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("112", "113", "114", "115", "116", "120", "121"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("122", "127", "128", "134", "137", "138", "142"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("153", "154", "158", "159", "164", "165"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("6", "21", "37", "71", "72", "78", "89", "91"), TrackingStatus.OUT_FOR_DELIVERY),
        **dict.fromkeys(("146", "162"), TrackingStatus.OUT_FOR_DELIVERY),
        **dict.fromkeys(("17", "40", "70", "100", "106", "108"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        **dict.fromkeys(("144", "161"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        **dict.fromkeys(("11", "26", "143", "155", "156"), TrackingStatus.DELIVERED),
        **dict.fromkeys(("22", "23", "24", "60", "61", "62", "64"), TrackingStatus.DELIVERY_ATTEMPTED),
        **dict.fromkeys(("66", "69", "145"), TrackingStatus.DELIVERY_ATTEMPTED),
        **dict.fromkeys(("13", "16", "19", "20", "29", "30", "32", "46", "48"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("49", "50", "51", "52", "53", "55", "58", "59", "65"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("76", "83", "85", "86", "90", "102", "103", "104"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("105", "123", "124", "125", "126", "129", "130", "131"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("132", "135", "136", "139", "140", "141"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("33", "35", "36", "117", "118", "119"), TrackingStatus.RETURNING),
        **dict.fromkeys(("34", "67", "81"), TrackingStatus.RETURNED),
        **dict.fromkeys(("68", "147", "149"), TrackingStatus.LOST),
        **dict.fromkeys(("7", "43"), TrackingStatus.CANCELLED),
        **dict.fromkeys(("0", "88", "148", "163"), TrackingStatus.UNKNOWN),
    },
)
"""Three digits, written here without the zeros in front; pushes call it `descriptionCode`."""

TYPE = CodeTable(
    name="ups.type",
    source="Tracking-package-activity-types.html in the same folder",
    read_on="2026-11-24",
    codes={
        "M": TrackingStatus.PRE_TRANSIT,
        "P": TrackingStatus.PICKED_UP,
        **dict.fromkeys(("I", "DO", "DD", "U"), TrackingStatus.IN_TRANSIT),
        "O": TrackingStatus.OUT_FOR_DELIVERY,
        "D": TrackingStatus.DELIVERED,
        **dict.fromkeys(("X", "W"), TrackingStatus.EXCEPTION),
        "RS": TrackingStatus.RETURNED,
        "MV": TrackingStatus.CANCELLED,
        "NA": TrackingStatus.UNKNOWN,
    },
)
"""The class of an event, for those whose status code is not known. «X» is all that is out of the ordinary."""


def status_of(kind: str, code: str) -> TrackingStatus:
    """An event of type `kind` with the three digits `code`, which say it more exactly."""
    class_alone = TYPE.get(kind, TrackingStatus.UNKNOWN)
    return STATUS.get(code.lstrip("0") or "0", class_alone) if code else class_alone
