"""AfterShip, imitated: registered parcels travel from then on, and every checkpoint is pushed."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.carriers.aftership.signing import SIGNATURE, sign_push, sign_string
from connectors.kit.parcel_twin import CallsPerSecond, ParcelTwin, TwinParcel
from connectors.kit.signing import hmac_base64
from mappings.canonical import Parcel, TrackingStatus

API_KEY, SIGNING_SECRET, WEBHOOK_SECRET = "asat_twin0123456789", "twin-signing-secret", "twin-push-secret"
PATH = "/tracking/2026-07"
SLUGS = frozenset({"fedex", "ups", "usps", "dhl", "sf-express", "zto-express"})
NUMBER = re.compile(r"[A-Za-z0-9-]{5,50}", re.ASCII)
DATE_OFF = timedelta(minutes=3)

SCANS: Mapping[TrackingStatus, tuple[str, str]] = {
    TrackingStatus.PICKED_UP: ("InTransit_002", "Picked up"),
    TrackingStatus.IN_TRANSIT: ("InTransit_007", "Departed facility"),
    TrackingStatus.OUT_FOR_DELIVERY: ("OutForDelivery_001", "On vehicle for delivery"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("AttemptFail_002", "Nobody was home"),
    TrackingStatus.DELIVERED: ("Delivered_001", "Delivered"),
    TrackingStatus.RETURNING: ("Exception_010", "Returning to sender"),
    TrackingStatus.RETURNED: ("Exception_011", "Returned to sender"),
    TrackingStatus.LOST: ("Exception_013", "Lost"),
}
"""Subtag and message per step; the tag is the subtag's first word."""

ENDS = frozenset({TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.LOST})


class _Refused(Exception):
    """A refusal with the status, `meta.code` and words of AfterShip."""

    def __init__(self, status: int, code: int, words: str, **headers: str) -> None:
        super().__init__(words)
        meta = {"code": code, "message": words, "type": "BadRequest"}
        content = msgspec.json.encode({"meta": meta, "data": {}})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = Response(content, status, named, "application/json")


