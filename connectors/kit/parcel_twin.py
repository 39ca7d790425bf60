"""Parent of carrier twins whose parcels are booked under a reference and then travel by themselves."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from connectors.kit.journeys import Journeys, draw_journey
from connectors.kit.twin import CarriedParcel, CarrierTwin
from mappings.canonical import TrackingStatus


class Refused(Exception):
    """A refusal in the platform's own code and words; each twin answers it in its own shape."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class CallsPerSecond:
    """Counts calls in the last second (or another span), as gateways do that refuse bursts."""

    def __init__(self, most: int, per: timedelta = timedelta(seconds=1)) -> None:
        self.most = most
        self.per = per
        self._calls: deque[datetime] = deque()

    def allows(self, now: datetime) -> bool:
        """One more call, unless there were too many; a refused one does not count."""
        while self._calls and self._calls[0] <= now - self.per:
            self._calls.popleft()
        if len(self._calls) >= self.most:
            return False
        self._calls.append(now)
        return True


class IssuedTokens:
    """Bearer tokens that end after `lasts`, or all at once."""

    def __init__(self, random: Random, lasts: timedelta) -> None:
        self._random = random
        self._lasts = lasts
        self._ends: dict[str, datetime] = {}

    def issue(self, now: datetime) -> str:
        token = f"{self._random.getrandbits(128):032x}"
        self._ends[token] = now + self._lasts
        return token

    def accepts(self, authorization: str, now: datetime) -> bool:
        """The value of the header: «Bearer …»."""
        end = self._ends.get(authorization.removeprefix("Bearer "))
        return end is not None and now < end

    def end_all(self) -> None:
        self._ends.clear()


@dataclass(kw_only=True)
class TwinParcel:
    """One booked parcel. `scans` are entries in the carrier's own words, oldest first; `tails` the last four
    digits of the telephones on its label."""

    reference: str
    number: str
    company: str = ""
    carrier_order_id: str = ""
    sub_numbers: Sequence[str] = ()
    tails: frozenset[str] = frozenset()
    status: TrackingStatus = TrackingStatus.PRE_TRANSIT
    cancelled: bool = False
    scans: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        """Nobody has picked it up, and nobody took it back."""
        return self.status is TrackingStatus.PRE_TRANSIT and not self.cancelled


class ParcelTwin(CarrierTwin):
    """Chances are attributes, so that a test or simulation can set them. Subclasses check and answer
    requests, call `carry` and `take_back`, and say in `write_scan` how the carrier tells a step."""

    attempt_chance: float = 0.05
    return_chance: float = 0.01
    loss_chance: float = 0.002
    tells_as: ClassVar[Mapping[TrackingStatus, TrackingStatus | None]] = {}
    """Steps that the carrier has no code for → what it says instead; null: it says nothing."""

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.by_number: dict[str, TwinParcel] = {}
        self.by_reference: dict[str, TwinParcel] = {}
        self._journeys = Journeys()

    @abstractmethod
    def write_scan(self, parcel: TwinParcel, at: datetime, step: TrackingStatus) -> None:
        """Append the step to `parcel.scans` and push it to whoever is told."""

    def carry(self, parcel: TwinParcel) -> None:
        """A booking is accepted: the parcel's journey begins."""
        self.set_out(parcel)
        self.record("booked", parcel.reference, tracking_number=parcel.number)

    def set_out(self, parcel: TwinParcel) -> None:
        """The journey of a parcel begins, whoever booked it."""
        self.by_number[parcel.number] = parcel
        self.by_reference[parcel.reference] = parcel
        journey = draw_journey(
            self.random,
            self.now(),
            attempt_chance=self.attempt_chance,
            return_chance=self.return_chance,
            loss_chance=self.loss_chance,
        )
        self._journeys.start(parcel.number, journey)

    def take_back(self, parcel: TwinParcel) -> None:
        """The booking is cancelled; the parcel never travels."""
        parcel.cancelled = True
        parcel.status = TrackingStatus.CANCELLED
        self._journeys.stop(parcel.number)
        self.record("cancelled", parcel.reference, tracking_number=parcel.number)

    def advance(self) -> datetime | None:
        for scan in self._journeys.due(self.now()):
            step = self.tells_as.get(scan.status, scan.status)
            if step is None:
                continue
            parcel = self.by_number[scan.number]
            parcel.status = step
            self.record("scanned", parcel.number, status=step.value)
            self.write_scan(parcel, scan.at, step)
        return self._journeys.next_due()

    def parcels(self) -> Sequence[CarriedParcel]:
        return [
            CarriedParcel(
                tracking_number=parcel.number,
                reference=parcel.reference,
                status=parcel.status,
                cancelled=parcel.cancelled,
            )
            for parcel in self.by_number.values()
        ]
