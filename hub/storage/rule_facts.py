"""Price floors and the blacklist of the brand, and what of them one batch of orders needs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.clock import from_micros, micros
from hub.domain.audit_facts import AuditFacts, PriceFloor
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.personal import dialled, housed
from hub.storage.rule_tables import blacklist, price_floors
from hub.storage.stores import Store
from hub.vault import BlindIndex
from mappings.canonical import SalesOrder
from mappings.structs import FrozenStruct

Candidate = tuple[str, str, SalesOrder]
"""(order id, store id, what the platform says)"""

_NOTHING = AuditFacts()


class Banned(FrozenStruct):
    """An entry of the blacklist. The value itself is not known, only its `mark`."""

    kind: str
    mark: str
    why: str
    actor: str
    at: datetime


def load(
    uow: UnitOfWork,
    stores: Iterable[Store],
    candidates: Iterable[Candidate],
    skus: Iterable[str],
    index: BlindIndex,
) -> AuditFacts:
    """At most two statements, and none for rules that no store of the batch has switched on."""
    ruled = {each.store_id: each for each in stores if each.policy.rules}
    if not ruled:
        return _NOTHING
    arrived = [each for each in candidates if each[1] in ruled]
    concerned = [ruled[store_id] for store_id in sorted({each[1] for each in arrived})]
    names = {rule.rule for each in concerned for rule in each.policy.rules}
    return AuditFacts(
        zones={each.store_id: _zone(each.time_zone) for each in concerned},
        floors=_floors_of(uow, skus) if "price_floor" in names else {},
        blacklisted=_blacklisted(uow, arrived, index) if "blacklist" in names else {},
    )


def _zone(name: str) -> tzinfo:
    """UTC for a store without a time zone, or with one that this machine does not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _floors_of(uow: UnitOfWork, skus: Iterable[str]) -> dict[str, list[PriceFloor]]:
    found: dict[str, list[PriceFloor]] = {}
    for row in uow.all(
        f"SELECT f.* FROM {keys(uow, sku='text')} JOIN price_floors f ON f.sku = k.sku",
        keys=packed([{"sku": each} for each in sorted(skus)]),
    ):
        found.setdefault(row.sku, []).append(_floor(row))
    return found


def _blacklisted(
    uow: UnitOfWork, candidates: Sequence[Candidate], index: BlindIndex
) -> dict[str, frozenset[str]]:
    marked: dict[tuple[str, str], list[str]] = {}
    for order_id, store_id, sales in candidates:
        for kind, marks in marks_of(sales, store_id, index).items():
            for mark in marks:
                marked.setdefault((kind, mark), []).append(order_id)
    found: dict[str, set[str]] = {}
    for row in uow.all(
        f"SELECT b.kind, b.mark FROM {keys(uow, kind='text', mark='text')}"
        " JOIN blacklist b ON b.kind = k.kind AND b.mark = k.mark",
        keys=packed([{"kind": kind, "mark": mark} for kind, mark in marked]),
    ):
        for order_id in marked[row.kind, row.mark]:
            found.setdefault(order_id, set()).add(row.kind)
    return {order_id: frozenset(kinds) for order_id, kinds in found.items()}


def marks_of(sales: SalesOrder, store_id: str, index: BlindIndex) -> Mapping[str, frozenset[str]]:
    """What of an order can stand on the blacklist: kind → blind indexes.

    The platform's id of a buyer means something in its store only, an e-mail everywhere. What the platform
    masks identifies nobody and is left out.
    """
    buyer, address = sales.buyer, sales.ship_to
    telephones = [buyer.telephone]
    if address and not address.masked:
        telephones.append(address.telephone)
    values = {
        "buyer": [f"{store_id}|{buyer.reference}" if buyer.reference else "", buyer.email],
        "telephone": [dialled(each) for each in telephones],
        "address": [housed(address) if address else ""],
    }
    return {
        kind: frozenset(index(each) for each in found if each and "*" not in each)
        for kind, found in values.items()
    }


def set_floor(uow: UnitOfWork, floor: PriceFloor, actor: str, now: datetime) -> None:
    """Enter a floor, or change the one of that SKU, currency and campaign."""
    names = [column.name for column in price_floors.columns]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in price_floors.primary_key)
    uow.change(
        f"INSERT INTO price_floors ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
        f" ON CONFLICT (sku, currency, campaign) DO UPDATE SET {changes}",
        sku=floor.sku,
        currency=floor.currency,
        campaign=floor.campaign,
        amount=str(floor.amount),
        starts_at=_instant(floor.starts_at),
        ends_at=_instant(floor.ends_at),
        actor=actor,
        at=micros(now),
    )


def replace_floors(
    uow: UnitOfWork, wanted: Mapping[str, Sequence[PriceFloor]], actor: str, now: datetime
) -> None:
    """SKU → all its floors from now on."""
    uow.change(
        f"DELETE FROM price_floors WHERE sku IN (SELECT k.s FROM {keys(uow, s='text')})",
        keys=packed([{"s": sku} for sku in wanted]),
    )
    rows = [
        (
            each.sku,
            each.currency,
            each.campaign,
            str(each.amount),
            _instant(each.starts_at),
            _instant(each.ends_at),
            actor,
            micros(now),
        )
        for floors_of_sku in wanted.values()
        for each in floors_of_sku
    ]
    insert(uow, price_floors, rows)


def remove_floor(uow: UnitOfWork, sku: str, currency: str, campaign: str) -> bool:
    """False if there was none."""
    return bool(
        uow.change(
            "DELETE FROM price_floors WHERE sku = :sku AND currency = :currency AND campaign = :campaign",
            sku=sku,
            currency=currency,
            campaign=campaign,
        )
    )


def floors(uow: UnitOfWork) -> list[PriceFloor]:
    rows = uow.all("SELECT * FROM price_floors ORDER BY sku, currency, campaign")
    return [_floor(row) for row in rows]


def ban(uow: UnitOfWork, marks: Iterable[tuple[str, str]], why: str, actor: str, now: datetime) -> int:
    """Put (kind, mark) on the blacklist; returns how many were not there yet."""
    names = [column.name for column in blacklist.columns]
    return sum(
        uow.change(
            f"INSERT INTO blacklist ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
            " ON CONFLICT (kind, mark) DO NOTHING",
            kind=kind,
            mark=mark,
            why=why,
            actor=actor,
            at=micros(now),
        )
        for kind, mark in sorted(set(marks))
    )


def unban(uow: UnitOfWork, mark: str) -> int:
    """Take a mark from the blacklist; returns how many entries that were."""
    return uow.change("DELETE FROM blacklist WHERE mark = :mark", mark=mark)


def banned(uow: UnitOfWork) -> list[Banned]:
    """The whole blacklist, the newest first."""
    return [
        Banned(kind=row.kind, mark=row.mark, why=row.why, actor=row.actor, at=from_micros(row.at))
        for row in uow.all("SELECT * FROM blacklist ORDER BY at DESC, kind, mark")
    ]


def _floor(row: Any) -> PriceFloor:
    return PriceFloor(
        sku=row.sku,
        currency=row.currency,
        amount=Decimal(row.amount),
        campaign=row.campaign,
        starts_at=_moment(row.starts_at),
        ends_at=_moment(row.ends_at),
    )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


def _instant(value: datetime | None) -> int | None:
    return None if value is None else micros(value)
