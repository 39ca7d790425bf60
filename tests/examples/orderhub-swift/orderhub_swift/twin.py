"""An imitation of Swift: bookings show up late, parcels travel by themselves, pushes want a reply."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
from connectors.kit.twin import CarriedParcel, CarrierTwin
from mappings.canonical import TrackingStatus
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SHOWN_AFTER = timedelta(seconds=20)
ADDRESS = {"name", "phone", "country", "city", "street", "postcode"}
JOURNEY = (
    ("PU", TrackingStatus.PICKED_UP, 6),
    ("TR", TrackingStatus.IN_TRANSIT, 8),
    ("OD", TrackingStatus.OUT_FOR_DELIVERY, 12),
    ("DL", TrackingStatus.DELIVERED, 4),
)

Answering = Callable[[Request], tuple[int, Any]]


@dataclass
class Carried:
    shipment_id: str
    number: str
    reference: str
    service: str
    quantities: dict[str, int]
    booked_at: datetime
    next_scan_at: datetime | None
    scans: list[tuple[datetime, str]] = field(default_factory=list)
    status: TrackingStatus = TrackingStatus.PRE_TRANSIT
    callback: str = ""

    def report(self) -> dict[str, Any]:
        scans = [{"at": at.isoformat(), "code": code, "text": f"Scan {code}"} for at, code in self.scans]
        return {"number": self.number, "reference": self.reference, "scans": scans[::-1]}


class SwiftTwin(CarrierTwin):
    """Swift with one customer."""

    platform = "swift"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.key = f"api-key-{random.getrandbits(64):016x}"
        self.push_secret = f"push-secret-{random.getrandbits(64):016x}"
        self.carried: dict[str, Carried] = {}
        super().__init__(now, random)

    def settings(self, base_url: str) -> dict[str, Any]:
        return {"base_url": base_url, "api_key": self.key, "push_secret": self.push_secret}

    # the interface

    def routes(self) -> Starlette:
        def route(path: str, method: str, answer: Answering) -> Route:
            async def endpoint(request: Request) -> Response:
                if request.headers.get("x-api-key") != self.key:
                    return JSONResponse({"error": "key"}, 401)
                body = await request.body()
                request.state.body = json.loads(body) if body else {}
                status, content = answer(request)
                return JSONResponse(content, status)

            return Route(path, endpoint, methods=[method])

        return Starlette(
            routes=[
                route("/rates", "GET", self._rates),
                route("/shipments", "POST", self._book),
                route("/shipments", "GET", self._find),
                route("/shipments/{shipment_id}", "DELETE", self._cancel),
                route("/reports", "GET", self._reports),
                route("/subscriptions/{number}", "PUT", self._subscribe),
            ]
        )

    def _rates(self, request: Request) -> tuple[int, Any]:
        kilograms = int(request.query_params["grams"]) // 1000 + 1
        prices = {"express": 12 * kilograms, "normal": 4 * kilograms}
        return 200, {"rates": [{"service": it, "price": f"{prices[it]}.90"} for it in prices]}

    def _book(self, request: Request) -> tuple[int, Any]:
        body = request.state.body
        if set(body) != {"reference", "sender", "to", "grams", "items", "service"}:
            return 422, {"error": "fields"}
        if body["service"] not in ("express", "normal"):
            return 422, {"error": "service"}
        if set(body["sender"]) != ADDRESS or not self._is_reachable(body["to"]):
            return 422, {"error": "address"}
        number = f"SW{len(self.carried) + 1:09d}"
        parcel = Carried(
            shipment_id=f"s-{number}",
            number=number,
            reference=body["reference"],
            service=body["service"],
            quantities={item["sku"]: item["quantity"] for item in body["items"]},
            booked_at=self.now(),
            next_scan_at=self.now() + timedelta(hours=self.random.uniform(2, 4)),
            scans=[(self.now(), "BK")],
        )
        self.carried[number] = parcel
        self.record("booked", parcel.reference, number=number)
        return 201, _shipment(parcel)

    def _is_reachable(self, to: dict[str, str]) -> bool:
        return set(to) == ADDRESS or (
            set(to) == {"platform", "token"} and to["platform"] == "acme" and to["token"] != ""
        )

    def _find(self, request: Request) -> tuple[int, Any]:
        wanted, latest = request.query_params["reference"], self.now() - SHOWN_AFTER
        found = [it for it in self.carried.values() if it.reference == wanted and it.booked_at <= latest]
        return 200, {"shipments": [_shipment(parcel) for parcel in found]}

    def _cancel(self, request: Request) -> tuple[int, Any]:
        parcel = self.carried.get(request.path_params["shipment_id"].removeprefix("s-"))
        if parcel is None:
            return 404, {"error": "unknown_shipment"}
        if parcel.status is TrackingStatus.CANCELLED:
            return 200, {"done": True}
        if parcel.status is not TrackingStatus.PRE_TRANSIT:
            return 409, {"error": "on_its_way"}
        parcel.next_scan_at = None
        self._scan(parcel, self.now(), "CX", TrackingStatus.CANCELLED)
        self.record("cancelled", parcel.reference)
        return 200, {"done": True}

    def _reports(self, request: Request) -> tuple[int, Any]:
        numbers = request.query_params["numbers"].split(",")
        if len(numbers) > 20:
            return 422, {"error": "too_many"}
        found = [self.carried[number].report() for number in numbers if number in self.carried]
        return 200, {"reports": found}

    def _subscribe(self, request: Request) -> tuple[int, Any]:
        parcel = self.carried.get(request.path_params["number"])
        if parcel is None:
            return 404, {"error": "unknown_number"}
        parcel.callback = request.state.body["url"]
        self.record("subscribed", parcel.number)
        return 200, {"done": True}

    def acknowledges(self, answer: httpx.Response) -> bool:
        return answer.is_success and answer.content == b'{"taken":true}'

    # the world

    def _scan(self, parcel: Carried, at: datetime, code: str, status: TrackingStatus) -> None:
        parcel.scans.append((at, code))
        parcel.status = status
        if parcel.callback:
            body = json.dumps(parcel.report()).encode()
            digest = hmac.new(self.push_secret.encode(), body, hashlib.sha1).digest()
            self.post(parcel.callback, {"x-swift-sign": base64.b64encode(digest).decode()}, body)

    def advance(self) -> datetime | None:
        for parcel in self.carried.values():
            while parcel.next_scan_at is not None and parcel.next_scan_at <= self.now():
                done = len(parcel.scans) - 1
                code, status, hours = JOURNEY[done]
                self._scan(parcel, parcel.next_scan_at, code, status)
                last = done + 1 == len(JOURNEY)
                parcel.next_scan_at = None if last else parcel.next_scan_at + timedelta(hours=hours)
        return min((it.next_scan_at for it in self.carried.values() if it.next_scan_at), default=None)

    def parcels(self) -> Sequence[CarriedParcel]:
        return [
            CarriedParcel(
                tracking_number=parcel.number,
                reference=parcel.reference,
                status=parcel.status,
                cancelled=parcel.status is TrackingStatus.CANCELLED,
                quantities=parcel.quantities,
            )
            for parcel in self.carried.values()
        ]


def _shipment(parcel: Carried) -> dict[str, Any]:
    return {
        "id": parcel.shipment_id,
        "number": parcel.number,
        "reference": parcel.reference,
        "service": parcel.service,
    }
