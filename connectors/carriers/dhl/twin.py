"""DHL's unified tracking, imitated: parcels that others booked, told in the words of three divisions."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.parcel_twin import CallsPerSecond, ParcelTwin, TwinParcel
from mappings.canonical import Parcel, TrackingStatus

KEY, TOKEN = "twin-dhl-api-key", "twin-dhl-push-token"
DIVISIONS = frozenset({"express", "parcel-de", "parcel-nl", "ecommerce", "dgf", "freight", "post-de"})

SCANS: Mapping[TrackingStatus, tuple[str, str]] = {
    TrackingStatus.IN_TRANSIT: ("transit", "PARCEL_SORTED_AT_HUB"),
    TrackingStatus.OUT_FOR_DELIVERY: ("transit", "OUT_FOR_DELIVERY"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("failure", "NOT_HOME"),
    TrackingStatus.DELIVERED: ("delivered", "DELIVERED"),
    TrackingStatus.RETURNING: ("failure", "RETURNED_TO_SHIPPER"),
    TrackingStatus.RETURNED: ("transit", "DELIVERED_AT_SHIPPER"),
    TrackingStatus.UNKNOWN: ("unknown", "UNKNOWN"),
}
"""statusCode and status per step, as parcel-nl tells them: the code lags behind."""


class Twin(ParcelTwin):
    """`parcels_known` travel from the start; the first is asked for by its piece."""

    platform = "dhl"
    tells_as = {
        TrackingStatus.PICKED_UP: TrackingStatus.IN_TRANSIT,
        TrackingStatus.LOST: TrackingStatus.UNKNOWN,
    }
    examined_with: ClassVar[Mapping[str, Any]] = {
        "parcels": (
            Parcel(carrier="dhl", tracking_number="JD000390005893028175", reference="R-1"),
            Parcel(carrier="dhl", tracking_number="3318810025", reference="R-2"),
        )
    }

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.hook = ""
        self._calls = CallsPerSecond(1, timedelta(seconds=5))
        for parcel in self.examined_with["parcels"]:
            self.set_out(TwinParcel(number=parcel.tracking_number, reference=parcel.reference))

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/track/shipments", self._track, methods=["GET"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {"api_key": KEY, "webhook_token": TOKEN, "api_url": base_url}

    def configure_pushes(self, url: str) -> None:
        self.hook = url

    def throttled(self) -> Response:
        words = "Too many requests within defined time period, please try again later."
        return _problem(429, "Too Many Requests", words)

    async def _track(self, request: Request) -> Response:
        if request.headers.get("dhl-api-key") != KEY:
            return _problem(401, "Unauthorized", "Unauthorized for given resource.")
        if not self._calls.allows(self.now()):
            return self.throttled()
        number = request.query_params.get("trackingNumber", "")
        if not number:
            return _problem(400, "Invalid input", "Input is invalid: trackingNumber is missing")
        if request.query_params.get("service", "express") not in DIVISIONS:
            return _problem(400, "Invalid input", "Input is invalid: Provided service isn't valid")
        self.advance()
        parcel = self.by_number.get(number)
        if parcel is None or not parcel.scans:
            return _problem(404, "No result found", "No shipment with given tracking number found.")
        answer = {"shipments": [_shipment(parcel)], "possibleAdditionalShipmentsUrl": []}
        return Response(msgspec.json.encode(answer), media_type="application/json")

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        code, words = SCANS[step]
        place = {"address": {"countryCode": "NL", "addressLocality": "Utrecht"}}
        stamp = at.isoformat(timespec="seconds")
        parcel.scans.append({"timestamp": stamp, "statusCode": code, "status": words, "location": place})
        if self.hook:
            headers = {"content-type": "application/json", "x-orderhub-token": TOKEN}
            self.post(self.hook, headers, msgspec.json.encode({"shipments": [_shipment(parcel)]}))


def _shipment(parcel: TwinParcel) -> dict[str, Any]:
    """Pieces have a number (JD…) of their own beside the shipment's (JJD…)."""
    piece = parcel.number.startswith("JD")
    return {
        "id": f"J{parcel.number}" if piece else int(parcel.number),
        "service": "parcel-nl",
        "status": parcel.scans[-1],
        "details": {"totalNumberOfPieces": 1, "pieceIds": [parcel.number] if piece else []},
        "events": parcel.scans[::-1],
    }


def _problem(status: int, title: str, detail: str) -> Response:
    body = msgspec.json.encode({"status": status, "title": title, "detail": detail})
    return Response(body, status, media_type="application/problem+json")
