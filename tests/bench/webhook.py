"""Webhooks of 32 clients: group commit against one commit per request, and against no database at all."""

import itertools
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import msgspec

from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase, UnitOfWork
from tests.bench.brand import connect, open_inline
from tests.bench.children import Child, child
from tests.bench.databases import Databases, postgres_databases, sqlite_databases
from tests.bench.figures import Figure, at_least, at_most, median_ratio, stated
from tests.bench.load import CLIENTS, ORDER, SECRET, SHOP, order_number
from tests.bench.meter import cpu_of

CONNECTIONS = 5
MOST_PER_SECOND = 12_000
GAINS = {"sqlite": 4, "postgres": 3}

_starts = itertools.count(10**9, 10**7)


class Answered(msgspec.Struct):
    """What the load program says."""

    answered: list[int]
    rate: float
    p50: float
    p99: float
    cpu: float = 0


@dataclass
class Endpoint:
    """A serving program and its database (null: none)."""

    server: Child
    port: int
    url: str | None


def measure(quick: bool) -> list[Figure]:
    seconds, repetitions = (3.0, 5) if quick else (5.0, 9)
    with ExitStack() as stack:
        sqlite = stack.enter_context(sqlite_databases())
        postgres = stack.enter_context(postgres_databases(sqlite))
        _found(sqlite.template("webhooks"))
        bare = _serve(stack, "bare", sqlite, is_stored=False)
        answered: dict[str, list[Answered]] = {}
        for databases in (sqlite, postgres):
            ways = {
                "bare": bare,
                "group": _serve(stack, "group", databases),
                "single": _serve(stack, "single", databases),
            }
            for name, endpoint in ways.items():
                _load(endpoint, 1.0)
                answered[f"{databases.name}.{name}"] = []
            for repetition in range(repetitions):
                for name in ways if repetition % 2 == 0 else reversed(ways):
                    answered[f"{databases.name}.{name}"].append(_load(ways[name], seconds))
    return [*_gates(answered), *_rates(answered)]


def _found(url: str) -> None:
    database = InlineDatabase(url)
    metadata.create_all(database.engine)
    database.close()
    hub = open_inline(url)

    def add(uow: UnitOfWork) -> None:
        uow.change("INSERT INTO stores (id) VALUES ('store')")
        for path in _paths():
            filled_in = {"shop": SHOP, "client_secret": SECRET, "access_token": "shpat_figures"}
            connect(
                hub, uow, path.rpartition("/")[2], "store", "shopify", "store", "ReceivesWebhooks", filled_in
            )

    hub.database.transact(add)
    hub.database.close()


def _paths() -> list[str]:
    return [f"/webhooks/shop-{number}" for number in range(CONNECTIONS)]


def _serve(stack: ExitStack, name: str, databases: Databases, *, is_stored: bool = True) -> Endpoint:
    url = databases.fresh("webhooks")
    folder = stack.enter_context(_data_dir())
    server = stack.enter_context(child("webhook_server", name, str(folder), "--database-url", url))
    return Endpoint(server, server.hear(), url if is_stored else None)


def _load(endpoint: Endpoint, seconds: float) -> Answered:
    start, process = next(_starts), [endpoint.server.process.pid]
    before = cpu_of(process)
    most = int(seconds * MOST_PER_SECOND / CLIENTS)
    arguments = [
        "--paths",
        ",".join(_paths()),
        "--start",
        str(start),
        "--seconds",
        str(seconds),
        "--most",
        str(most),
    ]
    with child("load", str(endpoint.port), *arguments) as load:
        answered = msgspec.convert(load.hear(), Answered)
    answered.cpu = cpu_of(process) - before
    if endpoint.url:
        _check(endpoint.url, start, answered.answered)
    return answered


def _check(url: str, start: int, answered: Sequence[int]) -> None:
    """Every answered order is in the table."""
    database = InlineDatabase(url)
    rows, _ = database.transact(lambda uow: uow.all("SELECT external_id FROM notices"), reading=True)
    database.close()
    promised = {
        f"{ORDER}{order_number(start, client, number)}"
        for client, answers in enumerate(answered)
        for number in range(answers)
    }
    if lost := promised - {row.external_id for row in rows}:
        raise AssertionError(f"{len(lost)} webhooks were acknowledged and are not in the table")


def _gates(answered: dict[str, list[Answered]]) -> list[Figure]:
    figures, p99_ratios, bare_ratios = [], {}, {}
    for name, gain in GAINS.items():
        rates = {
            way: [each.rate for each in answered[f"{name}.{way}"]] for way in ("bare", "group", "single")
        }
        p99 = {
            way: statistics.median(each.p99 for each in answered[f"{name}.{way}"])
            for way in ("group", "single")
        }
        figures.append(
            at_least(f"webhook.group_commit_gain.{name}", median_ratio(rates["group"], rates["single"]), gain)
        )
        p99_ratios[name] = p99["group"] / p99["single"]
        bare_ratios[name] = median_ratio(rates["group"], rates["bare"])
    return [
        *figures,
        at_most("webhook.group_commit_p99_ratio", max(p99_ratios.values()), 1),
        at_least("webhook.ratio_to_bare", min(bare_ratios.values()), 0.45),
        *(
            stated(f"webhook.group_commit_p99_ratio.{name}", each, "ratio")
            for name, each in p99_ratios.items()
        ),
        *(stated(f"webhook.ratio_to_bare.{name}", each, "ratio") for name, each in bare_ratios.items()),
    ]


def _rates(answered: dict[str, list[Answered]]) -> list[Figure]:
    figures = []
    for name, runs in answered.items():
        cpu = statistics.median(each.cpu / sum(each.answered) for each in runs)
        figures += [
            stated(
                f"webhook.{name}.requests_per_second",
                statistics.median(each.rate for each in runs),
                "requests/s",
            ),
            stated(f"webhook.{name}.p99", statistics.median(each.p99 for each in runs) * 1000, "ms"),
            stated(f"webhook.{name}.server_cpu_per_request", cpu * 1e6, "µs"),
        ]
    return figures


def _data_dir() -> tempfile.TemporaryDirectory[str]:
    """Short, for a Unix socket's name is in it."""
    return tempfile.TemporaryDirectory(prefix="orderhub-bench-")
