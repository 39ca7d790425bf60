"""Shippo shipments and transactions: canonical requests → bodies, answers → prices and bookings.

Numbers are sent as text. Requests that cannot be expressed raise `MappingError` with a path into the request.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from mappings.canonical import Booking, Money, RateQuote, ShipmentRequest
from mappings.carriers.shippo.tables import carrier_of
from mappings.documents import WireDocument, amount
from mappings.errors import MappingError
from mappings.rating import address_fields, cheapest_first, require_rateable
from mappings.structs import FrozenStruct

LONGEST_REFERENCE = 100
BOUGHT = frozenset({"SUCCESS", "REFUNDED", "REFUNDPENDING", "REFUNDREJECTED"})
IN_WORK = frozenset({"QUEUED", "WAITING"})
FAILED = "ERROR"
TAKEN_BACK = frozenset({"REFUNDED", "REFUNDPENDING"})
REFUND_BEGUN = frozenset({"QUEUED", "PENDING", "SUCCESS"})


class Terms(FrozenStruct):
    """What the connection's settings say about every shipment; the usual package is in centimetres."""

    length: Decimal
    width: Decimal
    height: Decimal
    carrier_accounts: str = ""
    label_format: str = "PDF_4x6"


def shipment_body(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    """`POST /shipments`, rated in the same answer (`async` false)."""
    require_rateable(request, longest_reference=LONGEST_REFERENCE)
    parcel = {
        "length": str(terms.length),
        "width": str(terms.width),
        "height": str(terms.height),
        "distance_unit": "cm",
        "weight": str(request.weight_grams),
        "mass_unit": "g",
    }
    return {
        "address_from": address_fields(request.sender, "$.sender"),
        "address_to": address_fields(request.recipient, "$.recipient"),
        "parcels": [parcel],
        "extra": {"reference_1": request.order_number},
        "metadata": request.reference,
        "carrier_accounts": [it.strip() for it in terms.carrier_accounts.split(",") if it.strip()],
        "async": False,
    }


def purchase(rate: "Rate", terms: Terms, reference: str) -> dict[str, Any]:
    """`POST /transactions`: every one buys a label; `metadata` is how it is found again."""
    return {
        "rate": rate.object_id,
        "label_file_type": terms.label_format,
        "metadata": reference,
        "async": False,
    }


class _Servicelevel(WireDocument):
    token: str


class Rate(WireDocument):
    """`amount` is text in the payer's `currency`. Recordings of 2017 say `days` for `estimated_days`."""

    object_id: str
    provider: str
    servicelevel: _Servicelevel
    amount: Decimal
    currency: str
    estimated_days: int | None = None
    days: int | None = None

    @property
    def service(self) -> str:
        return self.servicelevel.token


class Message(WireDocument):
    """What a carrier says, mostly why not."""

    source: str | None = None
    text: str | None = None


class Shipment(WireDocument):
    """A rated shipment; without rates the messages say why."""

    rates: tuple[Rate, ...] | None = None
    messages: tuple[Message, ...] | None = None


class _RateInShort(WireDocument):
    object_id: str


class Transaction(WireDocument):
    """A label that was bought, or is being bought, or could not be. `rate` is an id, or a rate in short."""

    object_id: str
    status: str
    rate: str | _RateInShort
    object_created: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    tracking_number: str | None = None
    label_url: str | None = None
    metadata: str | None = None
    messages: tuple[Message, ...] | None = None

    @property
    def rate_id(self) -> str:
        return self.rate if isinstance(self.rate, str) else self.rate.object_id


class Transactions(WireDocument):
    """A page, newest first."""

    results: tuple[Transaction, ...]
    next: str | None = None


class Refund(WireDocument):
    status: str


def cheapest(shipment: Shipment, service: str) -> Rate | None:
    """Of the rates of `service` (a token such as «usps_priority»; empty: of all)."""
    fitting = [rate for rate in shipment.rates or () if service in ("", rate.service)]
    return min(
        fitting, key=lambda rate: (amount(rate.amount, "$.rates[].amount"), rate.service), default=None
    )


def quotes(shipment: Shipment) -> Sequence[RateQuote]:
    """Prices, cheapest first."""
    return cheapest_first(
        RateQuote(
            carrier=carrier_of(rate.provider),
            service=rate.service,
            price=Money(amount=amount(rate.amount, f"$.rates[{position}].amount"), currency=rate.currency),
            transit_days=rate.estimated_days if rate.estimated_days is not None else rate.days,
        )
        for position, rate in enumerate(shipment.rates or ())
    )


def complaints(messages: Sequence[Message] | None) -> str:
    """Why a carrier gave no rate, or no label."""
    return "; ".join(f"{it.source or 'Shippo'}: {it.text}" for it in messages or () if it.text)[:200]


def booking_of(transaction: Transaction, rate: Rate, reference: str) -> Booking:
    """Not confirmed while Shippo still waits for the carrier."""
    is_confirmed = transaction.status in BOUGHT
    if not is_confirmed and transaction.status not in IN_WORK:
        raise MappingError("$.status", f"{transaction.status[:40]!r} is no status of a purchase")
    if is_confirmed and not transaction.tracking_number:
        raise MappingError("$.tracking_number", "is missing")
    return Booking(
        reference=reference,
        carrier=carrier_of(rate.provider),
        tracking_number=transaction.tracking_number or "",
        carrier_order_id=transaction.object_id,
        label_url=transaction.label_url or "",
        service=rate.service,
        confirmed=is_confirmed,
    )
