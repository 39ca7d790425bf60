"""USPS vocabularies → ours."""

from mappings.canonical import TrackingStatus
from mappings.tables import CodeTable

EVENT = CodeTable(
    name="usps.eventCode",
    source="Publication 199, appendices G-4 and G-5 (through OLTS); letters from genuine answers",
    read_on="2026-11-24",
    codes={
        **dict.fromkeys(("89", "NP", "PE", "GX", "MA"), TrackingStatus.PRE_TRANSIT),
        **dict.fromkeys(("03", "43", "80", "87", "A0", "OS", "PO", "PU"), TrackingStatus.PICKED_UP),
        **dict.fromkeys(("06", "07", "08", "10", "15", "31", "32", "33", "35"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("36", "38", "39", "40", "41", "42", "45", "60", "61"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("70", "74", "81", "82", "83", "84", "85", "AF", "AG"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("AJ", "AP", "AR", "AS", "AT", "B0", "B1", "B2", "B3"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("B5", "BB", "C0", "CA", "CI", "CO", "CR", "D0", "D1"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("D2", "DD", "DT", "E0", "EA", "ED", "F0", "G0", "IC"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("J0", "K0", "K1", "K2", "K3", "TA", "TP", "TR", "SF"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("T1", "TL", "A1", "NT", "VC"), TrackingStatus.IN_TRANSIT),
        **dict.fromkeys(("DG", "WC", "OF"), TrackingStatus.OUT_FOR_DELIVERY),
        **dict.fromkeys(("14", "16", "58", "62", "73", "CC", "DF"), TrackingStatus.AVAILABLE_FOR_PICKUP),
        "DH": TrackingStatus.AVAILABLE_FOR_PICKUP,
        **dict.fromkeys(("01", "13", "17", "34", "59", "63", "AH", "BR", "DL"), TrackingStatus.DELIVERED),
        **dict.fromkeys(("I0", "OK", "PD"), TrackingStatus.DELIVERED),
        **dict.fromkeys(("02", "04", "25", "30", "51", "52", "53"), TrackingStatus.DELIVERY_ATTEMPTED),
        **dict.fromkeys(("54", "55", "56", "64", "H0", "ND", "NH"), TrackingStatus.DELIVERY_ATTEMPTED),
        "RD": TrackingStatus.DELIVERY_ATTEMPTED,
        **dict.fromkeys(("05", "12", "21", "22", "23", "24", "26", "46", "57"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("71", "72", "BA", "BX", "CD", "CM", "DN", "HP", "HX"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("OH", "RE", "SC", "SS", "WX"), TrackingStatus.EXCEPTION),
        **dict.fromkeys(("09", "27", "28", "44", "K4", "K5"), TrackingStatus.RETURNING),
        **dict.fromkeys(("29", "86", "H8", "RT"), TrackingStatus.RETURNED),
        **dict.fromkeys(("11", "DP"), TrackingStatus.LOST),
    },
)
