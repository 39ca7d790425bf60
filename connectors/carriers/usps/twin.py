"""USPS, imitated: tokens, payment tokens, labels, prices and tracking."""

import base64
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.parcel_twin import CallsPerSecond, IssuedTokens, ParcelTwin, Refused, TwinParcel
from mappings.canonical import PostalAddress, TrackingStatus
from mappings.documents import form_fields

CLIENT_ID, CLIENT_SECRET = "twin-usps-key", "twin-usps-secret"
CRID, MID, ACCOUNT = "12345678", "901234567", "1000009999"
LABEL = base64.b64encode(b"%PDF-1.4 twin").decode()
FORMATS = frozenset({"PDF", "TIFF", "ZPL203DPI", "ZPL300DPI", "NONE"})
CLASSES: Mapping[str, tuple[Decimal, Decimal]] = {
    "USPS_GROUND_ADVANTAGE": (Decimal("5.40"), Decimal("0.55")),
    "PRIORITY_MAIL": (Decimal("8.70"), Decimal("0.95")),
    "PRIORITY_MAIL_EXPRESS": (Decimal("31.40"), Decimal("2.20")),
}
"""Mail class → price of a parcel, price of a pound."""

SCANS: Mapping[TrackingStatus, tuple[str, str]] = {
    TrackingStatus.PICKED_UP: ("03", "USPS in possession of item"),
    TrackingStatus.IN_TRANSIT: ("10", "Arrived at USPS Regional Facility"),
    TrackingStatus.OUT_FOR_DELIVERY: ("OF", "Out for Delivery"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("02", "Notice Left (No Authorized Recipient Available)"),
    TrackingStatus.DELIVERED: ("01", "Delivered, In/At Mailbox"),
    TrackingStatus.RETURNING: ("09", "Return to Sender"),
    TrackingStatus.RETURNED: ("29", "Delivered, To Original Sender"),
    TrackingStatus.EXCEPTION: ("12", "Visible Damage"),
}
"""eventCode and eventType per step."""

Answering = Callable[[Request, Mapping[str, Any]], Any]


class Twin(ParcelTwin):
    """`quota`: calls in an hour."""

    platform = "usps"
    tells_as = {TrackingStatus.LOST: TrackingStatus.EXCEPTION}
    quota: int = 60
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
        self.tokens = IssuedTokens(random, timedelta(hours=8))
        self.payments = IssuedTokens(random, timedelta(hours=8))
        self._labels: dict[str, tuple[bytes, dict[str, Any]]] = {}
        self._calls = CallsPerSecond(2 * self.quota, timedelta(hours=1))

    def routes(self) -> Starlette:
        def route(path: str, method: str, answer: Answering) -> Route:
            async def endpoint(request: Request) -> Response:
                try:
                    return _json(answer(request, await self._body(request)))
                except Refused as refusal:
                    return _refusal(refusal.code, refusal.words)

            return Route(path, endpoint, methods=[method])

        return Starlette(
            routes=[
                Route("/oauth2/v3/token", self._token, methods=["POST"]),
                route("/payments/v3/payment-authorization", "POST", self._authorize),
                route("/labels/v3/label", "POST", self._label),
                route("/labels/v3/label/{number}", "DELETE", self._cancel),
                route("/prices/v3/total-rates/search", "POST", self._rate),
                route("/tracking/v3/tracking/{number}", "GET", self._track),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "crid": CRID,
            "mid": MID,
            "manifest_mid": MID,
            "account_number": ACCOUNT,
            "api_url": base_url,
        }

    def throttled(self) -> Response:
        return _refusal("429", "Too Many Requests")

    def expire_tokens(self) -> None:
        self.tokens.end_all()

    async def _token(self, request: Request) -> Response:
        form = form_fields(await request.body())
        given = (form.get("grant_type"), form.get("client_id"), form.get("client_secret"))
        if given != ("client_credentials", CLIENT_ID, CLIENT_SECRET):
            return _json(
                {"error": "invalid_client", "error_description": "Client authentication failed."}, 401
            )
        token = self.tokens.issue(self.now())
        return _json({"access_token": token, "token_type": "Bearer", "expires_in": "28799"})

    async def _body(self, request: Request) -> Mapping[str, Any]:
        if not self._calls.allows(self.now()):
            raise Refused("429", "Too Many Requests")
        if not self.tokens.accepts(request.headers.get("authorization", ""), self.now()):
            raise Refused("401", "Invalid token")
        content = await request.body()
        try:
            return msgspec.json.decode(content, type=dict[str, Any]) if content else {}
        except msgspec.MsgspecError:
            raise Refused("400", "OASValidation failed: the request is not JSON") from None

    def _authorize(self, request: Request, body: Mapping[str, Any]) -> Any:
        roles = {it.get("roleName"): it for it in body.get("roles") or ()}
        for name in ("PAYER", "LABEL_OWNER"):
            role = roles.get(name) or {}
            if (role.get("CRID"), role.get("MID"), role.get("accountNumber")) != (CRID, MID, ACCOUNT):
                raise Refused("100005", f"{name}: there was trouble validating the account")
        return {"paymentAuthorizationToken": self.payments.issue(self.now()), "roles": list(roles.values())}

    def _paid(self, request: Request) -> None:
        token = request.headers.get("x-payment-authorization-token", "")
        if not self.payments.accepts(token, self.now()):
            raise Refused("401", "Invalid payment authorization token")

    def _label(self, request: Request, body: Mapping[str, Any]) -> Any:
        """The same key with the same body gives the label that exists."""
        self._paid(request)
        if request.headers.get("accept") != "application/vnd.usps.labels+json":
            raise Refused("406", "the twin answers in JSON alone")
        key = str(UUID(request.headers.get("x-idempotency-key", "")))
        asked = msgspec.json.encode(body, order="deterministic")
        if key in self._labels:
            if self._labels[key][0] != asked:
                raise Refused("160400", "The idempotency key was used with another request")
            return self._labels[key][1]
        if fault := self._fault_of(body):
            raise Refused(*fault)
        package = body["packageDescription"]
        number = tracking_number(len(self.by_number) + 1)
        reference = (package.get("customerReference") or [{}])[0].get("referenceNumber", key)
        self.carry(TwinParcel(number=number, reference=reference, company=package["mailClass"]))
        made = {
            "trackingNumber": number,
            "postage": float(_price(package["mailClass"], package["weight"])),
            "zone": "04",
            "labelAddress": body["toAddress"],
            "routingInformation": f"420{body['toAddress']['ZIPCode']}",
            "labelImage": LABEL,
        }
        self._labels[key] = (asked, made)
        return made

    def _fault_of(self, body: Mapping[str, Any]) -> tuple[str, str] | None:
        """Code and words for the first thing that USPS would not take."""
        for side in ("toAddress", "fromAddress"):
            address = body.get(side) or {}
            if missing := [it for it in ("streetAddress", "city", "state", "ZIPCode") if not address.get(it)]:
                return "400", f"{side}: {missing} is missing"
            if len(address["ZIPCode"]) != 5 or len(address["state"]) != 2:
                return "160070", f"{side}: the state or ZIP code is invalid"
            if not address.get("firm") and not (address.get("firstName") and address.get("lastName")):
                return "160075", f"{side}: firstName and lastName, or firm, is required"
        package = body.get("packageDescription") or {}
        if package.get("mailClass") not in CLASSES or package.get("rateIndicator") != "SP":
            return "160030", "The mail class is not available"
        if any(not package.get(it, 0) > 0 for it in ("weight", "length", "width", "height")):
            return "160031", "Weight or dimensions are missing"
        day = date.fromisoformat(package.get("mailingDate") or "1970-01-01")
        if not timedelta(0) <= day - self.now().date() <= timedelta(days=45):
            return "160001", "The mailing date must be from today to 45 days ahead"
        if (body.get("imageInfo") or {}).get("imageType") not in FORMATS:
            return "160024", "The image type is not supported"
        return None

    def _cancel(self, request: Request, body: Mapping[str, Any]) -> Any:
        self._paid(request)
        self.advance()
        parcel = self.by_number.get(request.path_params["number"])
        if parcel is None:
            raise Refused("160185", "Order not found")
        if parcel.cancelled:
            raise Refused("160186", "Order already canceled")
        if not parcel.is_waiting:
            raise Refused("160184", "Order cannot be canceled")
        self.take_back(parcel)
        return {"trackingNumber": parcel.number, "status": "CANCELED"}

    def _rate(self, request: Request, body: Mapping[str, Any]) -> Any:
        needed = ("originZIPCode", "destinationZIPCode", "weight", "length", "width", "height")
        if missing := [it for it in needed if not body.get(it)]:
            raise Refused("400", f"{missing} is missing")
        entries = (("NONE", Decimal(1)), ("DESTINATION_DELIVERY_UNIT", Decimal("0.6")))
        options = []
        for name in CLASSES:
            for entry, share in entries:
                price = float(round(_price(name, body["weight"]) * share, 2))
                rate = {
                    "mailClass": name,
                    "price": price,
                    "priceType": body.get("priceType", "RETAIL"),
                    "rateIndicator": "SP",
                    "destinationEntryFacilityType": entry,
                }
                options.append({"totalBasePrice": price, "totalPrice": price, "rates": [rate]})
        return {"rateOptions": options}

    def _track(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        parcel = self.by_number.get(request.path_params["number"])
        if parcel is None:
            raise Refused(
                "150002", "7: The tracking number may be incorrect or the status is not yet available."
            )
        if not parcel.scans:
            raise Refused("150009", "A status update is not yet available for your package.")
        return {
            "trackingNumber": parcel.number,
            "status": parcel.scans[-1]["eventType"],
            "statusCategory": "In Transit",
            "mailClass": "USPS Ground Advantage<SUP>&#153;</SUP>",
            "services": ["USPS Tracking<SUP>&#174;</SUP>"],
            "trackingEvents": parcel.scans[::-1],
        }

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        code, words = SCANS[step]
        local = at - timedelta(hours=5)
        parcel.scans.append(
            {
                "eventType": words,
                "eventCode": code,
                "eventTimestamp": f"{local:%Y-%m-%dT%H:%M}:00",
                "GMTTimestamp": f"{at:%Y-%m-%dT%H:%M:%S}Z",
                "GMTOffset": "-05:00",
                "eventCity": "JAMAICA",
                "eventState": "NY",
                "eventZIP": "11430",
                "eventCountry": None,
            }
        )


def _price(mail_class: str, pounds: float) -> Decimal:
    parcel, pound = CLASSES[mail_class]
    return parcel + pound * Decimal(str(pounds))


def tracking_number(serial: int) -> str:
    """22 digits of an Intelligent Mail package barcode."""
    digits = f"94001{serial:016d}"
    return f"{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """Weights 3, 1 from the right, modulo 10."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _refusal(code: str, words: str) -> Response:
    """Short codes are statuses; those of the inventory come with a 400."""
    status = int(code) if len(code) == 3 else 400
    detail = {"status": str(status), "code": code, "title": "Bad Request", "detail": words}
    error = {"code": str(status), "message": words, "errors": [detail]}
    return _json({"apiVersion": "v3", "error": error}, status)
