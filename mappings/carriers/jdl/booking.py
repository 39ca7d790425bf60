"""Booking, pricing and cancelling at JD Logistics: canonical requests ⇄ bodies, each an array of one order.

Only contract customers (orderOrigin 1) are served here. Weights are kilograms, amounts yuan.
"""

from decimal import ROUND_UP, Decimal
from typing import Any

from mappings.canonical import Booking, BookingCancellation, Money, PostalAddress, RateQuote, ShipmentRequest
from mappings.carriers.jdl.tables import CANCELLED
from mappings.china import is_mobile, require_domestic, street_line
from mappings.documents import WireDocument, decode, json_text, present
from mappings.errors import MappingError
from mappings.structs import FrozenStruct

CARRIER = "jdl"
NOTHING = b"null"
CONTRACT = 1
LONGEST_NAME = 50
LONGEST_TEXT = 200
LONGEST_REASON = 30
MOST_PARCELS = 999


class Terms(FrozenStruct):
    """The agreement with JD Logistics, from the settings."""

    customer_code: str
    product: str = "ed-m-0001"
    settle_type: int = 3
    asks_for_pickup: bool = True


def order(request: ShipmentRequest, terms: Terms) -> str:
    """`orders/create`. `orderId` is our reference: a repetition is answered with the first waybill."""
    content: dict[str, Any] = {
        "orderId": request.reference,
        **_shipment(request, terms),
        "settleType": terms.settle_type,
        "pickupType": 1 if terms.asks_for_pickup else 2,
        "remark": request.note[:LONGEST_TEXT],
    }
    if collect := request.collect_on_delivery:
        content["addedProducts"] = [_collection(collect.amount)]
    return json_text([present(content)])


def price_query(request: ShipmentRequest, terms: Terms) -> str:
    """`orders/precheck`, which tells prices only of what has a weight."""
    if request.weight_grams is None:
        raise MappingError("$.weight_grams", "is missing: JD Logistics prices by weight")
    return json_text([_shipment(request, terms)])


def _shipment(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    require_domestic(request, longest_reference=LONGEST_NAME, most_parcels=MOST_PARCELS)
    names = "、".join(item.title or item.sku for item in request.cargo)
    cargo: dict[str, Any] = {"name": names[:LONGEST_NAME], "quantity": request.parcels}
    if request.weight_grams is not None:
        cargo["weight"] = Decimal(request.weight_grams).scaleb(-3).quantize(Decimal("0.01"), ROUND_UP)
    return {
        "senderContact": _contact(request.sender, "$.sender"),
        "receiverContact": _contact(request.recipient, "$.recipient"),
        **customer(terms),
        "productsReq": {"productCode": request.service or terms.product},
        "cargoes": [cargo],
    }


def customer(terms: Terms) -> dict[str, Any]:
    """Who asks, in every call; only what the same customer booked is shown."""
    return {"orderOrigin": CONTRACT, "customerCode": terms.customer_code}


def _contact(address: PostalAddress, path: str) -> dict[str, Any]:
    divisions = (address.province, address.city, address.district)
    full = "".join((*divisions, street_line(address)))
    for name, text, longest in (("name", address.name, LONGEST_NAME), ("street", full, LONGEST_TEXT)):
        if len(text) > longest:
            raise MappingError(f"{path}.{name}", f"is longer than {longest} characters")
    return present(
        {
            "name": address.name,
            "company": address.company,
            "mobile" if is_mobile(address.telephone) else "phone": address.telephone,
            "fullAddress": full,
        }
    )


def _collection(amount: Decimal) -> dict[str, Any]:
    """Cash on delivery, as a precheck offers it (ed-a-0009, shouldPayMoney); *unverified* in an order."""
    return {"productCode": "ed-a-0009", "productAttrs": {"shouldPayMoney": f"{amount:f}"}}


class _Order(WireDocument, rename="camel"):
    waybill_code: str
    order_code: str | None = None


def read_booking(data: bytes, request: ShipmentRequest, terms: Terms) -> Booking:
    """`data` of a created order, also of one that was created before (subCode 0_0001)."""
    booked = decode(data, _Order)
    if not booked.waybill_code:
        raise MappingError("$.waybillCode", "is empty")
    return Booking(
        reference=request.reference,
        carrier=CARRIER,
        tracking_number=booked.waybill_code,
        carrier_order_id=booked.order_code or "",
        service=request.service or terms.product,
    )


class _Fee(WireDocument, rename="camel"):
    total_amount: Decimal
    currency: str = "CNY"


class _Precheck(WireDocument, rename="camel"):
    common_fee_info_response: _Fee | None = None


def read_quotes(data: bytes, request: ShipmentRequest, terms: Terms) -> tuple[RateQuote, ...]:
    """`data` of a precheck: the estimate for the product that was asked for, if there is one."""
    fee = decode(data, _Precheck).common_fee_info_response
    if fee is None:
        return ()
    price = Money(amount=fee.total_amount, currency=fee.currency)
    return (RateQuote(carrier=CARRIER, service=request.service or terms.product, price=price),)


def cancellation(request: BookingCancellation, terms: Terms) -> str:
    """`orders/cancel`; after the pick-up JD tries to intercept the parcel instead."""
    content = {
        "waybillCode": request.tracking_number,
        "orderCode": request.carrier_order_id,
        **customer(terms),
        "cancelType": 1,
        "cancelReason": (request.reason or "用户取消")[:LONGEST_REASON],
        "cancelReasonCode": "1",
    }
    return json_text([present(content)])


class _Cancelled(WireDocument, rename="camel"):
    result_type: int


def why_not_cancelled(data: bytes) -> str:
    """`data` of a cancellation → why it is none; empty if it is one, or if JD leaves it at its success."""
    if data == NOTHING:
        return ""
    return CANCELLED.read(str(decode(data, _Cancelled).result_type), "$.resultType")
