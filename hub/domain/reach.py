"""Areas of addresses by division and postal prefix: what freight zones and departments' coverage are made of.

People write them `COUNTRY/PROVINCE/CITY/DISTRICT:POSTAL`, as far as they go: `US`, `US/CA`, `US:902`,
`CN/广东/深圳市`; `*` is everywhere. Divisions are names or codes, as in territories.
"""

from collections.abc import Iterable
from typing import NamedTuple

from hub.domain.territories.folding import folded_postal
from hub.domain.territories.territory import Place, division_of, place_of
from mappings.canonical import PostalAddress
from mappings.structs import FrozenStruct

EVERYWHERE = "*"


class Spot(NamedTuple):
    """Where an address is, worked out once for many areas."""

    place: Place
    postal: str


class Reach(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """An area: all that is filled in must hold; nothing filled in is everywhere."""

    country: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    postal_prefix: str = ""

    def holds(self, spot: Spot) -> bool:
        division = division_of(self.country, self.province, self.city, self.district)
        return spot.place.is_in(division) and spot.postal.startswith(folded_postal(self.postal_prefix))

    def __str__(self) -> str:
        names = "/".join((self.country, self.province, self.city, self.district)).rstrip("/")
        postal = f":{self.postal_prefix}" if self.postal_prefix else ""
        return names + postal or EVERYWHERE


def spot_of(address: PostalAddress) -> Spot:
    place = place_of(address.country, address.province, address.province_code, address.city, address.district)
    return Spot(place=place, postal=folded_postal(address.postal_code))


def reach(text: str) -> Reach:
    """What somebody wrote; `ValueError` says how it is written."""
    names, _, postal = text.strip().partition(":")
    parts = [] if names.strip() in ("", EVERYWHERE) else [part.strip() for part in names.split("/")]
    if len(parts) > 4 or not (parts or postal or names):
        raise ValueError(f"{text!r} is no area: write COUNTRY/PROVINCE/CITY/DISTRICT:POSTAL, or * for all")
    country, province, city, district = (*parts, "", "", "", "")[:4]
    return Reach(
        country=country, province=province, city=city, district=district, postal_prefix=postal.strip()
    )


def within(areas: Iterable[Reach], spot: Spot) -> Reach | None:
    """The first area that holds the spot."""
    return next((each for each in areas if each.holds(spot)), None)