class Twin(ParcelTwin):
    """`signs` refuses unsigned requests, as a key of the kind AES does."""

    platform = "aftership"
    examined_with: ClassVar[Mapping[str, Any]] = {
        "parcels": (
            Parcel(carrier="fedex", tracking_number="986578788855", reference="R-1"),
            Parcel(carrier="usps", tracking_number="9400100208303109505688", reference="R-2"),
        )
    }
    retry_webhooks_after = tuple(timedelta(seconds=30 * 2**attempt) for attempt in range(14))
    calls_per_second: int = 10
    signs: bool = False

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.push_url = ""
        self._registered_at: dict[str, str] = {}
        self._calls = CallsPerSecond(self.calls_per_second)
        self._events = 0

    def routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route(f"{PATH}/trackings", self._answering(self._register, 201), methods=["POST"]),
                Route(f"{PATH}/trackings", self._answering(self._list, 200), methods=["GET"]),
            ]
        )

    def settings(self, base_url: str) -> dict[str, Any]:
        return {"api_key": API_KEY, "webhook_secret": WEBHOOK_SECRET, "api_url": f"{base_url}{PATH}"}

    def configure_pushes(self, url: str) -> None:
        self.push_url = url

    def throttled(self) -> Response:
        reset = str(int(self.now().timestamp()) + 1)
        words = "You have exceeded the API call rate limit."
        return _Refused(429, 429, words, x_ratelimit_limit="10", x_ratelimit_reset=reset).answer

    def _answering(self, answer: Callable[[Request, Mapping[str, Any]], Any], status: int) -> Any:
        async def endpoint(request: Request) -> Response:
            if not self._calls.allows(self.now()):
                return self.throttled()
            try:
                body = await request.body()
                self._authenticate(request, body)
                data = answer(request, _decoded(body))
            except _Refused as refusal:
                return refusal.answer
            content = msgspec.json.encode({"meta": {"code": status}, "data": data})
            return Response(content, status, media_type="application/json")

        return endpoint

    def _authenticate(self, request: Request, body: bytes) -> None:
        if request.headers.get("as-api-key") != API_KEY:
            raise _Refused(401, 401, "Invalid API Key.")
        if not self.signs:
            return
        date = request.headers.get("date", "")
        seen = httpx.Request(request.method, str(request.url), headers=request.headers.raw, content=body)
        expected = hmac_base64(SIGNING_SECRET, sign_string(seen, date).encode())
        if request.headers.get(SIGNATURE) != expected or not self._is_recent(date):
            raise _Refused(401, 401, "The signature is invalid.")

    def _is_recent(self, date: str) -> bool:
        sent = datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        return abs(self.now() - sent) <= DATE_OFF

    def _register(self, request: Request, body: Mapping[str, Any]) -> Any:
        number, slug = body.get("tracking_number"), body.get("slug", "fedex")
        if not isinstance(number, str) or not number:
            raise _Refused(400, 4007, "The value of `tracking_number` is required.")
        if not NUMBER.fullmatch(number):
            raise _Refused(400, 4005, "The value of `tracking_number` is invalid.")
        if slug not in SLUGS:
            raise _Refused(400, 4010, "The value of `slug` is invalid.")
        if number in self.by_number:
            raise _Refused(400, 4003, "Tracking number already exists.")
        self._registered_at[number] = _stamp(self.now())
        parcel = TwinParcel(
            number=number,
            reference=body.get("order_id", ""),
            company=slug,
            carrier_order_id=f"{len(self.by_number) + 1:024x}",
        )
        self.set_out(parcel)
        self.record("subscribed", number)
        return self._tracking(parcel)

    def _tracking(self, parcel: TwinParcel) -> dict[str, Any]:
        newest = parcel.scans[-1] if parcel.scans else {"tag": "Pending", "subtag": "Pending_001"}
        since = self._registered_at[parcel.number]
        return {
            "id": parcel.carrier_order_id,
            "created_at": since,
            "updated_at": newest.get("created_at", since),
            "tracking_number": parcel.number,
            "slug": parcel.company,
            "active": parcel.status not in ENDS,
            "order_id": parcel.reference or None,
            "tag": newest["tag"],
            "subtag": newest["subtag"],
            "title": parcel.number,
            "checkpoints": parcel.scans,
        }

    def _list(self, request: Request, body: Mapping[str, Any]) -> Any:
        self.advance()
        limit = request.query_params.get("limit", "100")
        if not limit.isdecimal() or not 1 <= int(limit) <= 200:
            raise _Refused(400, 4008, "The value of `limit` is invalid.")
        wanted = request.query_params.get("tracking_numbers")
        numbers = list(self.by_number) if wanted is None else wanted.split(",")
        known = [self.by_number[number] for number in numbers if number in self.by_number]
        found = [self._tracking(parcel) for parcel in known[: int(limit)]]
        return {"pagination": {"total": len(found), "has_next_page": False}, "trackings": found}

    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        subtag, message = SCANS[step]
        parcel.scans.append(
            {
                "slug": parcel.company,
                "city": "KEASBEY",
                "created_at": _stamp(at),
                "location": "KEASBEY, NJ",
                "country_region": None,
                "message": message,
                "tag": subtag.partition("_")[0],
                "subtag": subtag,
                "subtag_message": message,
                "checkpoint_time": (at - timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%S-04:00"),
                "state": "NJ",
                "postal_code": None,
                "raw_tag": subtag.upper(),
            }
        )
        self.push("tracking_update", self._tracking(parcel))

    def push(self, event: str, msg: Mapping[str, Any]) -> None:
        """To the address that was entered in the admin."""
        if not self.push_url:
            return
        self._events += 1
        body = msgspec.json.encode(
            {
                "ts": int(self.now().timestamp()),
                "event": event,
                "event_id": f"00000000-0000-4000-8000-{self._events:012x}",
                "is_tracking_first_tag": True,
                "msg": msg,
            }
        )
        signature = {"aftership-hmac-sha256": sign_push(body, WEBHOOK_SECRET)}
        self.post(self.push_url, {"content-type": "application/json", **signature}, body)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _decoded(body: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any]) if body else {}
    except msgspec.MsgspecError:
        raise _Refused(400, 4001, "Invalid JSON data.") from None
