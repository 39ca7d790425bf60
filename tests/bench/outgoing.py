"""CPU per outgoing request: 100 at once over 20 connections against one at a time."""

import asyncio
import random
import statistics
from collections.abc import Sequence
from datetime import timedelta

import httpx
import uvloop

from connectors.kit import PlatformClient, RateLimit, TokenBucket
from connectors.kit.outside import CredentialsInMemory, Outside
from hub.clock import from_micros, system_now
from hub.connections import internet
from hub.storage.connections import Connection, ConnectionStatus
from tests.bench.children import child
from tests.bench.figures import Figure, at_most, median_ratio, stated
from tests.bench.meter import measured

CONNECTIONS = 20
AT_ONCE = 100
LIMITS = (RateLimit(calls=10**9, per=timedelta(seconds=1)),)
ORDER = {
    "query": "mutation fulfil($input: Fulfilment!) { fulfil(input: $input) { id } }",
    "variables": {"input": {}},
}


def measure(quick: bool) -> list[Figure]:
    requests, repetitions = (2_000, 5) if quick else (5_000, 9)
    with child("sink") as sink:
        spent = uvloop.run(_measure(f"http://127.0.0.1:{sink.hear()}/graphql", requests, repetitions))
    cpu = {at_once: statistics.median(each) for at_once, each in spent.items()}
    return [
        at_most("outgoing.cpu_ratio_100_to_1", median_ratio(spent[AT_ONCE], spent[1]), 1.3),
        stated("outgoing.cpu_per_request_at_1", cpu[1] * 1e6, "µs"),
        stated("outgoing.cpu_per_request_at_100", cpu[AT_ONCE] * 1e6, "µs"),
    ]


async def _measure(url: str, requests: int, repetitions: int) -> dict[int, list[float]]:
    make_client = internet()
    outsides = [_outside(make_client(_connection(number))) for number in range(CONNECTIONS)]
    clients = [PlatformClient(outside) for outside in outsides]
    await _send(clients, url, AT_ONCE, AT_ONCE * 2)
    spent: dict[int, list[float]] = {1: [], AT_ONCE: []}
    for repetition in range(repetitions):
        for at_once in spent if repetition % 2 == 0 else reversed(spent):
            with measured() as one:
                await _send(clients, url, at_once, requests)
            spent[at_once].append(one.cpu / requests)
    for outside in outsides:
        await outside.http.aclose()
    return spent


async def _send(clients: Sequence[PlatformClient], url: str, at_once: int, requests: int) -> None:
    """Each of the senders goes round its own connections; those of one connection fill its pool."""
    left = iter(range(requests))

    async def sender(number: int) -> None:
        for turn in left:
            client = clients[(number if at_once > 1 else turn) % CONNECTIONS]
            await client.send("POST", url, write=True, json=ORDER)

    await asyncio.gather(*(sender(number) for number in range(at_once)))


def _outside(http: httpx.AsyncClient) -> Outside:
    return Outside(
        http=http,
        now=system_now,
        sleep=asyncio.sleep,
        budget=TokenBucket(LIMITS, system_now, asyncio.sleep),
        credentials=CredentialsInMemory(),
        jitter=random.random,
    )


def _connection(number: int) -> Connection:
    return Connection(
        connection_id=f"store-{number}",
        kind="store",
        platform="sink",
        title="",
        store_id="",
        settings={},
        capabilities=frozenset(),
        accepts_tokens_of=frozenset(),
        status=ConnectionStatus.ACTIVE,
        paused_reason="",
        last_error="",
        armed_from=None,
        bookmark="",
        next_pull_at=from_micros(0),
        pulled_at=None,
        failures=0,
        version=1,
    )
