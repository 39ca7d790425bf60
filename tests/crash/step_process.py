"""Runs the outbox job and dies at a given step: `python -m tests.crash.step_process CLOCK SLOT TWIN`.

Reads a number per line and forks for each: the child kills itself with SIGKILL at that step (before or after
a statement, a commit, a request); 0: it lives. Answers «killed» or «lived», and how many steps there were.
Forking spares the second that importing the hub takes.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import sqlalchemy as sa

from hub.bootstrap import World, open_hub
from hub.context import HubContext
from hub.jobs.outbox import work_outbox
from hub.settings import HubSettings
from tests.crash.clock import SteppedClock
from tests.crash.lagging import REGISTRY

CARRIER = "carrier"


class Steps:
    """Counts, and ends the process at the wished one."""

    def __init__(self, fatal: int) -> None:
        self._fatal = fatal
        self.taken = 0

    def __call__(self, *_: object) -> None:
        self.taken += 1
        if self.taken == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: sa.Engine) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            sa.event.listen(engine, name, self)
        sa.event.listen(engine, "checkin", self)  # after a commit


class Fatal(httpx.AsyncBaseTransport):
    """The network, with a step before each request and after each answer."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._steps()
        response = await self._inner.handle_async_request(request)
        self._steps()
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def open_carrier_hub(settings: HubSettings, clock: SteppedClock, twin: str, steps: Steps) -> HubContext:
    """A hub that knows one carrier."""
    world = World(
        now=clock,
        sleep=clock.sleep,
        registry=REGISTRY,
        make_client=lambda _: httpx.AsyncClient(base_url=twin, transport=Fatal(steps)),
        shares_clock=True,
    )
    return open_hub(settings, world=world)


async def deliver(clock: SteppedClock, twin: str, fatal: int) -> int:
    """Work the carrier's outbox; returns how many steps it took."""
    steps = Steps(fatal)
    hub = open_carrier_hub(HubSettings(), clock, twin, steps)
    steps.watch(hub.database.engine)
    await work_outbox(hub, CARRIER)
    taken = steps.taken
    await hub.close()
    return taken


def main(clock: SteppedClock, twin: str) -> None:
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            taken = asyncio.run(deliver(clock, twin, int(line)))
            os.write(writer, str(taken).encode())
            os._exit(0)
        os.close(writer)
        _, status = os.waitpid(child, 0)
        said = os.read(reader, 100).decode()
        os.close(reader)
        lived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        outcome = "lived" if lived else "killed" if killed else f"failed {status}"
        print(f"{outcome} {said}", flush=True)  # noqa: T201 - to the test


if __name__ == "__main__":
    main(SteppedClock(Path(sys.argv[1]), int(sys.argv[2])), sys.argv[3])
