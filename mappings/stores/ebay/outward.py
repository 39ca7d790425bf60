"""Parcels and stock levels → bodies of requests; what eBay answers, read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Raw

from mappings.canonical import Shipment, StockLevel
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.parcels import RecordedParcel
from mappings.stores.ebay.tables import CARRIERS, OTHER_CARRIER
from mappings.stores.ebay.wire import Fulfillment, Wire

Body = dict[str, Any]


class OrdersPage(Wire):
    """`total` counts the whole list."""

    total: int
    orders: tuple[Raw, ...] | None = None


class Fulfillments(Wire):
    fulfillments: tuple[Raw, ...] | None = None


class ItemsPage(Wire):
    total: int
    inventory_items: tuple[Raw, ...] | None = None


class ErrorDocument(Wire):
    error_id: int
    message: str | None = None
    long_message: str | None = None

    @property
    def words(self) -> str:
        return f"{self.long_message or self.message or 'no words'} ({self.error_id})"


class Errors(Wire):
    errors: tuple[ErrorDocument, ...]


class StockResult(Wire):
    """Of one SKU, or of one of its offers."""

    status_code: int
    errors: tuple[ErrorDocument, ...] | None = None


class StockResults(Wire):
    responses: tuple[StockResult, ...]

    @property
    def refusal(self) -> str:
        """Empty if all was written."""
        failed = [one for one in self.responses if one.status_code >= 400]
        said = [error.words for one in failed for error in one.errors or ()]
        return ", ".join(said) or (f"eBay says {failed[0].status_code}" if failed else "")


def refusal_words(content: bytes) -> str:
    return ", ".join(error.words for error in decode(content, Errors).errors)


def wire_time(moment: datetime) -> str:
    """ISO 8601, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def between(field: str, start: datetime, end: datetime) -> Mapping[str, str]:
    """Both ends belong to it."""
    return {"filter": f"{field}:[{wire_time(start)}..{wire_time(end)}]"}


def wire_number(tracking_number: str) -> str:
    """eBay takes letters and digits only."""
    return "".join(sign for sign in tracking_number if sign.isascii() and sign.isalnum())


def fulfillment_body(shipment: Shipment) -> Body:
    number = wire_number(shipment.tracking_number)
    if not number:
        raise MappingError("$.tracking_number", "holds neither letters nor digits, and eBay takes no other")
    return {
        "lineItems": [{"lineItemId": part.line_id, "quantity": part.quantity} for part in shipment.lines],
        "shippedDate": wire_time(shipment.shipped_at),
        "shippingCarrierCode": CARRIERS.get(shipment.carrier, OTHER_CARRIER),
        "trackingNumber": number,
    }


def recorded(document: Raw) -> RecordedParcel:
    parcel = decode(bytes(document), Fulfillment)
    quantities: dict[str, int] = {}
    for line in parcel.line_items or ():
        quantities[line.line_item_id] = quantities.get(line.line_item_id, 0) + line.quantity
    number = parcel.shipment_tracking_number or ""
    return RecordedParcel(id=parcel.fulfillment_id, tracking_number=number, quantities=quantities or None)


def stock_body(level: StockLevel) -> Body:
    """Of one SKU: eBay takes no more in one call."""
    available = {"quantity": level.available}
    return {"requests": [{"sku": level.listing_id, "shipToLocationAvailability": available}]}
