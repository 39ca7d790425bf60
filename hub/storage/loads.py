"""What locations have promised to send on which day: counted from consignments as they are saved."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from hub.domain.order import Order, Parcel
from hub.domain.snapshot import Location
from hub.domain.sourcing.load import Load, LoadBook
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork

Change = tuple[Order | None, Order]
"""An order as it was (null: new) and as it is."""


def load(uow: UnitOfWork, locations: Iterable[Location], now: datetime) -> LoadBook:
    """From yesterday on, which is still today somewhere; no statement where no location has limits."""
    if not any(each.is_limited for each in locations):
        return LoadBook()
    rows = uow.all(
        "SELECT location_id, day, orders, parcels FROM location_loads WHERE day >= :yesterday",
        yesterday=(now - timedelta(days=1)).date().isoformat(),
    )
    return LoadBook(
        Load(
            location_id=row.location_id,
            day=date.fromisoformat(row.day),
            orders=row.orders,
            parcels=row.parcels,
        )
        for row in rows
    )


def count(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """Add what these orders promise now and take away what they promised before, whatever moved them. Two
    workers at once may pass a limit by a batch: nothing is locked for it."""
    orders: Counter[tuple[str, str]] = Counter()
    parcels: Counter[tuple[str, str]] = Counter()
    for was, order in changes:
        for known, sign in ((was, -1), (order, 1)):
            for key, number in _promised(known).items():
                orders[key] += sign
                parcels[key] += sign * number
    rows = [
        {"at": at, "day": day, "orders": orders[at, day], "parcels": parcels[at, day]}
        for at, day in sorted(orders)
        if orders[at, day] or parcels[at, day]
    ]
    if rows:
        _add(uow, packed(rows))


def _add(uow: UnitOfWork, rows: str) -> None:
    """Rows are made first: numbers below zero cannot be inserted, only added."""
    kinds = {"at": "text", "day": "text", "orders": "integer", "parcels": "integer"}
    uow.change(
        "INSERT INTO location_loads (location_id, day, orders, parcels)"
        f" SELECT k.at, k.day, 0, 0 FROM {keys(uow, at='text', day='text')} WHERE true"
        " ON CONFLICT (location_id, day) DO NOTHING",
        keys=rows,
    )
    uow.change(
        "UPDATE location_loads SET orders = location_loads.orders + k.orders,"
        f" parcels = location_loads.parcels + k.parcels FROM {keys(uow, **kinds)}"
        " WHERE location_loads.location_id = k.at AND location_loads.day = k.day",
        keys=rows,
    )


def _promised(order: Order | None) -> Counter[tuple[str, str]]:
    """(location, day) → parcels; 0 where all that leaves travels in parcels of other orders."""
    found: Counter[tuple[str, str]] = Counter()
    for each in order.consignments if order else ():
        if each.dispatch_on and each.stage is not Parcel.CANCELLED:
            found[each.location_id, each.dispatch_on.isoformat()] += not each.is_passenger
    return found
