"""Booking, finding and cancelling at SF Express: canonical requests ⇄ `msgData`.

Requests that SF cannot express raise `MappingError` with a path into the canonical request.
"""

from decimal import Decimal
from typing import Any

import msgspec

from mappings.canonical import Booking, CargoItem, PostalAddress, ShipmentRequest
from mappings.carriers.sf_express.tables import CONFIRMED, COUNTRY, NOT_SERVED, UNSERVED_SIDE
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.structs import FrozenStruct

CARRIER = "sf-express"
MOST_PARCELS = 307
LONGEST_REFERENCE = 64
LONGEST_REMARK = 100

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Terms(FrozenStruct):
    """What the agreement with SF says, from the connection's settings."""

    express_type: int
    pay_method: int
    monthly_card: str = ""
    collection_card: str = ""
    asks_for_pickup: bool = True


def text(content: dict[str, Any]) -> str:
    """`msgData`: serialised once, since exactly this text is signed and sent."""
    return _encode(content).decode()


def create_order(request: ShipmentRequest, terms: Terms) -> str:
    """`EXP_RECE_CREATE_ORDER`: `orderId` is our reference and makes a repetition visible (8016)."""
    _refuse_impossible(request)
    order: dict[str, Any] = {
        "language": "zh-CN",
        "orderId": request.reference,
        "cargoDetails": [_cargo(item, request.currency) for item in request.cargo],
        "contactInfoList": [
            _contact(request.sender, 1, "$.sender"),
            _contact(request.recipient, 2, "$.recipient"),
        ],
        "expressTypeId": _product(request.service, terms.express_type),
        "payMethod": terms.pay_method,
        "isReturnRoutelabel": 1,
        "isDocall": int(terms.asks_for_pickup),
        "parcelQty": request.parcels,
        **_optional(request, terms),
    }
    return text(order)


def _refuse_impossible(request: ShipmentRequest) -> None:
    if len(request.reference) > LONGEST_REFERENCE:
        raise MappingError("$.reference", f"is longer than {LONGEST_REFERENCE} characters")
    if request.recipient.masked:
        raise MappingError("$.recipient", "is masked, and SF Express resolves nobody's receiver tokens")
    if not request.cargo:
        raise MappingError("$.cargo", "is empty: an e-waybill names its goods")
    if not 1 <= request.parcels <= MOST_PARCELS:
        raise MappingError("$.parcels", f"must be 1 to {MOST_PARCELS}")
    if request.weight_grams is not None and request.weight_grams <= 0:
        raise MappingError("$.weight_grams", "must be more than nothing")
    if request.parcels > 1 and request.weight_grams is None:
        raise MappingError("$.weight_grams", "is missing: several parcels need a total weight")


def _cargo(item: CargoItem, currency: str) -> dict[str, Any]:
    cargo: dict[str, Any] = {"name": item.title or item.sku, "count": item.quantity}
    if item.unit_value > 0 and currency:
        cargo |= {"amount": item.unit_value, "currency": currency}
    return cargo


def _contact(address: PostalAddress, kind: int, path: str) -> dict[str, Any]:
    country = COUNTRY.get(address.country)
    if country is None:
        raise MappingError(f"{path}.country", f"{address.country!r} is not written for SF Express yet")
    if not address.telephone:
        raise MappingError(f"{path}.telephone", "is missing")
    if not any(address.street):
        raise MappingError(f"{path}.street", "is missing")
    fields = {
        "contactType": kind,
        "contact": address.name,
        "company": address.company,
        "mobile" if _is_mobile(address.telephone) else "tel": address.telephone,
        "country": country,
        "province": address.province,
        "city": address.city,
        "county": address.district,
        "address": " ".join(part for part in address.street if part),
        "postCode": address.postal_code,
    }
    return {name: value for name, value in fields.items() if value}


def _is_mobile(telephone: str) -> bool:
    return len(telephone) == 11 and telephone.startswith("1") and telephone.isdecimal()


