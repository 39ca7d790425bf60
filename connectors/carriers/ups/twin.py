"""UPS, imitated: tokens, shipments, rates, voids, tracking and Track Alert."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.ups.twin_state import (
    SERVICES,
    fault_of,
    package_of,
    pushed,
    rated,
    scanned,
    tracking_number,
)
from connectors.kit.parcel_twin import CallsPerSecond, IssuedTokens, ParcelTwin, Refused, TwinParcel
from mappings.canonical import PostalAddress, TrackingStatus
from mappings.documents import form_fields

CLIENT_ID, CLIENT_SECRET, SHIPPER = "twin-client", "twin-client-secret", "A1B2C3"
CREDENTIAL = "twin-webhook-credential"
LABEL = base64.b64encode(b"GIF89a").decode()
LONGEST_SUBSCRIPTION = timedelta(days=14)

STATUSES: Mapping[str, int] = {
    "250002": 401,
    "251004": 401,
    "TW0001": 404,
    "10429": 429,
}
"""Codes with another status than 400."""

Answering = Callable[[Request, Mapping[str, Any]], Any]


class Twin(ParcelTwin):
    """Shipments are found under their reference a minute after they were made."""

    platform = "ups"
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

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.tokens = IssuedTokens(random, timedelta(seconds=14399))
        self.hook = ""
        self._seen_trans_ids: set[str] = set()
        self._watched: dict[str, datetime] = {}
        self._booked_at: dict[str, datetime] = {}
        self._calls = CallsPerSecond(20)

    def routes(self) -> Starlette:
        def route(path: str, method: str, answer: Answering) -> Route:
            async def endpoint(request: Request) -> Response:
                try:
                    return _json(answer(request, await self._body(request)))
                except Refused as refusal:
                    return _refusal(refusal.code, refusal.words)

            return Route(f"/api{path}", endpoint, methods=[method])

        return Starlette(
            routes=[
                Route("/security/v1/oauth/token", self._token, methods=["POST"]),
                route("/shipments/v2409/ship", "POST", self._ship),
                route("/shipments/v2409/void/cancel/{id}", "DELETE", self._void),
                route("/labels/v1/recovery", "POST", self._recover),
                route("/rating/v2409/Shop", "POST", self._rate),
                route("/track/v1/details/{number}", "GET", self._track),
                route("/track/v1/reference/details/{reference}", "GET", self._find),
                route("/track/v2/subscription/standard/package", "POST", self._subscribe),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "shipper_number": SHIPPER,
            "webhook_credential": CREDENTIAL,
            "api_url": base_url,
        }

    def configure_pushes(self, url: str) -> None:
        self.hook = url

    def throttled(self) -> Response:
        return _refusal("10429", "Too Many Requests")

    def expire_tokens(self) -> None:
        self.tokens.end_all()

    async def _token(self, request: Request) -> Response:
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        form = form_fields(await request.body())
        if request.headers.get("authorization") != f"Basic {pair}":
            return _refusal("10401", "ClientId is Invalid", 401)
        if form.get("grant_type") != "client_credentials":
            return _refusal("10400", "Invalid/Missing Authorization Grant")
        issued = {
            "token_type": "Bearer",
            "issued_at": str(int(self.now().timestamp() * 1000)),
            "client_id": CLIENT_ID,
            "access_token": self.tokens.issue(self.now()),
            "expires_in": "14399",
            "status": "approved",
        }
        return _json(issued)

    async def _body(self, request: Request) -> Mapping[str, Any]:
        if not self._calls.allows(self.now()):
            raise Refused("10429", "Too Many Requests")
        if not self.tokens.accepts(request.headers.get("authorization", ""), self.now()):
            raise Refused("250002", "Invalid Authentication Information.")
        name = request.headers.get("transid", "")
        if not name:
            raise Refused("VSS002", "Missing transId")
        if len(name) > 32 or name in self._seen_trans_ids:
            raise Refused("VSS003", "Please enter a valid Transaction ID")
        if not request.headers.get("transactionsrc"):
            raise Refused("VSS004", "Missing transactionSrc")
        self._seen_trans_ids.add(name)
        content = await request.body()
        try:
            return msgspec.json.decode(content, type=dict[str, Any]) if content else {}
        except msgspec.MsgspecError:
            raise Refused("10001", "The request is not well formed") from None

    def _ship(self, request: Request, body: Mapping[str, Any]) -> Any:
        shipment = body.get("ShipmentRequest", {}).get("Shipment", {})
        if fault := fault_of(body, SHIPPER):
            raise Refused(*fault)
        named = (shipment.get("ReferenceNumber") or shipment["Package"][0].get("ReferenceNumber") or [{}])[0]
        service = shipment["Service"]["Code"]
        parcel = TwinParcel(
            number=tracking_number(SHIPPER, service, len(self.by_number) + 1),
            reference=named.get("Value", ""),
            company=service,
        )
        self._booked_at[parcel.reference] = self.now()
        self.carry(parcel)
        kind = body["ShipmentRequest"]["LabelSpecification"]["LabelImageFormat"]["Code"]
        label = {"ImageFormat": {"Code": kind, "Description": kind}, "GraphicImage": LABEL}
        charge = {"CurrencyCode": "USD", "MonetaryValue": "12.50"}
        charges = ("TransportationCharges", "ServiceOptionsCharges", "TotalCharges")
        results = {
            "ShipmentCharges": dict.fromkeys(charges, charge),
            "BillingWeight": {
                "UnitOfMeasurement": {"Code": "LBS", "Description": "Pounds"},
                "Weight": shipment["Package"][0]["PackageWeight"]["Weight"],
            },
            "ShipmentIdentificationNumber": parcel.number,
            "PackageResults": [{"TrackingNumber": parcel.number, "ShippingLabel": label}],
        }
        return {"ShipmentResponse": {"Response": SUCCESS, "ShipmentResults": results}}

    def _void(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        parcel = self.by_number.get(request.path_params["id"])
        if parcel is None:
            raise Refused("190102", "No shipment found within the allowed void period")
        if not parcel.is_waiting:
            raise Refused("190117", "The Pickup or Shipment has already been voided or is too late")
        parcel.scans.append(scanned(parcel, self.now(), TrackingStatus.CANCELLED))
        self.take_back(parcel)
        done = {"Status": {"Code": "1", "Description": "Voided"}}
        return {"VoidShipmentResponse": {"Response": SUCCESS, "SummaryResult": done}}

    def _recover(self, request: Request, body: Mapping[str, Any]) -> Any:
        wanted = body.get("LabelRecoveryRequest", {})
        parcel = self.by_number.get(wanted.get("TrackingNumber", ""))
        if parcel is None or parcel.cancelled:
            raise Refused("300011", "No label found")
        kind = wanted.get("LabelSpecification", {}).get("LabelImageFormat", {}).get("Code", "GIF")
        image = {"LabelImageFormat": {"Code": kind}, "GraphicImage": LABEL}
        found = {
            "Response": SUCCESS,
            "ShipmentIdentificationNumber": parcel.number,
            "LabelResults": [{"TrackingNumber": parcel.number, "LabelImage": image}],
        }
        return {"LabelRecoveryResponse": found}

    def _rate(self, request: Request, body: Mapping[str, Any]) -> Any:
        if fault := fault_of(body, SHIPPER):
            raise Refused(*fault)
        pounds = body["RateRequest"]["Shipment"]["Package"][0]["PackageWeight"]["Weight"]
        services = [rated(service, pounds, self.now()) for service in SERVICES]
        return {"RateResponse": {"Response": SUCCESS, "RatedShipment": services}}

    def _track(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        number = request.path_params["number"]
        if not 7 <= len(number) <= 34:
            raise Refused("TV1002", "Invalid inquiry number")
        parcel = self.by_number.get(number)
        if parcel is None:
            raise Refused("TW0001", "Tracking Information Not Found")
        shipment = {"inquiryNumber": number, "package": [package_of(parcel)]}
        return {"trackResponse": {"shipment": [shipment]}}

    def _find(self, request: Request, body: Mapping[str, Any]) -> Any:
        parcel = self.by_reference.get(request.path_params["reference"])
        if parcel is None or self._booked_at[parcel.reference] + timedelta(minutes=1) > self.now():
            warning = {"code": "TW0001", "message": "Tracking Information Not Found"}
            return {"trackResponse": {"shipment": [{"warnings": [warning]}]}}
        return {"trackResponse": {"shipment": [{"package": [package_of(parcel)]}]}}

    def _subscribe(self, request: Request, body: Mapping[str, Any]) -> Any:
        numbers = body.get("trackingNumberList")
        if not body.get("locale"):
            raise Refused("VSS300", "Locale is required. The Subscription request has been rejected.")
        if not numbers:
            raise Refused("VSS200", "Tracking Number List is required.")
        if len(numbers) > 100:
            raise Refused("VSS220", "You have submitted over 100 tracking numbers which is not allowed.")
        valid = [it for it in numbers if it.startswith(("1Z", "1R")) and it.isalnum()]
        if not valid:
            raise Refused(
                "VSS210", "The Subscription request should have at least one valid tracking number."
            )
        for number in valid:
            self._watched[number] = self.now() + LONGEST_SUBSCRIPTION
            self.record("subscribed", number)
        invalid = [it for it in numbers if it not in valid]
        return {"validTrackingNumbers": valid} | ({"invalidTrackingNumbers": invalid} if invalid else {})

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        parcel.scans.append(scanned(parcel, at, step))
        if self.hook and self._watched.get(parcel.number, at) > at:
            headers = {
                "content-type": "application/json",
                "user-agent": "UPSPubSubTrackingService",
                "credential": CREDENTIAL,
                "x-api-key": CLIENT_ID,
            }
            self.post(self.hook, headers, msgspec.json.encode(pushed(parcel, at, step)))


SUCCESS = {"ResponseStatus": {"Code": "1", "Description": "Success"}}


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _refusal(code: str, words: str, status: int | None = None) -> Response:
    errors = {"response": {"errors": [{"code": code, "message": words}]}}
    return _json(errors, status or STATUSES.get(code, 400))
