"""What the optional audit rules look at beside the order itself. Loaded once per batch, only where needed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

import msgspec

from mappings.structs import FrozenStruct


class PriceFloor(FrozenStruct):
    """The least that a unit of a SKU may be sold for, in all stores of the brand. A floor with a `campaign`
    counts from `starts_at` to before `ends_at` (null: open), the one without at all other times."""

    sku: str
    currency: str
    amount: Decimal
    campaign: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def holds_at(self, moment: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= moment) and (
            self.ends_at is None or moment < self.ends_at
        )


class AuditFacts(FrozenStruct):
    """`zones`: store id → time zone; `floors`: SKU → floors; `blacklisted`: order id → what of it is on the
    blacklist (`buyer`, `telephone`, `address`)."""

    zones: Mapping[str, tzinfo] = msgspec.field(default_factory=dict)
    floors: Mapping[str, Sequence[PriceFloor]] = msgspec.field(default_factory=dict)
    blacklisted: Mapping[str, frozenset[str]] = msgspec.field(default_factory=dict)


def floor_at(floors: Iterable[PriceFloor], currency: str, moment: datetime) -> PriceFloor | None:
    """The floor that counts at an instant: the lowest of the campaigns under way, else the usual one."""
    valid = [each for each in floors if each.currency == currency and each.holds_at(moment)]
    campaigns = [each for each in valid if each.campaign]
    return min(campaigns or valid, key=lambda each: (each.amount, each.campaign), default=None)
