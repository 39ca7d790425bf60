"""What carrying a parcel costs by zone and weight: a price for the first grams, then one for each step."""

from decimal import Decimal

from hub.domain.reach import Reach, Spot, spot_of, within
from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct


class FreightZone(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """One price for some areas: `first_price` up to `first_grams`, then `step_price` for each step of
    `step_grams` that was begun. `step_grams` 0: nothing heavier is carried at this price. The result is never
    below `least` and never above `most`. Amounts are in the template's currency."""

    areas: tuple[Reach, ...]
    first_grams: int
    first_price: Decimal
    step_grams: int = 0
    step_price: Decimal = Decimal(0)
    least: Decimal | None = None
    most: Decimal | None = None

    def __post_init__(self) -> None:
        if not self.areas:
            raise ValueError("areas is empty: name the areas of the zone, {} for everywhere")
        if self.first_grams < 1 or self.step_grams < 0:
            raise ValueError("first_grams must be at least 1 and step_grams at least 0")
        amounts = (self.first_price, self.step_price, self.least, self.most)
        if any(amount is not None and not (amount.is_finite() and amount >= 0) for amount in amounts):
            raise ValueError("first_price, step_price, least and most must not be negative")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least ({self.least}) must not be above most ({self.most})")

    def price(self, weight_grams: int) -> Decimal | None:
        """Null for what is too heavy."""
        beyond = max(0, weight_grams - self.first_grams)
        if beyond and not self.step_grams:
            return None
        steps = -(-beyond // self.step_grams) if beyond else 0
        amount = self.first_price + steps * self.step_price
        if self.least is not None:
            amount = max(amount, self.least)
        return amount if self.most is None else min(amount, self.most)


class FreightTemplate(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """A price list. The first zone that holds an address counts, so the exact ones stand before the wide."""

    name: str
    currency: str
    zones: tuple[FreightZone, ...]


def price(template: FreightTemplate, address: PostalAddress, weight_grams: int | None) -> Decimal | None:
    """In the template's currency; null where no zone holds the address, where the parcel is too heavy for its
    zone, and for a weight that nobody knows."""
    return price_at(template, spot_of(address), weight_grams)


def price_at(template: FreightTemplate, spot: Spot, weight_grams: int | None) -> Decimal | None:
    """The same, for many templates at one address."""
    if weight_grams is None or weight_grams < 0:
        return None
    zone = next((each for each in template.zones if within(each.areas, spot)), None)
    return zone.price(weight_grams) if zone else None
