"""All stored orders along the route twice, one location closed on one side: how fast, is memory flat?"""

import gc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import psutil

from connectors.kit.conformance.rig import START
from hub.context import HubContext
from hub.pipeline.intake import work_inbox
from hub.pipeline.whatif import (
    PAGE,
    Compared,
    Position,
    Rules,
    compare_page,
    endless,
    open_side,
    present_rules,
)
from hub.storage.database import UnitOfWork
from tests.bench.brand import found, open_inline
from tests.bench.databases import sqlite_databases
from tests.bench.documents import Models, make_models
from tests.bench.figures import Figure, at_most, stated
from tests.bench.intake import BATCH, nows, receive
from tests.bench.meter import measured

CLOSED = "place-1"
WARM_UP = 0.3
MOST_GROWTH = 10.0


def measure(quick: bool) -> list[Figure]:
    orders = 20_000 if quick else 1_000_000
    with sqlite_databases() as sqlite:
        found(sqlite.template("brand"))
        hub = open_inline(sqlite.fresh_as("brand", "past"))
        _fill(hub, make_models(), orders)
        gc.collect()
        sizes: list[int] = []
        different = 0
        with measured() as spent:
            for page in _pages(hub):
                different += sum(each.now != each.then for each in page)
                sizes.append(_own_memory())
        hub.database.close()
    assert len(sizes) * PAGE >= orders and different
    growth = (max(sizes[-5:]) / sizes[int(len(sizes) * WARM_UP)] - 1) * 100
    return [
        stated("whatif.orders", orders, "orders"),
        stated("whatif.orders_per_second", orders / spent.cpu, "orders/s of CPU"),
        stated("whatif.different", different, "orders"),
        at_most("whatif.memory_growth", growth, MOST_GROWTH, "%"),
    ]


def _fill(hub: HubContext, models: Models, orders: int) -> None:
    for number, now in enumerate(nows(orders)):
        receive(hub, models, number * BATCH, BATCH)
        hub.database.transact(lambda uow: work_inbox(hub.books, hub.mappings, uow, "live", BATCH, now))  # noqa: B023 - runs at once


def _pages(hub: HubContext) -> Iterator[list[Compared]]:
    def sides(uow: UnitOfWork):
        present = present_rules(uow)
        closed = [
            msgspec.structs.replace(each, is_active=each.location_id != CLOSED) for each in present.locations
        ]
        rules = present, Rules(policies=present.policies, locations=closed)
        return tuple(open_side(hub.books, uow, each, endless, START + timedelta(days=1)) for each in rules)

    both, _ = hub.database.transact(sides)
    after: Position | None = (0, "")
    while after is not None:
        (page, after), _ = hub.database.transact(lambda uow: compare_page(hub.books, uow, both, after))  # noqa: B023 - runs at once
        yield page


def _own_memory() -> int:
    """Bytes of this process without the database file that is mapped into it (Linux; elsewhere: resident)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return psutil.Process().memory_info().rss
    kilobytes = next(line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
    return int(kilobytes.split()[1]) * 1024
