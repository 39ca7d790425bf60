"""Orders and their lines, loaded and saved in whole batches; consignments with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.audit import goods_of
from hub.domain.order import Consignment, Order, Reason, Stage
from hub.storage import consignments
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.personal import indexes
from hub.storage.tables import order_lines, orders
from hub.vault import BlindIndex, SealingKey
from mappings.canonical import SalesOrder
from mappings.structs import FrozenStruct

_encode = msgspec.msgpack.Encoder().encode
_json = msgspec.json.Encoder().encode
_decode = msgspec.msgpack.Decoder(SalesOrder).decode
_reasons = msgspec.json.Decoder(tuple[Reason, ...]).decode


class Stored(FrozenStruct):
    """An order with what saving needs: as it was loaded (null: new), its version, its number of decisions,
    and how many `fresh` ones are saved with it, also where they change nothing else."""

    order: Order
    was: Order | None = None
    version: int = 0
    decided: int = 0
    fresh: int = 0


class Orders:
    """`sealing` gives the data key of a connection."""

    def __init__(self, sealing: Callable[[str], SealingKey], index: BlindIndex) -> None:
        self._sealing = sealing
        self._index = index

    def by_external_ids(
        self, uow: UnitOfWork, ids: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], Stored]:
        """(connection id, external id) → order, locked until the end of the transaction."""
        wanted = [{"c": connection_id, "e": external_id} for connection_id, external_id in ids]
        found = self._load(
            uow,
            f"JOIN {keys(uow, c='text', e='text')} ON o.connection_id = k.c AND o.external_id = k.e",
            wanted,
        )
        return {(each.order.connection_id, each.order.sales.external_id): each for each in found}

    def by_ids(self, uow: UnitOfWork, ids: Iterable[str], *, locked: bool = True) -> dict[str, Stored]:
        """Order id → order, locked until the end of the transaction (not where it is only looked at: whoever
        holds other rows already and then waits for an order can meet somebody who came the other way)."""
        wanted = [{"id": each} for each in sorted(set(ids))]
        found = self._load(uow, f"JOIN {keys(uow, id='text')} ON o.id = k.id", wanted, locked=locked)
        return {each.order.order_id: each for each in found}

    def _load(
        self, uow: UnitOfWork, joined: str, wanted: Sequence[Mapping[str, str]], *, locked: bool = True
    ) -> list[Stored]:
        if not wanted:
            return []
        lock = " FOR UPDATE OF o" if locked and uow.is_postgres else ""
        columns = (
            "o.id, o.connection_id, o.store_id, o.stage, o.reasons, o.document, o.inbox_id,"
            " o.elsewhere, o.waived, o.person_hold, o.refused_by, o.crossing, o.due_at,"
            " o.is_history, o.decided, o.version"
        )
        rows = uow.all(
            f"SELECT {columns} FROM orders o {joined} ORDER BY o.id{lock}", keys=packed(list(wanted))
        )
        parts = consignments.load(uow, [row.id for row in rows])
        skus = self._skus(uow, [row.id for row in rows])
        return [self._stored(row, parts.get(row.id, ()), skus.get(row.id, {})) for row in rows]

    def _stored(self, row: Any, parts: Sequence[Consignment], skus: Mapping[str, str]) -> Stored:
        order = Order(
            order_id=row.id,
            connection_id=row.connection_id,
            store_id=row.store_id,
            sales=self._opened(row),
            inbox_id=row.inbox_id,
            stage=Stage(row.stage),
            reasons=_reasons(row.reasons),
            consignments=tuple(parts),
            skus=skus,
            elsewhere=msgspec.json.decode(row.elsewhere),
            waived=tuple(msgspec.json.decode(row.waived)),
            person_hold=row.person_hold,
            refused_by=tuple(msgspec.json.decode(row.refused_by)),
            crossing=row.crossing,
            due_at=from_micros(row.due_at) if row.due_at is not None else None,
            is_history=bool(row.is_history),
        )
        return Stored(order=order, was=order, version=row.version, decided=row.decided)

    def _skus(self, uow: UnitOfWork, order_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        if order_ids:
            for row in uow.all(
                f"SELECT l.order_id, l.line_id, l.sku FROM {keys(uow, id='text')}"
                " JOIN order_lines l ON l.order_id = k.id WHERE l.sku <> ''",
                keys=packed([{"id": each} for each in order_ids]),
            ):
                found.setdefault(row.order_id, {})[row.line_id] = row.sku
        return found

    def past(
        self, uow: UnitOfWork, after: tuple[int, str], limit: int
    ) -> tuple[list[Order], tuple[int, str] | None]:
        """A page of all orders as they were placed, from behind (microseconds, id) on, and where the next
        begins (null: it was the last). What platforms say of them and what persons waived; no more."""
        rows = uow.all(
            "SELECT o.id, o.connection_id, o.store_id, o.document, o.waived, o.placed_at FROM orders o"
            " WHERE (o.placed_at, o.id) > (:placed, :id) AND o.document IS NOT NULL"
            " ORDER BY o.placed_at, o.id LIMIT :limit",
            placed=after[0],
            id=after[1],
            limit=limit,
        )
        found = [
            Order(
                order_id=row.id,
                connection_id=row.connection_id,
                store_id=row.store_id,
                sales=self._opened(row),
                waived=tuple(msgspec.json.decode(row.waived)),
            )
            for row in rows
        ]
        return found, (rows[-1].placed_at, rows[-1].id) if len(rows) == limit else None

    def _opened(self, row: Any) -> SalesOrder:
        return _decode(self._sealing(row.connection_id).open(row.document, f"order:{row.id}"))

    def backordered(self, uow: UnitOfWork, skus: Sequence[str], after: str, limit: int) -> list[str]:
        """Ids of back-orders that want one of these SKUs, oldest first, from `after` on."""
        rows = uow.all(
            f"SELECT DISTINCT o.id FROM {keys(uow, sku='text')} JOIN order_lines l ON l.sku = k.sku"
            " JOIN orders o ON o.id = l.order_id AND o.stage = 'backordered' AND o.id > :after"
            " ORDER BY o.id LIMIT :limit",
            after=after,
            limit=limit,
            keys=packed([{"sku": each} for each in skus]),
        )
        return [row.id for row in rows]

    def held(self, uow: UnitOfWork, after: str, limit: int) -> list[str]:
        """Ids of orders on hold, oldest first, from `after` on."""
        rows = uow.all(
            "SELECT id FROM orders WHERE stage = 'on_hold' AND id > :after ORDER BY id LIMIT :limit",
            after=after,
            limit=limit,
        )
        return [row.id for row in rows]

    def before_arming(self, uow: UnitOfWork, connection_id: str, after: str, limit: int) -> list[str]:
        """Ids of a connection's open orders that were placed before it was armed, from `after` on."""
        rows = uow.all(
            "SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id"
            " WHERE c.id = :connection AND o.placed_at < c.armed_from"
            " AND o.stage NOT IN ('closed', 'cancelled') AND o.id > :after ORDER BY o.id LIMIT :limit",
            connection=connection_id,
            after=after,
            limit=limit,
        )
        return [row.id for row in rows]

    def save(
        self, uow: UnitOfWork, stored: Sequence[Stored], now: datetime, track: Mapping[str, int]
    ) -> None:
        """Write new orders and changed ones; `track` gives the instants at which consignments
        are to be asked for next."""
        new = [each for each in stored if each.was is None]
        known = [each for each in stored if each.was is not None and (each.fresh or each.was != each.order)]
        at = micros(now)
        insert(uow, orders, [self._row(each, at) for each in new])
        insert(uow, order_lines, [line for each in new for line in _lines(each.order)])
        self._update(uow, known, now)
        consignments.save(uow, [each.order for each in stored], track)

    def _row(self, stored: Stored, at: int) -> tuple[object, ...]:
        order, sales = stored.order, stored.order.sales
        return (
            order.order_id,
            order.connection_id,
            order.store_id,
            sales.external_id,
            sales.order_number,
            order.stage.value,
            _json(order.reasons).decode(),
            micros(sales.placed_at),
            sales.currency,
            str(sales.total),
            goods_of(sales),
            *indexes(sales, self._index),
            self._sealed(order),
            order.inbox_id,
            _json(order.elsewhere).decode(),
            _json(order.waived).decode(),
            order.person_hold,
            _json(order.refused_by).decode() if order.refused_by else "[]",
            order.crossing,
            order.is_history,
            _held_until(order),
            _instant(order.due_at),
            stored.decided + stored.fresh,
            at,
            at,
            1,
        )

    def _sealed(self, order: Order) -> bytes:
        return self._sealing(order.connection_id).seal(_encode(order.sales), f"order:{order.order_id}")

    def _update(self, uow: UnitOfWork, known: Sequence[Stored], now: datetime) -> None:
        if not known:
            return
        changed = uow.change_each(  # the document is bytes, so it cannot travel in a JSON parameter
            "UPDATE orders SET number = :number, stage = :stage, reasons = :reasons, total = :total,"
            " goods = :goods, buyer_index = :buyer, telephone_index = :telephone, email_index = :email,"
            " address_index = :address, document = :document, inbox_id = :inbox_id, elsewhere = :elsewhere,"
            " waived = :waived, person_hold = :person_hold, refused_by = :refused_by, crossing = :crossing,"
            " decided = :decided, is_history = :is_history, held_until = :held_until, due_at = :due_at,"
            " changed_at = :now, version = version + 1"
            " WHERE id = :id AND version = :version",
            [self._changed(each, micros(now)) for each in known],
        )
        if changed != len(known):
            ids = ", ".join(each.order.order_id for each in known[:5])
            raise StaleOrder(f"one of the orders {ids} … was changed by somebody else meanwhile")
        self._rewrite_lines(uow, [each.order for each in known if _lines_differ(each)])

    def _changed(self, stored: Stored, at: int) -> dict[str, object]:
        order, sales = stored.order, stored.order.sales
        buyer, telephone, email, address = indexes(sales, self._index)
        return {
            "id": order.order_id,
            "version": stored.version,
            "number": sales.order_number,
            "stage": order.stage.value,
            "reasons": _json(order.reasons).decode(),
            "total": str(sales.total),
            "goods": goods_of(sales),
            "buyer": buyer,
            "telephone": telephone,
            "email": email,
            "address": address,
            "document": self._sealed(order),
            "inbox_id": order.inbox_id,
            "elsewhere": _json(order.elsewhere).decode(),
            "waived": _json(order.waived).decode(),
            "person_hold": order.person_hold,
            "refused_by": _json(order.refused_by).decode() if order.refused_by else "[]",
            "crossing": order.crossing,
            "decided": stored.decided + stored.fresh,
            "is_history": order.is_history,
            "held_until": _held_until(order),
            "due_at": _instant(order.due_at),
            "now": at,
        }

    def _rewrite_lines(self, uow: UnitOfWork, changed: Sequence[Order]) -> None:
        if not changed:
            return
        uow.change(
            f"DELETE FROM order_lines WHERE order_id IN (SELECT k.id FROM {keys(uow, id='text')})",
            keys=packed([{"id": order.order_id} for order in changed]),
        )
        insert(uow, order_lines, [line for order in changed for line in _lines(order)])


def _lines_differ(stored: Stored) -> bool:
    was, order = stored.was, stored.order
    return was is None or was.skus != order.skus or was.sales.lines != order.sales.lines


class StaleOrder(Exception):
    """Somebody else saved this order after it was loaded here. Load it again."""


def _lines(order: Order) -> list[tuple[object, ...]]:
    return [
        (order.order_id, line.line_id, order.skus.get(line.line_id, ""), line.quantity)
        for line in order.sales.lines
    ]


def _held_until(order: Order) -> int | None:
    """When the first reason of an order on hold ends by itself."""
    if order.stage is not Stage.ON_HOLD:
        return None
    return _instant(min((each.until for each in order.reasons if each.until), default=None))


def _instant(value: datetime | None) -> int | None:
    return micros(value) if value is not None else None
