"""Twenty workers promise 50 hot SKUs out of quotas, are disturbed and killed: nothing is oversold. How much
slower that is than the same work where no two workers want the same SKU."""

import statistics

from hub.storage.all_tables import metadata
from hub.storage.database import Database, InlineDatabase
from tests.bench.databases import PostgresDatabases, postgres_databases, sqlite_databases
from tests.bench.figures import Figure, at_least, at_most, stated
from tests.bench.rush import Rush, killed_now_and_then, oversold, seconds_of

WORKERS = 20
HOT = 50
KILL_EVERY_SECONDS = 0.5


def measure(quick: bool) -> list[Figure]:
    orders, rounds = (4_000, 2) if quick else (100_000, 5)
    with sqlite_databases() as sqlite, postgres_databases(sqlite) as postgres:
        metadata.create_all((made := InlineDatabase(sqlite.template("empty"))).engine)
        made.close()
        lost, units = _stormed(postgres, orders)
        ratios, speeds = _compared(postgres, orders // 5, rounds)
    return [
        at_most("stock.oversold", units, 0, "units"),
        at_least("stock.contended_ratio", statistics.median(ratios), 0.30),
        stated("stock.contended_orders_per_second", statistics.median(speeds), "orders/s"),
        stated("stock.orders", orders, "orders"),
        stated("stock.interrupted", lost, "transactions"),
    ]


def _stormed(postgres: PostgresDatabases, orders: int) -> tuple[int, int]:
    """Transactions that were interrupted, and units that were oversold at the end; of every SKU there is half
    of what is wanted. What is oversold in between ends the measurement."""
    skus = [f"hot-{number}" for number in range(HOT)]
    database = Database(postgres.fresh("empty"), threads=WORKERS + 2)
    rush = Rush(database)
    rush.prepare(skus, orders // HOT)
    with killed_now_and_then(database, KILL_EVERY_SECONDS, seed=1):
        seconds_of(rush, WORKERS, orders, lambda worker: skus)
    units = oversold(database)
    database.close()
    return rush.lost, units


def _compared(postgres: PostgresDatabases, orders: int, rounds: int) -> tuple[list[float], list[float]]:
    """Contended against uncontended speed, in turn, and orders per second where contended; nobody is killed,
    and there is enough of everything. Either way each worker has 50 SKUs: the same, or its own."""
    own = {worker: [f"own-{worker}-{number}" for number in range(HOT)] for worker in range(WORKERS)}
    database = Database(postgres.fresh("empty"), threads=WORKERS + 2)
    rush = Rush(database)
    rush.prepare([sku for skus in own.values() for sku in skus], 10_000_000)
    ratios, speeds = [], []
    for _ in range(rounds):
        apart = seconds_of(rush, WORKERS, orders, lambda worker: own[worker])
        together = seconds_of(rush, WORKERS, orders, lambda worker: own[0])
        ratios.append(apart / together)
        speeds.append(orders / together)
    database.close()
    return ratios, speeds
