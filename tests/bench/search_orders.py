"""Orders to search in, written past the pipelines: as many as wanted, the same each time."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any

import sqlalchemy as sa

from hub.clock import micros
from hub.storage.bulk import insert
from hub.storage.database import Database, UnitOfWork
from hub.storage.search import Blinded
from hub.storage.tables import connections, consignments, locations, order_lines, orders, stores

AT_ONCE = 10_000
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=1)
CODES = ("address", "unpaid", "total", "masked_receiver", "suspected_duplicate", "refund_requested")
STAGES = ("on_hold", "backordered", "released", "dispatched", "cancelled", "closed")
CARRIERS = ("swift", "sf-express", "ups", "dhl", "post")
CURRENCIES = ("EUR", "CNY", "USD")
SKUS = 5_000
SEALED = bytes(range(256)) * 3
"""As large as the sealed document of a small order."""


def fill(database: Database, stores_in_all: int, orders_in_all: int) -> None:
    """Make stores with a connection each, and orders, their lines and parcels; then clean up and gather
    statistics, as PostgreSQL does by itself after a while (and SQLite never)."""
    database.transact(lambda uow: _found(uow, stores_in_all))
    numbers = iter(range(orders_in_all))
    while chunk := list(islice(numbers, AT_ONCE)):
        database.transact(lambda uow, chunk=chunk: _write(uow, chunk, stores_in_all))  # type: ignore[misc]  # the default binds the chunk
    if database.is_postgres:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _found(uow: UnitOfWork, stores_in_all: int) -> None:
    ids = [f"store-{number}" for number in range(stores_in_all)]
    insert(uow, stores, [*rows(stores, ({"id": each, "policy": "{}"} for each in ids))])
    insert(uow, locations, [*rows(locations, [{"id": "wh", "address": "{}"}])])
    made = ({"id": each, "kind": "store", "store_id": each, "settings": SEALED} for each in ids)
    insert(uow, connections, [*rows(connections, made)])


def _write(uow: UnitOfWork, numbers: list[int], stores_in_all: int) -> None:
    insert(uow, orders, [*rows(orders, (_order(each, stores_in_all) for each in numbers))])
    insert(uow, order_lines, [*rows(order_lines, (line for each in numbers for line in _lines(each)))])
    insert(uow, consignments, [*rows(consignments, (_parcel(each) for each in numbers if each % 10))])


def rows(
    table: sa.Table, values: Iterator[Mapping[str, Any]] | list[dict[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """Whole rows from what matters of them; the rest is empty."""
    blank = {column.name: _blank(column) for column in table.columns}
    for each in values:
        yield tuple({**blank, **each}.values())


def _blank(column: sa.Column[Any]) -> Any:
    if column.nullable:
        return None
    return {sa.Boolean: False, sa.Integer: 0, sa.BigInteger: 0, sa.LargeBinary: b""}.get(
        type(column.type), ""
    )


def order_id(number: int) -> str:
    return f"{number:032x}"


def hidden(what: str, number: int) -> str:
    """In the place of a blind index: as long, and as random."""
    return hashlib.blake2b(f"{what}{number}".encode(), digest_size=16).hexdigest()


def chance(number: int, what: int = 0) -> float:
    """From 0 to 1, evenly and the same each time; for each `what` another one (the steps of SplitMix64)."""
    mixed = (number * 0x9E3779B97F4A7C15 + what * 0x94D049BB133111EB) % 2**64
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
    return (mixed ^ mixed >> 31) / 2**64


def placed_at(number: int) -> datetime:
    """Nearly in the order of receipt."""
    return BEGINNING + number * EVERY - timedelta(seconds=int(chance(number) * 3600))


def _order(number: int, stores_in_all: int) -> dict[str, Any]:
    store = number % stores_in_all
    stage = STAGES[min(int(chance(number, 3) * 50), 5)]
    code = CODES[int(chance(number, 4) * len(CODES))]
    at = micros(placed_at(number))
    return {
        "id": order_id(number),
        "connection_id": f"store-{store}",
        "store_id": f"store-{store}",
        "external_id": f"X{number:09d}",
        "number": f"{1000 + number // stores_in_all}",
        "stage": stage,
        "reasons": f'[{{"code":"{code}","text":"why"}}]' if stage == "on_hold" else "[]",
        "placed_at": at,
        "received_at": at,
        "changed_at": at,
        "currency": CURRENCIES[store % 3],
        "total": f"{chance(number, 2) * 500:.2f}",
        "buyer_index": hidden("buyer", number // 3),
        "telephone_index": hidden("phone", number // 3),
        "email_index": hidden("email", number // 3),
        "address_index": hidden("address", number // 2),
        "document": SEALED,
        "elsewhere": "{}",
        "refused_by": "[]",
        "waived": "[]",
        "version": 1,
    }


def _lines(number: int) -> Iterator[dict[str, Any]]:
    """A few SKUs are in many orders, many in few."""
    for line in (1, 2):
        sku = f"SKU-{int(chance(number, 10 + line) ** 3 * SKUS):04d}"
        yield {"order_id": order_id(number), "line_id": str(line), "sku": sku, "quantity": 1}


def _parcel(number: int) -> dict[str, Any]:
    return {
        "id": f"{order_id(number)}-1",
        "order_id": order_id(number),
        "location_id": "wh",
        "stage": "delivered",
        "carrier": CARRIERS[min(number % 9, 4)],
        "tracking_number": f"T{number:010d}",
        "status": "delivered",
        "told": True,
    }


def searches(stores_in_all: int, orders_in_all: int) -> dict[str, Callable[[Random], Blinded]]:
    """Name → a search by that filter alone for a random thing that is there."""

    def any_of(chosen: Random) -> int:
        return chosen.randrange(orders_in_all)

    def sku(chosen: Random) -> str:
        return f"SKU-{int(chosen.random() ** 3 * SKUS):04d}"

    def number(chosen: Random) -> str:
        return f"{1000 + any_of(chosen) // stores_in_all}"

    def store(chosen: Random) -> str:
        return f"store-{chosen.randrange(stores_in_all)}"

    def days(chosen: Random) -> Blinded:
        from_ = placed_at(any_of(chosen))
        return Blinded(placed_from=from_, placed_until=from_ + timedelta(days=chosen.randint(1, 90)))

    def amounts(chosen: Random) -> Blinded:
        low = Decimal(chosen.randrange(300))
        return Blinded(amount_from=low, amount_to=low + 100, currency=chosen.choice(CURRENCIES))

    return {
        "number": lambda chosen: Blinded(number=number(chosen)),
        "number_prefix": lambda chosen: Blinded(number=f"{number(chosen)[:-1]}*"),
        "external_id": lambda chosen: Blinded(external_id=f"X{any_of(chosen):09d}"),
        "external_id_prefix": lambda chosen: Blinded(external_id=f"X{any_of(chosen):09d}"[:-3] + "*"),
        "sku": lambda chosen: Blinded(sku=sku(chosen)),
        "sku_prefix": lambda chosen: Blinded(sku=f"{sku(chosen)[:-1]}*"),
        "tracking": lambda chosen: Blinded(tracking=f"T{any_of(chosen) // 10 * 10 + 1:010d}"),
        "tracking_prefix": lambda chosen: Blinded(tracking=f"T{any_of(chosen):010d}"[:-3] + "*"),
        "buyer": lambda chosen: Blinded(buyer=hidden("buyer", any_of(chosen) // 3)),
        "phone": lambda chosen: Blinded(phone=hidden("phone", any_of(chosen) // 3)),
        "email": lambda chosen: Blinded(email=hidden("email", any_of(chosen) // 3)),
        "address": lambda chosen: Blinded(address=hidden("address", any_of(chosen) // 2)),
        "stage": lambda chosen: Blinded(stage=chosen.choice(STAGES)),
        "hold_reason": lambda chosen: Blinded(hold_reason=chosen.choice(CODES)),
        "store": lambda chosen: Blinded(store=store(chosen)),
        "connection": lambda chosen: Blinded(connection=store(chosen)),
        "carrier": lambda chosen: Blinded(carrier=chosen.choice(CARRIERS)),
        "placed": days,
        "amount": amounts,
    }
