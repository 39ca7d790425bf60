"""Locations: where goods are."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from hub.domain.freight import FreightTemplate
from hub.domain.names import NAME_RULE, is_name
from hub.domain.reach import Reach
from hub.domain.snapshot import Location
from hub.domain.sourcing.hours import ALWAYS, Hours
from hub.pipeline.configuration.section import By, Need, Section, require_time_zone
from hub.storage import stores
from hub.storage.database import UnitOfWork
from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct

TERMS = ("serves", "hours", "most_orders", "most_parcels", "freight")


class LocationEntry(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """A location as it is written, with the terms of `Location`; `store` is set for a store's own room. The
    address is the sender that carriers see."""

    name: str
    address: PostalAddress
    store: str = ""
    carriers: tuple[str, ...] = ()
    is_active: bool = True
    serves: tuple[Reach, ...] = ()
    hours: Hours = ALWAYS
    most_orders: int | None = None
    most_parcels: int | None = None
    freight: FreightTemplate | None = None

    def with_terms_of(self, known: "LocationEntry | None") -> "LocationEntry":
        """The same place, on the terms that it has already."""
        return (
            msgspec.structs.replace(self, **{each: getattr(known, each) for each in TERMS}) if known else self
        )


def _read(uow: UnitOfWork, now: datetime) -> dict[str, LocationEntry]:
    return {
        each.location_id: LocationEntry(
            name=each.name,
            address=each.address,
            store=each.store_id,
            carriers=each.carriers,
            is_active=each.is_active,
            **{term: getattr(each, term) for term in TERMS},
        )
        for each in stores.locations(uow)
    }


def _settle(location_id: str, entry: LocationEntry, now: datetime) -> LocationEntry:
    if not is_name(location_id):
        raise ValueError(f"the name {location_id!r} may have {NAME_RULE}")
    country = entry.address.country
    if len(country) != 2 or not country.isascii() or not country.isupper():
        raise ValueError(f"address.country {country!r} is not ISO 3166-1: write for example CN")
    hours = entry.hours
    require_time_zone(hours.time_zone)
    if not hours.weekdays or not set(hours.weekdays) <= set(range(1, 8)):
        raise ValueError(f"hours.weekdays {list(hours.weekdays)} are none: 1 is Monday, 7 is Sunday")
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
                **{term: getattr(each, term) for term in TERMS},
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
