"""The command line in a folder of its own, a manual clock, and twins where the internet would be."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from connectors.kit.conformance.rig import ManualClock, load_twin
from connectors.kit.twin import Product, Purchase
from hub.bootstrap import World
from hub.cli import app, state
from hub.registry import load
from hub.storage.connections import Connection
from mappings.canonical import PostalAddress
from tests.hub.sites import Sites

REGISTRY = load()
BUYER = PostalAddress(
    name="王小明",
    telephone="13800001234",
    country="CN",
    province="上海",
    city="上海市",
    district="静安区",
    street=("南京西路 100号",),
    postal_code="200040",
)


class Desk:
    """Where a person types `orderhub …`. Every word that was ever printed is kept in `printed`."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.twins: dict[str, Any] = {}
        self.sites = Sites()
        self.printed = ""

    def world(self) -> World:
        return World(
            now=self.clock,
            sleep=self.clock.sleep,
            jitter=lambda: 0.5,
            make_client=self.client,
            registry=REGISTRY,
            shares_clock=True,
            visitor=self.sites.visitor,
        )

    def client(self, connection: Connection) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.twins[connection.connection_id]))

    def type(self, *words: str, input: str | None = None) -> Result:
        """Run a command, whatever comes of it."""
        result = CliRunner().invoke(app, list(words), input=input)
        self.printed += result.output
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def run(self, *words: str) -> str:
        """Run a command that must work."""
        result = self.type(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def fail(self, *words: str) -> str:
        """Run a command that must be refused in one sentence; returns that sentence."""
        result = self.type(*words)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        return result.stderr

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def twin(self, connection_id: str, kind: str, platform: str) -> Any:
        """A platform that answers where this connection points."""
        plugin = REGISTRY.plugin(kind, platform)
        assert plugin is not None
        self.twins[connection_id] = load_twin(plugin, self.clock, len(self.twins) + 1)
        return self.twins[connection_id]

    def settings_file(self, connection_id: str, **changes: str) -> str:
        """A secrets file with the settings of a connection's twin."""
        values = {**self.twins[connection_id].settings("https://twin.example"), **changes}
        path = Path(f"{connection_id}.toml")
        lines = (f"{name} = {json.dumps(value)}" for name, value in values.items() if value is not None)
        path.write_text("\n".join(lines), encoding="utf-8")
        return str(path)


@pytest.fixture
def database_url() -> str:
    """Empty: the embedded database."""
    return ""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Iterator[Desk]:
    """Nothing is set up yet."""
    monkeypatch.chdir(tmp_path)
    for name in ("HUB_DATA_DIR", "HUB_MASTER_KEYS", "HUB_DATABASE_URL", "HUB_REDIS_URL", "HUB_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    if database_url:
        monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    desk = Desk()
    monkeypatch.setattr(state, "make_world", desk.world)
    yield desk


@pytest.fixture
def hub(desk: Desk) -> Desk:
    """`orderhub init` was run."""
    desk.run("init", "--data-dir", "data")
    return desk


@pytest.fixture
def count_stock(hub: Desk) -> Callable[[str], None]:
    def count(text: str) -> None:
        Path("count.csv").write_text(text, encoding="utf-8")
        hub.run("stock", "import", "count.csv")

    return count


@pytest.fixture
def warehouse(hub: Desk) -> Desk:
    """One location."""
    words = "locations add wh --name Warehouse --country cn --province 上海 --city 上海市 --district 浦东新区"
    hub.run(*words.split(), "--street", "世纪大道 1号", "--contact", "Brand", "--telephone", "02012345678")
    return hub


@pytest.fixture
def connected(warehouse: Desk, count_stock: Callable[[str], None]) -> Desk:
    """A Vendure store and SF Express, connected and observing; two SKUs, listed and counted."""
    desk = warehouse
    store = desk.twin("shop", "store", "vendure")
    desk.twin("sf", "carrier", "sf-express")
    store.offer(
        [
            Product(sku="SKU-1", title="One", price=Decimal("10.00"), stock=0),
            Product(sku="SKU-2", title="Two", price=Decimal("19.90"), stock=0),
        ]
    )
    count_stock("sku,location,quantity\nSKU-1,wh,50\nSKU-2,wh,5\n")
    desk.run("connections", "add", "vendure", "--id", "shop", "--secrets-file", desk.settings_file("shop"))
    desk.run("connections", "add", "sf-express", "--id", "sf", "--secrets-file", desk.settings_file("sf"))
    desk.run("listings", "pull")
    return desk


@pytest.fixture
def armed(connected: Desk) -> Desk:
    """Both connections send."""
    connected.run("connections", "arm", "shop", "--from", "2020-01-01")
    connected.run("connections", "arm", "sf")
    return connected


@pytest.fixture
def days_pass(connected: Desk) -> Callable[[float], None]:
    """The carrier works and the hub is synchronised every few hours."""

    def pass_days(days: float) -> None:
        for _ in range(int(days * 4)):
            connected.twins["sf"].advance()
            connected.run("sync", "now")
            connected.clock.advance(timedelta(hours=6))

    return pass_days


@pytest.fixture
def place_order(connected: Desk) -> Callable[..., str]:
    """A buyer orders; returns the platform's id of the order."""

    def place(buyer: str = "b1", units: int = 2, also: str = "SKU-2") -> str:
        purchase = Purchase(
            buyer_reference=buyer,
            ship_to=BUYER,
            items=[("SKU-1", units), (also, 1)],
            email=f"{buyer}@example.com",
        )
        order_id: str = connected.twins["shop"].place_order(purchase)
        return order_id

    return place
