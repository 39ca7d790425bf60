"""Parameters of the audit rules that a store may switch on: one model per rule, ready to become a form.

Title, Chinese title and bounds stand on the fields; the docstring says what the rule does. A rule that is
not among a policy's `rules` is off.
"""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def parameter(title: str, zh: str, description: str, **bounds: Any) -> Any:
    """A field with its label in both languages."""
    return Field(title=title, description=description, json_schema_extra={"zh": zh}, **bounds)


def _called(title: str, zh: str) -> ConfigDict:
    return ConfigDict(title=title, json_schema_extra={"zh": zh})


def _words(value: object) -> object:
    """«a, b» as people type it → its parts."""
    if not isinstance(value, str):
        return value
    return tuple(part for each in re.split("[,，]", value) if (part := each.strip()))


def _on_the_wall(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("give the time without a zone: the store's time zone counts")
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
WallTime = Annotated[time, AfterValidator(_on_the_wall)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=4)]
Division = Annotated[str, Field(pattern=r"^[A-Z]{2}(/[^/]+){1,3}$")]
Stage = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,30}$")]
PostalPrefix = Annotated[str, Field(pattern=r"^[A-Z]{2}:[0-9A-Z -]+$")]


class RuleParameters(BaseModel):
    """Parent of all. `rule` is the rule's name and the code of its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    rule: str


class PaymentDelay(RuleParameters):
    """Wait some minutes after payment: buyers change their minds and addresses. Ends by itself."""

    model_config = _called("Payment delay", "付款延迟")

    rule: Literal["payment_delay"] = "payment_delay"
    minutes: int = parameter(
        "Minutes", "分钟", "whole minutes after payment (after the order, if unknown)", ge=1, le=10_080
    )

    @property
    def delay(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class DailyWindow(RuleParameters):
    """Approve only between two times of the day, in the store's time zone. Ends by itself."""

    model_config = _called("Daily window", "每日审单时段")

    rule: Literal["daily_window"] = "daily_window"
    opens: WallTime = parameter("Opens", "开始时间", "time of the day, for example 08:30")
    closes: WallTime = parameter("Closes", "结束时间", "time of the day; earlier than opens: the next day")

    @model_validator(mode="after")
    def _is_some_time(self) -> "DailyWindow":
        if self.opens == self.closes:
            raise ValueError("opens and closes are equal: give two different times")
        return self


class QuietHours(RuleParameters):
    """Approve nothing between two times of the day, in the store's time zone. Ends by itself."""

    model_config = _called("Quiet hours", "静默时段")

    rule: Literal["quiet_hours"] = "quiet_hours"
    begins: WallTime = parameter("Begins", "开始时间", "time of the day, for example 22:00")
    ends: WallTime = parameter("Ends", "结束时间", "time of the day; earlier than begins: the next day")

    @model_validator(mode="after")
    def _is_some_time(self) -> "QuietHours":
        if self.begins == self.ends:
            raise ValueError("begins and ends are equal: give two different times")
        return self


class ItemCount(RuleParameters):
    """Hold orders with more items or more units than usual."""

    model_config = _called("Items and units", "商品种类与件数")

    rule: Literal["item_count"] = "item_count"
    most_items: Count | None = parameter("Most items", "最多种类", "lines of an order", default=None)
    most_units: Count | None = parameter(
        "Most units", "最多件数", "units of all lines together", default=None
    )

    @model_validator(mode="after")
    def _has_a_limit(self) -> "ItemCount":
        if self.most_items is None and self.most_units is None:
            raise ValueError("gives no limit: set most_items or most_units")
        return self


class AmountRange(RuleParameters):
    """Hold orders whose total is unusually small or large."""

    model_config = _called("Amount range", "金额范围")

    rule: Literal["amount_range"] = "amount_range"
    currency: str = parameter("Currency", "币种", "ISO 4217, for example CNY", pattern="^[A-Z]{3}$")
    least: Amount | None = parameter("Least", "最低金额", "smallest total that passes", default=None)
    most: Amount | None = parameter("Most", "最高金额", "largest total that passes", default=None)

    @model_validator(mode="after")
    def _is_a_range(self) -> "AmountRange":
        if self.least is None and self.most is None:
            raise ValueError("gives no limit: set least or most")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least is above most: exchange them")
        return self


class PriceUnderFloor(RuleParameters):
    """Hold orders that sell a SKU under the brand's price floor, so that its own stores do not undercut each
    other. A campaign's floor counts in its time instead of the usual one; gifts are no sale."""

    model_config = _called("Price under the floor", "低于限价")

    rule: Literal["price_floor"] = "price_floor"
    tolerance_percent: Decimal = parameter(
        "Tolerance in percent",
        "容差（%）",
        "how far under the floor still passes",
        default=Decimal(0),
        ge=0,
        le=100,
    )


