"""Which store serves which area, and since when: divisions, postal prefixes, polygons."""

from hub.domain.territories.area import Area, Polygon
from hub.domain.territories.owners import TerritoryMap
from hub.domain.territories.points import Wgs84
from hub.domain.territories.territory import Territory

__all__ = ["Area", "Polygon", "Territory", "TerritoryMap", "Wgs84"]
