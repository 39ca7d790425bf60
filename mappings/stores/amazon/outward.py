"""Parcels and stock levels → bodies of requests; what Amazon answers, read."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from msgspec import Raw

from mappings.canonical import Shipment, StockLevel
from mappings.documents import decode, present
from mappings.parcels import RecordedParcel
from mappings.stores.amazon.tables import CARRIERS, MERCHANT_CHANNEL, OTHER_CARRIER
from mappings.stores.amazon.wire import Package, Wire

Body = dict[str, Any]

ACCEPTED = "ACCEPTED"


class PageToken(Wire):
    next_token: str | None = None


class OrdersPage(Wire):
    """`last_updated_before` says up to when the answer is complete."""

    orders: tuple[Raw, ...]
    pagination: PageToken | None = None
    last_updated_before: str | None = None


class OneOrder(Wire):
    order: Raw


class ItemsPage(Wire):
    items: tuple[Raw, ...]
    pagination: PageToken | None = None


class Marketplace(Wire):
    id: str


class Participation(Wire):
    is_participating: bool


class MarketplaceParticipation(Wire):
    marketplace: Marketplace
    participation: Participation


class Participations(Wire):
    payload: tuple[MarketplaceParticipation, ...]

    @property
    def marketplaces(self) -> set[str]:
        return {one.marketplace.id for one in self.payload if one.participation.is_participating}


class Issue(Wire):
    code: str
    message: str
    severity: str


class Submission(Wire):
    """What became of a change of a listing: it may be invalid under a status of 200."""

    status: str
    issues: tuple[Issue, ...] | None = None

    @property
    def refusal(self) -> str:
        """Empty for a change that was accepted."""
        if self.status == ACCEPTED:
            return ""
        said = "; ".join(
            f"{one.message} ({one.code})" for one in self.issues or () if one.severity == "ERROR"
        )
        return said or f"Amazon says {self.status}"


class Refusal(Wire):
    code: str
    message: str
    details: str | None = None


class Refusals(Wire):
    errors: tuple[Refusal, ...]


def refusal_words(content: bytes) -> str:
    found = decode(content, Refusals).errors
    return ", ".join(f"{one.code}: {one.details or one.message}" for one in found)


def wire_time(moment: datetime) -> str:
    """ISO 8601, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def package_reference(shipment: Shipment) -> str:
    """Ours for this parcel, the same in every repetition: a positive number, as text."""
    return str(int.from_bytes(sha256(shipment.shipment_id.encode()).digest()[:4]) + 1)


def confirmation(shipment: Shipment, marketplace_id: str) -> Body:
    """Confirming a parcel of this reference again changes it."""
    code = CARRIERS.get(shipment.carrier, OTHER_CARRIER)
    items = [{"orderItemId": part.line_id, "quantity": part.quantity} for part in shipment.lines]
    return {
        "marketplaceId": marketplace_id,
        "packageDetail": present(
            {
                "packageReferenceId": package_reference(shipment),
                "carrierCode": code,
                "carrierName": (shipment.carrier_name or shipment.carrier) if code == OTHER_CARRIER else "",
                "trackingNumber": shipment.tracking_number,
                "shipDate": wire_time(shipment.shipped_at),
                "orderItems": items,
            }
        ),
    }


def recorded(package: Package) -> RecordedParcel:
    """Amazon may leave out what is in a package."""
    items = package.package_items
    quantities = {one.order_item_id: one.quantity for one in items} if items else None
    number = package.tracking_number or ""
    return RecordedParcel(id=package.package_reference_id, tracking_number=number, quantities=quantities)


def stock_patch(level: StockLevel, handling_days: int | None) -> Body:
    """Absolute; it replaces the handling time too, which is Amazon's default where none is told."""
    availability = {
        "fulfillment_channel_code": MERCHANT_CHANNEL,
        "quantity": level.available,
        "lead_time_to_ship_max_days": handling_days,
    }
    path = "/attributes/fulfillment_availability"
    return {
        "productType": "PRODUCT",
        "patches": [{"op": "replace", "path": path, "value": [present(availability)]}],
    }
