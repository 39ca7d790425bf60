"""Where orders go to nobody, and where territories of China stop half-way."""

from collections import Counter
from collections.abc import Iterable

from hub.domain.territories.owners import TerritoryMap
from hub.domain.territories.register import register
from hub.domain.territories.territory import Division, Territory, division_of
from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct


class Gap(FrozenStruct):
    """Orders whose address no territory holds. Names as the register has them, else as they were written;
    cities only for China."""

    country: str
    province: str
    city: str
    orders: int


class Gaps:
    """Counts addresses one by one."""

    def __init__(self, territories: TerritoryMap) -> None:
        self._territories = territories
        self._found: Counter[tuple[str, str, str]] = Counter()
        self.looked_at = 0

    def count(self, address: PostalAddress) -> None:
        self.looked_at += 1
        if self._territories.owner(address) is None:
            self._found[_names(address)] += 1

    def found(self) -> list[Gap]:
        """The largest first."""
        ordered = sorted(self._found.items(), key=lambda item: (-item[1], item[0]))
        return [
            Gap(country=country, province=province, city=city, orders=orders)
            for (country, province, city), orders in ordered
        ]


def _names(address: PostalAddress) -> tuple[str, str, str]:
    country = address.country.strip().upper()
    province = address.province or address.province_code
    if country != "CN":
        return country, province.strip().title(), ""
    known, titles = division_of("CN", province, address.city, address.district), register().names
    return country, titles.get(known.province, province), titles.get(known.city, address.city)


class HalfCovered(FrozenStruct):
    """A province of China of which some is served: cities without a territory, and cities of which only
    districts, postal codes or polygons have one."""

    province: str
    cities_without: tuple[str, ...]
    cities_in_part: tuple[str, ...]


def half_covered(territories: Iterable[Territory]) -> list[HalfCovered]:
    """By code. A province that is served as a whole is none, nor one of which nothing is served."""
    whole: set[str] = set()
    in_part: set[str] = set()
    for each in territories:
        division = each.division
        if division.country != "cn":
            continue
        code = _served(division)
        (in_part if each.area or each.postal_prefix or division.district else whole).add(code)
    if "" in whole:
        return []
    provinces = sorted({code[:2] for code in whole | in_part if code} - whole)
    return [each for each in (_half(code, whole, in_part) for code in provinces) if each]


def _served(division: Division) -> str:
    """The code of the city, else of the province, else empty."""
    return next((code for code in (division.city, division.province) if code in register().names), "")


def _half(province: str, whole: set[str], in_part: set[str]) -> HalfCovered | None:
    names = register().names
    cities = [city for city in register().cities(province) if city not in whole]
    served = set(cities) if province in in_part else in_part
    without = tuple(names[city] for city in cities if city not in served)
    partly = tuple(names[city] for city in cities if city in served)
    if not without and not partly:
        return None
    return HalfCovered(province=names[province], cities_without=without, cities_in_part=partly)


def provinces_without(territories: Iterable[Territory]) -> list[str]:
    """Provinces of China in which nobody serves anything, if somebody serves anything in China."""
    codes = {each.division.province for each in territories if each.division.country == "cn"}
    if not codes or "" in codes:
        return []
    return [name for code, name in register().names.items() if len(code) == 2 and code not in codes]
