"""A connector touches nothing but what it was given, and shares nothing with its siblings."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import patch

import httpx

from connectors.kit.capabilities import BooksShipments, Connector, PullsOrders
from connectors.kit.conformance.breaks import caught
from connectors.kit.conformance.checks import Bench, Checks, require
from connectors.kit.conformance.failures import reads
from connectors.kit.conformance.pull import all_arrived
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.world import known_ids, open_store, place, pull, request_for

CHECKS = Checks("hygiene")

FAR = datetime(2041, 6, 1, 8, 0, tzinfo=UTC)


@CHECKS.add()
async def only_the_given_client(bench: Bench) -> None:
    """No client, no connection of its own: everything goes through `outside.http`."""
    rig, known = await reads(bench)
    outside, settings = rig.outside(), rig.settings()
    rig.wire.clear()
    with _clients_counted() as made:
        connector: Connector = bench.plugin.connector(settings, outside)
        for read in known.values():
            await caught(read, connector)
    require(not made, f"the connector made a client of its own ({made[:1]})")
    require(bool(rig.wire.sent), "nothing was asked through the given client")


@contextmanager
def _clients_counted() -> Iterator[list[str]]:
    made: list[str] = []

    def counted(kind: type[Any]) -> Any:
        build = kind.__init__

        def init(self: Any, *given: Any, **named: Any) -> None:
            made.append(kind.__name__)
            build(self, *given, **named)

        return patch.object(kind, "__init__", init)

    with ExitStack() as stack:
        for kind in (httpx.AsyncClient, httpx.Client, httpx.AsyncHTTPTransport, httpx.HTTPTransport):
            stack.enter_context(counted(kind))
        yield made


@CHECKS.add(PullsOrders)
async def only_the_given_clock(bench: Bench) -> None:
    """In the year 2041 of the given clock everything works as today."""
    rig, twin = open_store(bench, start=FAR)
    place(bench, twin, 3)
    rig.clock.advance(timedelta(minutes=5))
    all_arrived((await pull(rig)).ids, twin, "when the given clock differs from the machine's")


@CHECKS.add()
async def same_world_same_requests(bench: Bench) -> None:
    """No dice, no wall clock: twice the same world, twice the same requests, byte for byte."""
    first, second = [await _everything_sent(bench) for _ in range(2)]
    require(first == second, "the same world was asked in two ways (dice or a wall clock?)")


async def _everything_sent(bench: Bench) -> list[tuple[str, str, bytes]]:
    rig, known = await reads(bench)
    for read in known.values():
        await caught(read, rig.connect())
    if bench.declares(BooksShipments):
        await cast(BooksShipments, rig.connect()).book(request_for(bench), "key-1")
    return [(it.method, str(it.url), await it.aread()) for it in rig.wire.sent]


@CHECKS.add(PullsOrders)
async def connections_share_nothing(bench: Bench) -> None:
    """Two stores at once, page by page by turns: each gets its own orders over its own wire."""
    (one, one_twin), (two, two_twin) = open_store(bench), open_store(bench, seed=2)
    place(bench, one_twin, 3)
    place(bench, two_twin, 5)
    for rig in (one, two):
        rig.clock.advance(timedelta(minutes=5))
    pulls = [cast(PullsOrders, rig.connect()).pull_orders("") for rig in (one, two)]
    ids: list[set[str]] = [set(), set()]
    going = {0, 1}
    while going:
        for number in sorted(going):
            page = await anext(pulls[number], None)
            if page is None:
                going.discard(number)
            else:
                ids[number] |= {it.external_id for it in page.deliveries}
                ids[number] |= {it.external_id for it in page.notices}
    require(ids[0] == known_ids(one_twin), "a connector brought orders of another connection")
    require(ids[1] == known_ids(two_twin), "a connector brought orders of another connection")


@CHECKS.add()
async def wires_do_not_cross(bench: Bench) -> None:
    """What one connection asks never travels over another's client, nor with its tokens."""
    one, known = await reads(bench)
    two = Rig(bench.plugin, overrides=one.overrides, seed=2)
    for read in known.values():
        await caught(read, one.connect())
    before = len(one.wire.sent)
    await two.connect().check()
    require(len(one.wire.sent) == before, "a connection was asked over another's client")
    require(bool(two.wire.sent), "the second connection asked nothing: it took what the first one knew")
