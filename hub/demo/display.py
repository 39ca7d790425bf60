"""What the demo shows: how far all orders are, and at the end what both sides know of each store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hub.clock import micros
from hub.demo.clock import SharedClock
from hub.demo.twins import TwinServers
from hub.domain.order import Stage
from hub.simulation.brand import Brand
from hub.simulation.closing import StoreClosing
from hub.simulation.world import World
from hub.storage.database import UnitOfWork

WIDTH_IN_PIPES = 120
MOST_PROBLEMS = 25
MOVING = ("booked", "dispatched")


@dataclass(frozen=True)
class Counts:
    """Orders and parcels by stage, and what waits for work, as the hub's database has them now."""

    orders: Mapping[str, int]
    parcels: Mapping[str, int]
    waiting: int
    """Documents and messages that the hub could work off now."""

    @property
    def moving(self) -> int:
        return sum(self.parcels.get(stage, 0) for stage in MOVING)


def count(uow: UnitOfWork, now: datetime) -> Counts:
    orders = uow.all("SELECT stage, count(*) AS n FROM orders GROUP BY stage")
    parcels = uow.all("SELECT stage, count(*) AS n FROM consignments GROUP BY stage")
    waiting = uow.one(
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
        " + (SELECT count(*) FROM outbox WHERE state = 'open' AND not_before <= :now) AS n",
        now=micros(now),
    )
    return Counts(
        orders={row.stage: row.n for row in orders},
        parcels={row.stage: row.n for row in parcels},
        waiting=waiting.n if waiting else 0,
    )


class Progress:
    """A picture that is drawn anew on a terminal; elsewhere one line per simulated day."""

    def __init__(
        self, console: Console, clock: SharedClock, world: World, servers: TwinServers, planned: int
    ) -> None:
        self._console = console
        self._clock = clock
        self._world = world
        self._servers = servers
        self._planned = planned
        self._day = ""
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> "Progress":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def show(self, counts: Counts) -> None:
        now = self._clock()
        if self._console.is_terminal:
            self._live.update(self._picture(now, counts), refresh=True)
        elif (day := now.strftime("%a %d %b")) != self._day:
            self._day = day
            stages = ", ".join(
                f"{counts.orders[each]} {_words(each)}" for each in Stage if each in counts.orders
            )
            self._console.print(f"{day}: {self._placed} placed, {counts.moving} parcels under way; {stages}")

    @property
    def _placed(self) -> int:
        return len(self._world.placed)

    def _picture(self, now: datetime, counts: Counts) -> Group:
        parcels = Text.assemble(
            (now.strftime("%a %d %b %Y %H:00"), "bold cyan"),
            f"   placed {self._placed} of {max(self._planned, self._placed)}",
            f"   parcels under way {counts.moving}, delivered {counts.parcels.get('delivered', 0)}",
        )
        traffic = Text(
            f"requests to platforms and carriers {self._servers.answered}, webhooks {self._servers.posted}",
            "dim",
        )
        table = Table.grid(padding=(0, 2))
        total = max(1, sum(counts.orders.values()))
        for stage in Stage:
            number = counts.orders.get(stage, 0)
            bar = ProgressBar(total=total, completed=number, width=40)
            table.add_row(_words(stage), Text(str(number), justify="right"), bar)
        return Group(parcels, table, traffic)


def _words(stage: str) -> str:
    return stage.replace("_", " ")


def closing_table(rows: Sequence[StoreClosing], brand: Brand) -> Table:
    """One row per store: what the platform knows against what the hub knows."""
    names = _names(brand)
    table = Table(
        title="What the stores know, and what the hub knows",
        title_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("Store", no_wrap=True)
    for title in _NUMBERS:
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(names[row.store_id], *_cells(row))
    return table


_NUMBERS = (
    *("Received\n/placed", "On\nhold", "Back-\norder", "Can-\ncelled", "Not\nours"),
    *("Deliv.\n/shipped", "Told\n/parcels", "Stock\nright", "Closes"),
)


def _cells(row: StoreClosing) -> Sequence[str | Text]:
    return (
        f"{row.received}/{row.placed}",
        *(str(each) for each in (row.on_hold.total(), row.backordered, row.cancelled, row.not_for_us)),
        f"{row.delivered}/{row.shipped}",
        f"{row.told}/{row.parcels}",
        f"{row.stock_agrees}/{row.listings}",
        Text("yes", "green") if row.closes else Text(f"no ({len(row.problems)})", "bold red"),
    )


def holds(rows: Sequence[StoreClosing], brand: Brand) -> Sequence[str]:
    """Why orders are on hold, a line per store."""
    names = _names(brand)
    return [f"{names[row.store_id]} holds {_reasons(row)}" for row in rows if row.on_hold]


def _reasons(row: StoreClosing) -> str:
    return ", ".join(f"{number} {_words(code)}" for code, number in row.on_hold.most_common())


def _names(brand: Brand) -> Mapping[str, str]:
    return {each.store.store_id: each.store.name for each in brand.storefronts}


def problems(rows: Sequence[StoreClosing], open_work: Sequence[str]) -> Sequence[str]:
    """Why the run does not close: work that is still open, then rows that do not match."""
    found = [f"still open: {each}" for each in open_work]
    found += [f"{row.store_id}: {each}" for row in rows for each in row.problems]
    if len(found) <= MOST_PROBLEMS:
        return found
    return [*found[:MOST_PROBLEMS], f"… and {len(found) - MOST_PROBLEMS} more"]


def console() -> Console:
    """Texts are taken literally; in pipes lines are wide enough for the table."""
    plain = Console(markup=False, highlight=False, emoji=False)
    return (
        plain
        if plain.is_terminal
        else Console(markup=False, highlight=False, emoji=False, width=WIDTH_IN_PIPES)
    )
