"""Each area is measured in a process of its own: memory and garbage of one must not weigh on the next."""

import importlib
import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.bench.figures import Figure

AREAS = (
    "intake",
    "webhook",
    "queue",
    "outgoing",
    "memory",
    "search",
    "territory",
    "allocation",
    "stock",
    "whatif",
)
DEADLINE_SECONDS = {True: 400, False: 3600}
"""Quick or not: an area that takes longer is ended, and the run fails."""


def in_own_process(area: str, quick: bool) -> Sequence[Figure]:
    """Figures of one area; ends the program if it fails."""
    with tempfile.TemporaryDirectory(prefix="orderhub-bench-") as folder:
        answer = Path(folder) / "figures.json"
        process = multiprocessing.get_context("spawn").Process(target=_measure, args=(area, quick, answer))
        process.start()
        try:
            process.join(DEADLINE_SECONDS[quick])
            if process.is_alive():
                sys.exit(f"{area} took longer than {DEADLINE_SECONDS[quick]} s and was ended")
        finally:
            process.terminate()
            process.join()
        if process.exitcode:
            sys.exit(f"{area} failed")
        return msgspec.json.decode(answer.read_bytes(), type=list[Figure])


def end_in_order() -> None:
    """Being terminated ends servers and removes folders, as any other end does."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit("terminated"))


def _measure(area: str, quick: bool, answer: Path) -> None:
    end_in_order()
    figures = importlib.import_module(f"tests.bench.{area}").measure(quick)
    answer.write_bytes(msgspec.json.encode(figures))
