"""Price lists, departments and the rules that choose among what they offer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from hub.domain.departments import Department, ShippingRule
from hub.domain.freight import FreightTemplate
from hub.domain.shipping_setup import ShippingSetup, name_of
from hub.pipeline.configuration.section import By, Need, Section, require_time_zone
from hub.storage import shipping
from hub.storage.database import UnitOfWork

E = TypeVar("E", Department, FreightTemplate, ShippingRule)


def _settle_department(name: str, entry: Department, now: datetime) -> Department:
    require_time_zone(entry.time_zone)
    return entry


def _needs_of_department(entry: Department) -> Iterator[Need]:
    templates = (entry.freight, *(each.freight for each in entry.offers))
    yield from (Need("offers", "carriers", each.carrier) for each in entry.offers)
    yield from (Need("locations", "locations", each) for each in entry.locations)
    yield from (Need("freight", "freight_templates", each) for each in dict.fromkeys(templates) if each)


def _needs_of_rule(entry: ShippingRule) -> Iterator[Need]:
    if entry.department:
        yield Need("department", "departments", entry.department)
    if entry.carrier:
        yield Need("carrier", "carriers", entry.carrier)
    yield from (Need("locations", "locations", each) for each in entry.locations)
    yield from (Need("stores", "stores", each) for each in entry.stores)


def _section(
    name: str,
    kind: type[E],
    key: str,
    entries: Callable[[ShippingSetup], Iterable[E]],
    settle: Callable[[str, E, datetime], E] = lambda name, entry, now: entry,
    needs: Callable[[E], Iterable[Need]] = lambda entry: (),
) -> Section[E]:
    def remove(uow: UnitOfWork, names: Sequence[str], by: By) -> None:
        shipping.remove(uow, kind, names)

    return Section(
        name=name,
        kind=kind,
        key=key,
        read=lambda uow, now: {name_of(each): each for each in entries(shipping.setup(uow))},
        save=lambda uow, wanted, by: shipping.save(uow, wanted.values(), by.actor, by.now),
        settle=settle,
        needs=needs,
        remove=remove,
    )


FREIGHT_TEMPLATES = _section("freight_templates", FreightTemplate, "name", lambda setup: setup.freight)
DEPARTMENTS = _section(
    "departments",
    Department,
    "department_id",
    lambda setup: setup.departments,
    _settle_department,
    _needs_of_department,
)
SHIPPING_RULES = _section(
    "shipping_rules", ShippingRule, "name", lambda setup: setup.rules, needs=_needs_of_rule
)
