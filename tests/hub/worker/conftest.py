"""Lanes on a real queue server, with jobs that only tell the test that they run."""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from arq.connections import RedisSettings
from redis import Redis

from hub import worker
from hub.embedded import EmbeddedQueue
from hub.queue import ArqQueue, client
from hub.settings import HubSettings
from hub.storage.database import Wake

HERE = Path(__file__).parent
DEADLINE_SECONDS = 20.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.server)


async def until(claim: Callable[[], Any], why: str = "") -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not claim():
        assert time.monotonic() < deadline, f"it never came to pass: {why}"
        await asyncio.sleep(0.005)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Short, because a Unix socket lives in it."""
    folder = Path(tempfile.mkdtemp(prefix="orderhub-q-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def embedded(data_dir: Path) -> Iterator[EmbeddedQueue]:
    queue = EmbeddedQueue(data_dir)
    queue.start()
    yield queue
    queue.stop()


@pytest.fixture
def redis(embedded: EmbeddedQueue) -> Iterator[Redis]:
    with Redis(unix_socket_path=str(embedded.socket)) as connection:
        yield connection


@dataclass
class Jobs:
    """What ran how often; `gate` holds up the jobs of a key until it is opened."""

    ran: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    due: list[Wake] = field(default_factory=list)

    async def __call__(self, hub: object, key: str) -> None:
        self.ran[key] += 1
        if key in self.gates:
            await self.gates[key].wait()
        if key == "fails":
            raise ValueError("a job may fail")
        self.ended[key] += 1

    def gate(self, key: str) -> asyncio.Event:
        return self.gates.setdefault(key, asyncio.Event())


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """Every job is `Jobs`; what is due is what the test says."""
    jobs = Jobs()

    async def due_work(hub: object) -> list[Wake]:
        return list(jobs.due)

    monkeypatch.setattr(worker, "JOBS", {"pull": jobs, "work_outbox": jobs})
    monkeypatch.setattr(worker, "due_work", due_work)
    return jobs


@dataclass
class Crew:
    """Lanes that work in this process, on one queue."""

    queue: ArqQueue
    settings: RedisSettings
    hub: Any
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, *lanes: str) -> asyncio.Task[None]:
        task = asyncio.create_task(worker.work(self.hub, self.settings, lanes or worker.LANES))
        self.tasks.append(task)
        return task

    async def stop(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def crew(embedded: EmbeddedQueue, jobs: Jobs) -> AsyncIterator[Crew]:
    """Sweeps come round only every ten minutes, unless a test wants otherwise."""
    queue = ArqQueue(client(embedded.redis_settings))
    settings = HubSettings(sweep_every="PT10M")  # type: ignore[arg-type]  # pydantic reads it
    crew = Crew(queue, embedded.redis_settings, SimpleNamespace(queue=queue, settings=settings))
    yield crew
    for task in crew.tasks:
        await crew.stop(task)
    await queue.close()
