"""What the Shippo twin remembers and tells: transactions, prices, tracks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.kit.parcel_twin import TwinParcel
from mappings.canonical import TrackingStatus

SCANS: Mapping[TrackingStatus, tuple[str, str | None, str]] = {
    TrackingStatus.PICKED_UP: ("TRANSIT", "package_accepted", "Accepted at the origin facility."),
    TrackingStatus.IN_TRANSIT: ("TRANSIT", "package_departed", "Departed the facility."),
    TrackingStatus.OUT_FOR_DELIVERY: ("TRANSIT", "out_for_delivery", "Out for delivery."),
    TrackingStatus.DELIVERY_ATTEMPTED: ("TRANSIT", "delivery_attempted", "Nobody was home."),
    TrackingStatus.DELIVERED: ("DELIVERED", "delivered", "Delivered."),
    TrackingStatus.RETURNING: ("TRANSIT", "return_to_sender", "On the way back to the sender."),
    TrackingStatus.RETURNED: ("RETURNED", None, "Back at the sender."),
    TrackingStatus.LOST: ("FAILURE", "package_lost", "The parcel cannot be found."),
}
"""Status, substatus and text per step."""

SERVICES = (
    ("USPS", "usps_ground_advantage", Decimal("5.10"), Decimal("0.002"), 4),
    ("USPS", "usps_priority", Decimal("6.20"), Decimal("0.003"), 2),
    ("FedEx", "fedex_ground", Decimal("9.05"), Decimal("0.002"), 3),
    ("FedEx", "fedex_2_day", Decimal("22.73"), Decimal("0.005"), 2),
)
"""Provider, service, price of a parcel, price of a gram, days."""


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def scanned(parcel: TwinParcel, at: datetime, step: TrackingStatus) -> dict[str, Any]:
    """One of `tracking_history`, stamped with the local time of the place."""
    status, code, text = SCANS[step]
    local = at.astimezone(UTC) - timedelta(hours=8)
    return {
        "object_id": f"{len(parcel.scans) + 1:032x}",
        "object_created": stamp(at),
        "object_updated": stamp(at),
        "status": status,
        "substatus": {"code": code, "text": text, "action_required": False} if code else None,
        "status_details": text,
        "status_date": local.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "location": {"city": "Oakland", "state": "CA", "zip": "94615", "country": "US"},
    }


def track(parcel: TwinParcel) -> dict[str, Any]:
    """A parcel as it is followed; for a number that was never seen with nothing to tell."""
    return {
        "carrier": parcel.company,
        "tracking_number": parcel.number,
        "address_from": None,
        "address_to": None,
        "eta": None,
        "metadata": parcel.reference,
        "messages": [],
        "tracking_status": parcel.scans[-1] if parcel.scans else None,
        "tracking_history": parcel.scans,
    }


@dataclass(kw_only=True, eq=False)
class Transaction:
    """A purchase. `done_at`: when a queued one becomes a label."""

    object_id: str
    created_at: datetime
    done_at: datetime
    rate: dict[str, Any]
    parcel: TwinParcel

    def document(self, now: datetime) -> dict[str, Any]:
        is_done = now >= self.done_at
        status = "REFUNDPENDING" if self.parcel.cancelled else "SUCCESS" if is_done else "QUEUED"
        return {
            "object_id": self.object_id,
            "object_state": "VALID",
            "object_created": stamp(self.created_at),
            "object_updated": stamp(self.created_at),
            "status": status,
            "rate": self.rate["object_id"],
            "tracking_number": self.parcel.number if is_done else "",
            "tracking_status": None,
            "tracking_url_provider": "",
            "label_url": f"https://labels.example/{self.object_id}.pdf" if is_done else "",
            "commercial_invoice_url": None,
            "messages": [],
            "metadata": self.parcel.reference,
            "test": False,
        }


def rates_of(shipment_id: str, at: datetime, grams: Decimal) -> list[dict[str, Any]]:
    """What the imitated carriers ask for a parcel of so many grams."""
    return [
        {
            "object_id": f"{shipment_id[8:]}{position:08x}",
            "object_created": stamp(at),
            "shipment": shipment_id,
            "attributes": [],
            "amount": f"{parcel + gram * grams:.2f}",
            "currency": "USD",
            "amount_local": f"{parcel + gram * grams:.2f}",
            "currency_local": "USD",
            "provider": provider,
            "servicelevel": {"name": service, "token": service, "terms": ""},
            "estimated_days": days,
            "duration_terms": "",
            "messages": [],
            "carrier_account": f"ca-{provider.lower()}",
            "zone": None,
            "test": False,
        }
        for position, (provider, service, parcel, gram, days) in enumerate(SERVICES)
    ]
