"""How far it is from a location to an address: straight between the middles of their cities, or of their
provinces where no city is known."""

from math import asin, cos, radians, sin, sqrt

from hub.domain.territories import Wgs84
from hub.domain.territories.territory import division_of
from mappings.canonical import PostalAddress

EARTH_KILOMETRES = 6371


def division_key(country: str, province: str = "", city: str = "") -> str:
    """The same for every way to write a division that the register knows."""
    return "/".join(division_of(country, province, city, "")[:3])


def keys_of(address: PostalAddress) -> tuple[str, ...]:
    """Divisions that the address lies in, the smallest first."""
    provinces = (address.province, address.province_code)
    cities = [division_key(address.country, each, address.city) for each in provinces]
    return tuple(dict.fromkeys([*cities, *(division_key(address.country, each) for each in provinces)]))


def kilometres(one: Wgs84, other: Wgs84) -> int:
    """Along a great circle (haversine), on a sphere: right to half a per cent."""
    south, north = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(across / 2) ** 2
    return round(2 * EARTH_KILOMETRES * asin(min(1.0, sqrt(half))))
