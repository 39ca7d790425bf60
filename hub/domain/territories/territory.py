"""An area that a store serves, and which of two areas goes before the other."""

from functools import lru_cache
from typing import NamedTuple

from hub.domain.territories.folding import folded, folded_code, folded_postal
from hub.domain.territories.register import UNKNOWN, Codes, register
from mappings.structs import FrozenStruct


class Division(NamedTuple):
    """What a territory names: codes where the register knows them (with the parents that follow from them),
    else folded names; empty: not said."""

    country: str
    province: str
    city: str
    district: str


class Place(NamedTuple):
    """Where an address is: everything that its divisions may be called."""

    country: str
    provinces: frozenset[str]
    cities: frozenset[str]
    districts: frozenset[str]

    def is_in(self, division: Division) -> bool:
        return (
            division.country in ("", self.country)
            and (not division.province or division.province in self.provinces)
            and (not division.city or division.city in self.cities)
            and (not division.district or division.district in self.districts)
        )


class Territory(FrozenStruct):
    """An area that a store serves: all that is filled in must hold. Several areas of one store are several
    territories.

    `province`, `city` and `district` are names or codes (China: GB/T 2260; elsewhere ISO 3166-2 for the
    province), `postal_prefix` is how postal codes begin, `area` names polygons (see `area.py`). `precedence`
    settles who goes first where several hold: the higher number.
    """

    territory_id: str
    store_id: str
    country: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    postal_prefix: str = ""
    area: str = ""
    precedence: int = 0

    @property
    def division(self) -> Division:
        return division_of(self.country, self.province, self.city, self.district)

    def rank(self) -> tuple[object, ...]:
        """Sorts the one that goes first to the front: the precedence as a number, then the most exact
        division (a district before a city before a province before the longest postal prefix), then a
        polygon before none, then the first by id."""
        division = self.division
        return (
            -self.precedence,
            not division.district,
            not division.city,
            not division.province,
            -len(folded_postal(self.postal_prefix)),
            not self.area,
            self.territory_id,
        )


@lru_cache(maxsize=20_000)
def division_of(country: str, province: str, city: str, district: str) -> Division:
    codes = _codes(country, province, city, district)
    return Division(
        country=folded(country),
        province=codes.province or folded_code(province, country),
        city=codes.city or folded(city),
        district=codes.district or folded(district),
    )


def place_of(country: str, province: str, province_code: str, city: str, district: str) -> Place:
    """The province may come as a name, as a code, or as both."""
    codes = _codes(country, province, city, district)
    if not codes.province and province_code:
        codes = _codes(country, province_code, city, district)
    return Place(
        country=folded(country),
        provinces=_called(
            codes.province, folded_code(province, country), folded_code(province_code, country)
        ),
        cities=_called(codes.city, folded(city)),
        districts=_called(codes.district, folded(district)),
    )


def _called(*names: str) -> frozenset[str]:
    return frozenset(filter(None, names))


def _codes(country: str, province: str, city: str, district: str) -> Codes:
    if folded(country) != "cn" or not (province or city or district):
        return UNKNOWN
    return register().locate(province, city, district)
