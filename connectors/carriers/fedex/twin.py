"""FedEx, imitated: tokens of two projects, shipments, rates, cancellations and tracking."""

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

from connectors.kit.parcel_twin import CallsPerSecond, IssuedTokens, ParcelTwin, Refused, TwinParcel
from mappings.canonical import PostalAddress, TrackingStatus
from mappings.documents import form_fields

SHIP_ID, SHIP_SECRET = "l7twinship", "twin-ship-secret"
TRACK_ID, TRACK_SECRET = "l7twintrack", "twin-track-secret"
ACCOUNT = "123456789"
LABEL = base64.b64encode(b"%PDF-1.4 twin").decode()
SERVICES: Mapping[str, tuple[Decimal, Decimal, str]] = {
    "FEDEX_GROUND": (Decimal("10.15"), Decimal("0.45"), "THREE_DAYS"),
    "FEDEX_2_DAY": (Decimal("21.40"), Decimal("1.15"), "TWO_DAYS"),
    "STANDARD_OVERNIGHT": (Decimal("39.90"), Decimal("1.80"), "ONE_DAY"),
}
"""Service → price of a parcel, price of a pound, days."""

SCANS: Mapping[TrackingStatus, tuple[str, str, str]] = {
    TrackingStatus.PRE_TRANSIT: ("OC", "IN", "Shipment information sent to FedEx"),
    TrackingStatus.PICKED_UP: ("PU", "PU", "Picked up"),
    TrackingStatus.IN_TRANSIT: ("AR", "IT", "Arrived at FedEx hub"),
    TrackingStatus.OUT_FOR_DELIVERY: ("OD", "IT", "On FedEx vehicle for delivery"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("DE", "DE", "Delivery exception"),
    TrackingStatus.DELIVERED: ("DL", "DL", "Delivered"),
    TrackingStatus.RETURNING: ("RS", "RS", "Returning package to shipper"),
    TrackingStatus.RETURNED: ("DL", "DL", "Delivered"),
    TrackingStatus.EXCEPTION: ("SE", "SE", "Shipment exception"),
    TrackingStatus.CANCELLED: ("CA", "CA", "Shipment cancelled by sender"),
}
"""eventType, derivedStatusCode and words per step."""

NOT_FOUND = "TRACKING.TRACKINGNUMBER.NOTFOUND"
NOTHING = {"code": NOT_FOUND, "message": "Tracking number cannot be found."}

STATUSES: Mapping[str, int] = {
    "NOT.AUTHORIZED.ERROR": 401,
    "FORBIDDEN.ERROR": 403,
    "TOO.MANY.REQUESTS": 429,
}
"""Codes with another status than 400."""

Answering = Callable[[Mapping[str, Any]], Any]


class Twin(ParcelTwin):
    """A shipment is found under its reference a minute after it was made."""

    platform = "fedex"
    examined_with: ClassVar[Mapping[str, Any]] = {
        "ship_to": PostalAddress(
            name="Elizabeth Swan",
            telephone="3105550100",
            country="US",
            province="California",
            province_code="CA",
            city="Redondo Beach",
            street=("179 N Harbor Dr",),
            postal_code="90277",
        )
    }
    tells_as = {TrackingStatus.LOST: TrackingStatus.EXCEPTION}

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        hour = timedelta(seconds=3600)
        self.tokens = {SHIP_ID: IssuedTokens(random, hour), TRACK_ID: IssuedTokens(random, hour)}
        self._booked_at: dict[str, datetime] = {}
        self._calls = CallsPerSecond(2800, timedelta(seconds=10))

    def routes(self) -> Starlette:
        def route(path: str, project: str, answer: Answering, method: str = "POST") -> Route:
            async def endpoint(request: Request) -> Response:
                try:
                    return _json({"transactionId": "t", "output": answer(await self._body(request, project))})
                except Refused as refusal:
                    return _refusal(refusal.code, refusal.words)

            return Route(path, endpoint, methods=[method])

        return Starlette(
            routes=[
                Route("/oauth/token", self._token, methods=["POST"]),
                route("/ship/v1/shipments", SHIP_ID, self._ship),
                route("/ship/v1/shipments/cancel", SHIP_ID, self._cancel, "PUT"),
                route("/rate/v1/rates/quotes", SHIP_ID, self._rate),
                route("/track/v1/trackingnumbers", TRACK_ID, self._track),
                route("/track/v1/referencenumbers", TRACK_ID, self._find),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "client_id": SHIP_ID,
            "client_secret": SHIP_SECRET,
            "account_number": ACCOUNT,
            "track_client_id": TRACK_ID,
            "track_client_secret": TRACK_SECRET,
            "api_url": base_url,
        }

    def throttled(self) -> Response:
        return _refusal("TOO.MANY.REQUESTS", "Too many requests")

    def expire_tokens(self) -> None:
        for tokens in self.tokens.values():
            tokens.end_all()

    async def _token(self, request: Request) -> Response:
        form = form_fields(await request.body())
        pair = (form.get("client_id"), form.get("client_secret"))
        if form.get("grant_type") != "client_credentials":
            return _refusal("BAD.REQUEST.ERROR", "Missing or duplicate parameters.")
        if pair not in {(SHIP_ID, SHIP_SECRET), (TRACK_ID, TRACK_SECRET)}:
            return _refusal("NOT.AUTHORIZED.ERROR", "The given client credentials were not valid.")
        token = self.tokens[str(pair[0])].issue(self.now())
        return _json({"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": "CXS"})

    async def _body(self, request: Request, project: str) -> Mapping[str, Any]:
        """Checked for the project to which the address belongs."""
        if not self._calls.allows(self.now()):
            raise Refused("TOO.MANY.REQUESTS", "Too many requests")
        given = request.headers.get("authorization", "")
        if not any(tokens.accepts(given, self.now()) for tokens in self.tokens.values()):
            raise Refused("NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request.")
        if not self.tokens[project].accepts(given, self.now()):
            raise Refused("FORBIDDEN.ERROR", "We could not authorize your credentials.")
        if request.headers.get("content-type") != "application/json":
            raise Refused("INVALID.INPUT.EXCEPTION", "Invalid field value in the input")
        try:
            return msgspec.json.decode(await request.body(), type=dict[str, Any])
        except msgspec.MsgspecError:
            raise Refused("INVALID.INPUT.EXCEPTION", "Invalid field value in the input") from None

    def _ship(self, body: Mapping[str, Any]) -> Any:
        shipment = _checked(body)
        if body.get("labelResponseOptions") not in {"LABEL", "URL_ONLY"}:
            raise Refused("LABELRESPONSEOPTIONS.INVALID", "Label response options are missing or invalid.")
        for party in (shipment["shipper"], *shipment.get("recipients", ())):
            _check_party(party)
        _check_shipment(shipment)
        (line,) = shipment["requestedPackageLineItems"]
        parcel = TwinParcel(
            number=tracking_number(len(self.by_number) + 1),
            reference=(line.get("customerReferences") or [{}])[0].get("value", ""),
            company=shipment["serviceType"],
        )
        self._booked_at[parcel.reference] = self.now()
        parcel.scans.append(_scan(self.now(), TrackingStatus.PRE_TRANSIT))
        self.carry(parcel)
        kind = shipment["labelSpecification"]["imageType"]
        paper = {"contentType": "LABEL", "docType": kind, "copiesToPrint": 1, "encodedLabel": LABEL}
        piece = {"trackingNumber": parcel.number, "packageSequenceNumber": 1, "packageDocuments": [paper]}
        made = {
            "serviceType": parcel.company,
            "shipDatestamp": self.now().date().isoformat(),
            "masterTrackingNumber": parcel.number,
            "pieceResponses": [piece],
        }
        return {"transactionShipments": [made]}

    def _cancel(self, body: Mapping[str, Any]) -> Any:
        self.advance()
        _check_account(body)
        parcel = self.by_number.get(str(body.get("trackingNumber")))
        if parcel is None:
            raise Refused("SHIPMENT.TRACKINGNUMBER.INVALID", "Tracking number is invalid.")
        if parcel.is_waiting:
            parcel.scans.append(_scan(self.now(), TrackingStatus.CANCELLED))
            self.take_back(parcel)
            return {"cancelledShipment": True, "cancelledHistory": True}
        return {"cancelledShipment": False, "cancelledHistory": False}

    def _rate(self, body: Mapping[str, Any]) -> Any:
        shipment = _checked(body)
        weight = shipment["requestedPackageLineItems"][0]["weight"]
        pounds = Decimal(str(weight["value"])) * (1 if weight["units"] == "LB" else Decimal("2.2046"))
        details = []
        for service, (parcel, pound, days) in SERVICES.items():
            total = float(round(parcel + pound * pounds, 2))
            rated = {
                "rateType": "ACCOUNT",
                "totalNetCharge": total,
                "totalNetFedExCharge": total,
                "shipmentRateDetail": {"currency": "USD"},
            }
            details.append(
                {
                    "serviceType": service,
                    "packagingType": "YOUR_PACKAGING",
                    "ratedShipmentDetails": [rated],
                    "operationalDetail": {"transitTime": days},
                }
            )
        return {"rateReplyDetails": details}

    def _track(self, body: Mapping[str, Any]) -> Any:
        self.advance()
        wanted = body.get("trackingInfo") or []
        if not wanted:
            raise Refused("TRACKING.TRACKINGNUMBER.EMPTY", "Please provide tracking number.")
        if len(wanted) > 30:
            raise Refused("TRACKING.TRACKINGNUMBER.MAXLIMIT", "Please limit your inquiry to 30 numbers.")
        numbers = [it["trackingNumberInfo"]["trackingNumber"] for it in wanted]
        detailed = bool(body.get("includeDetailedScans"))
        return {
            "completeTrackResults": [
                _complete(it, self.by_number.get(it), detailed=detailed) for it in numbers
            ]
        }

    def _find(self, body: Mapping[str, Any]) -> Any:
        about = body.get("referencesInformation") or {}
        if not all(about.get(it) for it in ("value", "shipDateBegin", "shipDateEndDate", "accountNumber")):
            raise Refused("TRACKING.REFERENCEVALUE.EMPTY", "Please provide the reference and its dates.")
        parcel = self.by_reference.get(about["value"])
        made = self._booked_at.get(about["value"])
        if parcel is None or made is None or made + timedelta(minutes=1) > self.now():
            return {"completeTrackResults": [{"trackResults": [{"error": NOTHING}], "trackingNumber": "-"}]}
        return {
            "completeTrackResults": [
                _complete(parcel.number, parcel, detailed=bool(body.get("includeDetailedScans")))
            ]
        }

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        parcel.scans.append(_scan(at, step))


def tracking_number(serial: int) -> str:
    digits = f"7944{serial:07d}"
    return f"{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """Of eleven digits: weights 3, 1, 7 from the left, modulo 11, then 10."""
    total = sum(int(digit) * (3, 1, 7)[position % 3] for position, digit in enumerate(digits))
    return total % 11 % 10


def _scan(at: datetime, step: TrackingStatus) -> dict[str, Any]:
    event, derived, words = SCANS[step]
    local = at.astimezone(_MEMPHIS)
    return {
        "date": local.isoformat(timespec="seconds"),
        "eventType": event,
        "eventDescription": words,
        "derivedStatusCode": derived,
        "derivedStatus": words,
        "exceptionCode": "",
        "exceptionDescription": "",
        "scanLocation": {"city": "MEMPHIS", "stateOrProvinceCode": "TN", "countryCode": "US"},
        "locationType": "FEDEX_FACILITY",
    }


_MEMPHIS = datetime.strptime("-0600", "%z").tzinfo


def _complete(number: str, parcel: TwinParcel | None, *, detailed: bool) -> dict[str, Any]:
    """Without details a result has the latest scan only."""
    if parcel is None:
        result: dict[str, Any] = {"trackingNumberInfo": {"trackingNumber": number}, "error": NOTHING}
    else:
        info = {"trackingNumber": number, "trackingNumberUniqueId": f"1~{number}~FX", "carrierCode": "FDXE"}
        result = {"trackingNumberInfo": info, "scanEvents": parcel.scans[::-1][: None if detailed else 1]}
    return {"trackingNumber": number, "trackResults": [result]}


def _check_account(body: Mapping[str, Any]) -> None:
    if (body.get("accountNumber") or {}).get("value") != ACCOUNT:
        raise Refused("ACCOUNT.NUMBER.MISMATCH", "Account number is missing or does not match.")


def _checked(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """`requestedShipment`, as ship and rate both want it."""
    _check_account(body)
    shipment: Mapping[str, Any] = body.get("requestedShipment") or {}
    sides = [shipment.get("shipper"), *(shipment.get("recipients") or [shipment.get("recipient")])]
    for side in sides:
        address = (side or {}).get("address") or {}
        if not address.get("countryCode") or not address.get("postalCode"):
            raise Refused("SHIPMENT.ADDRESS.INVALID", "Country or postal code is missing.")
        if address["countryCode"] in {"US", "CA", "PR"} and len(address.get("stateOrProvinceCode", "")) != 2:
            raise Refused("STATEORPROVINCECODE.INVALID", "State or province code is missing or invalid.")
    for line in shipment.get("requestedPackageLineItems") or [{}]:
        weight = line.get("weight") or {}
        if weight.get("units") not in {"LB", "KG"} or not weight.get("value", 0) > 0:
            raise Refused("PACKAGE.WEIGHT.INVALID", "Package weight is missing or invalid.")
    return shipment


def _check_party(party: Mapping[str, Any]) -> None:
    address, contact = party["address"], party.get("contact") or {}
    lines = address.get("streetLines") or []
    if not 1 <= len(lines) <= 3 or any(not line or len(line) > 35 for line in lines):
        raise Refused("STREETLINES.INVALID", "Street lines are missing or too long.")
    if not (contact.get("personName") or contact.get("companyName")):
        raise Refused("CONTACT.NAME.MISSING", "Person name or company name is missing.")
    if not 10 <= len(contact.get("phoneNumber", "")) <= 15:
        raise Refused("PHONENUMBER.INVALID", "Phone number is missing or invalid.")


def _check_shipment(shipment: Mapping[str, Any]) -> None:
    if shipment.get("serviceType") not in SERVICES:
        raise Refused("SERVICETYPE.INVALID", "Service type is not available between these addresses.")
    if len(shipment["requestedPackageLineItems"]) != 1 or shipment.get("packagingType") != "YOUR_PACKAGING":
        raise Refused("PACKAGINGTYPE.INVALID", "Packaging type is missing or invalid.")
    if shipment.get("shippingChargesPayment", {}).get("paymentType") != "SENDER":
        raise Refused("PAYMENTTYPE.INVALID", "Payment type is missing or invalid.")
    label = shipment.get("labelSpecification") or {}
    if label.get("imageType") not in {"PDF", "PNG", "ZPLII", "EPL2"} or not label.get("labelStockType"):
        raise Refused("LABELSPECIFICATION.INVALID", "Label specification is missing or invalid.")


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _refusal(code: str, words: str) -> Response:
    errors = {"transactionId": "t", "errors": [{"code": code, "message": words}]}
    return _json(errors, STATUSES.get(code, 400))
