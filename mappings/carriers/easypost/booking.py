"""EasyPost shipments: canonical requests → bodies, answers → prices and bookings.

Weights are ounces. Requests that cannot be expressed raise `MappingError` with a path into the request.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Annotated, Any

import msgspec

from mappings.canonical import Booking, Money, RateQuote, ShipmentRequest
from mappings.carriers.easypost.tables import carrier_of
from mappings.documents import WireDocument, amount, present
from mappings.errors import MappingError
from mappings.rating import address_fields, cheapest_first, require_rateable
from mappings.structs import FrozenStruct

GRAMS_PER_OUNCE = Decimal("28.349523125")
TAKEN_BACK = frozenset({"submitted", "refunded"})
"""Refund statuses under which a label will not be used: the carrier gives the money back later, or not."""


class Terms(FrozenStruct):
    """What the connection's settings say about every shipment."""

    label_format: str = "PDF"
    package: str = ""
    carrier_accounts: str = ""


def shipment_body(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    """`POST /shipments`: rated at once, bought later. `reference` is ours; EasyPost lets it occur twice."""
    require_rateable(request)
    assert request.weight_grams is not None
    ounces = (request.weight_grams / GRAMS_PER_OUNCE).quantize(Decimal("0.1"), ROUND_UP)
    options = {"label_format": terms.label_format, "print_custom_1": request.order_number}
    shipment: dict[str, Any] = {
        "reference": request.reference,
        "from_address": address_fields(request.sender, "$.sender"),
        "to_address": address_fields(request.recipient, "$.recipient"),
        "parcel": present({"weight": ounces, "predefined_package": terms.package}),
        "options": present(options),
        "carrier_accounts": [it.strip() for it in terms.carrier_accounts.split(",") if it.strip()] or None,
    }
    return {"shipment": present(shipment)}


class Rate(WireDocument):
    """One carrier's price for one service; amounts are text."""

    id: str
    carrier: str
    service: str
    rate: Decimal
    currency: str
    delivery_days: int | None = None

    @property
    def name(self) -> str:
        """Services of several carriers have the same name: «USPS/Priority»."""
        return f"{self.carrier}/{self.service}"


class _Message(WireDocument):
    """Why one carrier gave no rate."""

    carrier: str | None = None
    message: str | None = None


class _Label(WireDocument):
    label_url: str | None = None


class Shipment(WireDocument):
    """The answer to everything that is done with a shipment. Without label it is not bought."""

    id: str
    created_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    reference: str | None = None
    tracking_code: str | None = None
    refund_status: str | None = None
    rates: tuple[Rate, ...] | None = None
    messages: tuple[_Message, ...] | None = None
    selected_rate: Rate | None = None
    postage_label: _Label | None = None

    @property
    def is_bought(self) -> bool:
        return self.postage_label is not None


class Shipments(WireDocument):
    """A page, newest first."""

    shipments: tuple[Shipment, ...]
    has_more: bool = False


def cheapest(shipment: Shipment, service: str) -> Rate | None:
    """Of the rates of `service` («Priority» of any carrier, «USPS/Priority» of one, empty: of all)."""
    fitting = [rate for rate in shipment.rates or () if service in ("", rate.service, rate.name)]
    return min(fitting, key=lambda rate: (amount(rate.rate, "$.rates[].rate"), rate.name), default=None)


def quotes(shipment: Shipment) -> Sequence[RateQuote]:
    """Prices, cheapest first."""
    return cheapest_first(
        RateQuote(
            carrier=carrier_of(rate.carrier),
            service=rate.name,
            price=Money(amount=amount(rate.rate, f"$.rates[{position}].rate"), currency=rate.currency),
            transit_days=rate.delivery_days,
        )
        for position, rate in enumerate(shipment.rates or ())
    )


def complaints(shipment: Shipment) -> str:
    """What carriers say instead of a rate."""
    told = [f"{it.carrier}: {it.message}" for it in shipment.messages or () if it.message]
    return "; ".join(told)[:200]


def booking_of(shipment: Shipment, reference: str) -> Booking:
    """A shipment that was bought."""
    if shipment.postage_label is None or not shipment.tracking_code:
        raise MappingError("$.postage_label", "is missing: the shipment is not bought")
    if shipment.selected_rate is None:
        raise MappingError("$.selected_rate", "is missing")
    return Booking(
        reference=reference,
        carrier=carrier_of(shipment.selected_rate.carrier),
        tracking_number=shipment.tracking_code,
        carrier_order_id=shipment.id,
        label_url=shipment.postage_label.label_url or "",
        service=shipment.selected_rate.name,
    )
