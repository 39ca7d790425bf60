"""Real servers for the tests in this folder, all of which are marked `server`."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.interop.vendure_server import Database, Unobtainable, VendureServer, wait_until_gone
from tests.interop.vendure_shop import VendureShop
from tests.interop.vendure_worlds import RealServer, RealWorld

HERE = Path(__file__).parent
SERVERS = pytest.StashKey[list[VendureServer]]()

StartVendure = Callable[..., VendureServer]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.server)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what the servers said last."""
    report = yield
    if report.failed:
        for server in item.config.stash.get(SERVERS, []):
            report.sections.append((f"Vendure at {server.url}", server.log_tail()))
    return report


@pytest.fixture(scope="session")
def start_vendure(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartVendure]:
    """Starts servers: `start_vendure(database="postgres")`. All of them end with the session."""
    servers = request.config.stash.setdefault(SERVERS, [])

    def start(*, database: Database = "sqljs") -> VendureServer:
        try:
            server = VendureServer(tmp_path_factory.mktemp("vendure"), database=database)
        except Unobtainable as reason:
            pytest.skip(str(reason))
        servers.append(server)
        server.start()
        return server

    yield start
    processes = [process for server in servers for process in server.process_ids]
    while servers:
        servers.pop().close()
    wait_until_gone(processes)


@pytest.fixture(scope="session")
def vendure(start_vendure: StartVendure) -> VendureServer:
    """The server that most tests share; a test may stop it and start it again, but never kill it."""
    return start_vendure()


@pytest.fixture(scope="session")
def shop(vendure: VendureServer) -> Iterator[VendureShop]:
    """Buyers and administrator of the shared server."""
    shop = VendureShop(vendure.url)
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def sqljs(vendure: VendureServer) -> Iterator[RealServer]:
    """The shared server, for connectors."""
    with closing(RealServer(vendure.url)) as server:
        yield server


@pytest.fixture(scope="session")
def vendure_on_postgres(start_vendure: StartVendure) -> VendureServer:
    """Another one that tests share; a test may even kill it, since that loses nothing."""
    return start_vendure(database="postgres")


@pytest.fixture(scope="session")
def postgres(vendure_on_postgres: VendureServer) -> Iterator[RealServer]:
    """The shared server over PostgreSQL, for connectors."""
    with closing(RealServer(vendure_on_postgres.url)) as server:
        yield server


@pytest.fixture
async def real(sqljs: RealServer) -> AsyncIterator[RealWorld]:
    """A connector at the shared server."""
    world = RealWorld(sqljs)
    yield world
    await world.close()
