"""Which location sends what: filter → rank → fill → split.

1. Filter: who is not asked, or asked last, and why (`sourcing/filters.py`).
2. Rank as the store's policy says (`sourcing/ranks.py`): as a rule rooms of the store that ships first
   (`crossing.py`: the territory's own), then same city, province, country, then by id.
3. Fill: the best location that can serve the whole order alone.
4. Split only if none can: each time the location that covers most of the remaining units, best rank among
   equals. If all together cannot serve the order, it is back-ordered whole and nothing is reserved.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from itertools import islice

import msgspec

from hub.domain.crossing import precedence
from hub.domain.effects import Reserve
from hub.domain.order import Consignment, Order, Reason, Reserved, Stage
from hub.domain.outcome import Outcome
from hub.domain.policies import AllocateWhen, RankBy, StorePolicy
from hub.domain.snapshot import Location, Ranked, Snapshot, WavePlan
from hub.domain.sourcing.filters import WORDS, candidates, dispatch_day
from hub.domain.sourcing.ranks import View, ranked
from hub.domain.stock import StockBook
from mappings.canonical import PostalAddress, SalesOrder
from mappings.structs import FrozenStruct

USUAL_RANKS = StorePolicy().rank_by
MOST_NAMED = 5
"""Locations that one filter removed, as far as a reason names them."""


WAITS_FOR_WAVE = Reason(code="waits_for_wave", text="waits for the store's next wave")


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
    """→ allocated, with consignments and their reservations, or back-ordered. Where the store allocates in
    waves, an order waits as it is until its wave lets it go."""
    planned = snapshot.wave.orders.get(order.order_id) if snapshot.wave else None
    if planned is None and snapshot.policy(order.store_id).allocate_when is AllocateWhen.IN_WAVES:
        return _outcome(order, Stage.APPROVED, (WAITS_FOR_WAVE,))
    wanted = [
        Wanted(line_id=line_id, sku=order.skus[line_id], quantity=quantity)
        for line_id, quantity in order.units_to_ship().items()
        if line_id in order.skus
    ]
    by = snapshot.policy(order.store_id).rank_by
    crossing = precedence(order, snapshot)
    asked = candidates(order, rank(order.sales.ship_to, snapshot, crossing.first, by), snapshot)
    stock = snapshot.stock.of(order.store_id)
    kept = as_planned(wanted, planned or {}, asked.locations, stock)
    shares = kept or fill(wanted, asked.locations, stock, divides=_divides(order.sales))
    if not shares:
        return _outcome(order, Stage.BACKORDERED, _shortage(order, wanted, asked, snapshot))
    consignments = tuple(
        Consignment(
            consignment_id=f"{order.order_id}-{len(order.consignments) + position}",
            location_id=share.location.location_id,
            lines=share.lines,
            dispatch_on=dispatch_day(share.location, snapshot),
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
    for each in consignments:
        if each.dispatch_on:
            snapshot.loads.add(each.location_id, each.dispatch_on)
    allocated = msgspec.structs.replace(order, consignments=order.consignments + consignments)
    rows = [stock.locations_of(each.sku) for each in wanted]
    reasons = (
        *_choice(shares, rows, asked, snapshot),
        *_wave_said(planned, bool(kept), snapshot.wave),
        *crossing.reasons,
    )
    return _outcome(allocated, Stage.ALLOCATED, reasons, effects)


def _divides(sales: SalesOrder) -> Divides:
    if sales.one_parcel:
        return Divides.NOTHING
    return Divides.ORDERS if sales.whole_lines else Divides.LINES


def _outcome(
    order: Order, stage: Stage, reasons: tuple[Reason, ...], effects: tuple[Reserve, ...] = ()
) -> Outcome:
    moved = msgspec.structs.replace(order, stage=stage, reasons=reasons)
    return Outcome(step="allocate", order=moved, reasons=reasons, effects=effects)


def rank(
    address: PostalAddress | None, snapshot: Snapshot, first: str, by: Sequence[RankBy] = USUAL_RANKS
) -> Ranked:
    """Locations that may be asked, best first; `first` is the store whose rooms go before all others."""
    return ranked(View(first=first, address=address, snapshot=snapshot), by)


def as_planned(
    wanted: Sequence[Wanted],
    planned: Mapping[str, str],
    asked: Sequence[Location],
    stock: StockBook,
) -> tuple[Share, ...]:
    """Each line whole from the location that the wave planned for it; none if a location may not be asked any
    more, or if units went away since."""
    at = {location.location_id: location for location in asked}
    lines: dict[str, list[Wanted]] = {}
    for each in wanted:
        lines.setdefault(planned.get(each.line_id, ""), []).append(each)
    for location_id, theirs in lines.items():
        levels = _asked(theirs, stock)
        if location_id not in at or any(there.get(location_id, 0) < units for there, units in levels):
            return ()
    return tuple(
        Share(
            location=at[location_id],
            lines=tuple(Reserved(line_id=w.line_id, sku=w.sku, quantity=w.quantity) for w in theirs),
        )
        for location_id, theirs in lines.items()
    )


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
    shares: Sequence[Share], rows: Sequence[Mapping[str, int]], asked: Ranked, snapshot: Snapshot
) -> tuple[Reason, ...]:
    """The winners, the next three that could send something of it, and who of those that carry it was not
    asked."""
    winners = [share.location for share in shares]
    others = (
        location.name
        for location in asked.locations
        if location not in winners and any(levels.get(location.location_id, 0) > 0 for levels in rows)
    )
    text = f"from {' and '.join(location.name for location in winners)}"
    if next_best := list(islice(others, 3)):
        text += f"; next would have been {', '.join(next_best)}"
    removed = {**_without_stock(rows), **asked.removed}
    for location in winners:
        removed.pop(location.location_id, None)
    choice = Reason(code="split" if len(shares) > 1 else "one_location", text=text)
    return (choice, *_not_asked(removed, rows, snapshot))


def _wave_said(planned: Mapping[str, str] | None, is_kept: bool, wave: WavePlan | None) -> tuple[Reason, ...]:
    if planned is None or wave is None:
        return ()
    if is_kept:
        return (Reason(code="as_planned", text=f"as wave {wave.wave_id} planned"),)
    why = "units or a location of its plan went away" if planned else "it had no whole plan"
    return (Reason(code="beside_the_plan", text=f"allocated alone after wave {wave.wave_id}: {why}"),)


def _without_stock(rows: Sequence[Mapping[str, int]]) -> dict[str, str]:
    """Location id → filter, of those that carry some of it and have nothing of it now."""
    gone = [each for levels in rows for each, units in levels.items() if units <= 0]
    return {each: "no_stock" for each in gone if all(levels.get(each, 0) <= 0 for levels in rows)}


def _not_asked(
    removed: Mapping[str, str], rows: Sequence[Mapping[str, int]], snapshot: Snapshot
) -> tuple[Reason, ...]:
    """One sentence with the filters and a few of the locations that carry the goods and that each removed; a
    replay knows them all."""
    if not removed:
        return ()
    named: dict[str, list[str]] = {}
    for location in snapshot.locations:
        name = removed.get(location.location_id)
        if name and any(location.location_id in levels for levels in rows):
            named.setdefault(name, []).append(location.name)
    told = [f"{_few(names)} ({WORDS[name]})" for name, names in sorted(named.items())]
    return (Reason(code="not_asked", text=f"not asked: {'; '.join(told)}"),) if told else ()


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _shortage(
    order: Order, wanted: Sequence[Wanted], asked: Ranked, snapshot: Snapshot
) -> tuple[Reason, ...]:
    stock = snapshot.stock.of(order.store_id)
    units: dict[str, int] = {}
    for each in wanted:
        units[each.sku] = units.get(each.sku, 0) + each.quantity
    short = [
        f"{sku} ({quantity} wanted, {max(0, sum(stock.locations_of(sku).values()))}"
        f" {'in the quota of this store' if stock.is_quota(sku) else 'available'})"
        for sku, quantity in units.items()
        if sum(stock.locations_of(sku).values()) < quantity
    ]
    if not short:
        place = "everything" if order.sales.one_parcel else "a whole line"
        short = [f"it at active locations, or not of {place} at one of them"]
    refused = f"; {', '.join(order.refused_by)} refused it" if order.refused_by else ""
    reason = Reason(code="out_of_stock", text=f"not enough of {', '.join(short)}{refused}")
    others = {key: name for key, name in asked.removed.items() if name in ("inactive", "not_served")}
    rows = [stock.locations_of(sku) for sku in units]
    return (reason, *_not_asked(others, rows, snapshot))
