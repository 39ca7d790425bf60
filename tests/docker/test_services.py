"""The commands and health checks of compose.yaml, started by hand on a real PostgreSQL and a real queue."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from hub.embedded import EmbeddedQueue
from hub.vault import new_master_key

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())["services"]
PROGRAM = [sys.executable, "-c", "from hub.cli import main; main()"]


@pytest.fixture
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedQueue]:
    queue = EmbeddedQueue(tmp_path_factory.mktemp("q"))
    queue.start()
    yield queue
    queue.stop()


@pytest.fixture
def bare_postgres(postgres_url: str) -> Iterator[str]:
    """A database without any table."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE services")
        yield postgres_url.replace("/postgres?", "/services?")
        connection.execute("DROP DATABASE services WITH (FORCE)")


@pytest.fixture
def environment(
    tmp_path: Path, bare_postgres: str, queue: EmbeddedQueue, unused_tcp_port: int
) -> Mapping[str, str]:
    """What compose gives a service, with our addresses in the place of its names."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "hub_master_keys").write_text(f'["{new_master_key()}"]')
    (secrets / "hub_database_url").write_text(bare_postgres)
    given = {
        **SERVICES["web"]["environment"],
        "HUB_REDIS_URL": f"unix://{queue.socket}",
        "HUB_PUBLIC_URL": "",
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
        **given,
        "HUB_SECRETS_DIR": str(secrets),
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_PORT": str(unused_tcp_port),
        "PYTHONPATH": str(ROOT),
    }


async def ended(words: list[str], environment: Mapping[str, str]) -> int:
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *words,
        env=dict(environment),
        cwd=environment["HUB_DATA_DIR"],
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


@contextlib.asynccontextmanager
async def running(service: str, environment: Mapping[str, str]) -> AsyncIterator[None]:
    words = [*PROGRAM, *SERVICES[service]["command"]]
    process = await asyncio.create_subprocess_exec(
        *words, env=dict(environment), cwd=environment["HUB_DATA_DIR"], stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        assert await process.wait() in (0, 130, 143), service


async def until_well(service: str, environment: Mapping[str, str]) -> None:
    check = SERVICES[service]["healthcheck"]["test"]
    assert check[:2] == ["CMD", "orderhub"]
    async with asyncio.timeout(60):
        while await ended(check[2:], environment):  # noqa: ASYNC110 - asks another process
            await asyncio.sleep(0.1)


async def test_the_services_start_and_are_well(environment: Mapping[str, str]) -> None:
    assert await ended(SERVICES["web"]["healthcheck"]["test"][2:], environment) == 1
    assert await ended(SERVICES["migrate"]["command"], environment) == 0
    async with contextlib.AsyncExitStack() as stack:
        for service in ("web", "live", "bulk"):
            await stack.enter_async_context(running(service, environment))
        for service in ("web", "live", "bulk"):
            await until_well(service, environment)
    assert await ended(SERVICES["live"]["healthcheck"]["test"][2:], environment) in (0, 1)
    assert await ended(SERVICES["web"]["healthcheck"]["test"][2:], environment) == 1
