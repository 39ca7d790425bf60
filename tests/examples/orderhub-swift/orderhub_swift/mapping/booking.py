"""Shipment requests ⇄ Swift's shipments."""

from typing import Any

import msgspec
from mappings.canonical import Booking, Money, PostalAddress, RateQuote, ShipmentRequest
from mappings.documents import WireDocument, amount


class SwiftShipment(WireDocument):
    id: str
    number: str
    reference: str
    service: str = ""


class Shipments(WireDocument):
    shipments: list[SwiftShipment]


class Rate(WireDocument):
    service: str
    price: str


class Rates(WireDocument):
    rates: list[Rate]


class Reports(WireDocument):
    reports: list[msgspec.Raw]


class ReportHead(WireDocument):
    number: str


class Done(WireDocument):
    done: bool


class Refusal(WireDocument):
    error: str = ""


def shipment_body(request: ShipmentRequest) -> dict[str, Any]:
    return {
        "reference": request.reference,
        "sender": _address(request.sender),
        "to": _receiver(request.recipient),
        "grams": request.weight_grams or 0,
        "items": [{"sku": item.sku, "quantity": item.quantity} for item in request.cargo],
        "service": request.service or "normal",
    }


def _receiver(recipient: PostalAddress) -> dict[str, Any]:
    if recipient.masked:
        return {"platform": recipient.token_platform, "token": recipient.receiver_token}
    return _address(recipient)


def _address(address: PostalAddress) -> dict[str, Any]:
    return {
        "name": address.name,
        "phone": address.telephone,
        "country": address.country,
        "city": address.city,
        "street": " ".join(address.street),
        "postcode": address.postal_code,
    }


def booking_of(shipment: SwiftShipment) -> Booking:
    return Booking(
        reference=shipment.reference,
        carrier="swift",
        tracking_number=shipment.number,
        carrier_order_id=shipment.id,
        service=shipment.service,
    )


def quotes_of(rates: Rates) -> list[RateQuote]:
    """Swift bills in euros."""
    quotes = [
        RateQuote(
            carrier="swift",
            service=rate.service,
            price=Money(amount=amount(rate.price, "$.rates[].price"), currency="EUR"),
        )
        for rate in rates.rates
    ]
    return sorted(quotes, key=lambda quote: quote.price.amount)
