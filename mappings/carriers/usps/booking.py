"""USPS domestic labels, payments and prices: canonical requests → bodies, answers → bookings and prices.

Source: domestic-labels.yaml (3.9.13), payments.yaml (3.1.20) and domestic-prices.yaml (3.4.30), read
2026-11-24. Pounds and inches; only addresses in the United States.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mappings.canonical import Booking, Money, PostalAddress, RateQuote, ShipmentRequest
from mappings.documents import WireDocument, amount, present
from mappings.errors import MappingError
from mappings.labels import inline_label
from mappings.rating import cheapest_first, require_addressable, require_rateable, street_lines, weight_in
from mappings.structs import FrozenStruct

ZIP = re.compile(r"(\d{5})(?:-?(\d{4}))?", re.ASCII)
LONGEST_PRINT = 30
TRACKING = 920
SINGLE_PIECE = "SP"
NO_ENTRY = "NONE"
TAKEN_BACK = frozenset({"CANCELED", "DISPUTED"})
"""Cancelled before USPS was told of it, or refund asked for after."""


class Terms(FrozenStruct):
    """What the connection's settings say about every label; the usual package is in inches."""

    crid: str
    mid: str
    manifest_mid: str
    account_number: str
    account_type: str
    length: Decimal
    width: Decimal
    height: Decimal
    mail_class: str = "USPS_GROUND_ADVANTAGE"
    price_type: str = "COMMERCIAL"
    label_format: str = "PDF"


def payment_body(terms: Terms) -> dict[str, Any]:
    """`POST /payments/v3/payment-authorization`: who pays is who owns the labels."""
    role = {
        "CRID": terms.crid,
        "MID": terms.mid,
        "manifestMID": terms.manifest_mid,
        "accountType": terms.account_type,
        "accountNumber": terms.account_number,
    }
    return {"roles": [{"roleName": name, **role} for name in ("PAYER", "LABEL_OWNER")]}


def label_body(request: ShipmentRequest, terms: Terms, today: date) -> dict[str, Any]:
    """`POST /labels/v3/label`: equal bodies under one key give one label."""
    package = {
        "mailClass": request.service or terms.mail_class,
        "rateIndicator": SINGLE_PIECE,
        "weightUOM": "lb",
        "dimensionsUOM": "in",
        **_package(request, terms),
        "processingCategory": "MACHINABLE",
        "mailingDate": today.isoformat(),
        "extraServices": [TRACKING],
        "destinationEntryFacilityType": NO_ENTRY,
        "customerReference": [
            {"referenceNumber": request.reference[:LONGEST_PRINT], "printReferenceNumber": True}
        ],
    }
    image = {"imageType": terms.label_format, "labelType": "4X6LABEL", "receiptOption": "NONE"}
    return {
        "imageInfo": image,
        "toAddress": _party(request.recipient, "$.recipient"),
        "fromAddress": _party(request.sender, "$.sender"),
        "packageDescription": package,
    }


def rate_body(request: ShipmentRequest, terms: Terms, today: date) -> dict[str, Any]:
    """`POST /prices/v3/total-rates/search`: all mail classes."""
    return {
        "originZIPCode": _zip(request.sender, "$.sender")["ZIPCode"],
        "destinationZIPCode": _zip(request.recipient, "$.recipient")["ZIPCode"],
        **_package(request, terms),
        "priceType": terms.price_type,
        "mailingDate": today.isoformat(),
        "accountType": terms.account_type,
        "accountNumber": terms.account_number,
        "extraServices": [TRACKING],
    }


def _package(request: ShipmentRequest, terms: Terms) -> dict[str, Decimal]:
    require_rateable(request)
    assert request.weight_grams is not None
    return {
        "weight": weight_in("LB", request.weight_grams),
        "length": terms.length,
        "width": terms.width,
        "height": terms.height,
    }


def _party(address: PostalAddress, path: str) -> dict[str, str]:
    """A person has two names; one with a single name is written as a firm is."""
    require_addressable(address, path, with_states={"US"})
    first, _, last = address.name.strip().rpartition(" ")
    street, *more = street_lines(address, path, lines=2, longest=50)
    party = {
        "firstName": first[:50],
        "lastName": last[:50] if first else "",
        "firm": (address.company or ("" if first else address.name))[:50],
        "streetAddress": street,
        "secondaryAddress": more[0] if more else "",
        "city": address.city[:28],
        "state": address.province_code,
        **_zip(address, path),
    }
    return present(party)


def _zip(address: PostalAddress, path: str) -> dict[str, str]:
    if address.country != "US":
        raise MappingError(f"{path}.country", "must be US: USPS labels are for domestic mail")
    match = ZIP.fullmatch(address.postal_code.strip())
    if match is None:
        raise MappingError(f"{path}.postal_code", "is no ZIP code")
    return present({"ZIPCode": match[1], "ZIPPlus4": match[2]})


class Payment(WireDocument, rename="camel"):
    payment_authorization_token: str


class _Metadata(WireDocument, rename="camel"):
    tracking_number: str = ""


class Label(WireDocument, rename="camel"):
    """Metadata beside the picture; the vendor's examples also show them in `labelMetadata`."""

    tracking_number: str = ""
    label_metadata: _Metadata = _Metadata()
    label_image: str | None = None


class Cancelled(WireDocument):
    status: str


class _Rate(WireDocument, rename="camel"):
    """Prices for mail that is brought to a facility nearer to its destination are no use to us."""

    mail_class: str
    rate_indicator: str = SINGLE_PIECE
    destination_entry_facility_type: str = NO_ENTRY

    @property
    def is_ours(self) -> bool:
        return (self.rate_indicator, self.destination_entry_facility_type) == (SINGLE_PIECE, NO_ENTRY)


class _Option(WireDocument, rename="camel"):
    total_base_price: Decimal
    total_price: Decimal | None = None
    rates: tuple[_Rate, ...] = ()


class Rates(WireDocument, rename="camel"):
    rate_options: tuple[_Option, ...]


def booking_of(label: Label, request: ShipmentRequest, terms: Terms) -> Booking:
    number = label.tracking_number or label.label_metadata.tracking_number
    if not number:
        raise MappingError("$.trackingNumber", "is missing")
    return Booking(
        reference=request.reference,
        carrier="usps",
        tracking_number=number,
        label_url=inline_label(terms.label_format, label.label_image),
        service=request.service or terms.mail_class,
    )


def quotes(rates: Rates) -> Sequence[RateQuote]:
    """The cheapest price of each mail class, cheapest first, with the extra services asked for. This
    interface promises no days."""
    found: dict[str, RateQuote] = {}
    for position, option in enumerate(rates.rate_options):
        for rate in option.rates[:1]:
            quote = _quote(option, rate, f"$.rateOptions[{position}].totalPrice")
            best = found.get(rate.mail_class)
            if rate.is_ours and (best is None or quote.price.amount < best.price.amount):
                found[rate.mail_class] = quote
    return cheapest_first(found.values())


def _quote(option: _Option, rate: _Rate, path: str) -> RateQuote:
    total = option.total_base_price if option.total_price is None else option.total_price
    return RateQuote(
        carrier="usps",
        service=rate.mail_class,
        price=Money(amount=amount(total, path), currency="USD"),
    )
