"""Whose area is this address? Administrative divisions and postal prefixes; the most exact entry wins."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct


class Territory(FrozenStruct):
    """An area that a store serves: all that is filled in must hold (`postal_prefix`: how postal codes begin).
    Several areas of one store are several territories."""

    territory_id: str
    store_id: str
    country: str
    province: str = ""
    city: str = ""
    district: str = ""
    postal_prefix: str = ""


Division = tuple[str, str, str, str]


class TerritoryMap:
    """Territories by their division, so that an address costs a handful of look-ups."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        self._territories = tuple(territories)

    def owner(self, address: PostalAddress) -> Territory | None:
        """The most exact territory that holds the address: a district before a city before a province before
        the longest postal prefix; among equals the first by id. Null: a gap."""
        postal = _folded(address.postal_code)
        for division in _divisions(address):
            prefixes = self._prefixes.get(division, {})
            for length in range(len(postal), -1, -1) if prefixes else ():
                if found := prefixes.get(postal[:length]):
                    return found
        return None

    @cached_property
    def _prefixes(self) -> Mapping[Division, Mapping[str, Territory]]:
        """Division → postal prefix (empty: every postal code) → territory."""
        found: dict[Division, dict[str, Territory]] = {}
        for each in sorted(self._territories, key=lambda territory: territory.territory_id):
            division = (
                _folded(each.country),
                _folded(each.province),
                _folded(each.city),
                _folded(each.district),
            )
            found.setdefault(division, {}).setdefault(_folded(each.postal_prefix), each)
        return found


def _divisions(address: PostalAddress) -> Iterable[Division]:
    """Every division that holds the address, the most exact first; a province may be called by two names."""
    country = _folded(address.country)
    named = dict.fromkeys(filter(None, map(_folded, (address.province, address.province_code))))
    for district in dict.fromkeys((_folded(address.district), "")):
        for city in dict.fromkeys((_folded(address.city), "")):
            for province in (*named, ""):
                yield country, province, city, district


def _folded(text: str) -> str:
    """Case and surrounding blanks do not make another place."""
    return text.strip().casefold()
