"""17TRACK, imitated: registered parcels travel from then on; events are pushed, and the end of tracking."""

import heapq
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.carriers.track17.signing import sign_push
from connectors.kit.parcel_twin import CallsPerSecond, ParcelTwin, TwinParcel
from mappings.canonical import Parcel, TrackingStatus

KEY = "TWIN0123456789ABCDEF0123456789AB"
PATH = "/track/v2.2"
MOST_ITEMS = 40
NUMBER = re.compile(r"[A-Za-z0-9]{5,50}", re.ASCII)
DETECTED = 100003
STOPS_AFTER = timedelta(days=3)

SCANS: Mapping[TrackingStatus, tuple[str | None, str, str]] = {
    TrackingStatus.PICKED_UP: ("PickedUp", "InTransit_PickedUp", "Picked up"),
    TrackingStatus.IN_TRANSIT: ("Departure", "InTransit_Departure", "Departed from facility"),
    TrackingStatus.OUT_FOR_DELIVERY: ("OutForDelivery", "OutForDelivery_Other", "Out for delivery"),
    TrackingStatus.DELIVERY_ATTEMPTED: (None, "DeliveryFailure_NoBody", "Nobody was home"),
    TrackingStatus.DELIVERED: ("Delivered", "Delivered_Other", "DELIVERED"),
    TrackingStatus.RETURNING: ("Returning", "Exception_Returning", "Returning to sender"),
    TrackingStatus.RETURNED: ("Returned", "Exception_Returned", "Returned to sender"),
    TrackingStatus.LOST: (None, "Exception_Lost", "The parcel cannot be found"),
}
"""Stage, sub status and text per step; the status is the sub status' first word."""

ENDS = frozenset({TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.LOST})


class Twin(ParcelTwin):
    """`quota`: how many numbers may be registered."""

    platform = "17track"
    examined_with: ClassVar[Mapping[str, Any]] = {
        "parcels": (
            Parcel(carrier="ups", tracking_number="1Z2617V10397725789", reference="R-1"),
            Parcel(carrier="fedex", tracking_number="986578788855", reference="R-2"),
        )
    }
    retry_webhooks_after = (timedelta(minutes=10), timedelta(minutes=30), timedelta(minutes=60))
    calls_per_second: int = 3
    quota: int = 100_000

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.push_url = ""
        self._stops: list[tuple[datetime, str]] = []
        self._calls = CallsPerSecond(self.calls_per_second)

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route(f"{PATH}/register", self._answering(self._register), methods=["POST"]),
                Route(f"{PATH}/gettrackinfo", self._answering(self._info), methods=["POST"]),
                Route(f"{PATH}/getquota", self._quota, methods=["POST"]),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {"security_key": KEY, "api_url": f"{base_url}{PATH}"}

    def configure_pushes(self, url: str) -> None:
        self.push_url = url

    def throttled(self) -> Response:
        return PlainTextResponse("Too Many Requests", 429)

    def _admitted(self, request: Request) -> Response | None:
        """Null if the call may be answered."""
        if not self._calls.allows(self.now()):
            return self.throttled()
        return None if request.headers.get("17token") == KEY else _refused(-18010002, "Invalid security key.")

    async def _quota(self, request: Request) -> Response:
        if refusal := self._admitted(request):
            return refusal
        used = len(self.by_number)
        return _json({"code": 0, "data": {"quota_total": self.quota, "quota_used": used}})

    def _answering(self, answer: Callable[[Mapping[str, Any]], dict[str, Any] | int]) -> Any:
        """`answer` gives what is accepted of one item, or the code of its rejection."""

        async def endpoint(request: Request) -> Response:
            if refusal := self._admitted(request):
                return refusal
            try:
                items = msgspec.json.decode(await request.body(), type=list[dict[str, Any]])
            except msgspec.MsgspecError:
                return _refused(-18010010, "The submitted data is not an array of objects.")
            if not 1 <= len(items) <= MOST_ITEMS:
                return _refused(-18010012, f"1 to {MOST_ITEMS} items are accepted.")
            accepted, rejected = [], []
            for item in items:
                found = answer(item)
                if isinstance(found, int):
                    error = {"code": found, "message": f"The item is refused with {found}."}
                    rejected.append({"number": item.get("number"), "error": error})
                else:
                    accepted.append(found)
            return _json({"code": 0, "data": {"accepted": accepted, "rejected": rejected}})

        return endpoint

    def _register(self, item: Mapping[str, Any]) -> dict[str, Any] | int:
        number = item.get("number")
        if not isinstance(number, str) or not NUMBER.fullmatch(number):
            return -18010013
        if number in self.by_number:
            return -18019901
        if not isinstance(carrier := item.get("carrier", DETECTED), int):
            return -18010013
        if len(self.by_number) >= self.quota:
            return -18019908
        self.set_out(TwinParcel(number=number, company=str(carrier), reference=item.get("tag") or ""))
        self.record("subscribed", number)
        return {"origin": 1, "number": number, "carrier": carrier}

    def _info(self, item: Mapping[str, Any]) -> dict[str, Any] | int:
        self.advance()
        parcel = self.by_number.get(str(item.get("number")))
        if parcel is None or str(item.get("carrier", parcel.company)) != parcel.company:
            return -18019902
        return _with_news(parcel) if parcel.scans else -18019909

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        stage, sub_status, text = SCANS[step]
        local = at.astimezone(UTC) - timedelta(hours=7)
        parcel.scans.append(
            {
                "time_iso": local.strftime("%Y-%m-%dT%H:%M:%S-07:00"),
                "time_utc": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "time_raw": {"date": local.strftime("%Y-%m-%d"), "time": local.strftime("%H:%M:%S")},
                "description": text,
                "location": "GASQUET, CA, US",
                "stage": stage,
                "sub_status": sub_status,
            }
        )
        self._push("TRACKING_UPDATED", _with_news(parcel))
        if step in ENDS:
            heapq.heappush(self._stops, (at + STOPS_AFTER, parcel.number))

    def advance(self) -> datetime | None:
        due = [super().advance()]
        while self._stops and self._stops[0][0] <= self.now():
            self._push("TRACKING_STOPPED", _head(self.by_number[heapq.heappop(self._stops)[1]]))
        return min((at for at in (*due, *(at for at, _ in self._stops[:1])) if at), default=None)

    def _push(self, event: str, parcel: Mapping[str, Any]) -> None:
        if self.push_url:
            body = msgspec.json.encode({"event": event, "data": parcel})
            self.post(self.push_url, {"content-type": "application/json", "sign": sign_push(body, KEY)}, body)


def _head(parcel: TwinParcel) -> dict[str, Any]:
    return {
        "number": parcel.number,
        "carrier": int(parcel.company),
        "param": None,
        "tag": parcel.reference or None,
    }


def _with_news(parcel: TwinParcel) -> dict[str, Any]:
    sub_status = parcel.scans[-1]["sub_status"]
    status = {"status": sub_status.partition("_")[0], "sub_status": sub_status, "sub_status_descr": None}
    provider = {"provider": {"key": int(parcel.company)}, "events": parcel.scans[::-1]}
    info = {
        "latest_status": status,
        "latest_event": parcel.scans[-1],
        "tracking": {"providers": [provider]},
    }
    return {**_head(parcel), "track_info": info}


def _json(body: Any) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _refused(code: int, words: str) -> Response:
    return _json({"code": code, "data": {"errors": [{"code": code, "message": words}]}})
