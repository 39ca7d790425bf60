"""E-waybills (`label/order`): canonical requests ⇄ `param`.

Requests that cannot be expressed raise `MappingError` with a path into the canonical request.
"""

from decimal import Decimal
from typing import Any

import msgspec

from mappings.canonical import Booking, BookingCancellation, PostalAddress, ShipmentRequest
from mappings.carriers.kuaidi100.tables import carrier_of, company_of
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError
from mappings.structs import FrozenStruct

TOKENS_OF = frozenset({"taobao"})
"""`oaid` is Taobao's receiver id. `caid` and the other platforms' waybills are not attested well enough."""

LONGEST_CARGO = 200

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Terms(FrozenStruct):
    """The e-waybill account that a company gave, from the settings; empty fields are not sent."""

    company: str
    partner_id: str
    partner_key: str = ""
    partner_secret: str = ""
    partner_name: str = ""
    net: str = ""
    code: str = ""
    check_man: str = ""
    taobao_net: str = "taobao"
    pay_type: str = "SHIPPER"
    product: str = "标准快递"
    print_type: str = "HTML"
    template: str = ""
    printer: str = ""


def text(content: dict[str, Any]) -> str:
    """`param`: serialised once, since exactly this text is signed and sent."""
    return _encode(content).decode()


def order(request: ShipmentRequest, terms: Terms) -> str:
    """`method=order`. `orderId` with `reorder: false` gives the first result again for 48 hours."""
    _refuse_impossible(request)
    titles = "、".join(item.title or item.sku for item in request.cargo)
    content: dict[str, Any] = {
        **_account(terms),
        "checkMan": terms.check_man,
        "recMan": _contact(request.recipient, "$.recipient"),
        "sendMan": _contact(request.sender, "$.sender"),
        "cargo": titles[:LONGEST_CARGO],
        "count": request.parcels,
        "payType": terms.pay_type,
        "expType": request.service or terms.product,
        "remark": request.note,
        "orderId": request.reference,
        "reorder": False,
        "printType": terms.print_type,
        "tempId": terms.template,
        "siid": terms.printer,
        **_optional(request),
        **_receiver_token(request, terms),
    }
    return text(_present(content))


def _present(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value != ""}


def _account(terms: Terms) -> dict[str, Any]:
    return {
        "kuaidicom": terms.company,
        "partnerId": terms.partner_id,
        "partnerKey": terms.partner_key,
        "partnerSecret": terms.partner_secret,
        "partnerName": terms.partner_name,
        "net": terms.net,
        "code": terms.code,
    }


def _refuse_impossible(request: ShipmentRequest) -> None:
    if not request.cargo:
        raise MappingError("$.cargo", "is empty: an e-waybill names its goods")
    if request.parcels < 1:
        raise MappingError("$.parcels", "must be at least 1")
    recipient = request.recipient
    if recipient.masked and not (recipient.token_platform in TOKENS_OF and recipient.receiver_token):
        raise MappingError("$.recipient", "is masked, and its token cannot be resolved here")


def _contact(address: PostalAddress, path: str) -> dict[str, Any]:
    """Domestic addresses only; the whole address is one text."""
    if address.country != "CN":
        raise MappingError(f"{path}.country", "must be CN: e-waybills are domestic")
    if not address.telephone:
        raise MappingError(f"{path}.telephone", "is missing")
    if not address.name:
        raise MappingError(f"{path}.name", "is missing")
    areas = (address.province, address.city, address.district)
    is_mobile = len(address.telephone) == 11 and address.telephone.startswith("1")
    return _present(
        {
            "name": address.name,
            "mobile" if is_mobile else "tel": address.telephone,
            "printAddr": "".join((*areas, *address.street)),
            "company": address.company,
        }
    )


def _optional(request: ShipmentRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if request.weight_grams is not None:
        fields["weight"] = Decimal(request.weight_grams).scaleb(-3)
    if request.parcels > 1:
        fields["needChild"] = "1"
    if request.collect_on_delivery is not None:
        if request.collect_on_delivery.currency != "CNY":
            raise MappingError("$.collect_on_delivery.currency", "must be CNY")
        fields["collection"] = request.collect_on_delivery.amount
    return fields


def _receiver_token(request: ShipmentRequest, terms: Terms) -> dict[str, str]:
    """A masked receiver: the platform's waybill service (`net`) resolves the token while it is valid."""
    if not request.recipient.masked:
        return {}
    return {
        "oaid": request.recipient.receiver_token,
        "thirdOrderId": request.platform_order_id,
        "net": terms.taobao_net,
    }


def cancellation(request: BookingCancellation, terms: Terms) -> str:
    """`method=cancel`. `orderId` is the company's own order number where the booking gave one."""
    content = {
        **_account(terms),
        "kuaidicom": company_of(request.carrier),
        "kuaidinum": request.tracking_number,
        "orderId": request.carrier_order_id,
        "reason": request.reason,
    }
    return text(_present(content))


class _Waybill(WireDocument, rename="camel"):
    """`data` of an order. `childNum` is a comma-separated list, `label` a short address that expires."""

    kuaidinum: str
    child_num: str | None = None
    label: str | None = None
    kd_com_order_num: str | None = None


def read_booking(data: bytes, reference: str, terms: Terms) -> Booking:
    """`data` of a successful order as it came."""
    waybill = decode(data, _Waybill)
    if not waybill.kuaidinum:
        raise MappingError("$.kuaidinum", "is empty")
    children = (waybill.child_num or "").split(",")
    return Booking(
        reference=reference,
        carrier=carrier_of(terms.company),
        tracking_number=waybill.kuaidinum,
        carrier_order_id=waybill.kd_com_order_num or "",
        sub_numbers=tuple(number.strip() for number in children if number.strip()),
        label_url=waybill.label or "",
    )
