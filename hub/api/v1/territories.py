"""Territories: what stores serve, whose an address is, where they overlap or leave a gap."""

from datetime import datetime

from pydantic import Field

from hub.api.v1.endpoint import Asked, Call, Endpoint, Told
from hub.api.v1.problems import unprocessable
from hub.context import HubContext
from hub.domain.territories.points import Wgs84
from hub.domain.territories.versions import Version
from hub.jobs.territory_report import report
from hub.storage import territories
from hub.storage.accounts import Role
from hub.storage.territories import TerritoryMaps
from mappings.canonical import PostalAddress


class Which(Asked):
    every: bool = Field(False, description="With former and planned versions.")


class TerritoryShown(Told):
    """An address must fulfil all that is filled in. `area`: digest of its polygons."""

    territory: str
    store: str
    country: str
    province: str
    city: str
    district: str
    postal_prefix: str
    area: str
    precedence: int
    valid_from: datetime
    valid_to: datetime | None


class TerritoryList(Told):
    items: list[TerritoryShown]


class Where(Asked):
    """Divisions by name or code, or a point (WGS-84, both or none); nothing that names a person or house."""

    country: str = Field(pattern="^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2.")
    province: str = Field("", max_length=100)
    city: str = Field("", max_length=100)
    district: str = Field("", max_length=100)
    postal_code: str = Field("", max_length=20)
    longitude: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    latitude: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)


class Owner(Told):
    """Both null: nobody serves it."""

    territory: str | None
    store: str | None


class Days(Asked):
    days: int = Field(365, ge=0, le=3660, description="Orders of so many days are looked at.")


class OverlapShown(Told):
    winner: str
    winner_store: str
    loser: str
    loser_store: str
    why: str
    extent: str
    since: datetime
    until: datetime | None


class GapShown(Told):
    country: str
    province: str
    city: str
    orders: int


class HalfCoveredShown(Told):
    province: str
    cities_without: list[str]
    cities_in_part: list[str]


class ReportShown(Told):
    overlaps: list[OverlapShown]
    gaps: list[GapShown]
    half_covered: list[HalfCoveredShown]
    provinces_without: list[str]
    orders_looked_at: int
    since: datetime


def list_(call: Call, asked: Which) -> TerritoryList:
    every = territories.versions(call.uow)
    return TerritoryList(items=[_shown(each) for each in every if asked.every or each.holds_at(call.now)])


def owner(call: Call, asked: Where) -> Owner:
    if (asked.longitude is None) is not (asked.latitude is None):
        raise unprocessable("longitude", None, "longitude and latitude belong together: give both or none")
    address = PostalAddress(
        country=asked.country.upper(),
        province=asked.province,
        city=asked.city,
        district=asked.district,
        postal_code=asked.postal_code,
    )
    point = None
    if asked.longitude is not None and asked.latitude is not None:
        point = Wgs84(asked.longitude, asked.latitude)
    found = TerritoryMaps().at(call.uow, call.now).owner(address, point)
    return Owner(
        territory=found.territory_id if found else None,
        store=found.store_id if found else None,
    )


async def checked(hub: HubContext, asked: Days) -> ReportShown:
    return ReportShown.model_validate(await report(hub, asked.days))


def _shown(version: Version) -> TerritoryShown:
    found = version.territory
    return TerritoryShown(
        territory=found.territory_id,
        store=found.store_id,
        country=found.country,
        province=found.province,
        city=found.city,
        district=found.district,
        postal_prefix=found.postal_prefix,
        area=found.area,
        precedence=found.precedence,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/territories",
        name="list territories",
        role=Role.VIEWER,
        summary="Territories that hold now.",
        asks=Which,
        answers=TerritoryList,
        work=list_,
    ),
    Endpoint(
        method="GET",
        path="/territories/owner",
        name="find owner",
        role=Role.VIEWER,
        summary="Whose area a place is.",
        asks=Where,
        answers=Owner,
        work=owner,
    ),
    Endpoint(
        method="GET",
        path="/territories/report",
        name="check territories",
        role=Role.CLERK,
        summary="Overlaps, and gaps where orders go to nobody. Reads the orders of all these days.",
        asks=Days,
        answers=ReportShown,
        apart=checked,
    ),
)