class OutsideTerritories(RuleParameters):
    """Hold orders to addresses that lie in no store's territory."""

    model_config = _called("Outside every territory", "不在任何辖区")

    rule: Literal["outside_territories"] = "outside_territories"


class RemoteArea(RuleParameters):
    """Hold orders to areas where carriers ask a surcharge or do not go."""

    model_config = _called("Remote area", "偏远地区")

    rule: Literal["remote_area"] = "remote_area"
    divisions: Annotated[tuple[Division, ...], BeforeValidator(_words)] = parameter(
        "Divisions", "行政区", "like CN/新疆 or CN/四川/甘孜; the beginning of a name is enough", default=()
    )
    postal_prefixes: Annotated[tuple[PostalPrefix, ...], BeforeValidator(_words)] = parameter(
        "Postal prefixes", "邮编前缀", "like CN:83 or US:995", default=()
    )

    @model_validator(mode="after")
    def _names_an_area(self) -> "RemoteArea":
        if not self.divisions and not self.postal_prefixes:
            raise ValueError("names no area: set divisions or postal_prefixes")
        return self


class NotePresent(RuleParameters):
    """Hold orders with a note that a person has to read."""

    model_config = _called("Note present", "有留言或备注")

    rule: Literal["note"] = "note"
    buyer: bool = parameter("Buyer's note", "买家留言", "look at the buyer's note", default=True)
    seller: bool = parameter("Seller's note", "卖家备注", "look at the seller's note", default=True)
    ignored: Words = parameter(
        "Ignored words", "忽略词", "words that say nothing; a note of nothing else passes", default=()
    )

    @model_validator(mode="after")
    def _looks_somewhere(self) -> "NotePresent":
        if not self.buyer and not self.seller:
            raise ValueError("looks at no note: set buyer=true or seller=true, or switch the rule off")
        return self


class Blacklisted(RuleParameters):
    """Hold orders of buyers, telephones or addresses on the brand's blacklist."""

    model_config = _called("Blacklist", "黑名单")

    rule: Literal["blacklist"] = "blacklist"
    buyer: bool = parameter("Buyer", "买家", "look at the platform's id and the e-mail", default=True)
    telephone: bool = parameter("Telephone", "电话", "look at buyer's and receiver's telephone", default=True)
    address: bool = parameter("Address", "地址", "look at the delivery address", default=True)

    @model_validator(mode="after")
    def _looks_somewhere(self) -> "Blacklisted":
        if not (self.buyer or self.telephone or self.address):
            raise ValueError("looks at nothing: set buyer, telephone or address, or switch the rule off")
        return self


class DepositOnly(RuleParameters):
    """Hold pre-sales of which only a part is paid, also where the rest would be collected at the door."""

    model_config = _called("Deposit only", "仅付定金")

    rule: Literal["deposit"] = "deposit"


class Review(RuleParameters):
    """Have people look at an order one after the other, for example service, then finance: each release
    passes one of them. Its reasons are called `review_service`, `review_finance` …"""

    model_config = _called("Review in stages", "多级审核")

    rule: Literal["review"] = "review"
    stages: Annotated[tuple[Stage, ...], BeforeValidator(_words), Field(min_length=1)] = parameter(
        "Stages", "审核环节", "who has to look, in this order", default=("service", "finance")
    )
    currency: str = parameter(
        "Currency", "币种", "of least: ISO 4217, for example CNY", default="", pattern="^([A-Z]{3})?$"
    )
    least: Amount | None = parameter(
        "Least",
        "起审金额",
        "smallest total that is looked at; in other currencies every order is",
        default=None,
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> "Review":
        if len(set(self.stages)) < len(self.stages):
            raise ValueError("a stage stands there twice: name each once")
        if (self.least is None) != (not self.currency):
            raise ValueError("least and currency belong together: give both or none")
        return self


OptionalRule = Annotated[
    PaymentDelay
    | DailyWindow
    | QuietHours
    | ItemCount
    | AmountRange
    | PriceUnderFloor
    | OutsideTerritories
    | RemoteArea
    | NotePresent
    | Blacklisted
    | DepositOnly
    | Review,
    Field(discriminator="rule"),
]

OPTIONAL: Mapping[str, type[RuleParameters]] = {
    model.model_fields["rule"].default: model
    for model in (
        PaymentDelay,
        DailyWindow,
        QuietHours,
        ItemCount,
        AmountRange,
        PriceUnderFloor,
        OutsideTerritories,
        RemoteArea,
        NotePresent,
        Blacklisted,
        DepositOnly,
        Review,
    )
}
"""Name → model of its parameters, in the order in which their reasons are told."""
