"""What the UPS twin checks of a request, and how it tells a parcel's scans."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.kit.parcel_twin import TwinParcel
from mappings.canonical import TrackingStatus

OFFSET = timedelta(hours=-5)

SERVICES: Mapping[str, tuple[Decimal, Decimal, str]] = {
    "03": (Decimal("9.80"), Decimal("0.42"), "3"),
    "12": (Decimal("14.10"), Decimal("0.70"), "3"),
    "02": (Decimal("19.90"), Decimal("1.10"), "2"),
    "01": (Decimal("41.25"), Decimal("1.95"), "1"),
}
"""Service → price of a parcel, price of a pound, business days."""

SCANS: Mapping[TrackingStatus, tuple[str, str, str, str]] = {
    TrackingStatus.PICKED_UP: ("I", "OR", "038", "Picked Up by UPS"),
    TrackingStatus.IN_TRANSIT: ("I", "AR", "010", "Arrived at Facility"),
    TrackingStatus.OUT_FOR_DELIVERY: ("I", "OT", "021", "Out For Delivery Today"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("X", "48", "022", "First Attempt Made"),
    TrackingStatus.DELIVERED: ("D", "FS", "011", "DELIVERED"),
    TrackingStatus.RETURNING: ("X", "A3", "036", "Returning to Sender"),
    TrackingStatus.RETURNED: ("X", "RS", "034", "Returned to Sender"),
    TrackingStatus.LOST: ("X", "LC", "068", "Sent to Lost and Found"),
    TrackingStatus.CANCELLED: ("MV", "VP", "007", "Shipment Information Voided"),
}
"""type, code, status code and words per step."""


def fault_of(body: Mapping[str, Any], shipper: str) -> tuple[str, str] | None:
    """Code and words for the first thing that UPS would not take."""
    rates = "RateRequest" in body
    shipment = (body.get("RateRequest") or body.get("ShipmentRequest") or {}).get("Shipment") or {}
    prefix = "111" if rates else "120"
    if (shipment.get("Shipper") or {}).get("ShipperNumber") != shipper:
        return f"{prefix}100", "Missing or invalid shipper number"
    for side in ("Shipper", "ShipTo"):
        if fault := _fault_of_party(shipment.get(side) or {}):
            return f"{prefix}200", f"{side}: {fault}"
    packages = shipment.get("Package") or []
    if len(packages) != 1:
        return f"{prefix}300", "One package is expected"
    if rates:
        return None if packages[0].get("PackagingType") else (f"{prefix}310", "Missing packaging type")
    if not packages[0].get("Packaging", {}).get("Code"):
        return "120310", "Missing or invalid packaging code"
    if shipment.get("Service", {}).get("Code") not in SERVICES:
        return "120410", "The selected service is not available between these addresses"
    is_domestic = {shipment[side]["Address"]["CountryCode"] for side in ("Shipper", "ShipTo")} == {"US"}
    if is_domestic and shipment.get("ReferenceNumber"):
        return "120541", "The shipment level reference number is not allowed for this country"
    charges = (shipment.get("PaymentInformation") or {}).get("ShipmentCharge") or [{}]
    if charges[0].get("Type") != "01" or not charges[0].get("BillShipper", {}).get("AccountNumber"):
        return "120500", "Missing or invalid payment information"
    return None


def _fault_of_party(party: Mapping[str, Any]) -> str:
    address = party.get("Address") or {}
    lines = address.get("AddressLine") or []
    if not party.get("Name") or len(party["Name"]) > 35:
        return "missing or invalid name"
    if not 1 <= len(lines) <= 3 or any(len(line) > 35 for line in lines):
        return "missing or invalid address line"
    if not address.get("City") or len(address["City"]) > 30 or not address.get("CountryCode"):
        return "missing or invalid city or country"
    if address["CountryCode"] in {"US", "CA", "PR", "IE"} and not (
        address.get("StateProvinceCode") and address.get("PostalCode")
    ):
        return "missing or invalid state or postal code"
    return ""


def tracking_number(shipper: str, service: str, serial: int) -> str:
    """1Z, shipper, service, seven digits, check digit."""
    body = f"{shipper}{service}{serial:07d}"
    values = [int(it) if it.isdigit() else (ord(it) - 63) % 10 for it in body]
    total = sum(value * (1 + position % 2) for position, value in enumerate(values))
    return f"1Z{body}{-total % 10}"


def rated(service: str, pounds: str, now: datetime) -> dict[str, Any]:
    """What a service costs; the account has a tenth off."""
    parcel, pound, days = SERVICES[service]
    total = parcel + pound * Decimal(pounds)
    published = {"CurrencyCode": "USD", "MonetaryValue": f"{total:.2f}"}
    nothing = {"CurrencyCode": "USD", "MonetaryValue": "0.00"}
    agreed = {"CurrencyCode": "USD", "MonetaryValue": f"{total * Decimal('0.9'):.2f}"}
    arrival = {
        "Arrival": {"Date": f"{now + timedelta(days=int(days)):%Y%m%d}", "Time": "230000"},
        "BusinessDaysInTransit": days,
        "Pickup": {"Date": f"{now:%Y%m%d}", "Time": "160000"},
        "DayOfWeek": f"{now + timedelta(days=int(days)):%a}".upper(),
    }
    return {
        "Service": {"Code": service, "Description": ""},
        "BillingWeight": {
            "UnitOfMeasurement": {"Code": "LBS", "Description": "Pounds"},
            "Weight": pounds,
        },
        "TransportationCharges": published,
        "ServiceOptionsCharges": nothing,
        "TotalCharges": published,
        "NegotiatedRateCharges": {"TotalCharge": agreed},
        "RatedPackage": [],
        "TimeInTransit": {
            "PickupDate": f"{now:%Y%m%d}",
            "PackageBillType": "03",
            "ServiceSummary": {"Service": {"Description": ""}, "EstimatedArrival": arrival},
        },
    }


def scanned(parcel: TwinParcel, at: datetime, step: TrackingStatus) -> dict[str, Any]:
    """One activity."""
    kind, code, status, words = SCANS[step]
    local = at + OFFSET
    return {
        "date": f"{local:%Y%m%d}",
        "time": f"{local:%H%M%S}",
        "gmtDate": f"{at:%Y%m%d}",
        "gmtTime": f"{at:%H:%M:%S}",
        "gmtOffset": "-05:00",
        "location": {"address": _PLACE | {"countryCode": "US", "country": "US"}, "slic": "2940"},
        "status": {
            "type": kind,
            "code": code,
            "description": words,
            "simplifiedTextDescription": words,
            "statusCode": status,
        },
    }


_PLACE = {"city": "CHARLESTON", "stateProvince": "SC", "postalCode": "29407"}


def package_of(parcel: TwinParcel) -> dict[str, Any]:
    """A parcel of an answer, newest scan first; before the first there is only its label."""
    return {
        "trackingNumber": parcel.number,
        "activity": parcel.scans[::-1],
        "packageCount": 1,
        "referenceNumber": [{"type": "PACKAGE", "number": parcel.reference}],
        "service": {"code": parcel.company, "description": ""},
    }


def pushed(parcel: TwinParcel, at: datetime, step: TrackingStatus) -> dict[str, Any]:
    """The same scan as Track Alert tells it."""
    kind, code, status, words = SCANS[step]
    local = at + OFFSET
    is_delivered = step is TrackingStatus.DELIVERED
    return {
        "trackingNumber": parcel.number,
        "localActivityDate": f"{local:%Y%m%d}",
        "localActivityTime": f"{local:%H%M%S}",
        "activityLocation": _PLACE | {"country": "US"},
        "activityStatus": {"type": kind, "code": code, "description": words, "descriptionCode": status},
        "scheduledDeliveryDate": "",
        "actualDeliveryDate": f"{local:%Y%m%d}" if is_delivered else "",
        "actualDeliveryTime": f"{local:%H%M%S}" if is_delivered else "",
        "gmtActivityDate": f"{at:%Y%m%d}",
        "gmtActivityTime": f"{at:%H%M%S}",
        "gmtOffset": "-05.00",
        "receivedBy": "",
    }
