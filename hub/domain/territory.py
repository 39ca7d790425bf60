"""Whose area is this address? Administrative divisions and postal prefixes; the most exact entry wins."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct


class Territory(FrozenStruct):
    """An area that a store serves. Empty fields match anything; `postal_prefix` matches beginnings."""

    territory_id: str
    store_id: str
    country: str
    province: str = ""
    city: str = ""
    district: str = ""
    postal_prefix: str = ""


class TerritoryMap:
    """Territories by their most exact division, so that an address costs a handful of look-ups."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        self._territories = tuple(territories)

    def owner(self, address: PostalAddress) -> Territory | None:
        """The most exact territory that holds the address; among equals the first by id. Null: a gap."""
        for key in _keys(address):
            if found := self._by_division.get(key):
                return found
        prefixes = self._by_prefix.get(_folded(address.country), {})
        postal = _folded(address.postal_code)
        return next(
            (
                prefixes[postal[:length]]
                for length in range(len(postal), 0, -1)
                if postal[:length] in prefixes
            ),
            self._by_division.get((_folded(address.country), "", "", "")),
        )

    @cached_property
    def _by_division(self) -> Mapping[tuple[str, str, str, str], Territory]:
        found: dict[tuple[str, str, str, str], Territory] = {}
        for each in sorted(self._territories, key=lambda territory: territory.territory_id):
            if not each.postal_prefix:
                key = (
                    _folded(each.country),
                    _folded(each.province),
                    _folded(each.city),
                    _folded(each.district),
                )
                found.setdefault(key, each)
        return found

    @cached_property
    def _by_prefix(self) -> Mapping[str, Mapping[str, Territory]]:
        found: dict[str, dict[str, Territory]] = {}
        for each in sorted(self._territories, key=lambda territory: territory.territory_id):
            if each.postal_prefix:
                found.setdefault(_folded(each.country), {}).setdefault(_folded(each.postal_prefix), each)
        return found


def _keys(address: PostalAddress) -> Iterable[tuple[str, str, str, str]]:
    country = _folded(address.country)
    city, district = _folded(address.city), _folded(address.district)
    provinces = [
        each for each in dict.fromkeys(map(_folded, (address.province, address.province_code))) if each
    ]
    for division in dict.fromkeys(((city, district), (city, ""), ("", ""))):
        for province in provinces:
            yield country, province, *division


def _folded(text: str) -> str:
    """Case and surrounding blanks do not make another place."""
    return text.strip().casefold()
