"""Parameters of a store's rules. Stored with a version; a what-if run is `advance` with another policy."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.domain.audit_parameters import OPTIONAL, OptionalRule
from hub.domain.crossing_policy import CrossingPolicy


class TellAt(StrEnum):
    """When a store is told that a parcel left."""

    HANDED_OVER = "handed_over"
    BOOKED = "booked"


class RankBy(StrEnum):
    """What decides which location is asked first (`sourcing/ranks.py`)."""

    TERRITORY = "territory"
    DIVISION = "division"
    DISTANCE = "distance"
    FREIGHT = "freight"
    LOAD = "load"
    DISPATCH = "dispatch"


class AllocateWhen(StrEnum):
    """When an order that may be fulfilled is given its locations."""

    AT_ONCE = "at_once"
    IN_WAVES = "in_waves"


class ParcelLimits(BaseModel):
    """What one parcel may hold at most. Null: anything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_units: int | None = Field(None, title="Most units", json_schema_extra={"zh": "最多件数"}, ge=1)
    most_worth: Decimal | None = Field(
        None, title="Most worth, in the order's currency", json_schema_extra={"zh": "最高货值"}, gt=0
    )

    def __bool__(self) -> bool:
        return self.most_units is not None or self.most_worth is not None

    def allow(self, units: int, amount: Decimal) -> bool:
        too_many = self.most_units is not None and units > self.most_units
        return not too_many and (self.most_worth is None or amount <= self.most_worth)


class ShownStock(BaseModel):
    """How much of what is available a store is told. A quota of a SKU in escrow is told whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_back: int = Field(0, title="Units kept back of each SKU", json_schema_extra={"zh": "安全库存"}, ge=0)
    least: int = Field(0, title="Fewer than these are shown as 0", json_schema_extra={"zh": "最低展示"}, ge=0)
    most: int | None = Field(None, title="Most units shown", json_schema_extra={"zh": "最高展示"}, ge=0)

    def of(self, available: int) -> int:
        """What is shown of so many units."""
        left = max(0, available - self.keep_back)
        if left < self.least:
            return 0
        return left if self.most is None else min(left, self.most)


class StorePolicy(BaseModel):
    """Defaults suit a marketplace: it punishes tracking numbers without a pick-up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tell_at: TellAt = Field(TellAt.HANDED_OVER, title="Tell the store when")
    ship_authorized: bool = Field(
        False, title="Ship orders whose payment is only authorised", json_schema_extra={"zh": "授权即发货"}
    )
    carriers: tuple[str, ...] = Field((), title="Carrier connections, best first (empty: all, by name)")
    duplicate_window: timedelta = Field(
        timedelta(minutes=10),
        title="Same buyer, same goods within this time is a suspected duplicate",
        json_schema_extra={"zh": "重复订单时间窗"},
        ge=timedelta(0),
    )
    ship_within: timedelta | None = Field(
        None,
        title="Ship within this time of payment, where the platform states no deadline",
        json_schema_extra={"zh": "发货时限"},
        gt=timedelta(0),
    )
    parcel_limits: ParcelLimits = Field(
        ParcelLimits(), title="What one parcel may hold at most", json_schema_extra={"zh": "单包裹上限"}
    )
    allocate_when: AllocateWhen = Field(
        AllocateWhen.AT_ONCE,
        title="Allocate each order at once, or many together in waves",
        json_schema_extra={"zh": "分仓时机"},
    )
    rank_by: tuple[RankBy, ...] = Field(
        (RankBy.TERRITORY, RankBy.DIVISION),
        title="Which location is asked first: the first word decides, the next among equals",
        json_schema_extra={"zh": "发货仓优先顺序"},
    )
    crossing: CrossingPolicy | None = Field(
        None,
        title="Who ships orders in another store's territory, and what is owed for it (empty: as the brand)",
        json_schema_extra={"zh": "跨区订单政策"},
    )
    shown_stock: ShownStock = Field(
        ShownStock(), title="How much stock the store is told", json_schema_extra={"zh": "库存展示"}
    )
    rules: tuple[OptionalRule, ...] = Field(
        (),
        title="Audit rules that are switched on, with their parameters",
        json_schema_extra={"zh": "审单规则"},
    )

    @field_validator("rules")
    @classmethod
    def _each_once(cls, rules: tuple[OptionalRule, ...]) -> tuple[OptionalRule, ...]:
        """In the order in which reasons are told."""
        if len({each.rule for each in rules}) < len(rules):
            raise ValueError("a rule stands there twice: a store has each rule once")
        return tuple(sorted(rules, key=lambda each: _POSITION[each.rule]))

    def rule(self, name: str) -> OptionalRule | None:
        """The parameters of a rule; null while it is off."""
        return next((each for each in self.rules if each.rule == name), None)

    def with_rule(self, parameters: OptionalRule) -> "StorePolicy":
        """The same policy with a rule switched on, or with other parameters."""
        return self._with((*self.without_rule(parameters.rule).rules, parameters))

    def without_rule(self, name: str) -> "StorePolicy":
        """The same policy with a rule switched off."""
        return self._with(tuple(each for each in self.rules if each.rule != name))

    def _with(self, rules: tuple[OptionalRule, ...]) -> "StorePolicy":
        return self.model_copy(update={"rules": self._each_once(rules)})


_POSITION = {name: position for position, name in enumerate(OPTIONAL)}
