"""What people set up for shipping, and what carriers quoted: saved, listed, and made ready for a batch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from hub.clock import micros
from hub.domain.departments import Department, ShippingFacts, ShippingRule
from hub.domain.freight import FreightTemplate
from hub.domain.shipping_setup import Entry, ShippingSetup, name_of
from hub.storage import products, tags
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.shipping_tables import rate_quotes
from mappings.canonical import RateQuote

E = TypeVar("E", bound=Entry)

_KINDS: Mapping[type, str] = {
    Department: "department",
    FreightTemplate: "freight",
    ShippingRule: "rule",
}
_quotes = msgspec.json.Decoder(tuple[RateQuote, ...]).decode


def save(uow: UnitOfWork, entries: Iterable[Entry], actor: str, now: datetime) -> None:
    """New ones, and others in the place of those of the same name."""
    rows = [
        {
            "k": _KINDS[type(each)],
            "n": name_of(each),
            "r": each.rank if isinstance(each, ShippingRule) else 0,
            "d": msgspec.json.encode(each).decode(),
        }
        for each in entries
    ]
    if rows:
        uow.change(
            "INSERT INTO shipping_setup (kind, name, rank, document, actor, at)"
            " SELECT k.k, k.n, k.r, k.d, :actor, CAST(:now AS bigint)"
            f" FROM {keys(uow, k='text', n='text', r='integer', d='text')} WHERE true"
            " ON CONFLICT (kind, name) DO UPDATE SET rank = excluded.rank, document = excluded.document,"
            " actor = excluded.actor, at = excluded.at",
            actor=actor,
            now=micros(now),
            keys=packed(rows),
        )


def remove(uow: UnitOfWork, kind: type[Entry], names: Collection[str]) -> None:
    if names:
        uow.change(
            "DELETE FROM shipping_setup WHERE kind = :kind"
            f" AND name IN (SELECT k.n FROM {keys(uow, n='text')})",
            kind=_KINDS[kind],
            keys=packed([{"n": each} for each in names]),
        )


def setup(uow: UnitOfWork) -> ShippingSetup:
    return _setup(_rows(uow))


def _rows(uow: UnitOfWork) -> Sequence[Any]:
    return uow.all("SELECT kind, name, document FROM shipping_setup ORDER BY kind, rank, name")


def _setup(rows: Sequence[Any]) -> ShippingSetup:
    return ShippingSetup(
        freight=_of_kind(rows, FreightTemplate),
        departments=_of_kind(rows, Department),
        rules=_of_kind(rows, ShippingRule),
    )


def _of_kind(rows: Sequence[Any], kind: type[E]) -> tuple[E, ...]:
    wanted = _KINDS[kind]
    return tuple(msgspec.json.decode(row.document, type=kind) for row in rows if row.kind == wanted)


class ShippingSetups:
    """Facts for a batch. What was read stays in use while the rows are the same."""

    def __init__(self) -> None:
        self._last: tuple[Sequence[Any], ShippingFacts] = ((), ShippingFacts())

    def facts(self, uow: UnitOfWork, skus: Iterable[str], order_ids: Sequence[str]) -> ShippingFacts:
        """One statement where no department is set up, at most three more where some are."""
        standing = self._standing(_rows(uow))
        if not standing.departments:
            return standing
        by_quote = any(each.by_quote for each in standing.departments)
        tagged = any(each.tags for each in standing.rules)
        return replace(
            standing,
            grams=products.weights(uow, skus),
            tags=tags.of_orders(uow, order_ids) if tagged else {},
            quotes=_known_quotes(uow, order_ids) if by_quote else {},
        )

    def _standing(self, rows: Sequence[Any]) -> ShippingFacts:
        known, last = self._last
        if rows == known:
            return last
        read = _setup(rows)
        made = ShippingFacts(
            departments=read.departments,
            rules=read.rules,
            templates={each.name: each for each in read.freight},
        )
        self._last = rows, made
        return made


def keep_quotes(
    uow: UnitOfWork, answers: Mapping[tuple[str, str], Sequence[RateQuote]], now: datetime
) -> None:
    """(consignment id, connection id) → what that carrier would take; a newer answer replaces an older."""
    if not answers:
        return
    uow.change(
        f"DELETE FROM rate_quotes WHERE EXISTS (SELECT 1 FROM {keys(uow, c='text', n='text')}"
        " WHERE k.c = rate_quotes.consignment_id AND k.n = rate_quotes.connection_id)",
        keys=packed([{"c": consignment, "n": connection} for consignment, connection in answers]),
    )
    insert(
        uow,
        rate_quotes,
        [
            (consignment, connection, msgspec.json.encode(quotes).decode(), micros(now))
            for (consignment, connection), quotes in answers.items()
        ],
    )


def _known_quotes(uow: UnitOfWork, order_ids: Sequence[str]) -> dict[str, dict[str, tuple[RateQuote, ...]]]:
    rows = uow.all(
        f"SELECT q.consignment_id, q.connection_id, q.quotes FROM {keys(uow, o='text')}"
        " JOIN consignments c ON c.order_id = k.o JOIN rate_quotes q ON q.consignment_id = c.id",
        keys=packed([{"o": each} for each in order_ids]),
    )
    found: dict[str, dict[str, tuple[RateQuote, ...]]] = {}
    for row in rows:
        found.setdefault(row.consignment_id, {})[row.connection_id] = _quotes(row.quotes)
    return found
