"""Shippo, imitated: rating, transactions, refunds, tracks and signed pushes of version 2018-02-08."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any, ClassVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.carriers.shippo.signing import sign_push
from connectors.carriers.shippo.twin_state import Transaction, rates_of, scanned, track
from connectors.kit.parcel_twin import CallsPerSecond, ParcelTwin, TwinParcel
from mappings.canonical import PostalAddress, TrackingStatus

API_TOKEN = "shippo_live_twin0123456789"
WEBHOOK_TOKEN, WEBHOOK_SECRET = "twin-push-token-0123456789", "twin-push-secret"
VERSION = "2018-02-08"
CARRIERS = frozenset({"usps", "ups", "fedex", "dhl_express"})
FORMATS = frozenset({"PDF", "PDF_4x6", "PDF_4x8", "PDF_A4", "PDF_A6", "PDF_2.3x7.5", "ZPLII"})
FORMATS_PNG = frozenset({"PNG", "PNG_2.3x7.5"})
QUEUED_FOR = timedelta(seconds=20)

Answering = Callable[[Request, Mapping[str, Any]], Any]


class _Refused(Exception):
    """A refusal with its status and body."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.answer = _json(body, status)


class Twin(ParcelTwin):
    """`queue_chance`: purchases that are only queued although the caller wanted to wait. `signs`: whether
    support switched signatures on."""

    platform = "shippo"
    examined_with: ClassVar[Mapping[str, Any]] = {
        "ship_to": PostalAddress(
            name="Laura Behrens",
            telephone="4155550100",
            country="US",
            province="California",
            province_code="CA",
            city="San Francisco",
            street=("215 Clayton St.",),
            postal_code="94117",
        )
    }
    queue_chance: float = 0.0
    signs: bool = True

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self._shipments = 0
        self._rates: dict[str, dict[str, Any]] = {}
        self._transactions: dict[str, Transaction] = {}
        self.hooks: list[dict[str, Any]] = []
        self._calls: dict[str, CallsPerSecond] = {}

    def routes(self) -> Starlette:
        def route(path: str, method: str, answer: Answering, status: int = 200) -> Route:
            async def endpoint(request: Request) -> Response:
                if not self._allows(f"{method} {path}", 500 if method == "POST" or "{" in path else 50):
                    return self.throttled()
                try:
                    return _json(answer(request, await self._body(request)), status)
                except _Refused as refusal:
                    return refusal.answer

            return Route(path, endpoint, methods=[method])

        return Starlette(
            routes=[
                route("/shipments", "POST", self._rate, 201),
                route("/rates/{id}", "GET", self._show_rate),
                route("/transactions", "POST", self._buy, 201),
                route("/transactions", "GET", self._list),
                route("/transactions/{id}", "GET", self._show),
                route("/refunds", "POST", self._refund, 201),
                route("/tracks", "POST", self._register, 201),
                Route("/tracks/{carrier}/{number}", self._track, methods=["GET"]),
                route("/webhooks", "GET", lambda request, body: {"results": self.hooks}),
                route("/webhooks", "POST", self._hook, 201),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "api_token": API_TOKEN,
            "webhook_token": WEBHOOK_TOKEN,
            "webhook_secret": WEBHOOK_SECRET if self.signs else "",
            "length": "30",
            "width": "20",
            "height": "10",
            "api_url": base_url,
        }

    def throttled(self) -> Response:
        return _json({"detail": "Request was throttled."}, 429)

    def _allows(self, what: str, most: int) -> bool:
        """So many of each kind of call in a minute: single things, and lists."""
        calls = self._calls.setdefault(what, CallsPerSecond(most, timedelta(minutes=1)))
        return calls.allows(self.now())

    async def _body(self, request: Request) -> Mapping[str, Any]:
        if request.headers.get("authorization") != f"ShippoToken {API_TOKEN}":
            raise _Refused(401, {"detail": "Invalid token"})
        if request.headers.get("shippo-api-version") != VERSION:
            raise _Refused(400, {"detail": "The requested API version is not supported."})
        content = await request.body()
        try:
            return msgspec.json.decode(content, type=dict[str, Any]) if content else {}
        except msgspec.MsgspecError:
            raise _Refused(400, {"detail": "JSON parse error"}) from None

    def _rate(self, request: Request, body: Mapping[str, Any]) -> Any:
        grams = _check_shipment(body)
        self._shipments += 1
        shipment_id = f"{self._shipments:032x}"
        serves = {body["address_from"]["country"], body["address_to"]["country"]} == {"US"}
        rates = rates_of(shipment_id, self.now(), grams) if serves else []
        for rate in rates:
            self._rates[rate["object_id"]] = rate
        message = {"source": "USPS", "code": "", "text": "No rates outside of the US."}
        return {
            "object_id": shipment_id,
            "status": "SUCCESS" if body.get("async") is False else "QUEUED",
            "address_from": body["address_from"],
            "address_to": body["address_to"],
            "parcels": body["parcels"],
            "rates": rates if body.get("async") is False else [],
            "messages": [] if serves else [message],
            "metadata": body.get("metadata", ""),
        }

    def _show_rate(self, request: Request, body: Mapping[str, Any]) -> Any:
        if request.path_params["id"] not in self._rates:
            raise _Refused(404, {"detail": "Not found."})
        return self._rates[request.path_params["id"]]

    def _buy(self, request: Request, body: Mapping[str, Any]) -> Any:
        """Every call buys; nothing is recognised as a repetition."""
        if not body.get("rate"):
            raise _Refused(400, {"rate": ["This field is required."]})
        if body["rate"] not in self._rates:
            raise _Refused(400, {"rate": [f"Rate with supplied object_id {body['rate']} not found."]})
        if body.get("label_file_type", "PDF") not in FORMATS | FORMATS_PNG:
            raise _Refused(400, {"label_file_type": ["Not a valid choice."]})
        if len(str(body.get("metadata", ""))) > 100:
            raise _Refused(400, {"metadata": ["Ensure this field has no more than 100 characters."]})
        rate = self._rates[body["rate"]]
        now, count = self.now(), len(self._transactions) + 1
        waits = body.get("async") is not False or self.random.random() < self.queue_chance
        made = Transaction(
            object_id=f"{count:032x}",
            created_at=now,
            done_at=now + QUEUED_FOR if waits else now,
            rate=rate,
            parcel=TwinParcel(
                number=f"92055{count:017d}",
                reference=str(body.get("metadata", "")),
                company=rate["provider"].lower(),
                carrier_order_id=f"{count:032x}",
            ),
        )
        self._transactions[made.object_id] = made
        self.carry(made.parcel)
        return made.document(now)

    def _list(self, request: Request, body: Mapping[str, Any]) -> Any:
        """Newest first."""
        number, size = (int(request.query_params.get(it, "1")) for it in ("page", "results"))
        made = list(self._transactions.values())
        end = max(0, len(made) - (number - 1) * size)
        page = made[max(0, end - size) : end][::-1]
        following = f"https://api.example/transactions?page={number + 1}" if end > size else None
        results = [transaction.document(self.now()) for transaction in page]
        return {"count": len(made), "next": following, "previous": None, "results": results}

    def _known(self, object_id: Any) -> Transaction:
        made = self._transactions.get(object_id)
        if made is None:
            raise _Refused(404, {"detail": "Not found."})
        return made

    def _show(self, request: Request, body: Mapping[str, Any]) -> Any:
        return self._known(request.path_params["id"]).document(self.now())

    def _refund(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        made = self._known(body.get("transaction"))
        if made.parcel.cancelled:
            raise _Refused(400, {"transaction": ["A refund was requested already."]})
        if not made.parcel.is_waiting:
            return {"object_id": "refund", "status": "ERROR", "transaction": made.object_id}
        self.take_back(made.parcel)
        return {"object_id": "refund", "status": "PENDING", "transaction": made.object_id}

    def _register(self, request: Request, body: Mapping[str, Any]) -> Any:
        carrier, number = body.get("carrier"), body.get("tracking_number")
        if carrier not in CARRIERS:
            raise _Refused(400, {"carrier": [f"Invalid value specified for provider '{carrier}'"]})
        if not isinstance(number, str) or not number:
            raise _Refused(400, {"tracking_number": ["This field is required."]})
        if number not in self.by_number:
            reference = str(body.get("metadata", ""))
            self.by_number[number] = TwinParcel(number=number, reference=reference, company=carrier)
        self.record("subscribed", number)
        return track(self.by_number[number])

    async def _track(self, request: Request) -> Response:
        if not self._allows("GET /tracks", 500):
            return self.throttled()
        try:
            await self._body(request)
        except _Refused as refusal:
            return refusal.answer
        self.advance()
        carrier, number = request.path_params["carrier"], request.path_params["number"]
        if carrier not in CARRIERS:
            return _json({"detail": f"Carrier with name '{carrier}' is not supported."}, 400)
        parcel = self.by_number.get(number)
        if parcel is None and not number.isdecimal():
            return PlainTextResponse("Not Found", 404)
        return _json(track(parcel or TwinParcel(number=number, reference="", company=carrier)))

    def _hook(self, request: Request, body: Mapping[str, Any]) -> Any:
        if not str(body.get("url", "")).startswith("https://"):
            raise _Refused(400, {"url": ["Enter a valid URL."]})
        if body.get("event") not in ("transaction_created", "transaction_updated", "track_updated", "all"):
            raise _Refused(400, {"event": ["Not a valid choice."]})
        hook = {"object_id": f"{len(self.hooks) + 1:032x}", "active": True, "is_test": False, **body}
        self.hooks.append(hook)
        return hook

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        parcel.scans.append(scanned(parcel, at, step))
        self.push("track_updated", track(parcel))

    def push(self, event: str, content: Mapping[str, Any]) -> None:
        """To every active webhook of this event."""
        body = msgspec.json.encode({"event": event, "test": False, "data": content})
        signature = sign_push(body, str(int(self.now().timestamp())), WEBHOOK_SECRET)
        signed = {"shippo-auth-signature": signature} if self.signs else {}
        for hook in self.hooks:
            if hook["active"] and hook["event"] in (event, "all"):
                self.post(hook["url"], {"content-type": "application/json", **signed}, body)


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _check_shipment(body: Mapping[str, Any]) -> Decimal:
    """Grams of the one parcel; numbers must be text."""
    for side in ("address_from", "address_to"):
        address = body.get(side) or {}
        if not all(address.get(name) for name in ("name", "street1", "city", "zip", "country")):
            raise _Refused(400, {side: ["Address is incomplete."]})
    parcels = body.get("parcels") or [{}]
    for name in ("length", "width", "height", "distance_unit", "weight", "mass_unit"):
        if not isinstance(parcels[0].get(name), str):
            raise _Refused(400, {"parcels": [{name: ["This field is required."]}]})
    try:
        return Decimal(parcels[0]["weight"])
    except InvalidOperation:
        raise _Refused(400, {"parcels": [{"weight": ["A valid number is required."]}]}) from None
