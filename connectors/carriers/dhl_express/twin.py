"""DHL Express, imitated: shipments with labels, rates and tracking of MyDHL API 3.1.1."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.parcel_twin import CallsPerSecond, ParcelTwin, Refused, TwinParcel
from mappings.canonical import PostalAddress, TrackingStatus

KEY, SECRET, ACCOUNT = "twin-mydhl", "twin-mydhl-secret", "123456789"
LABEL = base64.b64encode(b"%PDF-1.4 twin").decode()
PRODUCTS: Mapping[str, tuple[Decimal, Decimal, int]] = {
    "N": (Decimal("11.90"), Decimal("1.20"), 2),
    "Y": (Decimal("19.50"), Decimal("1.60"), 1),
    "K": (Decimal("28.00"), Decimal("2.10"), 1),
}
"""Product → price of a parcel, price of a kilogram, days."""

SCANS: Mapping[TrackingStatus, tuple[str, str]] = {
    TrackingStatus.PICKED_UP: ("PU", "Shipment picked up"),
    TrackingStatus.IN_TRANSIT: ("PL", "Processed at BREMEN-GERMANY"),
    TrackingStatus.OUT_FOR_DELIVERY: ("WC", "Shipment is out with courier for delivery"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("NH", "Delivery attempted; recipient not home"),
    TrackingStatus.DELIVERED: ("OK", "Delivered"),
    TrackingStatus.RETURNED: ("RT", "Returned to shipper"),
    TrackingStatus.EXCEPTION: ("OH", "Shipment on hold"),
}
"""typeCode and description per step."""

STATUSES = {"Unauthorized": 401, "Not Found": 404, "Too Many Requests": 429, "Unprocessable Entity": 422}
"""Titles with another status than 400."""

Answering = Callable[[Request, Mapping[str, Any]], Any]


class Twin(ParcelTwin):
    """A shipment is found under its reference a minute after it was made."""

    platform = "dhl-express"
    tells_as = {
        TrackingStatus.RETURNING: None,
        TrackingStatus.LOST: TrackingStatus.EXCEPTION,
    }
    examined_with: ClassVar[Mapping[str, Any]] = {
        "ship_to": PostalAddress(
            name="Grete Tee",
            telephone="+49 421 1234567",
            country="DE",
            city="Bremen",
            street=("Am Wall 1",),
            postal_code="28195",
        )
    }

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self._messages: set[str] = set()
        self._booked_at: dict[str, datetime] = {}
        self._calls = CallsPerSecond(10)

    def routes(self) -> Starlette:
        def route(path: str, method: str, answer: Answering, status: int = 200) -> Route:
            async def endpoint(request: Request) -> Response:
                try:
                    return _json(answer(request, await self._body(request)), status)
                except Refused as refusal:
                    return _problem(refusal.code, refusal.words)

            return Route(f"/mydhlapi{path}", endpoint, methods=[method])

        return Starlette(
            routes=[
                route("/shipments", "POST", self._ship, 201),
                route("/rates", "GET", self._rate),
                route("/tracking", "GET", self._track),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "api_key": KEY,
            "api_secret": SECRET,
            "account_number": ACCOUNT,
            "api_url": f"{base_url}/mydhlapi",
        }

    def throttled(self) -> Response:
        return _problem("Too Many Requests", "Too many requests within defined time period.")

    async def _body(self, request: Request) -> Mapping[str, Any]:
        pair = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            raise Refused("Unauthorized", "Invalid Credentials")
        if not self._calls.allows(self.now()):
            raise Refused("Too Many Requests", "Too many requests within defined time period.")
        message = request.headers.get("message-reference", "")
        if request.headers.get("x-version") != "3.1.1":
            raise Refused("Bad Request", "x-version is missing or not supported")
        if not 28 <= len(message) <= 36 or message in self._messages:
            raise Refused("Bad Request", "Message-Reference must be unique, of 28 to 36 characters")
        self._messages.add(message)
        content = await request.body()
        try:
            return msgspec.json.decode(content, type=dict[str, Any]) if content else {}
        except msgspec.MsgspecError:
            raise Refused("Bad Request", "the message is not JSON") from None

    def _ship(self, request: Request, body: Mapping[str, Any]) -> Any:
        if fault := self._fault_of(body):
            raise Refused("Unprocessable Entity", fault)
        reference = (body.get("customerReferences") or [{}])[0].get("value", "")
        number = f"{331881000 + len(self.by_number)}"
        parcel = TwinParcel(
            number=f"{number}{int(number) % 7}", reference=reference, company=body["productCode"]
        )
        self._booked_at[reference] = self.now()
        self.carry(parcel)
        kind = body["outputImageProperties"]["encodingFormat"].upper()
        return {
            "shipmentTrackingNumber": parcel.number,
            "packages": [{"referenceNumber": 1, "trackingNumber": f"JD{int(parcel.number):018d}"}],
            "documents": [{"imageFormat": kind, "content": LABEL, "typeCode": "label"}],
        }

    def _fault_of(self, body: Mapping[str, Any]) -> str:
        """What DHL would not take, in words."""
        planned = body.get("plannedShippingDateAndTime", "")
        day, blank, zone = planned.partition(" GMT")
        if not blank or datetime.fromisoformat(f"{day}{zone}") <= self.now():
            return "plannedShippingDateAndTime is not of the agreed form, or in the past"
        if body.get("productCode") not in PRODUCTS:
            return "1001: The requested product is not available based on your search criteria"
        accounts = {it.get("typeCode"): it.get("number") for it in body.get("accounts") or ()}
        if accounts.get("shipper") != ACCOUNT:
            return "998: the shipper's account number is missing or invalid"
        details = body.get("customerDetails") or {}
        for side in ("shipperDetails", "receiverDetails"):
            if fault := _fault_of_party(details.get(side) or {}):
                return f"{side}: {fault}"
        content = body.get("content") or {}
        required = ("description", "incoterm", "unitOfMeasurement", "isCustomsDeclarable")
        if missing := [name for name in required if content.get(name) is None]:
            return f"content: {missing} is missing"
        packages = content.get("packages") or [{}]
        if any(not package.get("weight", 0) > 0 or "dimensions" not in package for package in packages):
            return "content: packages need weight and dimensions"
        return ""

    def _rate(self, request: Request, body: Mapping[str, Any]) -> Any:
        query = request.query_params
        places = [
            f"{side}{what}" for side in ("origin", "destination") for what in ("CountryCode", "CityName")
        ]
        sizes = ["weight", "length", "width", "height"]
        needed = [*places, *sizes, "plannedShippingDate", "isCustomsDeclarable", "unitOfMeasurement"]
        if missing := [name for name in needed if not query.get(name)]:
            raise Refused("Bad Request", f"{missing} is missing")
        if query.get("accountNumber") != ACCOUNT:
            raise Refused("Bad Request", "998: the account number is missing or invalid")
        weight = Decimal(query["weight"])
        products = []
        for code, (parcel, kilogram, days) in PRODUCTS.items():
            price = {
                "currencyType": "BILLC",
                "priceCurrency": "EUR",
                "price": float(parcel + kilogram * weight),
            }
            products.append(
                {
                    "productCode": code,
                    "weight": {"provided": float(weight), "unitOfMeasurement": "metric"},
                    "totalPrice": [price],
                    "deliveryCapabilities": {"totalTransitDays": days},
                }
            )
        return {"products": products}

    def _track(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        query = request.query_params
        if reference := query.get("shipmentReference"):
            if not query.get("dateRangeFrom") or query.get("shipperAccountNumber") != ACCOUNT:
                raise Refused("Bad Request", "a reference needs its dates and the shipper's account")
            made = self._booked_at.get(reference)
            is_known = made is not None and made + timedelta(minutes=1) <= self.now()
            found = [self.by_reference[reference]] if is_known else []
        else:
            numbers = query.get("shipmentTrackingNumber", "").split(",")
            found = [self.by_number[it] for it in numbers if it in self.by_number]
        if not found:
            raise Refused("Not Found", "No shipments found")
        return {"shipments": [_shipment(parcel) for parcel in found]}

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        code, words = SCANS[step]
        parcel.scans.append(
            {
                "date": f"{at:%Y-%m-%d}",
                "time": f"{at:%H:%M:%S}",
                "GMTOffset": "+00:00",
                "typeCode": code,
                "description": words,
                "serviceArea": [{"code": "BRE", "description": "Bremen-DE"}],
            }
        )


def _fault_of_party(party: Mapping[str, Any]) -> str:
    address, contact = party.get("postalAddress") or {}, party.get("contactInformation") or {}
    if "postalCode" not in address or len(address.get("countryCode", "")) != 2:
        return "postal code or country is missing"
    if not 1 <= len(address.get("cityName", "")) <= 45 or not 1 <= len(address.get("addressLine1", "")) <= 45:
        return "city or street is missing or too long"
    return "" if all(contact.get(it) for it in ("phone", "companyName", "fullName")) else "contact is missing"


def _shipment(parcel: TwinParcel) -> dict[str, Any]:
    return {
        "shipmentTrackingNumber": parcel.number,
        "status": "Success",
        "productCode": parcel.company,
        "shipperReferences": [{"value": parcel.reference, "typeCode": "CU"}],
        "events": parcel.scans[::-1],
        "numberOfPieces": 1,
    }


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _problem(title: str, detail: str) -> Response:
    status = STATUSES.get(title, 400)
    return _json({"instance": "/expressapi", "status": status, "title": title, "detail": detail}, status)
