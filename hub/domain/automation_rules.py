"""What a rule of the brand's own says: when, for which orders, what then. `automation.py` fires them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mappings.canonical import PostalAddress, SalesOrder


class Trigger(StrEnum):
    """`arrived`: each time the order is audited, at first and after a change."""

    ARRIVED = "arrived"
    APPROVED = "approved"
    HELD = "on_hold"
    BACKORDERED = "backordered"
    RELEASED = "released"


class Conditions(BaseModel):
    """All that are given must hold; of a list, one entry is enough. None: every order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    countries: tuple[str, ...] = Field((), title="Country of the address (ISO 3166-1)")
    provinces: tuple[str, ...] = Field((), title="Province, as the address writes or codes it")
    skus: tuple[str, ...] = Field((), title="A line has one of these SKUs")
    least_units: int | None = Field(None, title="So many units at least", ge=1)
    least_total: Decimal | None = Field(None, title="A total of so much at least", gt=0)
    currency: str = Field("", title="Currency of the total (ISO 4217)")
    note_has: str = Field("", title="The buyer's note contains this, in any case")
    cash_on_delivery: bool | None = Field(None, title="Paid at the door?")

    @model_validator(mode="after")
    def _total_has_a_currency(self) -> "Conditions":
        if (self.least_total is None) is bool(self.currency):
            raise ValueError("least_total and currency are given together")
        return self

    def hold_for(self, sales: SalesOrder, skus: Mapping[str, str]) -> bool:
        """`skus`: line id → our SKU."""
        given = ((name, getattr(self, name)) for name in _CHECKS)
        return all(
            _CHECKS[name](wanted, sales, skus) for name, wanted in given if wanted not in ((), "", None)
        ) and (not self.currency or sales.currency == self.currency)


class Hold(BaseModel):
    """The order waits, for `hours` from when it was placed, or for a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: str = Field(title="Reason, for people", min_length=1, max_length=200)
    owner: str = Field("", title="Who looks after it", max_length=40)
    hours: int | None = Field(None, title="Ends by itself so many hours after the order was placed", ge=1)

    @property
    def lasts(self) -> timedelta | None:
        return timedelta(hours=self.hours) if self.hours else None


class AutomationRule(BaseModel):
    """Rules fire in the order of `rank`, then of their names. `stores` empty: every store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", title="Name")
    rank: int = Field(100, title="The lower goes first", ge=0, le=10_000)
    stores: tuple[str, ...] = Field((), title="Stores")
    when: Trigger = Field(Trigger.ARRIVED, title="When")
    conditions: Conditions = Field(Conditions(), title="For which orders")
    tags: tuple[str, ...] = Field((), title="Words to put on the order")
    hold: Hold | None = Field(None, title="Hold")

    @model_validator(mode="after")
    def _does_something_that_can_be_done(self) -> "AutomationRule":
        if not self.tags and self.hold is None:
            raise ValueError("the rule does nothing: give tags, hold or both")
        if self.hold and self.when is not Trigger.ARRIVED:
            raise ValueError("only a rule with when = 'arrived' can hold: later the order is on its way")
        if any(not tag.strip() or len(tag) > 40 or tag.endswith("*") for tag in self.tags):
            raise ValueError("a tag is a word of up to 40 characters, no * at the end")
        return self

    def concerns(self, store_id: str, sales: SalesOrder, skus: Mapping[str, str]) -> bool:
        return (not self.stores or store_id in self.stores) and self.conditions.hold_for(sales, skus)


def _address(sales: SalesOrder) -> PostalAddress:
    return sales.ship_to or PostalAddress(country="")


_CHECKS: Mapping[str, Callable[[Any, SalesOrder, Mapping[str, str]], bool]] = {
    "countries": lambda wanted, sales, skus: _address(sales).country in wanted,
    "provinces": lambda wanted, sales, skus: bool(
        {_address(sales).province, _address(sales).province_code} & set(wanted)
    ),
    "skus": lambda wanted, sales, skus: bool(set(skus.values()) & set(wanted)),
    "least_units": lambda wanted, sales, skus: sum(line.quantity_wanted for line in sales.lines) >= wanted,
    "least_total": lambda wanted, sales, skus: sales.total >= wanted,
    "note_has": lambda wanted, sales, skus: wanted.casefold() in sales.note.casefold(),
    "cash_on_delivery": lambda wanted, sales, skus: sales.cash_on_delivery is wanted,
}
