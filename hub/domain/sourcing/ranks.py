"""Who is asked first: a store's policy names rankers, each decides among equals of those before it.

The last word has the id of the location. A ranker gives a value by which locations are sorted, the smallest
first. What it cannot know goes last.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from hub.domain.freight import price
from hub.domain.policies import RankBy
from hub.domain.reach import spot_of
from hub.domain.snapshot import Location, Ranked, Snapshot
from hub.domain.sourcing.distance import keys_of, kilometres
from hub.domain.sourcing.filters import next_dispatch, removed_by_standing
from hub.domain.territories import Wgs84
from mappings.canonical import PostalAddress

TYPICAL_GRAMS = 1000
"""Freight is compared for a parcel of this weight, so that one list serves all orders of a batch."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class View(NamedTuple):
    """What rankers look at. `first` is the store whose rooms go first; empty: none."""

    first: str
    address: PostalAddress | None
    snapshot: Snapshot


def remoteness(location: Location, view: View) -> int:
    """0: same city, 1: same province, 2: same country, 3: abroad."""
    here, there = location.address, view.address
    if there is None or here.country != there.country:
        return 3
    same_province = (here.province_code or here.province) in (there.province_code, there.province)
    if not same_province or not (here.province_code or here.province):
        return 2
    return 0 if here.city and here.city == there.city else 1


def _distance(location: Location, view: View) -> tuple[bool, int]:
    here, there = _middle(location.address, view.snapshot), _middle(view.address, view.snapshot)
    if here is None or there is None:
        return True, 0
    return False, kilometres(here, there)


def _middle(address: PostalAddress | None, snapshot: Snapshot) -> Wgs84 | None:
    known = (snapshot.points.get(key) for key in (keys_of(address) if address else ()))
    return next((point for point in known if point), None)


def _freight(location: Location, view: View) -> tuple[bool, Decimal]:
    known = freight(location, view.address, TYPICAL_GRAMS)
    return known is None, known or Decimal(0)


def freight(location: Location, address: PostalAddress | None, grams: int) -> Decimal | None:
    """What a parcel from there costs; null where nobody knows."""
    if location.freight is None or address is None:
        return None
    return price(location.freight, address, grams)


def _load(location: Location, view: View) -> int:
    """Tenths of its next day that are promised already; 0 without a limit."""
    found = next_dispatch(location, view.snapshot) if location.is_limited else None
    if found is None:
        return 0
    promised = view.snapshot.loads.promised(location.location_id, found[0])
    limits = (location.most_orders, location.most_parcels)
    shares = [10 * units // limit for units, limit in zip(promised, limits, strict=True) if limit]
    return max(shares, default=10)


def _dispatch(location: Location, view: View) -> datetime:
    found = next_dispatch(location, view.snapshot)
    return found[1] if found else _NEVER


RANKERS: Mapping[RankBy, Callable[[Location, View], Any]] = {
    RankBy.TERRITORY: lambda location, view: not view.first or location.store_id != view.first,
    RankBy.DIVISION: remoteness,
    RankBy.DISTANCE: _distance,
    RankBy.FREIGHT: _freight,
    RankBy.LOAD: _load,
    RankBy.DISPATCH: _dispatch,
}


def ranked(view: View, by: Sequence[RankBy]) -> Ranked:
    """One list for all orders of a batch that look alike to filters and rankers; a new one for each order
    only where the load ranks, as each order adds to it."""
    if RankBy.LOAD in by:
        return _ranked(view, by)
    known, key = view.snapshot.rankings, (view.first, *_seen(view, by), *by)
    if key not in known:
        known[key] = _ranked(view, by)
    return known[key]


def _ranked(view: View, by: Sequence[RankBy]) -> Ranked:
    spot = spot_of(view.address) if view.address else None
    removed = {each.location_id: removed_by_standing(each, spot) for each in view.snapshot.locations}
    left = [each for each in view.snapshot.locations if not removed[each.location_id]]
    left.sort(key=lambda each: (*(RANKERS[name](each, view) for name in by), each.location_id))
    return Ranked(
        left, {key: name for key, name in removed.items() if name}, all(each.is_plain for each in left)
    )


def _seen(view: View, by: Sequence[RankBy]) -> tuple[str, ...]:
    """All that filters and rankers look at of an address."""
    there = view.address
    if there is None:
        return ()
    division = (there.country, there.province_code, there.province, there.city)
    is_exact = RankBy.FREIGHT in by or view.snapshot.has_coverage
    return (*division, there.district, there.postal_code) if is_exact else division
