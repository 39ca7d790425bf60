"""Booking and cancelling at YTO: canonical requests ⇄ `param`. Weights are kilograms, amounts yuan."""

from decimal import Decimal
from typing import Any

from mappings.canonical import Booking, BookingCancellation, CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.china import require_domestic, street_line
from mappings.documents import WireDocument, decode, json_text, present
from mappings.errors import MappingError

CARRIER = "yto"
PRODUCTS = ("PK", "YZD")
MOST_GOODS = 20
SHORTEST_NUMBER = 7
PREFIX = "orderhub-"
COLLECTION = (Decimal(3), Decimal(20000))


def logistics_no(reference: str) -> str:
    """Our reference, or, where YTO finds it too short, the same with a prefix."""
    return reference if len(reference) >= SHORTEST_NUMBER else PREFIX + reference


def reference_of(number: str) -> str:
    """The inverse of `logistics_no`."""
    bare = number.removeprefix(PREFIX)
    return bare if logistics_no(bare) == number else number


def order(request: ShipmentRequest, product: str) -> str:
    """`privacy_create_adapter`. `logisticsNo` is taken once; of the goods YTO wants no more than 20."""
    require_domestic(request)
    content: dict[str, Any] = {
        "logisticsNo": logistics_no(request.reference),
        **_contact("sender", request.sender),
        **_contact("recipient", request.recipient),
        "remark": request.note,
        "goods": [_goods(item) for item in request.cargo[:MOST_GOODS]],
        "cstOrderNo": request.reference,
        "productCode": _product(request.service or product),
    }
    if request.weight_grams is not None:
        content["weight"] = Decimal(request.weight_grams).scaleb(-3)
    if request.collect_on_delivery is not None:
        content["increments"] = [_collection(request.collect_on_delivery)]
    return json_text(present(content))


def _product(code: str) -> str:
    if code not in PRODUCTS:
        raise MappingError("$.service", f"must be one of {', '.join(PRODUCTS)}")
    return code


def _contact(side: str, address: PostalAddress) -> dict[str, str]:
    fields = {
        "Name": address.name,
        "ProvinceName": address.province,
        "CityName": address.city,
        "CountyName": address.district,
        "Address": street_line(address),
        "Mobile": address.telephone,
    }
    return present({f"{side}{name}": value for name, value in fields.items()})


def _goods(item: CargoItem) -> dict[str, Any]:
    goods: dict[str, Any] = {"name": item.title or item.sku, "quantity": item.quantity}
    if item.unit_value > 0:
        goods["price"] = item.unit_value
    return goods


def _collection(money: Money) -> dict[str, Any]:
    least, most = COLLECTION
    if not least <= money.amount <= most:
        raise MappingError("$.collect_on_delivery.amount", f"must be {least} to {most}")
    return {"type": 1, "amount": money.amount}


class _Order(WireDocument, rename="camel"):
    mail_no: str
    logistics_no: str | None = None


def read_booking(content: bytes, request: ShipmentRequest, product: str) -> Booking:
    """A created order."""
    booked, expected = decode(content, _Order), logistics_no(request.reference)
    if not booked.mail_no:
        raise MappingError("$.mailNo", "is empty")
    if booked.logistics_no not in (None, "", expected):
        raise MappingError("$.logisticsNo", "names another order")
    return Booking(
        reference=request.reference,
        carrier=CARRIER,
        tracking_number=booked.mail_no,
        carrier_order_id=expected,
        service=request.service or product,
    )


def cancellation(request: BookingCancellation) -> str:
    """`korder_cancel_adapter`; field names agree in several public clients and are *unverified*."""
    number = request.carrier_order_id or logistics_no(request.reference)
    return json_text({"logisticsNo": number, "cancelDesc": request.reason or "用户取消"})
