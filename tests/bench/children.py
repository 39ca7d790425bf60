"""Programs that run beside a measurement and end with it: their standard input closes when it is over, or
when the one who measures dies."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import msgspec

from tests.bench.brand import MASTER_KEY

END_SECONDS = 20


class Child:
    """A running program of `tests.bench`; it speaks JSON, one value per line."""

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        environment = {**os.environ, "HUB_MASTER_KEYS": f'["{MASTER_KEY}"]'}
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def hear(self) -> Any:
        """What it says next."""
        output = _open(self.process.stdout)
        line = output.readline()
        if not line:
            raise RuntimeError(f"the program ended with {self.process.wait()}: {self.process.args!r}")
        return msgspec.json.decode(line)

    def end(self) -> None:
        _open(self.process.stdin).close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _open(self.process.stdout).close()


@contextmanager
def child(module: str, *arguments: str) -> Iterator[Child]:
    """The program, until the end of the block."""
    running = Child(module, arguments)
    try:
        yield running
    finally:
        running.end()


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def say(value: object) -> None:
    """A child's word to the one who measures."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


async def told_to_end() -> None:
    """Returns when standard input is closed."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def wait() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    await ended.wait()
