"""Price floors by SKU: the least that a unit may be sold for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from hub.domain.audit_facts import PriceFloor
from hub.pipeline.configuration.section import By, Section
from hub.storage import rule_facts
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct


class FloorEntry(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """As `PriceFloor`; the usual floor has no campaign and no time."""

    currency: str
    amount: Decimal
    campaign: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class FloorsEntry(FrozenStruct, forbid_unknown_fields=True):
    """All floors of one SKU."""

    floors: tuple[FloorEntry, ...]


def _read(uow: UnitOfWork, now: datetime) -> dict[str, FloorsEntry]:
    found: dict[str, list[FloorEntry]] = {}
    for each in rule_facts.floors(uow):
        said = msgspec.structs.asdict(each)
        found.setdefault(said.pop("sku"), []).append(FloorEntry(**said))
    return {sku: FloorsEntry(floors=tuple(floors)) for sku, floors in found.items()}


def _settle(sku: str, entry: FloorsEntry, now: datetime) -> FloorsEntry:
    """In the order of `read`, instants in UTC."""
    floors = sorted(map(_settled, entry.floors), key=lambda each: (each.currency, each.campaign))
    if not floors:
        raise ValueError("it has no floors: leave the whole entry out")
    if len({(each.currency, each.campaign) for each in floors}) < len(floors):
        raise ValueError("two floors have one currency and campaign: leave one of them out")
    return FloorsEntry(floors=tuple(floors))


def _settled(floor: FloorEntry) -> FloorEntry:
    if not floor.amount.is_finite() or floor.amount < 0:
        raise ValueError(f"amount {floor.amount} is no price: write for example 19.90")
    if len(floor.currency) != 3 or not floor.currency.isascii() or not floor.currency.isupper():
        raise ValueError(f"currency {floor.currency!r} is not ISO 4217: write for example CNY")
    moments = {name: getattr(floor, name) for name in ("starts_at", "ends_at")}
    if any(each and each.tzinfo is None for each in moments.values()):
        raise ValueError("an instant has no time zone: write for example 2026-03-01T00:00:00+08:00")
    if bool(floor.campaign) != any(moments.values()):
        raise ValueError("a campaign has a time, and the usual floor has none: give both or neither")
    if all(moments.values()) and moments["ends_at"] <= moments["starts_at"]:
        raise ValueError(f"campaign {floor.campaign!r} ends before it begins: exchange the instants")
    return msgspec.structs.replace(
        floor, **{name: each and each.astimezone(UTC) for name, each in moments.items()}
    )


def _save(uow: UnitOfWork, wanted: Mapping[str, FloorsEntry], by: By) -> None:
    floors = {
        sku: [PriceFloor(sku=sku, **msgspec.structs.asdict(each)) for each in entry.floors]
        for sku, entry in wanted.items()
    }
    rule_facts.replace_floors(uow, floors, by.actor, by.now)


def _remove(uow: UnitOfWork, names: Sequence[str], by: By) -> None:
    rule_facts.replace_floors(uow, dict.fromkeys(names, ()), by.actor, by.now)


PRICE_FLOORS = Section(
    name="price_floors", kind=FloorsEntry, read=_read, save=_save, settle=_settle, remove=_remove
)
