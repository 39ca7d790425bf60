"""UPS shipments, rates and voids: canonical requests → bodies, answers → bookings and prices.

Source: Shipping.yaml and Rating.yaml of UPS-API/api-documentation (v2409), read 2026-11-24. All numbers are
text. Several fields are an object where there is one of a thing, and a list where there are more.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from mappings.canonical import Booking, Money, PostalAddress, RateQuote, ShipmentRequest
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

T = TypeVar("T")

LONGEST_REFERENCE = 35
LONGEST_NAME = 35
WITH_STATES = frozenset({"US", "CA", "PR", "IE"})
POUNDS = frozenset({"US", "PR"})
OWN_PARCEL = "02"
DONE = "1"


class Terms(FrozenStruct):
    """What the connection's settings say about every shipment."""

    shipper_number: str
    service: str = "03"
    label_format: str = "GIF"


def ship_body(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    """`POST /shipments/v2409/ship`. Inside the United States a reference belongs to the parcel, elsewhere to
    the shipment."""
    shipment = _shipment(request, terms)
    package: dict[str, Any] = {"Packaging": {"Code": OWN_PARCEL}, "PackageWeight": _weight(request)}
    references = [{"Value": request.reference}]
    is_domestic = request.sender.country == request.recipient.country
    if is_domestic and request.sender.country in POUNDS:
        package["ReferenceNumber"] = references
    else:
        shipment["ReferenceNumber"] = references
    shipment |= {
        "PaymentInformation": {"ShipmentCharge": [_charge(terms)]},
        "Service": {"Code": request.service or terms.service},
        "Package": [package],
    }
    return {
        "ShipmentRequest": {
            "Request": {
                "RequestOption": "nonvalidate",
                "TransactionReference": {"CustomerContext": request.reference},
            },
            "Shipment": shipment,
            "LabelSpecification": _label(terms),
        }
    }


def rate_body(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    """`POST /rating/v2409/Shop`: every service that serves the two addresses."""
    package = {"PackagingType": {"Code": OWN_PARCEL}, "PackageWeight": _weight(request)}
    shipment = _shipment(request, terms)
    for side in ("Shipper", "ShipTo"):  # rating has no field for telephones
        shipment[side].pop("Phone", None)
    shipment |= {
        "PaymentDetails": {"ShipmentCharge": [_charge(terms)]},
        "DeliveryTimeInformation": {"PackageBillType": "03"},
        "Package": [package],
    }
    return {"RateRequest": {"Request": {"RequestOption": "Shop"}, "Shipment": shipment}}


def recovery_body(tracking_number: str, terms: Terms) -> dict[str, Any]:
    """`POST /labels/v1/recovery`: the label of a parcel that exists."""
    return {
        "LabelRecoveryRequest": {
            "Request": {"RequestOption": "Non_Validate"},
            "LabelSpecification": _label(terms),
            "TrackingNumber": tracking_number,
        }
    }


def _shipment(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    require_rateable(request, longest_reference=LONGEST_REFERENCE)
    return {
        "Shipper": _party(request.sender, "$.sender") | {"ShipperNumber": terms.shipper_number},
        "ShipTo": _party(request.recipient, "$.recipient"),
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "Y"},
    }


def _charge(terms: Terms) -> dict[str, Any]:
    return {"Type": "01", "BillShipper": {"AccountNumber": terms.shipper_number}}


def _label(terms: Terms) -> dict[str, Any]:
    return {
        "LabelImageFormat": {"Code": terms.label_format},
        "LabelStockSize": {"Height": "6", "Width": "4"},
    }


def _party(address: PostalAddress, path: str) -> dict[str, Any]:
    """Names are cut as UPS prints them; streets are broken between words, never cut."""
    require_addressable(address, path, with_states=WITH_STATES)
    place = {
        "AddressLine": street_lines(address, path, lines=3, longest=35),
        "City": address.city[:30],
        "StateProvinceCode": address.province_code if address.country in WITH_STATES else None,
        "PostalCode": address.postal_code.replace("-", "").replace(" ", ""),
        "CountryCode": address.country,
    }
    digits = telephone_digits(address.telephone)
    party = {
        "Name": (address.company or address.name)[:LONGEST_NAME],
        "AttentionName": (address.name or address.company)[:LONGEST_NAME],
        "Phone": {"Number": digits} if digits else None,
        "Address": present(place),
    }
    return present(party)


def _weight(request: ShipmentRequest) -> dict[str, Any]:
    """In the unit of the country that it leaves from."""
    assert request.weight_grams is not None
    unit, code, words = (
        ("LB", "LBS", "Pounds") if request.sender.country in POUNDS else ("KG", "KGS", "Kilograms")
    )
    weight = str(weight_in(unit, request.weight_grams))
    if len(weight) > 5:
        raise MappingError("$.weight_grams", "is more than UPS takes")
    return {"UnitOfMeasurement": {"Code": code, "Description": words}, "Weight": weight}


class _Code(WireDocument, rename="pascal"):
    code: str = ""


class _Picture(WireDocument, rename="pascal"):
    image_format: _Code = _Code()
    label_image_format: _Code = _Code()
    graphic_image: str | None = None

    def __str__(self) -> str:
        return inline_label(self.image_format.code or self.label_image_format.code, self.graphic_image)


class _Package(WireDocument, rename="pascal"):
    tracking_number: str
    shipping_label: _Picture | None = None


class _ShipmentResults(WireDocument, rename="pascal"):
    package_results: tuple[_Package, ...] | _Package
    shipment_identification_number: str = ""


class _ShipmentResponse(WireDocument, rename="pascal"):
    shipment_results: _ShipmentResults


class Shipped(WireDocument, rename="pascal"):
    shipment_response: _ShipmentResponse


class _LabelResult(WireDocument, rename="pascal"):
    label_image: _Picture | None = None


class _LabelRecoveryResponse(WireDocument, rename="pascal"):
    label_results: tuple[_LabelResult, ...] | _LabelResult
    shipment_identification_number: str = ""


class Recovered(WireDocument, rename="pascal"):
    label_recovery_response: _LabelRecoveryResponse


class _SummaryResult(WireDocument, rename="pascal"):
    status: _Code


class _VoidShipmentResponse(WireDocument, rename="pascal"):
    summary_result: _SummaryResult


class Voided(WireDocument, rename="pascal"):
    void_shipment_response: _VoidShipmentResponse

    @property
    def is_done(self) -> bool:
        return self.void_shipment_response.summary_result.status.code == DONE


class _Charge(WireDocument, rename="pascal"):
    """Charges without an amount exist."""

    currency_code: str = ""
    monetary_value: Decimal | None = None


class _Negotiated(WireDocument, rename="pascal"):
    total_charge: _Charge = _Charge()
    total_charges_with_taxes: _Charge = _Charge()


class _Arrival(WireDocument, rename="pascal"):
    business_days_in_transit: int | None = None


class _ServiceSummary(WireDocument, rename="pascal"):
    estimated_arrival: _Arrival = _Arrival()


class _TimeInTransit(WireDocument, rename="pascal"):
    service_summary: _ServiceSummary = _ServiceSummary()


class _Rated(WireDocument, rename="pascal"):
    """One service. What the account has negotiated counts before what is published, taxes included."""

    service: _Code
    total_charges: _Charge = _Charge()
    total_charges_with_taxes: _Charge = _Charge()
    negotiated_rate_charges: _Negotiated = _Negotiated()
    guaranteed_delivery: _Arrival = _Arrival()
    time_in_transit: _TimeInTransit = _TimeInTransit()

    @property
    def charges(self) -> Sequence[_Charge]:
        agreed = self.negotiated_rate_charges
        return (
            agreed.total_charges_with_taxes,
            agreed.total_charge,
            self.total_charges_with_taxes,
            self.total_charges,
        )


class _RateResponse(WireDocument, rename="pascal"):
    rated_shipment: tuple[_Rated, ...] | _Rated


class Rates(WireDocument, rename="pascal"):
    rate_response: _RateResponse


def booking_of(shipped: Shipped, request: ShipmentRequest, terms: Terms) -> Booking:
    results = shipped.shipment_response.shipment_results
    packages = _each(results.package_results)
    if not packages or not packages[0].tracking_number:
        raise MappingError("$.ShipmentResponse.shipment_results.package_results", "holds no tracking number")
    number = packages[0].tracking_number
    return _booking(
        request, terms, number, results.shipment_identification_number, packages[0].shipping_label
    )


def found_booking(number: str, recovered: Recovered, request: ShipmentRequest, terms: Terms) -> Booking:
    """A booking whose answer was lost, with its label fetched again."""
    answer = recovered.label_recovery_response
    labels = _each(answer.label_results)
    label = labels[0].label_image if labels else None
    return _booking(request, terms, number, answer.shipment_identification_number, label)


def _booking(
    request: ShipmentRequest, terms: Terms, number: str, shipment: str, label: _Picture | None
) -> Booking:
    return Booking(
        reference=request.reference,
        carrier="ups",
        tracking_number=number,
        carrier_order_id=shipment or number,
        label_url=str(label or ""),
        service=request.service or terms.service,
    )


def quotes(rates: Rates) -> Sequence[RateQuote]:
    """Prices, cheapest first; a service that comes twice (delivered on Saturday, or not) at its lower one."""
    found: dict[str, RateQuote] = {}
    for rated in _each(rates.rate_response.rated_shipment):
        quote = _quote(rated)
        if quote is not None and (
            quote.service not in found or quote.price.amount < found[quote.service].price.amount
        ):
            found[quote.service] = quote
    return cheapest_first(found.values())


def _quote(rated: _Rated) -> RateQuote | None:
    for charge in rated.charges:
        if charge.monetary_value is not None and charge.currency_code:
            total = amount(charge.monetary_value, "$.RateResponse.RatedShipment[].TotalCharges")
            days = rated.guaranteed_delivery.business_days_in_transit
            expected = rated.time_in_transit.service_summary.estimated_arrival.business_days_in_transit
            return RateQuote(
                carrier="ups",
                service=rated.service.code,
                price=Money(amount=total, currency=charge.currency_code),
                transit_days=expected if days is None else days,
            )
    return None


def _each(one_or_more: tuple[T, ...] | T) -> tuple[T, ...]:
    return one_or_more if isinstance(one_or_more, tuple) else (one_or_more,)
