"""The hub ends in order when it is asked to, and leaves nothing behind when it is not asked."""

import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from redis import Redis
from redis.exceptions import RedisError

from hub.settings import HubSettings
from hub.storage.migrate import migrate
from hub.vault import new_master_key

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
SERVE = "from hub.serve import serve; from hub.settings import HubSettings; serve(HubSettings(), web={web})"
DEADLINE_SECONDS = 30


@pytest.fixture
def settings(unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubSettings]:
    """The embedded mode, in a short folder because a socket lives in it."""
    folder = tempfile.mkdtemp(prefix="orderhub-end-")
    given = {"DATA_DIR": folder, "PORT": str(unused_tcp_port), "MASTER_KEYS": f'["{new_master_key()}"]'}
    for name, value in given.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    settings = HubSettings()
    migrate(settings.sqlalchemy_url)
    yield settings
    shutil.rmtree(folder)


@asynccontextmanager
async def serving(*, web: bool = True) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVE.format(web=web), cwd=ROOT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _workers(settings: HubSettings, lanes: int = 2) -> int:
    """Waits until all lanes work; returns the queue server's process id."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            with Redis(unix_socket_path=str(settings.data_dir / "queue.sock")) as redis:
                if len(redis.keys("orderhub:health:*")) == lanes:
                    return int(redis.info("server")["process_id"])
        except (RedisError, OSError):
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("the hub does not work")


async def _gone(pid: int) -> bool:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while psutil.pid_exists(pid) and time.monotonic() < deadline:  # noqa: ASYNC110 - not ours
        await asyncio.sleep(0.02)
    return not psutil.pid_exists(pid)


@pytest.mark.parametrize("web", [True, False], ids=["web and workers", "workers"])
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_a_hub_that_is_asked_ends_in_order(
    settings: HubSettings, web: bool, sign: signal.Signals
) -> None:
    async with serving(web=web) as process:
        queue = await _workers(settings)
        process.send_signal(sign)
        assert await asyncio.wait_for(process.wait(), DEADLINE_SECONDS) == 0
        assert await _gone(queue)


async def test_a_killed_hub_leaves_no_queue_server_behind(settings: HubSettings) -> None:
    async with serving() as process:
        queue = await _workers(settings)
        process.kill()
        await process.wait()
        assert await _gone(queue)


async def test_a_killed_queue_server_is_replaced_by_the_running_hub(settings: HubSettings) -> None:
    async with serving() as process:
        first = await _workers(settings)
        psutil.Process(first).kill()
        assert await _gone(first)
        assert await _workers(settings) != first
        assert process.returncode is None
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{settings.port}/health/ready")
        assert answer.json() == {"database": "ok", "queue": "ok"}


async def test_a_hub_starts_without_a_queue_server(
    settings: HubSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_REDIS_URL", "unix:///nonexistent/queue.sock")
    async with serving(), httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{settings.port}/health/ready"
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                try:
                    answer = await client.get(url)
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
        assert answer.status_code == 200
        assert answer.json()["queue"] == "unreachable, sweeps take over"
