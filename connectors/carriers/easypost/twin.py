"""EasyPost, imitated: rating, buying, refunds, trackers and signed events of API v2."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any, ClassVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.easypost.signing import sign_push
from connectors.carriers.easypost.twin_state import MODE, Shipment, rates_of, scanned, stamp, tracker
from connectors.kit.parcel_twin import ParcelTwin, TwinParcel
from mappings.canonical import PostalAddress, TrackingStatus

API_KEY, WEBHOOK_SECRET = "EZAKtwin0123456789abcdef", "twin-wébhook-secret"
FORMATS = frozenset({"PDF", "PNG", "ZPL", "EPL2"})
ADDRESS = ("street1", "city", "state", "zip", "country")

Answering = Callable[[Request, Mapping[str, Any]], Any]


class _Refused(Exception):
    """A refusal with EasyPost's status, code and words."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.answer = _json({"error": {"code": code, "message": words, "errors": []}}, status)


class Twin(ParcelTwin):
    """With `test_mode` only the vendor's test numbers can be followed, though purchases have trackers."""

    platform = "easypost"
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
    tells_as = {
        TrackingStatus.PICKED_UP: TrackingStatus.IN_TRANSIT,
        TrackingStatus.RETURNED: TrackingStatus.RETURNING,
    }
    test_mode: bool = False

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self._shipments: dict[str, Shipment] = {}
        self._bought: list[Shipment] = []
        self.hooks: dict[str, dict[str, Any]] = {}
        self._secrets: dict[str, str] = {}
        self._events = 0

    def routes(self) -> Starlette:
        def route(path: str, method: str, answer: Answering, status: int = 200) -> Route:
            async def endpoint(request: Request) -> Response:
                try:
                    return _json(answer(request, await self._body(request)), status)
                except _Refused as refusal:
                    return refusal.answer

            return Route(f"/v2{path}", endpoint, methods=[method])

        return Starlette(
            routes=[
                route("/shipments", "POST", self._rate, 201),
                route("/shipments", "GET", self._list),
                route("/shipments/{id}", "GET", self._show),
                route("/shipments/{id}/buy", "POST", self._buy),
                route("/shipments/{id}/refund", "POST", self._refund),
                route("/trackers", "POST", self._follow),
                route("/trackers", "GET", self._find),
                route("/webhooks", "GET", lambda request, body: {"webhooks": list(self.hooks.values())}),
                route("/webhooks", "POST", self._hook, 201),
                route("/webhooks/{id}", "PATCH", self._mend_hook),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {"api_key": API_KEY, "webhook_secret": WEBHOOK_SECRET, "api_url": f"{base_url}/v2"}

    def throttled(self) -> Response:
        return _Refused(429, "RATE_LIMITED", "Too many requests").answer

    async def _body(self, request: Request) -> Mapping[str, Any]:
        key = base64.b64encode(f"{API_KEY}:".encode()).decode()
        if request.headers.get("authorization") != f"Basic {key}":
            raise _Refused(401, "APIKEY.INVALID", "This api key is not valid")
        content = await request.body()
        try:
            return msgspec.json.decode(content, type=dict[str, Any]) if content else {}
        except msgspec.MsgspecError:
            raise _Refused(400, "BAD_REQUEST", "The request is not JSON") from None

    def _rate(self, request: Request, body: Mapping[str, Any]) -> Any:
        given = _wrapped(body, "shipment")
        _check_shipment(given)
        shipment_id = f"shp_{len(self._shipments) + 1:032x}"
        serves = {given["from_address"]["country"], given["to_address"]["country"]} == {"US"}
        message = {"carrier": "USPS", "type": "rate_error", "message": "No rates outside of the US"}
        shipment = Shipment(
            id=shipment_id,
            created_at=self.now(),
            given=given,
            rates=rates_of(shipment_id, self.now(), given) if serves else [],
            messages=[] if serves else [message],
        )
        self._shipments[shipment_id] = shipment
        return shipment.document()

    def _known(self, request: Request) -> Shipment:
        shipment = self._shipments.get(request.path_params["id"])
        if shipment is None:
            raise _Refused(404, "NOT_FOUND", "The requested resource could not be found.")
        return shipment

    def _show(self, request: Request, body: Mapping[str, Any]) -> Any:
        return self._known(request).document()

    def _list(self, request: Request, body: Mapping[str, Any]) -> Any:
        """Newest first, those before `before_id`."""
        size = int(request.query_params.get("page_size", "20"))
        if not 1 <= size <= 100:
            raise _Refused(422, "INVALID_PARAMETER", "page_size must be 1 to 100")
        bought = request.query_params.get("purchased", "true") == "true"
        listed = self._bought if bought else list(self._shipments.values())
        before = self._shipments.get(request.query_params.get("before_id", ""))
        end = listed.index(before) if before in listed else len(listed)
        page = listed[max(0, end - size) : end][::-1]
        return {"shipments": [it.document() for it in page], "has_more": end > size}

    def _buy(self, request: Request, body: Mapping[str, Any]) -> Any:
        shipment, wanted = self._known(request), _wrapped(body, "rate").get("id")
        if shipment.parcel is not None:
            raise _Refused(422, "SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment.")
        shipment.selected = next((rate for rate in shipment.rates if rate["id"] == wanted), None)
        if shipment.selected is None:
            raise _Refused(422, "SHIPMENT.INVALID_PARAMS", "The rate does not belong to this shipment.")
        self._bought.append(shipment)
        shipment.parcel = TwinParcel(
            number=f"94001{len(self._bought):017d}",
            reference=shipment.reference,
            company=shipment.selected["carrier"],
            carrier_order_id=shipment.id,
        )
        self.carry(shipment.parcel)
        return shipment.document()

    def _refund(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        shipment = self._known(request)
        if shipment.parcel is None or not shipment.parcel.is_waiting:
            words = "Unable to request refund. The parcel has been shipped."
            raise _Refused(422, "SHIPMENT.REFUND.UNAVAILABLE", words)
        shipment.refund_status = "submitted"
        self.take_back(shipment.parcel)
        return shipment.document()

    def _follow(self, request: Request, body: Mapping[str, Any]) -> Any:
        given = _wrapped(body, "tracker")
        code, carrier = str(given.get("tracking_code") or ""), str(given.get("carrier") or "")
        if not code or (self.test_mode and not code.startswith("EZ")):
            words = "In test mode, only test tracking numbers are valid."
            raise _Refused(422, "TRACKER.CREATE.ERROR", words)
        if code not in self.by_number:
            self.by_number[code] = TwinParcel(number=code, reference="", company=carrier or "USPS")
        self.record("subscribed", code)
        return tracker(self.by_number[code])

    def _find(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        parcel = self.by_number.get(request.query_params.get("tracking_code", ""))
        return {"trackers": [tracker(parcel)] if parcel else [], "has_more": False}

    def _hook(self, request: Request, body: Mapping[str, Any]) -> Any:
        given = _wrapped(body, "webhook")
        if not str(given.get("url", "")).startswith(("http://", "https://")):
            raise _Refused(422, "WEBHOOK.INVALID", "The url is not valid")
        hook = {
            "id": f"hook_{len(self.hooks) + 1:032x}",
            "object": "Webhook",
            "mode": MODE,
            "url": given["url"],
            "created_at": stamp(self.now()),
            "disabled_at": None,
            "custom_headers": [],
        }
        self.hooks[hook["id"]] = hook
        self._secrets[hook["id"]] = given.get("webhook_secret", "")
        return hook

    def _mend_hook(self, request: Request, body: Mapping[str, Any]) -> Any:
        hook = self.hooks.get(request.path_params["id"])
        if hook is None:
            raise _Refused(404, "NOT_FOUND", "The requested resource could not be found.")
        self._secrets[hook["id"]] = _wrapped(body, "webhook").get("webhook_secret", "")
        hook["disabled_at"] = None
        return hook

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        parcel.scans.append(scanned(parcel, at, step))
        self.push("tracker.updated", tracker(parcel))

    def push(self, description: str, result: Mapping[str, Any]) -> None:
        """One event to every enabled webhook."""
        self._events += 1
        event = {
            "id": f"evt_{self._events:032x}",
            "object": "Event",
            "description": description,
            "mode": MODE,
            "previous_attributes": {},
            "result": result,
            "status": "pending",
            "pending_urls": [hook["url"] for hook in self.hooks.values()],
            "completed_urls": [],
            "created_at": stamp(self.now()),
            "updated_at": stamp(self.now()),
        }
        body = msgspec.json.encode(event)
        for hook in self.hooks.values():
            if hook["disabled_at"] is None:
                signature = {"x-hmac-signature": sign_push(body, self._secrets[hook["id"]])}
                self.post(hook["url"], {"content-type": "application/json", **signature}, body)


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _wrapped(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    given = body.get(name)
    if not isinstance(given, dict):
        raise _Refused(400, "PARAMETER.REQUIRED", f"Missing required parameter: {name}")
    return given


def _check_shipment(given: Mapping[str, Any]) -> None:
    for side in ("from_address", "to_address"):
        address = given.get(side) or {}
        if not all(address.get(name) for name in ADDRESS) or not (
            address.get("name") or address.get("company")
        ):
            raise _Refused(422, "SHIPMENT.INVALID_PARAMS", f"{side}: required and missing.")
    weight = (given.get("parcel") or {}).get("weight")
    if not isinstance(weight, int | float) or weight <= 0:
        raise _Refused(422, "SHIPMENT.INVALID_PARAMS", "parcel: weight must be above 0.")
    if given.get("options", {}).get("label_format", "PDF") not in FORMATS:
        raise _Refused(422, "SHIPMENT.OPTIONS.INVALID", "label_format is not supported.")
