"""Which location sends what: rank → fill → split.

1. Rank active locations: the territory's own store first, then same city, province, country, then by id.
2. Fill: the best location that can serve the whole order alone.
3. Split only if none can: each time the location that covers most of the remaining units, best rank among
   equals. If all together cannot serve the order, it is back-ordered whole and nothing is reserved.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from itertools import islice

import msgspec

from hub.domain.effects import Reserve
from hub.domain.order import Consignment, Order, Reason, Reserved, Stage
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Location, Snapshot
from hub.domain.stock import StockBook
from mappings.canonical import PostalAddress, SalesOrder
from mappings.structs import FrozenStruct


class Divides(Enum):
    """What may be divided between locations."""

    LINES = auto()
    ORDERS = auto()
    NOTHING = auto()


class Wanted(FrozenStruct):
    """Units of one line that still have to leave from somewhere."""

    line_id: str
    sku: str
    quantity: int


class Share(FrozenStruct):
    """What one location contributes."""

    location: Location
    lines: tuple[Reserved, ...]


def allocate_step(order: Order, snapshot: Snapshot) -> Outcome:
    """→ allocated, with consignments and their reservations, or back-ordered."""
    wanted = [
        Wanted(line_id=line_id, sku=order.skus[line_id], quantity=quantity)
        for line_id, quantity in order.units_to_ship().items()
        if line_id in order.skus
    ]
    ranked = rank(order.sales.ship_to, snapshot)
    if order.refused_by:
        ranked = [each for each in ranked if each.location_id not in order.refused_by]
    stock = snapshot.stock.of(order.store_id)
    shares = fill(wanted, ranked, stock, divides=_divides(order.sales))
    if not shares:
        return _outcome(order, Stage.BACKORDERED, (_shortage(order, wanted, stock),))
    consignments = tuple(
        Consignment(
            consignment_id=f"{order.order_id}-{len(order.consignments) + position}",
            location_id=share.location.location_id,
            lines=share.lines,
        )
        for position, share in enumerate(shares, start=1)
    )
    effects = tuple(
        Reserve(
            location_id=each.location_id,
            sku=part.sku,
            quantity=part.quantity,
            store_id=order.store_id if stock.is_quota(part.sku) else "",
        )
        for each in consignments
        for part in each.lines
    )
    for effect in effects:
        stock.take(effect.sku, effect.location_id, effect.quantity)
    allocated = msgspec.structs.replace(order, consignments=order.consignments + consignments)
    return _outcome(allocated, Stage.ALLOCATED, _choice(shares, wanted, ranked, stock), effects)


def _divides(sales: SalesOrder) -> Divides:
    if sales.one_parcel:
        return Divides.NOTHING
    return Divides.ORDERS if sales.whole_lines else Divides.LINES


def _outcome(
    order: Order, stage: Stage, reasons: tuple[Reason, ...], effects: tuple[Reserve, ...] = ()
) -> Outcome:
    moved = msgspec.structs.replace(order, stage=stage, reasons=reasons)
    return Outcome(step="allocate", order=moved, reasons=reasons, effects=effects)


def rank(address: PostalAddress | None, snapshot: Snapshot) -> Sequence[Location]:
    """Active locations, best first. One list per division and owner serves all orders of a batch."""
    owner = snapshot.territories.owner(address) if address else None
    owner_id = owner.store_id if owner else ""
    key = (owner_id, *_division(address)) if address else (owner_id,)
    if key not in snapshot.rankings:
        snapshot.rankings[key] = sorted(
            (location for location in snapshot.locations if location.is_active),
            key=lambda location: (
                not owner_id or location.store_id != owner_id,
                _remoteness(location.address, address),
                location.location_id,
            ),
        )
    return snapshot.rankings[key]


def _division(address: PostalAddress) -> tuple[str, ...]:
    """All that remoteness looks at."""
    return (address.country, address.province_code, address.province, address.city)


def _remoteness(here: PostalAddress, there: PostalAddress | None) -> int:
    if there is None or here.country != there.country:
        return 3
    same_province = (here.province_code or here.province) in (there.province_code, there.province)
    if not same_province or not (here.province_code or here.province):
        return 2
    return 0 if here.city and here.city == there.city else 1


def fill(
    wanted: Sequence[Wanted],
    ranked: Sequence[Location],
    stock: StockBook,
    *,
    divides: Divides = Divides.LINES,
) -> tuple[Share, ...]:
    """Shares that together serve everything, or none."""
    asked = _asked(wanted, stock)
    for location in ranked if asked else ():
        if all(levels.get(location.location_id, 0) >= units for levels, units in asked):
            lines = tuple(Reserved(line_id=w.line_id, sku=w.sku, quantity=w.quantity) for w in wanted)
            return (Share(location=location, lines=lines),)
    if divides is Divides.NOTHING:
        return ()
    return (_split_whole if divides is Divides.ORDERS else _split)(wanted, ranked, stock)


def _asked(wanted: Iterable[Wanted], stock: StockBook) -> list[tuple[Mapping[str, int], int]]:
    """For each SKU: available units by location, and units that are wanted."""
    units: dict[str, int] = {}
    for each in wanted:
        units[each.sku] = units.get(each.sku, 0) + each.quantity
    return [(stock.locations_of(sku), quantity) for sku, quantity in units.items()]


def _split(wanted: Sequence[Wanted], ranked: Sequence[Location], stock: StockBook) -> tuple[Share, ...]:
    """A location that gives all that it can of what is left has nothing to give a second time."""
    shares: list[Share] = []
    left, candidates = list(wanted), list(ranked)
    while left:
        location = _largest_cover(_asked(left, stock), candidates)
        if location is None:
            return ()
        candidates.remove(location)
        lines, left = _cover(left, location, stock)
        shares.append(Share(location=location, lines=lines))
    return tuple(shares)


def _split_whole(wanted: Sequence[Wanted], ranked: Sequence[Location], stock: StockBook) -> tuple[Share, ...]:
    """The same where a line may not be divided."""
    shares: list[Share] = []
    left, candidates = list(wanted), list(ranked)
    while left:
        covers = [(_cover_whole(left, location, stock), location) for location in candidates]
        best = max(covers, key=lambda cover: sum(part.quantity for part in cover[0]), default=None)
        if best is None or not best[0]:
            return ()
        lines, location = best
        candidates.remove(location)
        served = {part.line_id for part in lines}
        left = [each for each in left if each.line_id not in served]
        shares.append(Share(location=location, lines=lines))
    return tuple(shares)


def _cover_whole(left: Sequence[Wanted], location: Location, stock: StockBook) -> tuple[Reserved, ...]:
    lines: list[Reserved] = []
    free: dict[str, int] = {}
    for each in left:
        available = free.get(each.sku, stock.available(each.sku, location.location_id))
        if each.quantity <= available:
            lines.append(Reserved(line_id=each.line_id, sku=each.sku, quantity=each.quantity))
            free[each.sku] = available - each.quantity
    return tuple(lines)


def _largest_cover(
    asked: Sequence[tuple[Mapping[str, int], int]], ranked: Sequence[Location]
) -> Location | None:
    best, most = None, 0
    for location in ranked:
        units = sum(min(wanted, levels.get(location.location_id, 0)) for levels, wanted in asked)
        if units > most:
            best, most = location, units
    return best


def _cover(
    left: Sequence[Wanted], location: Location, stock: StockBook
) -> tuple[tuple[Reserved, ...], list[Wanted]]:
    """As much of what is left as this location has, and what is left then; two lines of one SKU share its
    units."""
    lines: list[Reserved] = []
    remaining: list[Wanted] = []
    free: dict[str, int] = {}
    for each in left:
        available = free.get(each.sku, stock.available(each.sku, location.location_id))
        units = min(each.quantity, available)
        if units > 0:
            lines.append(Reserved(line_id=each.line_id, sku=each.sku, quantity=units))
        free[each.sku] = available - units
        if units < each.quantity:
            remaining.append(msgspec.structs.replace(each, quantity=each.quantity - units))
    return tuple(lines), remaining


def _choice(
    shares: Sequence[Share], wanted: Sequence[Wanted], ranked: Sequence[Location], stock: StockBook
) -> tuple[Reason, ...]:
    """The winners, and the next three that carry something of it."""
    winners = [share.location for share in shares]
    rows = [stock.locations_of(each.sku) for each in wanted]
    others = (
        location.name
        for location in ranked
        if location not in winners and any(location.location_id in levels for levels in rows)
    )
    text = f"from {' and '.join(location.name for location in winners)}"
    if next_best := list(islice(others, 3)):
        text += f"; next would have been {', '.join(next_best)}"
    return (Reason(code="split" if len(shares) > 1 else "one_location", text=text),)


def _shortage(order: Order, wanted: Sequence[Wanted], stock: StockBook) -> Reason:
    asked: dict[str, int] = {}
    for each in wanted:
        asked[each.sku] = asked.get(each.sku, 0) + each.quantity
    short = [
        f"{sku} ({quantity} wanted, {max(0, sum(stock.locations_of(sku).values()))}"
        f" {'in the quota of this store' if stock.is_quota(sku) else 'available'})"
        for sku, quantity in asked.items()
        if sum(stock.locations_of(sku).values()) < quantity
    ]
    if not short:
        place = "everything" if order.sales.one_parcel else "a whole line"
        short = [f"it at active locations, or not of {place} at one of them"]
    refused = f"; {', '.join(order.refused_by)} refused it" if order.refused_by else ""
    return Reason(code="out_of_stock", text=f"not enough of {', '.join(short)}{refused}")
