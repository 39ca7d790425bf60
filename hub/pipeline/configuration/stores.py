"""Stores: what decisions use, and the record with certificates and links."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from hub.domain.names import NAME_RULE, is_name
from hub.domain.policies import StorePolicy
from hub.domain.store_records import StoreRecord
from hub.pipeline.configuration.section import By, Need, Section, require_time_zone
from hub.storage import store_records, stores
from hub.storage.database import UnitOfWork
from hub.storage.stores import Store


class StoreEntry(StoreRecord, forbid_unknown_fields=True, omit_defaults=True):
    """A store as it is written; `currency` is ISO 4217, `time_zone` a name like Asia/Shanghai."""

    name: str
    currency: str = ""
    time_zone: str = ""
    policy: StorePolicy = StorePolicy()


def _read(uow: UnitOfWork, now: datetime) -> dict[str, StoreEntry]:
    records, unwritten = store_records.records(uow), StoreRecord()
    return {each.store_id: _entry(each, records.get(each.store_id, unwritten)) for each in stores.stores(uow)}


def _entry(store: Store, record: StoreRecord) -> StoreEntry:
    return StoreEntry(
        name=store.name,
        currency=store.currency,
        time_zone=store.time_zone,
        policy=store.policy,
        **msgspec.structs.asdict(record),
    )


def _settle(store_id: str, entry: StoreEntry, now: datetime) -> StoreEntry:
    for name in (store_id, *entry.certificates):
        if not is_name(name):
            raise ValueError(f"the name {name!r} may have {NAME_RULE}")
    if entry.currency and not (
        len(entry.currency) == 3 and entry.currency.isascii() and entry.currency.isupper()
    ):
        raise ValueError(f"currency {entry.currency!r} is not ISO 4217: write for example CNY")
    require_time_zone(entry.time_zone or "UTC")
    return entry


def _save(uow: UnitOfWork, wanted: Mapping[str, StoreEntry], by: By) -> None:
    stores.add_stores(
        uow,
        [
            Store(
                store_id=store_id,
                name=each.name,
                currency=each.currency,
                time_zone=each.time_zone,
                policy=each.policy,
            )
            for store_id, each in wanted.items()
        ],
    )
    store_records.save(uow, wanted)


def _needs(entry: StoreEntry) -> Iterator[Need]:
    yield from (Need("locations", "locations", each) for each in entry.locations)
    yield from (Need("departments", "departments", each) for each in entry.departments)
    yield from (Need("policy.carriers", "carriers", each) for each in entry.policy.carriers)


STORES = Section(
    name="stores",
    kind=StoreEntry,
    read=_read,
    save=_save,
    settle=_settle,
    needs=_needs,
    instead="its orders stay: give it the status closed",
)
