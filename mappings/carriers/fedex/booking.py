"""FedEx shipments, rates and cancellations: canonical requests → bodies, answers → bookings and prices.

Source: ship-v1.json and rates-v1.json of ShipStream/fedex-rest-php-sdk, read 2026-11-24.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from mappings.canonical import Booking, BookingCancellation, Money, PostalAddress, RateQuote, ShipmentRequest
from mappings.carriers.fedex.tables import TRANSIT_DAYS
from mappings.documents import WireDocument, amount, present
from mappings.errors import MappingError
from mappings.labels import inline_label
from mappings.rating import (
    cheapest_first,
    require_addressable,
    require_rateable,
    street_lines,
    telephone_digits,
    weight_in,
)
from mappings.structs import FrozenStruct

LONGEST_REFERENCE = 40
WITH_STATES = frozenset({"US", "CA", "PR"})
POUNDS = frozenset({"US", "PR"})
THERMAL = frozenset({"ZPLII", "EPL2"})
PACKAGING = "YOUR_PACKAGING"


class Terms(FrozenStruct):
    """What the connection's settings say about every shipment."""

    account_number: str
    service: str = "FEDEX_GROUND"
    pickup_type: str = "USE_SCHEDULED_PICKUP"
    label_format: str = "PDF"


def ship_body(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    """`POST /ship/v1/shipments`, one parcel; its label comes in the answer."""
    require_rateable(request, longest_reference=LONGEST_REFERENCE)
    assert request.weight_grams is not None
    stock = "STOCK_4X6" if terms.label_format in THERMAL else "PAPER_4X6"
    references = [{"customerReferenceType": "CUSTOMER_REFERENCE", "value": request.reference}]
    shipment = {
        "shipper": _party(request.sender, "$.sender"),
        "recipients": [_party(request.recipient, "$.recipient")],
        "pickupType": terms.pickup_type,
        "serviceType": request.service or terms.service,
        "packagingType": PACKAGING,
        "totalWeight": weight_in("LB", request.weight_grams),
        "shippingChargesPayment": {"paymentType": "SENDER"},
        "labelSpecification": {"labelStockType": stock, "imageType": terms.label_format},
        "requestedPackageLineItems": [{"weight": _weight(request), "customerReferences": references}],
    }
    return {
        "labelResponseOptions": "LABEL",
        "accountNumber": {"value": terms.account_number},
        "requestedShipment": shipment,
    }


def rate_body(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    """`POST /rate/v1/rates/quotes`: every service, at the account's prices."""
    require_rateable(request)
    shipment = {
        "shipper": {"address": _place(request.sender, "$.sender")},
        "recipient": {"address": _place(request.recipient, "$.recipient")},
        "pickupType": terms.pickup_type,
        "packagingType": PACKAGING,
        "rateRequestType": ["ACCOUNT"],
        "requestedPackageLineItems": [{"weight": _weight(request)}],
    }
    return {
        "accountNumber": {"value": terms.account_number},
        "rateRequestControlParameters": {"returnTransitTimes": True},
        "requestedShipment": shipment,
    }


def cancel_body(cancellation: BookingCancellation, terms: Terms) -> dict[str, Any]:
    """`PUT /ship/v1/shipments/cancel`."""
    return {
        "accountNumber": {"value": terms.account_number},
        "trackingNumber": cancellation.tracking_number,
        "deletionControl": "DELETE_ALL_PACKAGES",
    }


def _party(address: PostalAddress, path: str) -> dict[str, Any]:
    """Companies are cut as FedEx prints them; streets are broken between words, never cut."""
    digits = telephone_digits(address.telephone)
    if len(digits) < 10:
        raise MappingError(f"{path}.telephone", "is missing or shorter than the ten digits that FedEx wants")
    lines = street_lines(address, path, lines=3, longest=35)
    contact = {
        "personName": address.name[:70],
        "companyName": address.company[:35],
        "phoneNumber": digits,
    }
    return {"address": {"streetLines": lines, **_place(address, path)}, "contact": present(contact)}


def _place(address: PostalAddress, path: str) -> dict[str, str]:
    require_addressable(address, path, with_states=WITH_STATES)
    place = {
        "city": address.city[:35],
        "stateOrProvinceCode": address.province_code if address.country in WITH_STATES else None,
        "postalCode": address.postal_code,
        "countryCode": address.country,
    }
    return present(place)


def _weight(request: ShipmentRequest) -> dict[str, Any]:
    assert request.weight_grams is not None
    unit = "LB" if request.sender.country in POUNDS else "KG"
    return {"units": unit, "value": weight_in(unit, request.weight_grams)}


class _Paper(WireDocument, rename="camel"):
    """A document of a shipment; the label is in it, or at its address for a short while."""

    content_type: str = ""
    doc_type: str = ""
    encoded_label: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        return inline_label(self.doc_type, self.encoded_label) or self.url or ""


class _Piece(WireDocument, rename="camel"):
    tracking_number: str | None = None
    package_documents: tuple[_Paper, ...] | None = None


class _Shipment(WireDocument, rename="camel"):
    service_type: str = ""
    master_tracking_number: str | None = None
    piece_responses: tuple[_Piece, ...] | None = None
    shipment_documents: tuple[_Paper, ...] | None = None

    @property
    def papers(self) -> Iterator[_Paper]:
        for piece in self.piece_responses or ():
            yield from piece.package_documents or ()
        yield from self.shipment_documents or ()


class _Shipped(WireDocument, rename="camel"):
    transaction_shipments: tuple[_Shipment, ...] | None = None


class Shipped(WireDocument):
    output: _Shipped


class _Cancelled(WireDocument, rename="camel"):
    cancelled_shipment: bool = False


class Cancelled(WireDocument):
    """A refusal is a success of HTTP with `cancelledShipment` false."""

    output: _Cancelled


class _Currency(WireDocument):
    currency: str = ""


class _RatedShipment(WireDocument, rename="camel"):
    rate_type: str = ""
    total_net_charge: Decimal | None = None
    currency: str = ""
    shipment_rate_detail: _Currency = _Currency()


class _TransitDays(WireDocument, rename="camel"):
    minimum_transit_time: str = ""


class _Commit(WireDocument, rename="camel"):
    transit_days: _TransitDays = _TransitDays()


class _Operational(WireDocument, rename="camel"):
    transit_time: str = ""


class _Rate(WireDocument, rename="camel"):
    service_type: str
    rated_shipment_details: tuple[_RatedShipment, ...] | None = None
    operational_detail: _Operational = _Operational()
    commit: _Commit = _Commit()


class _Rates(WireDocument, rename="camel"):
    rate_reply_details: tuple[_Rate, ...] | None = None


class Rates(WireDocument):
    output: _Rates


def booking_of(shipped: Shipped, request: ShipmentRequest) -> Booking:
    """The first shipment's parcel, with whatever document is its label."""
    for shipment in shipped.output.transaction_shipments or ():
        pieces = shipment.piece_responses or ()
        number = shipment.master_tracking_number or (pieces[0].tracking_number if pieces else None)
        if number:
            labels = (str(paper) for paper in shipment.papers if "LABEL" in paper.content_type)
            return found_booking(number, shipment.service_type, request.reference, next(labels, ""))
    raise MappingError("$.output.transactionShipments", "holds no tracking number")


def found_booking(number: str, service: str, reference: str, label: str = "") -> Booking:
    """FedEx hands out a label once: a booking that is found again has none."""
    return Booking(
        reference=reference, carrier="fedex", tracking_number=number, service=service, label_url=label
    )


def quotes(rates: Rates) -> Sequence[RateQuote]:
    """Prices of the account, cheapest first."""
    found = [_quote(rate, position) for position, rate in enumerate(rates.output.rate_reply_details or ())]
    return cheapest_first(quote for quote in found if quote is not None)


def _quote(rate: _Rate, position: int) -> RateQuote | None:
    priced = [it for it in rate.rated_shipment_details or () if it.total_net_charge is not None]
    details = [it for it in priced if it.rate_type == "ACCOUNT"] or priced
    if not details or details[0].total_net_charge is None:
        return None
    currency = details[0].currency or details[0].shipment_rate_detail.currency
    path = f"$.output.rateReplyDetails[{position}].ratedShipmentDetails"
    if not currency:
        raise MappingError(path, "is a price without currency")
    words = rate.operational_detail.transit_time or rate.commit.transit_days.minimum_transit_time
    return RateQuote(
        carrier="fedex",
        service=rate.service_type,
        price=Money(amount=amount(details[0].total_net_charge, path), currency=currency),
        transit_days=TRANSIT_DAYS.get(words),
    )