def _product(service: str, default: int) -> int:
    if not service:
        return default
    if not (service.isascii() and service.isdecimal()):
        raise MappingError("$.service", "must be the number of an SF product (expressTypeId)")
    return int(service)


def _optional(request: ShipmentRequest, terms: Terms) -> dict[str, Any]:
    """Fields that SF wants absent rather than empty. The collection service `COD` is *unverified*."""
    fields: dict[str, Any] = {}
    if terms.monthly_card:
        fields["monthlyCard"] = terms.monthly_card
    if request.weight_grams is not None:
        fields["totalWeight"] = Decimal(request.weight_grams).scaleb(-3)
    if request.order_number:
        fields["custReferenceNo"] = request.order_number
    if request.note:
        fields["remark"] = request.note[:LONGEST_REMARK]
    if request.collect_on_delivery is not None:
        fields["serviceList"] = [_collection(request, terms)]
    return fields


def _collection(request: ShipmentRequest, terms: Terms) -> dict[str, str]:
    assert request.collect_on_delivery is not None
    if request.collect_on_delivery.currency != "CNY":
        raise MappingError("$.collect_on_delivery.currency", "must be CNY")
    if not terms.collection_card:
        raise MappingError("$.collect_on_delivery", "needs the setting «Collection card»")
    return {
        "name": "COD",
        "value": f"{request.collect_on_delivery.amount:f}",
        "value1": terms.collection_card,
    }


def search_order(reference: str) -> str:
    """`EXP_RECE_SEARCH_ORDER_RESP`: what became of our reference (`searchType` 1: the way out)."""
    return text({"language": "zh-CN", "orderId": reference, "searchType": "1"})


def cancel_order(reference: str) -> str:
    """`EXP_RECE_UPDATE_ORDER` with `dealType` 2; possible until the courier has the parcel."""
    return text({"orderId": reference, "dealType": 2})


class _Waybill(WireDocument, rename="camel"):
    """`waybillType`: 1 mother, 2 child, 3 return receipt."""

    waybill_type: int
    waybill_no: str


class OrderAnswer(WireDocument, rename="camel"):
    """`msgData` of create and search (that search answers in the shape of create is *unverified*).

    `remark` names the side that is not served when `filterResult` is 3.
    """

    order_id: str
    filter_result: int
    remark: str | None = None
    waybill_no_info_list: tuple[_Waybill, ...] | None = None


def read_order(data: bytes) -> OrderAnswer:
    """`msgData` of create and search as it came."""
    return decode(data, OrderAnswer)


def refusal(order: OrderAnswer) -> str:
    """Why SF will not carry it although the call succeeded; empty if it will."""
    if str(order.filter_result) != NOT_SERVED:
        return ""
    return f"SF Express does not serve {UNSERVED_SIDE.get(order.remark or '', 'this relation')}"


def booking(order: OrderAnswer) -> Booking:
    """An order that SF took. While it is checked by hand it may have no number yet."""
    confirmed = CONFIRMED.read(str(order.filter_result), "$.filterResult")
    waybills = order.waybill_no_info_list or ()
    mother = next((waybill.waybill_no for waybill in waybills if waybill.waybill_type == 1), "")
    if confirmed and not mother:
        raise MappingError("$.waybillNoInfoList", "holds no mother waybill")
    return Booking(
        reference=order.order_id,
        carrier=CARRIER,
        tracking_number=mother,
        carrier_order_id=order.order_id,
        sub_numbers=tuple(waybill.waybill_no for waybill in waybills if waybill.waybill_type == 2),
        confirmed=confirmed,
    )


class _Update(WireDocument, rename="camel"):
    """`resStatus`: 1 order and waybill do not match, 2 done."""

    res_status: int


def was_cancelled(data: bytes) -> bool:
    """`msgData` of a cancellation that the call itself reports as successful."""
    return decode(data, _Update).res_status == 2
