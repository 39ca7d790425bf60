"""Booking, pricing and cancelling at ZTO: canonical requests ⇄ bodies of its services. Weights are grams and
amounts cents, except for prices, which are kilograms and yuan."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mappings.canonical import (
    Booking,
    BookingCancellation,
    CargoItem,
    Money,
    PostalAddress,
    RateQuote,
    ShipmentRequest,
)
from mappings.china import is_mobile, require_domestic, street_line
from mappings.documents import WireDocument, amount, decode, json_text, present
from mappings.errors import MappingError
from mappings.structs import FrozenStruct

CARRIER = "zto"
CENTS = Decimal(100)


class Terms(FrozenStruct):
    """The agreement with ZTO, from the settings."""

    partner_type: str = "2"
    order_type: str = "1"
    account_id: str = ""
    account_password: str = ""
    customer_id: str = ""


def order(request: ShipmentRequest, terms: Terms) -> str:
    """`zto.open.createOrder`. `partnerOrderCode` is our reference, which ZTO takes once."""
    require_domestic(request)
    if request.service:
        raise MappingError("$.service", "must be empty: ZTO's products are a matter of the account")
    content: dict[str, Any] = {
        "partnerType": terms.partner_type,
        "orderType": terms.order_type,
        "partnerOrderCode": request.reference,
        "accountInfo": _account(terms),
        "senderInfo": _contact("sender", request.sender),
        "receiveInfo": _contact("receiver", request.recipient),
        "orderItems": [_item(item) for item in request.cargo],
        "remark": request.note,
    }
    if request.weight_grams is not None:
        content["orderItems"][0]["weight"] = request.weight_grams  # items carry the weight; there is no total
    if collect := request.collect_on_delivery:
        content["orderVasList"] = [{"vasType": "COD", "vasAmount": _cents(collect.amount)}]
    return json_text(present(content))


def _account(terms: Terms) -> dict[str, Any]:
    account = {"accountId": terms.account_id, "accountPassword": terms.account_password, "type": 1}
    return present({**account, "customerId": terms.customer_id})


def _contact(side: str, address: PostalAddress) -> dict[str, Any]:
    fields = {
        "Name": address.name,
        "Mobile" if is_mobile(address.telephone) else "Phone": address.telephone,
        "Province": address.province,
        "City": address.city,
        "District": address.district,
        "Address": street_line(address),
    }
    return present({f"{side}{name}": value for name, value in fields.items()})


def _item(item: CargoItem) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": item.title or item.sku, "quantity": item.quantity}
    if item.unit_value > 0:
        fields["unitprice"] = _cents(item.unit_value)
    return fields


def _cents(value: Decimal) -> int:
    return int((value * CENTS).to_integral_value(ROUND_HALF_UP))


class _Order(WireDocument, rename="camel"):
    """`billCode` may follow later: some appointment orders get it from the courier."""

    partner_order_code: str
    order_code: str | None = None
    bill_code: str | None = None


def read_booking(result: bytes, reference: str) -> Booking:
    """`result` of a created order."""
    booked = decode(result, _Order)
    if booked.partner_order_code != reference:
        raise MappingError("$.partnerOrderCode", "names another order")
    return Booking(
        reference=reference,
        carrier=CARRIER,
        tracking_number=booked.bill_code or "",
        carrier_order_id=booked.order_code or "",
        confirmed=bool(booked.bill_code),
    )


def cancellation(request: BookingCancellation) -> str:
    """`zto.open.cancelPreOrder`; type 1 says that it is no longer wanted."""
    if request.carrier_order_id:
        return json_text({"cancelType": "1", "orderCode": request.carrier_order_id})
    return json_text({"cancelType": "1", "billCode": request.tracking_number})


def price_query(request: ShipmentRequest) -> str:
    """`zto.open.obtainPicePrescription` (field names from two public clients, *unverified*)."""
    require_domestic(request)
    if request.weight_grams is None:
        raise MappingError("$.weight_grams", "is missing: ZTO prices by weight")
    kilograms = Decimal(request.weight_grams).scaleb(-3).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sides = {"sender": request.sender, "addresser": request.recipient}
    places = {side: _place(address) for side, address in sides.items()}
    return json_text({"transportType": 1, "weight": kilograms, **places})


def _place(address: PostalAddress) -> dict[str, str]:
    return {
        "province": address.province,
        "city": address.city,
        "district": address.district,
        "address": street_line(address),
    }


class _Price(WireDocument):
    price: Decimal


def read_quotes(result: bytes) -> tuple[RateQuote, ...]:
    """The one price that ZTO tells; the account's agreement decides about the product."""
    price = amount(decode(result, _Price).price, "$.price")
    return (RateQuote(carrier=CARRIER, service="", price=Money(amount=price, currency="CNY")),)
