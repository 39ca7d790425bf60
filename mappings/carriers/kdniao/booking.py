"""E-waybills of Kdniao: canonical requests ⇄ `RequestData` of 1007 (book) and 1147 (cancel)."""

from decimal import Decimal
from typing import Any

from mappings.canonical import Booking, BookingCancellation, CargoItem, PostalAddress, ShipmentRequest
from mappings.carriers.kdniao.tables import carrier_of, full_province, shipper_of
from mappings.china import is_mobile, require_domestic, street_line
from mappings.documents import WireDocument, decode, json_text, present
from mappings.errors import MappingError
from mappings.structs import FrozenStruct

MOST_PARCELS = 100


class Terms(FrozenStruct):
    """The e-waybill account that a company gave, from the settings; empty fields are not sent."""

    company: str
    customer_name: str = ""
    customer_password: str = ""
    send_site: str = ""
    month_code: str = ""
    pay_type: int = 3
    product: str = "1"
    asks_for_pickup: bool = True
    collection_account: str = ""


def order(request: ShipmentRequest, terms: Terms) -> str:
    """1007. `OrderCode` is our reference, which is booked once; `IsNotice` 0 sends a courier."""
    require_domestic(request, most_parcels=MOST_PARCELS)
    content: dict[str, Any] = {
        "OrderCode": request.reference,
        **_account(terms),
        "MonthCode": terms.month_code,
        "SendSite": terms.send_site,
        "PayType": terms.pay_type,
        "ExpType": request.service or terms.product,
        "Sender": _contact(request.sender),
        "Receiver": _contact(request.recipient),
        "Commodity": [_commodity(item) for item in request.cargo],
        "Quantity": request.parcels,
        "Remark": request.note,
        "IsNotice": int(not terms.asks_for_pickup),
        "IsSubscribe": "0",
        "IsReturnPrintTemplate": "0",
    }
    if request.weight_grams is not None:
        content["Weight"] = Decimal(request.weight_grams).scaleb(-3)
    if collect := request.collect_on_delivery:
        content["AddService"] = [_collection(collect.amount, terms)]
    return json_text(present(content))


def _account(terms: Terms) -> dict[str, Any]:
    return {
        "ShipperCode": terms.company,
        "CustomerName": terms.customer_name,
        "CustomerPwd": terms.customer_password,
    }


def _contact(address: PostalAddress) -> dict[str, Any]:
    return present(
        {
            "Name": address.name,
            "Company": address.company,
            "Mobile" if is_mobile(address.telephone) else "Tel": address.telephone,
            "PostCode": address.postal_code,
            "ProvinceName": full_province(address.province),
            "CityName": address.city,
            "ExpAreaName": address.district,
            "Address": street_line(address),
        }
    )


def _commodity(item: CargoItem) -> dict[str, Any]:
    content: dict[str, Any] = {"GoodsName": item.title or item.sku, "Goodsquantity": item.quantity}
    if item.unit_value > 0:
        content["GoodsPrice"] = item.unit_value
    return content


def _collection(amount: Decimal, terms: Terms) -> dict[str, Any]:
    """Cash on delivery (*unverified*: the list, the name, and whose account the money goes to)."""
    return present({"Name": "COD", "Value": f"{amount:f}", "CustomerID": terms.collection_account})


def cancellation(request: BookingCancellation, terms: Terms) -> str:
    """1147, with the account under which it was booked."""
    content = {
        **_account(terms),
        "ShipperCode": shipper_of(request.carrier),
        "OrderCode": request.reference,
        "ExpNo": request.tracking_number,
    }
    return json_text(present(content))


class _Order(WireDocument, rename="pascal"):
    order_code: str | None = None
    shipper_code: str | None = None
    logistic_code: str | None = None


class _Booked(WireDocument, rename="pascal"):
    """An answer of 1007. `SubOrders` is a list, or a list as text."""

    order: _Order | None = None
    sub_orders: tuple[str, ...] | str | None = None


def read_booking(content: bytes, reference: str, terms: Terms) -> Booking:
    """A successful answer of 1007, or the refusal of a repetition, which tells the first waybill."""
    booked = decode(content, _Booked)
    order = booked.order
    if order is None or not order.logistic_code:
        raise MappingError("$.Order.LogisticCode", "is missing")
    if order.order_code and order.order_code != reference:
        raise MappingError("$.Order.OrderCode", "names another order")
    numbers = booked.sub_orders or ()
    return Booking(
        reference=reference,
        carrier=carrier_of(order.shipper_code or terms.company),
        tracking_number=order.logistic_code,
        sub_numbers=decode(numbers.encode(), tuple[str, ...]) if isinstance(numbers, str) else numbers,
    )
