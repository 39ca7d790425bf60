"""Stock: rows that can never go below zero (the database says so too), a ledger of movements, a list of news.

Rows are always locked in the order of (sku, location), so that two batches never wait for each other in a
circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.clock import NewId, micros
from hub.domain.effects import Consume, Effect, Reserve, Unreserve
from hub.domain.quotas import Quota, cut
from hub.domain.stock import StockBook, StockRow
from hub.storage import quota_tellings, quotas, safety
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import stock, stock_movements
from mappings.structs import FrozenStruct


class Count(FrozenStruct):
    """A physical count: so many units of a SKU are at a location."""

    sku: str
    location_id: str
    on_hand: int


class Shortfall(FrozenStruct):
    """A count that is lower than what was promised to orders; it was not applied."""

    sku: str
    location_id: str
    counted: int
    reserved: int


class Stock:
    """Reads and writes stock rows in whole batches."""

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def rows(self, uow: UnitOfWork, skus: Iterable[str]) -> list[StockRow]:
        """All rows of these SKUs, locked."""
        return [row for row, _ in self._locked(uow, skus)]

    def book(self, uow: UnitOfWork, skus: Iterable[str]) -> StockBook:
        """What a batch of decisions may promise of these SKUs, locked, without what locations keep back."""
        found = self._locked(uow, skus)
        escrow = {row.sku for row, is_escrow in found if is_escrow}
        held = quotas.held(uow, escrow) if escrow else ()
        return StockBook(safety.without_safety(uow, [row for row, _ in found]), escrow, held)

    def _locked(self, uow: UnitOfWork, skus: Iterable[str]) -> list[tuple[StockRow, bool]]:
        """With each row, whether its SKU is in escrow."""
        wanted = sorted(set(skus))
        if not wanted:
            return []
        lock = " FOR UPDATE OF s" if uow.is_postgres else ""
        rows = uow.all(
            "SELECT s.sku, s.location_id, s.on_hand, s.reserved, s.escrowed, e.sku IS NOT NULL AS is_escrow"
            f" FROM {keys(uow, sku='text')} JOIN stock s ON s.sku = k.sku LEFT JOIN escrow e ON e.sku = s.sku"
            f" ORDER BY s.sku, s.location_id{lock}",
            keys=packed([{"sku": each} for each in wanted]),
        )
        return [(_stock_row(row), bool(row.is_escrow)) for row in rows]

    def skus(self, uow: UnitOfWork) -> list[str]:
        """All that was ever counted anywhere."""
        return [row.sku for row in uow.all("SELECT DISTINCT sku FROM stock ORDER BY sku")]

    def apply(self, uow: UnitOfWork, effects: Sequence[Effect], now: datetime) -> None:
        """Write reservations, returns of them and departures; a promise that is not there violates the
        table's check and rolls the batch back."""
        deltas: dict[tuple[str, str], list[int]] = {}
        held: dict[tuple[str, str, str], int] = {}
        for effect in effects:
            match effect:
                case Reserve(location_id=at, sku=sku, quantity=units):
                    on_hand, reserved = 0, units
                case Unreserve(location_id=at, sku=sku, quantity=units):
                    on_hand, reserved = 0, -units
                case Consume(location_id=at, sku=sku, quantity=units):
                    on_hand, reserved = -units, -units
                case _:
                    continue
            delta = deltas.setdefault((sku, at), [0, 0])
            delta[0] += on_hand
            delta[1] += reserved
            if not isinstance(effect, Consume) and effect.store_id:
                key = (sku, at, effect.store_id)
                held[key] = held.get(key, 0) - reserved
        rows = [
            {"sku": sku, "location_id": at, "on_hand": delta[0], "reserved": delta[1]}
            for (sku, at), delta in sorted(deltas.items())
            if any(delta)
        ]
        quotas.change(uow, {key: units for key, units in held.items() if units < 0})
        self._add(uow, rows)
        quotas.change(uow, {key: units for key, units in held.items() if units > 0})
        self._record_departures(uow, effects, now)
        risen = {sku for (sku, _), delta in deltas.items() if delta[0] > delta[1]}
        self.note(uow, {sku for sku, _ in deltas}, risen, now)

    def _add(self, uow: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
        if rows:
            kinds = {"sku": "text", "location_id": "text", "on_hand": "integer", "reserved": "integer"}
            uow.change(
                "UPDATE stock SET on_hand = stock.on_hand + k.on_hand, reserved = stock.reserved + k.reserved"
                f" FROM {keys(uow, **kinds)}"
                " WHERE stock.sku = k.sku AND stock.location_id = k.location_id",
                keys=packed(rows),
            )

    def _record_departures(self, uow: UnitOfWork, effects: Sequence[Effect], now: datetime) -> None:
        insert(
            uow,
            stock_movements,
            [
                (
                    self._new_id(),
                    effect.sku,
                    effect.location_id,
                    -effect.quantity,
                    "shipped",
                    effect.consignment_id,
                    "hub",
                    micros(now),
                )
                for effect in effects
                if isinstance(effect, Consume)
            ],
        )

    def note(self, uow: UnitOfWork, changed: set[str], risen: set[str], now: datetime) -> None:
        """Stores must be told of these SKUs; back-orders may go for those that rose."""
        if not changed:
            return
        uow.change(
            "INSERT INTO stock_changes (sku, changed_at, to_tell, arrived)"
            f" SELECT k.sku, :now, true, k.arrived FROM {keys(uow, sku='text', arrived='boolean')} WHERE true"
            " ON CONFLICT (sku) DO UPDATE SET changed_at = excluded.changed_at, to_tell = true,"
            " arrived = (stock_changes.arrived OR excluded.arrived)",
            now=micros(now),
            keys=packed([{"sku": each, "arrived": each in risen} for each in sorted(changed)]),
        )
        uow.wake("tell_stock")
        if risen:
            uow.wake("resume")

    def count(
        self, uow: UnitOfWork, counts: Sequence[Count], now: datetime, *, actor: str, reference: str = ""
    ) -> list[Shortfall]:
        """Set what is physically there; of several counts of one place the last holds. Counts below what is
        promised are refused and returned."""
        counts = list({(each.sku, each.location_id): each for each in counts}.values())
        known = {(row.sku, row.location_id): row for row in self.rows(uow, [each.sku for each in counts])}
        refused: list[Shortfall] = []
        moved: list[tuple[Count, int]] = []
        for each in sorted(counts, key=lambda count: (count.sku, count.location_id)):
            row = known.get((each.sku, each.location_id))
            if row and each.on_hand < row.reserved:
                refused.append(
                    Shortfall(
                        sku=each.sku,
                        location_id=each.location_id,
                        counted=each.on_hand,
                        reserved=row.reserved,
                    )
                )
            elif row is None or row.on_hand != each.on_hand:
                moved.append((each, each.on_hand - (row.on_hand if row else 0)))
        self._cut_quotas(
            uow, [(known[each.sku, each.location_id], each) for each, delta in moved if delta < 0]
        )
        fresh = [each for each, _ in moved if (each.sku, each.location_id) not in known]
        quotas.arrived(uow, {each.sku for each, delta in moved if delta > 0})
        insert(uow, stock, [(each.sku, each.location_id, each.on_hand, 0, 0) for each in fresh])
        self._add(
            uow,
            [
                {"sku": each.sku, "location_id": each.location_id, "on_hand": delta, "reserved": 0}
                for each, delta in moved
                if (each.sku, each.location_id) in known
            ],
        )
        insert(
            uow,
            stock_movements,
            [
                (
                    self._new_id(),
                    each.sku,
                    each.location_id,
                    delta,
                    "counted",
                    reference,
                    actor,
                    micros(now),
                )
                for each, delta in moved
            ],
        )
        self.note(uow, {each.sku for each, _ in moved}, {each.sku for each, delta in moved if delta > 0}, now)
        return refused

    def _cut_quotas(self, uow: UnitOfWork, fallen: Sequence[tuple[StockRow, Count]]) -> None:
        """Quotas of units that turned out not to be there."""
        missing = {
            (row.sku, row.location_id): units
            for row, count in fallen
            if (units := row.reserved + row.escrowed - count.on_hand) > 0
        }
        if not missing:
            return
        places: dict[tuple[str, str], list[Quota]] = {key: [] for key in missing}
        for each in quotas.held(uow, {sku for sku, _ in missing}):
            if (each.sku, each.location_id) in places:
                places[each.sku, each.location_id].append(each)
        lost = {
            (before.sku, before.location_id, before.store_id): after.units - before.units
            for place, present in places.items()
            for before, after in zip(present, cut(present, missing[place]), strict=True)
            if after.units < before.units
        }
        quotas.change(uow, lost)
        quota_tellings.retell(uow, {(store, sku) for sku, _, store in lost})

    def news(self, uow: UnitOfWork, kind: str, limit: int, *, locked: bool = False) -> list[tuple[str, int]]:
        """(SKU, when it changed) of news of a kind: `to_tell` or `arrived`. `locked`: only such as no other
        worker deals with, and nobody else until the end of the transaction."""
        lock = " FOR UPDATE SKIP LOCKED" if locked and uow.is_postgres else ""
        rows = uow.all(
            "SELECT sku, changed_at FROM stock_changes"
            f" WHERE {kind} ORDER BY changed_at, sku LIMIT :limit{lock}",
            limit=limit,
        )
        return [(row.sku, row.changed_at) for row in rows]

    def forget_news(self, uow: UnitOfWork, kind: str, news: Sequence[tuple[str, int]]) -> None:
        """These were dealt with, unless they changed again since."""
        wanted = packed([{"sku": sku, "at": changed_at} for sku, changed_at in news])
        uow.change(
            f"UPDATE stock_changes SET {kind} = false FROM {keys(uow, sku='text', at='bigint')}"
            " WHERE stock_changes.sku = k.sku AND stock_changes.changed_at = k.at",
            keys=wanted,
        )
        uow.change("DELETE FROM stock_changes WHERE NOT to_tell AND NOT arrived AND NOT linked")


def _stock_row(row: Any) -> StockRow:
    sku, location_id, on_hand, reserved, escrowed, _ = row
    return StockRow(sku=sku, location_id=location_id, on_hand=on_hand, reserved=reserved, escrowed=escrowed)
