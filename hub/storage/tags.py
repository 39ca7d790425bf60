"""Words that people put on orders, to find them again; only shipping rules that name one decide by them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text

from hub.clock import micros
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import Instant, Key, metadata

_tags = Table(
    "order_tags",
    metadata,
    Column("tag", Key, nullable=False),
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("tag", "order_id"),
)
Index("ix_order_tags_order", _tags.c.order_id)

MOST_CHARACTERS = 60


def word(text: str) -> str:
    """The tag that is meant. Raises `ValueError` if it cannot be one."""
    if not text.strip() or len(text) > MOST_CHARACTERS or not text.isprintable() or text.endswith("*"):
        raise ValueError(
            f"the tag {text!r} is no word: up to {MOST_CHARACTERS} printable characters, no * at the end"
        )
    return text.strip()


def put(uow: UnitOfWork, order_ids: Sequence[str], tags: Sequence[str], actor: str, now: datetime) -> None:
    """One that is there already stays as it was put."""
    put_each(uow, [(order_id, tag, actor) for order_id in order_ids for tag in tags], now)


def put_each(uow: UnitOfWork, wanted: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """(order id, tag, actor) in one statement; the first of equal ones counts."""
    first = {(order_id, tag): actor for order_id, tag, actor in reversed(wanted)}
    uow.change(
        "INSERT INTO order_tags (tag, order_id, actor, at)"
        f" SELECT k.t, k.o, k.a, :now FROM {keys(uow, o='text', t='text', a='text')} WHERE true"
        " ON CONFLICT (tag, order_id) DO NOTHING",
        now=micros(now),
        keys=packed([{"o": order_id, "t": tag, "a": actor} for (order_id, tag), actor in first.items()]),
    )


def take_off(uow: UnitOfWork, order_ids: Sequence[str], tags: Sequence[str]) -> int:
    """How many were there."""
    pairs = [{"o": order_id, "t": tag} for order_id in order_ids for tag in tags]
    return uow.change(
        "DELETE FROM order_tags WHERE EXISTS (SELECT 1 FROM"
        f" {keys(uow, o='text', t='text')} WHERE k.o = order_tags.order_id AND k.t = order_tags.tag)",
        keys=packed(pairs),
    )


def of_order(uow: UnitOfWork, order_id: str) -> list[str]:
    """In the order of the alphabet."""
    rows = uow.all("SELECT tag FROM order_tags WHERE order_id = :id ORDER BY tag", id=order_id)
    return [row.tag for row in rows]


def of_orders(uow: UnitOfWork, order_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Order id → its tags, of those that have some."""
    rows = uow.all(
        f"SELECT t.order_id, t.tag FROM {keys(uow, o='text')} JOIN order_tags t ON t.order_id = k.o",
        keys=packed([{"o": each} for each in order_ids]),
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.order_id, set()).add(row.tag)
    return {order_id: frozenset(each) for order_id, each in found.items()}
