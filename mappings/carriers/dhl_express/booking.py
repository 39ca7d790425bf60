"""MyDHL shipments and rates: canonical requests → bodies and queries, answers → bookings and prices.

Source: MyDHL API 3.1.1 (OpenAPI), read 2026-11-24. Everything is metric; only what needs no customs
declaration can be expressed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from mappings.canonical import Booking, Money, PostalAddress, RateQuote, ShipmentRequest
from mappings.documents import WireDocument, amount, present
from mappings.errors import MappingError
from mappings.labels import inline_label
from mappings.rating import cheapest_first, require_addressable, require_rateable, street_lines, weight_in
from mappings.structs import FrozenStruct

LONGEST_REFERENCE = 35
TENDERED_AFTER = timedelta(hours=1)
"""DHL refuses what was to be tendered in the past, as «now» is once it arrives."""


class Terms(FrozenStruct):
    """What the connection's settings say about every shipment; the usual package is in centimetres."""

    account_number: str
    length: Decimal
    width: Decimal
    height: Decimal
    product: str = "N"
    label_format: str = "pdf"


def ship_body(request: ShipmentRequest, terms: Terms, now: datetime) -> dict[str, Any]:
    """`POST /shipments`: no pickup is ordered; the label comes in the answer."""
    require_rateable(request, longest_reference=LONGEST_REFERENCE)
    tendered = f"{(now + TENDERED_AFTER).astimezone(UTC):%Y-%m-%dT%H:%M:%S} GMT+00:00"
    return {
        "plannedShippingDateAndTime": tendered,
        "pickup": {"isRequested": False},
        "productCode": request.service or terms.product,
        "accounts": [{"typeCode": "shipper", "number": terms.account_number}],
        "outputImageProperties": {
            "encodingFormat": terms.label_format,
            "imageOptions": [{"typeCode": "label", "isRequested": True}],
        },
        "customerReferences": [{"value": request.reference, "typeCode": "CU"}],
        "customerDetails": {
            "shipperDetails": _party(request.sender, "$.sender"),
            "receiverDetails": _party(request.recipient, "$.recipient"),
        },
        "content": {
            "packages": [_package(request, terms)],
            "isCustomsDeclarable": False,
            "description": _description(request),
            "incoterm": "DAP",
            "unitOfMeasurement": "metric",
        },
    }


def rate_query(request: ShipmentRequest, terms: Terms, now: datetime) -> dict[str, str]:
    """`GET /rates`: every product that serves the two places with one parcel."""
    require_rateable(request)
    for address, path in ((request.sender, "$.sender"), (request.recipient, "$.recipient")):
        require_addressable(address, path, with_states=())
    package = _package(request, terms)
    query = {
        "accountNumber": terms.account_number,
        "originCountryCode": request.sender.country,
        "originPostalCode": request.sender.postal_code,
        "originCityName": request.sender.city,
        "destinationCountryCode": request.recipient.country,
        "destinationPostalCode": request.recipient.postal_code,
        "destinationCityName": request.recipient.city,
        "weight": str(package["weight"]),
        **{side: str(measure) for side, measure in package["dimensions"].items()},
        "plannedShippingDate": f"{(now + TENDERED_AFTER).astimezone(UTC):%Y-%m-%d}",
        "isCustomsDeclarable": "false",
        "unitOfMeasurement": "metric",
    }
    return present(query)


def reference_query(reference: str, account_number: str, now: datetime) -> dict[str, str]:
    """`GET /tracking`: shipments of the last days under a reference of ours."""
    return {
        "shipmentReference": reference,
        "shipmentReferenceType": "CU",
        "shipperAccountNumber": account_number,
        "dateRangeFrom": f"{now - timedelta(days=7):%Y-%m-%d}",
        "dateRangeTo": f"{now + timedelta(days=1):%Y-%m-%d}",
    }


def _party(address: PostalAddress, path: str) -> dict[str, Any]:
    """Postal codes may be empty, where a country has none."""
    require_addressable(address, path, with_states=())
    if not address.telephone:
        raise MappingError(f"{path}.telephone", "is missing: DHL Express wants it")
    lines = street_lines(address, path, lines=3, longest=45)
    place = {
        "postalCode": address.postal_code,
        "cityName": address.city[:45],
        "countryCode": address.country,
        **{f"addressLine{number}": line for number, line in enumerate(lines, 1)},
    }
    contact = {
        "phone": address.telephone[:70],
        "companyName": (address.company or address.name)[:100],
        "fullName": (address.name or address.company)[:255],
    }
    return {"postalAddress": place, "contactInformation": contact}


def _package(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    assert request.weight_grams is not None
    sides = {"length": terms.length, "width": terms.width, "height": terms.height}
    return {"weight": weight_in("KG", request.weight_grams), "dimensions": sides}


def _description(request: ShipmentRequest) -> str:
    return ", ".join(item.title.strip() for item in request.cargo if item.title.strip())[:70] or "Goods"


class _Document(WireDocument, rename="camel"):
    type_code: str = "label"
    image_format: str = ""
    content: str | None = None


class Shipped(WireDocument, rename="camel"):
    """The number is text or a number."""

    shipment_tracking_number: str | int = ""
    documents: tuple[_Document, ...] | None = None


class _Price(WireDocument, rename="camel"):
    """In several currencies, of which BILLC is that of the bill."""

    currency_type: str = ""
    price_currency: str = ""
    price: Decimal | None = None


class _Capabilities(WireDocument, rename="camel"):
    total_transit_days: int | None = None


class _Product(WireDocument, rename="camel"):
    product_code: str
    total_price: tuple[_Price, ...] | None = None
    delivery_capabilities: _Capabilities = _Capabilities()


class Rates(WireDocument):
    products: tuple[_Product, ...]


def booking_of(shipped: Shipped, request: ShipmentRequest, terms: Terms) -> Booking:
    if not shipped.shipment_tracking_number:
        raise MappingError("$.shipmentTrackingNumber", "is missing")
    labels = (it for it in shipped.documents or () if it.type_code == "label")
    label = next(labels, _Document())
    picture = inline_label(label.image_format, label.content)
    return found_booking(str(shipped.shipment_tracking_number), request, terms, picture)


def found_booking(number: str, request: ShipmentRequest, terms: Terms, label: str = "") -> Booking:
    """DHL hands out a label once: a booking that is found again has none."""
    product = request.service or terms.product
    reference = request.reference
    return Booking(
        reference=reference, carrier="dhl", tracking_number=number, service=product, label_url=label
    )


def quotes(rates: Rates) -> Sequence[RateQuote]:
    """Prices, cheapest first; a product without a price above nothing is not offered."""
    found = [_quote(product, f"$.products[{position}]") for position, product in enumerate(rates.products)]
    return cheapest_first(quote for quote in found if quote is not None)


def _quote(product: _Product, path: str) -> RateQuote | None:
    priced = [it for it in product.total_price or () if it.price and it.price_currency]
    prices = [it for it in priced if it.currency_type == "BILLC"] or priced
    if not prices or prices[0].price is None:
        return None
    total = amount(prices[0].price, f"{path}.totalPrice")
    return RateQuote(
        carrier="dhl",
        service=product.product_code,
        price=Money(amount=total, currency=prices[0].price_currency),
        transit_days=product.delivery_capabilities.total_transit_days,
    )
