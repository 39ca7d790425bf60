"""Logistics departments: who sends what is at a location, with which carriers, where to, up to which limits.

A department is a warehouse's own desk or a carrier's. Shipping rules choose among what departments offer;
what no rule chooses is chosen by price (`carrier_choice.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.domain.freight import FreightTemplate
from hub.domain.reach import Reach
from mappings.canonical import Money, RateQuote
from mappings.structs import FrozenStruct


class Offer(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """A carrier connection and which of its services is booked (empty: its usual one). `freight` names the
    template of its price; empty: the department's."""

    carrier: str
    service: str = ""
    freight: str = ""

    def __str__(self) -> str:
        return f"{self.carrier} {self.service}".rstrip()


class Department(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """It sends from `locations` (empty: from all) to `areas` (empty: everywhere) without `excluded`.

    What leaves after `cut_off` (in `time_zone`) leaves on the next day. `by_quote`: carriers that quote are
    asked for their price before one is chosen. `verify`: no parcel is handed over before all its units were
    scanned. The first offers go first among equals.
    """

    department_id: str
    name: str
    offers: tuple[Offer, ...]
    locations: tuple[str, ...] = ()
    areas: tuple[Reach, ...] = ()
    excluded: tuple[Reach, ...] = ()
    most_grams: int | None = None
    most_worth: Money | None = None
    cut_off: time | None = None
    time_zone: str = "UTC"
    freight: str = ""
    by_quote: bool = False
    verify: bool = False

    def __post_init__(self) -> None:
        if not self.offers:
            raise ValueError(f"department {self.department_id} has no offers: name its carrier connections")
        if self.most_grams is not None and self.most_grams < 1:
            raise ValueError(f"most_grams of department {self.department_id} must be at least 1")

    def serves(self, location_id: str) -> bool:
        return not self.locations or location_id in self.locations

    def leaves_at(self, now: datetime) -> datetime:
        """When a parcel that is ready now leaves; at once where nothing is said."""
        if self.cut_off is None:
            return now
        here = now.astimezone(ZoneInfo(self.time_zone))
        day = here.date() if here.time() <= self.cut_off else here.date() + timedelta(days=1)
        return datetime.combine(day, self.cut_off, here.tzinfo)


class ShippingRule(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """Parcels that fulfil all that is filled in go to `department`, with `carrier`, by `service` (each empty:
    any). The lower rank is asked first. Weights and amounts that are not known fulfil nothing."""

    name: str
    rank: int = 0
    areas: tuple[Reach, ...] = ()
    stores: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    least_grams: int | None = None
    most_grams: int | None = None
    least_worth: Decimal | None = None
    most_worth: Decimal | None = None
    currency: str = ""
    cash_on_delivery: bool | None = None
    masked: bool | None = None
    department: str = ""
    carrier: str = ""
    service: str = ""

    def __post_init__(self) -> None:
        if not (self.department or self.carrier or self.service):
            raise ValueError(f"rule {self.name} chooses nothing: name a department, a carrier or a service")
        if (self.least_worth is not None or self.most_worth is not None) and not self.currency:
            raise ValueError(f"rule {self.name} has amounts without a currency: name it")

    def takes(self, department: Department, offer: Offer) -> bool:
        return (
            self.department in ("", department.department_id)
            and self.carrier in ("", offer.carrier)
            and self.service in ("", offer.service)
        )

    @property
    def target(self) -> str:
        return " ".join(filter(None, (self.department, self.carrier, self.service)))


@dataclass(frozen=True, kw_only=True)
class ShippingFacts:
    """What choosing a carrier may look at. `grams`: SKU → weight of a unit, `tags`: order id → its tags,
    `quotes`: consignment id → carrier connection that answered → its quotes; rules by rank and name."""

    departments: tuple[Department, ...] = ()
    rules: tuple[ShippingRule, ...] = ()
    templates: Mapping[str, FreightTemplate] = field(default_factory=dict)
    grams: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    quotes: Mapping[str, Mapping[str, tuple[RateQuote, ...]]] = field(default_factory=dict)

    def with_quotes(self, answers: Mapping[tuple[str, str], tuple[RateQuote, ...]]) -> "ShippingFacts":
        """(consignment id, connection id) → what it answered just now."""
        quotes = dict(self.quotes)
        for (consignment_id, connection_id), answer in answers.items():
            quotes[consignment_id] = {**quotes.get(consignment_id, {}), connection_id: answer}
        return replace(self, quotes=quotes)
