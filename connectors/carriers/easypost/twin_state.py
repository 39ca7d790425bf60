"""What the EasyPost twin remembers: shipments, what they cost, and their trackers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.kit.parcel_twin import TwinParcel
from mappings.canonical import TrackingStatus

SCANS: Mapping[TrackingStatus, tuple[str, str, str]] = {
    TrackingStatus.IN_TRANSIT: ("in_transit", "arrived_at_facility", "Arrived at facility"),
    TrackingStatus.OUT_FOR_DELIVERY: ("out_for_delivery", "out_for_delivery", "On vehicle for delivery"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("failure", "unknown", "Nobody was home"),
    TrackingStatus.DELIVERED: ("delivered", "arrived_at_destination", "Delivered, front door"),
    TrackingStatus.RETURNING: ("return_to_sender", "return", "Returned to sender"),
    TrackingStatus.LOST: ("failure", "lost", "The parcel cannot be found"),
}
"""status, status_detail and message per step."""

SERVICES = (
    ("USPS", "GroundAdvantage", Decimal("5.10"), Decimal("0.06"), 3),
    ("USPS", "Priority", Decimal("6.20"), Decimal("0.08"), 2),
    ("USPS", "Express", Decimal("29.50"), Decimal("0.30"), 1),
    ("UPSDAP", "Ground", Decimal("7.40"), Decimal("0.05"), 4),
)
"""Carrier, service, price of a parcel, price of an ounce, days."""

MODE = "production"


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def scanned(parcel: TwinParcel, at: datetime, step: TrackingStatus) -> dict[str, Any]:
    """One of `tracking_details`."""
    status, detail, message = SCANS[step]
    return {
        "object": "TrackingDetail",
        "message": message,
        "description": "",
        "status": status,
        "status_detail": detail,
        "datetime": stamp(at),
        "source": parcel.company,
        "carrier_code": "",
        "tracking_location": {
            "object": "TrackingLocation",
            "city": "CHARLESTON",
            "state": "SC",
            "country": None,
            "zip": "29407",
        },
    }


def tracker(parcel: TwinParcel) -> dict[str, Any]:
    """A parcel as it is followed; `carrier_order_id` is its shipment, if it was bought here."""
    newest = parcel.scans[-1] if parcel.scans else {"status": "unknown", "status_detail": "unknown"}
    return {
        "id": f"trk_{parcel.number}",
        "object": "Tracker",
        "mode": MODE,
        "tracking_code": parcel.number,
        "status": newest["status"],
        "status_detail": newest["status_detail"],
        "updated_at": newest.get("datetime"),
        "signed_by": None,
        "weight": None,
        "est_delivery_date": None,
        "shipment_id": parcel.carrier_order_id or None,
        "carrier": parcel.company,
        "tracking_details": parcel.scans,
        "fees": [],
        "carrier_detail": None,
        "public_url": f"https://track.example/{parcel.number}",
    }


@dataclass(kw_only=True, eq=False)
class Shipment:
    """Rated when it is made; bought once."""

    id: str
    created_at: datetime
    given: Mapping[str, Any]
    rates: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    selected: dict[str, Any] | None = None
    parcel: TwinParcel | None = None
    refund_status: str | None = None

    @property
    def reference(self) -> str:
        return str(self.given.get("reference") or "")

    def document(self) -> dict[str, Any]:
        label = {
            "object": "PostageLabel",
            "id": f"pl_{self.id}",
            "label_file_type": "application/pdf",
            "label_size": "4x6",
            "label_url": f"https://labels.example/{self.id}.pdf",
            "label_pdf_url": None,
            "label_zpl_url": None,
        }
        return {
            "id": self.id,
            "object": "Shipment",
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.created_at),
            "is_return": False,
            "messages": self.messages,
            "mode": MODE,
            "options": self.given.get("options", {}),
            "reference": self.given.get("reference"),
            "status": "unknown",
            "tracking_code": self.parcel.number if self.parcel else None,
            "from_address": self.given["from_address"],
            "to_address": self.given["to_address"],
            "parcel": self.given["parcel"],
            "postage_label": label if self.parcel else None,
            "rates": self.rates,
            "selected_rate": self.selected,
            "refund_status": self.refund_status,
            "tracker": tracker(self.parcel) if self.parcel else None,
            "fees": [],
        }


def rates_of(shipment_id: str, at: datetime, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The imitated carriers serve the United States."""
    ounces = Decimal(str(given["parcel"]["weight"]))
    return [
        {
            "id": f"rate_{position}_{shipment_id.removeprefix('shp_')}",
            "object": "Rate",
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "mode": MODE,
            "service": service,
            "carrier": carrier,
            "rate": f"{parcel + ounce * ounces:.2f}",
            "currency": "USD",
            "retail_rate": f"{2 * parcel + ounce * ounces:.2f}",
            "retail_currency": "USD",
            "list_rate": f"{parcel + ounce * ounces:.2f}",
            "list_currency": "USD",
            "billing_type": "easypost",
            "delivery_days": days,
            "delivery_date": None,
            "delivery_date_guaranteed": False,
            "est_delivery_days": days,
            "shipment_id": shipment_id,
            "carrier_account_id": f"ca_{carrier.lower()}",
        }
        for position, (carrier, service, parcel, ounce, days) in enumerate(SERVICES)
    ]
