"""Which store a buyer's country belongs to: one store per region.

The names are those of Chen, *Online Retail II* (UCI, doi 10.24432/C5CG6D), both sheets, read
2026-11. `ZZ` (ISO 3166-1, user-assigned) stands for an area without a code of its own.
"""

from collections.abc import Mapping

from mappings.errors import MappingError
from mappings.structs import FrozenStruct


class Region(FrozenStruct):
    """`countries`: name in the books → ISO 3166-1 alpha-2."""

    region_id: str
    name: str
    countries: Mapping[str, str]


REGIONS: tuple[Region, ...] = (
    Region(
        region_id="britain",
        name="Britain and the Channel Islands",
        countries={"United Kingdom": "GB", "Channel Islands": "GB"},  # one postal area
    ),
    Region(region_id="ireland", name="Ireland", countries={"EIRE": "IE"}),
    Region(
        region_id="central",
        name="Central Europe",
        countries={
            "Germany": "DE",
            "Austria": "AT",
            "Switzerland": "CH",
            "Poland": "PL",
            "Czech Republic": "CZ",
        },
    ),
    Region(
        region_id="west",
        name="Western Europe",
        countries={"France": "FR", "Belgium": "BE", "Netherlands": "NL"},
    ),
    Region(
        region_id="south",
        name="Southern Europe",
        countries={
            "Spain": "ES",
            "Portugal": "PT",
            "Italy": "IT",
            "Greece": "GR",
            "Cyprus": "CY",
            "Malta": "MT",
        },
    ),
    Region(
        region_id="north",
        name="Northern Europe",
        countries={
            "Sweden": "SE",
            "Norway": "NO",
            "Denmark": "DK",
            "Finland": "FI",
            "Iceland": "IS",
            "Lithuania": "LT",
        },
    ),
    Region(
        region_id="overseas",
        name="Overseas",
        countries={
            "Australia": "AU",
            "Bahrain": "BH",
            "Bermuda": "BM",
            "Brazil": "BR",
            "Canada": "CA",
            "Hong Kong": "HK",
            "Israel": "IL",
            "Japan": "JP",
            "Korea": "KR",
            "Lebanon": "LB",
            "Nigeria": "NG",
            "RSA": "ZA",
            "Saudi Arabia": "SA",
            "Singapore": "SG",
            "Thailand": "TH",
            "USA": "US",
            "United Arab Emirates": "AE",
            "West Indies": "ZZ",
        },
    ),
    Region(
        region_id="elsewhere",
        name="Country not said",
        countries={"Unspecified": "ZZ", "European Community": "ZZ"},
    ),
)

_CODES = {name: code for region in REGIONS for name, code in region.countries.items()}
_REGIONS = {name: region for region in REGIONS for name in region.countries}


def country_code(name: str) -> str:
    """Raises `MappingError` for a name that no region has: it is not guessed."""
    _known(name)
    return _CODES[name]


def region_of(name: str) -> Region:
    """Raises `MappingError` for a name that no region has."""
    _known(name)
    return _REGIONS[name]


def _known(name: str) -> None:
    if name not in _CODES:
        raise MappingError("country", f"{name!r} is in no region")
