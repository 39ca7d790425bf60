"""A carrier without idempotency, whose bookings can be found only a while after they were made.

The worst that a carrier may be: it books as often as it is asked. Only who reads back, and late enough, does
not book twice.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from connectors.kit import (
    CarrierPlugin,
    ConnectorSettings,
    FindsBookings,
    Outside,
    PlatformClient,
    RateLimit,
)
from hub.registry import Registry
from mappings.canonical import Booking, ShipmentRequest
from mappings.carriers import sf_express as some_mapping

PLATFORM = "plain-carrier"


class LaggingSettings(ConnectorSettings):
    key: SecretStr


class LaggingConnector(FindsBookings):
    def __init__(self, settings: LaggingSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = PlatformClient(outside)

    async def check(self) -> None:
        return None

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        wanted = {"reference": request.reference}
        answer = await self._client.send("POST", "/bookings", write=True, json=wanted)
        return self._booking(request.reference, answer.json()["numbers"])

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        answer = await self._client.send("GET", f"/bookings/{request.reference}", write=False)
        numbers = answer.json()["numbers"]
        return self._booking(request.reference, numbers) if numbers else None

    def _booking(self, reference: str, numbers: list[str]) -> Booking:
        return Booking(reference=reference, carrier="plain", tracking_number=numbers[-1])


REGISTRY = Registry(
    carriers={
        PLATFORM: CarrierPlugin(
            platform=PLATFORM,
            title="A carrier that lags",
            settings=LaggingSettings,
            connector=LaggingConnector,
            mapping=some_mapping,
            limits=(RateLimit(calls=100, per=timedelta(seconds=1)),),
            twin="tests.crash.lagging:LaggingTwin",
            read_back_after=timedelta(seconds=60),
        )
    }
)


@dataclass
class LaggingTwin:
    """`ledger` is what it really did."""

    now: Callable[[], datetime]
    lag: timedelta
    ledger: list[tuple[datetime, str]] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/bookings", self._book, methods=["POST"]),
                Route("/bookings/{reference}", self._find, methods=["GET"]),
            ]
        )

    @property
    def bookings(self) -> Counter[str]:
        """How often each reference was booked."""
        return Counter(reference for _, reference in self.ledger)

    async def _book(self, request: Request) -> JSONResponse:
        self.requests["book"] += 1
        reference = (await request.json())["reference"]
        self.ledger.append((self.now(), reference))
        return JSONResponse({"numbers": [f"L{len(self.ledger):06d}"]})

    async def _find(self, request: Request) -> JSONResponse:
        self.requests["find"] += 1
        seen = [
            f"L{position:06d}"
            for position, (at, reference) in enumerate(self.ledger, start=1)
            if reference == request.path_params["reference"] and at + self.lag <= self.now()
        ]
        return JSONResponse({"numbers": seen})
