"""Locations: where goods are."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from hub.domain.names import NAME_RULE, is_name
from hub.domain.snapshot import Location
from hub.pipeline.configuration.section import By, Need, Section
from hub.storage import stores
from hub.storage.database import UnitOfWork
from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct


class LocationEntry(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """A location as it is written; `store` is set for a store's own room. The address is the sender that
    carriers see."""

    name: str
    address: PostalAddress
    store: str = ""
    carriers: tuple[str, ...] = ()
    is_active: bool = True


def _read(uow: UnitOfWork, now: datetime) -> dict[str, LocationEntry]:
    return {
        each.location_id: LocationEntry(
            name=each.name,
            address=each.address,
            store=each.store_id,
            carriers=each.carriers,
            is_active=each.is_active,
        )
        for each in stores.locations(uow)
    }


def _settle(location_id: str, entry: LocationEntry, now: datetime) -> LocationEntry:
    if not is_name(location_id):
        raise ValueError(f"the name {location_id!r} may have {NAME_RULE}")
    country = entry.address.country
    if len(country) != 2 or not country.isascii() or not country.isupper():
        raise ValueError(f"address.country {country!r} is not ISO 3166-1: write for example CN")
    return entry


def _save(uow: UnitOfWork, wanted: Mapping[str, LocationEntry], by: By) -> None:
    stores.add_locations(
        uow,
        [
            Location(
                location_id=location_id,
                name=each.name,
                address=each.address,
                store_id=each.store,
                carriers=each.carriers,
                is_active=each.is_active,
            )
            for location_id, each in wanted.items()
        ],
        by.now,
    )


def _needs(entry: LocationEntry) -> Iterator[Need]:
    if entry.store:
        yield Need("store", "stores", entry.store)
    yield from (Need("carriers", "carriers", each) for each in entry.carriers)


LOCATIONS = Section(
    name="locations",
    kind=LocationEntry,
    read=_read,
    save=_save,
    settle=_settle,
    needs=_needs,
    instead="its stock stays: write is_active false",
)
