"""Everything that people set up for shipping as one document, and what is wrong with it."""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.domain.departments import Department, ShippingRule
from hub.domain.freight import FreightTemplate
from mappings.structs import FrozenStruct

Entry = Department | FreightTemplate | ShippingRule
E = TypeVar("E", bound=Entry)


class ShippingSetup(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """Rules stand in the order in which they are asked."""

    freight: tuple[FreightTemplate, ...] = ()
    departments: tuple[Department, ...] = ()
    rules: tuple[ShippingRule, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        return (*self.freight, *self.departments, *self.rules)

    def with_entries(self, *new: Entry) -> "ShippingSetup":
        """Each in the place of the one of its kind and name."""
        return ShippingSetup(
            freight=_merged(self.freight, [each for each in new if isinstance(each, FreightTemplate)]),
            departments=_merged(self.departments, [each for each in new if isinstance(each, Department)]),
            rules=_merged(self.rules, [each for each in new if isinstance(each, ShippingRule)]),
        )

    def without(self, kind: type[Entry], name: str) -> "ShippingSetup":
        left = [each for each in self.entries() if not (isinstance(each, kind) and name_of(each) == name)]
        return ShippingSetup().with_entries(*left)


def name_of(entry: Entry) -> str:
    return entry.department_id if isinstance(entry, Department) else entry.name


def _merged(known: Collection[E], new: Collection[E]) -> tuple[E, ...]:
    return tuple({name_of(each): each for each in (*known, *new)}.values())


def faults(
    setup: ShippingSetup,
    *,
    carriers: Collection[str],
    locations: Collection[str],
    stores: Collection[str],
) -> list[str]:
    """Names that nothing has, in sentences that say what there is. `carriers` are ids of connections."""
    return [*_of_departments(setup, carriers, locations), *_of_rules(setup, carriers, locations, stores)]


def _of_departments(
    setup: ShippingSetup, carriers: Collection[str], locations: Collection[str]
) -> Iterator[str]:
    templates = [each.name for each in setup.freight]
    for each in setup.departments:
        whose = f"department {each.department_id}"
        named = [each.freight, *(offer.freight for offer in each.offers)]
        yield from _unknown(whose, "carrier connection", [offer.carrier for offer in each.offers], carriers)
        yield from _unknown(whose, "location", each.locations, locations)
        yield from _unknown(whose, "freight template", filter(None, named), templates)
        if not _is_zone(each.time_zone):
            yield f"{whose}: there is no time zone {each.time_zone!r}: write for example Asia/Shanghai"


def _of_rules(
    setup: ShippingSetup, carriers: Collection[str], locations: Collection[str], stores: Collection[str]
) -> Iterator[str]:
    departments = [each.department_id for each in setup.departments]
    for each in setup.rules:
        known: Mapping[str, tuple[Collection[str], Collection[str]]] = {
            "department": ((each.department,), departments),
            "carrier connection": ((each.carrier,), carriers),
            "location": (each.locations, locations),
            "store": (each.stores, stores),
        }
        for what, (named, there_are) in known.items():
            yield from _unknown(f"rule {each.name}", what, filter(None, named), there_are)


def _unknown(
    whose: str, what: str, named: Collection[str] | Iterator[str], known: Collection[str]
) -> Iterator[str]:
    for each in dict.fromkeys(named):
        if each not in known:
            yield f"{whose}: there is no {what} {each!r}; there are: {', '.join(sorted(known)) or 'none yet'}"


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError):
        return False
