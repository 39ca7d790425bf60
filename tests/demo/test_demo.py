"""The demo from the command line, and when it says that all is well."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import psutil
import pytest

from hub.demo.clock import LONGEST_LEAP, Pace, SharedClock
from hub.demo.demo import Closing, run
from hub.demo.display import MOST_PROBLEMS, closing_table, holds, problems
from hub.demo.place import SETTINGS_FILE, Place, free_port
from hub.simulation.brand import make_brand
from hub.simulation.closing import StoreClosing

ORDERHUB = str(Path(sys.executable).with_name("orderhub"))
START = datetime(2026, 3, 2, tzinfo=UTC)


def closed(store_id: str = "east", **more: object) -> StoreClosing:
    return StoreClosing(store_id=store_id, placed=3, received=3, **more)


@pytest.fixture
def clock(tmp_path: Path):
    clock = SharedClock.make(tmp_path / "clock", START)
    yield clock
    clock.close()


@pytest.fixture
def temporary():
    """A folder for temporary ones; not pytest's, whose paths are too long for the queue's socket."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        yield Path(folder)


def run_demo(temporary: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [ORDERHUB, "demo", "--exit", "--port", "0", *arguments],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class TestClosing:
    def test_all_rows_closed_and_nothing_open_is_success(self):
        assert Closing([closed(), closed("west")], []).status == 0

    @pytest.mark.parametrize(
        "lost", ["4711: the hub does not know it", "4711: parcel T-1 left and the platform was not told"]
    )
    def test_one_row_that_does_not_close_is_failure(self, lost: str):
        assert Closing([closed(), closed("west", problems=[lost])], []).status == 1

    def test_open_work_is_failure(self):
        assert Closing([closed()], ["outbox push_fulfilment C-1: no answer"]).status == 1

    def test_problems_name_store_and_reason_and_are_not_endless(self):
        rows = [closed(problems=[f"{number}: lost" for number in range(100)])]

        told = problems(rows, ["inbox order 1"])

        assert told[:2] == ["still open: inbox order 1", "east: 0: lost"]
        assert (len(told), told[-1]) == (MOST_PROBLEMS + 1, f"… and {101 - MOST_PROBLEMS} more")

    def test_held_orders_are_shown_with_their_reasons(self):
        rows = [closed("north", on_hold=Counter(address=1, unmapped_sku=2)), closed("west")]

        assert holds(rows, make_brand(Random(1), 10)) == ["North holds 2 unmapped sku, 1 address"]

    def test_table_has_a_row_per_store(self):
        brand = make_brand(Random(1), 10)
        rows = [closed(each.store.store_id) for each in brand.storefronts]

        table = closing_table(rows, brand)

        assert table.row_count == len(brand.storefronts)


class TestClock:
    def test_two_processes_read_the_same_instant(self, clock: SharedClock, tmp_path: Path):
        other = SharedClock(tmp_path / "clock")
        clock.advance(timedelta(hours=3))
        other.set_speed(14_400)

        assert (other(), clock.speed) == (START + timedelta(hours=3), 14_400)
        other.close()

    async def test_it_runs_but_never_leaps(self, clock: SharedClock, monkeypatch: pytest.MonkeyPatch):
        instants = iter([0.0, 0.001, 5.0])
        await keep(Pace(clock), clock, 10_000, instants, monkeypatch)

        assert clock() == START + timedelta(seconds=10) + LONGEST_LEAP

    async def test_it_stands_while_a_request_is_on_its_way(
        self, clock: SharedClock, monkeypatch: pytest.MonkeyPatch
    ):
        pace = Pace(clock)
        with pace.holding():
            await keep(pace, clock, 10_000, iter([0.0, 0.001, 0.002]), monkeypatch)

        assert clock() == START


async def keep(pace: Pace, clock: SharedClock, speed: float, instants, monkeypatch) -> None:
    """Keep the pace as long as there are instants of the real clock."""
    clock.set_speed(speed)
    monkeypatch.setattr("hub.demo.clock.time", SimpleNamespace(monotonic=lambda: next(instants)))
    monkeypatch.setattr("hub.demo.clock.SHORTEST_TICK", 0)
    monkeypatch.setattr("hub.demo.clock.LONGEST_TICK", 0)
    with pytest.raises(RuntimeError):  # the instants ran out
        await pace.keep()


class TestPlace:
    def test_folder_with_something_in_it_is_left_alone(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ):
        (tmp_path / "orderhub.sqlite3").touch()

        assert run(data_dir=tmp_path, exit_when_done=True) == 1
        assert "is not empty" in capsys.readouterr().out

    def test_settings_are_the_demos_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://production")
        monkeypatch.setenv("HUB_REDIS_URL", "redis://production")

        settings = Place(tmp_path / "demo").settings(4711)

        assert (settings.database_url, settings.redis_url, settings.port) == ("", "", 4711)
        assert (tmp_path / "demo" / SETTINGS_FILE).stat().st_mode & 0o077 == 0


@pytest.mark.server
class TestRun:
    def test_taken_port_is_replaced(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            assert free_port(taken.getsockname()[1]) != taken.getsockname()[1]

    def test_small_run_closes_and_leaves_nothing_behind(self, temporary: Path):
        demo = run_demo(temporary, "--orders", "60", "--seed", "3", "--speed", "40000")

        said, _ = demo.communicate(timeout=240)

        assert demo.returncode == 0, said
        assert "Every row closes" in said
        assert not list(temporary.iterdir())

    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
    def test_interrupt_ends_everything(self, temporary: Path, how: signal.Signals):
        demo = run_demo(temporary, "--orders", "500")
        assert demo.stdout is not None
        next(line for line in demo.stdout if "placed" in line)
        family = psutil.Process(demo.pid).children(recursive=True)

        demo.send_signal(how)
        said, _ = demo.communicate(timeout=60)

        assert (demo.returncode, "Traceback" in said) == (130, False)
        _, alive = psutil.wait_procs(family, timeout=20)
        assert family and not alive
        assert not list(temporary.iterdir())
