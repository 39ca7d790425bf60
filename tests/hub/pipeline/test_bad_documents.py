"""Genuine documents of every store platform, spoiled: parked alone with path and reason, read again later."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.kit.capabilities import FetchesOrders
from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Product, Purchase
from hub import registry
from hub.pipeline.intake import LARGEST_DOCUMENT, work_inbox
from hub.storage.inbox import Arrival
from mappings.contracts import Mappings
from mappings.errors import MappingError
from tests.hub.pipeline.spots import SPOTS
from tests.hub.samples import address

REGISTRY = registry.load()
PLATFORMS = sorted(REGISTRY.stores)

GENUINE: dict[str, list[bytes]] = {}


@pytest.fixture(params=PLATFORMS)
async def platform(request: pytest.FixtureRequest) -> str:
    """The platform's name; its twin has sold three orders, whose documents are in `GENUINE`."""
    name: str = request.param
    if name not in GENUINE:
        rig = Rig(REGISTRY.stores[name])
        rig.twin.offer([Product(sku="RED", title="Red", price=Decimal("10.00"), stock=100)])
        ids = []
        for buyer in "123":
            purchase = Purchase(buyer_reference=buyer, ship_to=address(), items=[("RED", 2)])
            ids.append(rig.twin.place_order(purchase))
            rig.clock.advance(timedelta(minutes=20))
        assert isinstance(rig.connector, FetchesOrders)
        GENUINE[name] = [(await rig.connector.fetch_orders([order_id]))[0].document for order_id in ids]
    return name


@pytest.fixture
def shop(house, platform):
    """The house, with the store on this platform and a carrier that reads its masked receivers."""

    def connect(uow):
        uow.change("UPDATE connections SET platform = :p WHERE id = 'store'", p=platform)
        uow.change("UPDATE connections SET accepts_tokens_of = :p WHERE id = 'carrier'", p=platform)

    house.run(connect)
    house.mappings = REGISTRY.mappings
    return house


def deliver(house, *documents):
    """In one batch, under ids of their own."""
    arrivals = [
        Arrival(connection_id="store", topic="order", external_id=f"{position}", document=document)
        for position, document in enumerate(documents)
    ]
    house.run(lambda uow: house.books.receive(uow, arrivals, house.now))
    house.work()


def states(house):
    return [tuple(row) for row in house.rows("SELECT state, path, reason FROM inbox ORDER BY id")]


def put(document: bytes, spot: tuple[str | int, ...], value: Any) -> bytes:
    """The document with one value replaced; `...` removes it. Taobao may write a single element without its
    list."""
    said = json.loads(document)
    inner = said
    for part in spot[:-1]:
        inner = inner if part == 0 and isinstance(inner, dict) else inner[part]
    if value is ...:
        del inner[spot[-1]]
    else:
        inner[spot[-1]] = value
    return json.dumps(said, ensure_ascii=True).encode()


def at(spot: tuple[str | int, ...]) -> str:
    """A pattern for the JSON path of a spot; positions in lists may be left open or out."""
    return r"\$" + "".join(
        rf"(\[({each}|\.\.\.)\])?" if isinstance(each, int) else rf"\.{each}" for each in spot
    )


def with_field(document: bytes, field: bytes) -> bytes:
    return b"{" + field + b"," + document.lstrip()[1:]


UNREADABLE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda document: b"",
    "not JSON": lambda document: b"<html>502 Bad Gateway</html>",
    "truncated": lambda document: document[: len(document) // 2],
    "not UTF-8": lambda document: document.replace(b'"RED"', b'"\xff\xfe"'),
    "10,000 levels deep": lambda document: with_field(document, b'"deep":' + b"[" * 10_000 + b"]" * 10_000),
    "nothing but depth": lambda document: b"[" * 10_000,
    "a list": lambda document: b"[]",
    "null": lambda document: b"null",
}

SPOILED: dict[str, tuple[str, Any]] = {
    "missing id": ("id", ...),
    "missing lines": ("lines", ...),
    "lines of the wrong type": ("lines", "none"),
    "quantity of the wrong type": ("quantity", {"units": 1}),
    "missing quantity": ("quantity", ...),
    "unknown code that a rule reads": ("code", "TELEPORTED"),
    "NUL": ("name", "Wang\0"),
    "lone surrogate": ("name", "Wang \ud800"),
    "huge amount": ("total", 10**30),
    "time that is none": ("placed", "2026-02-30 08:00:00"),
    "29 February of a year without": ("placed", "2027-02-29T08:00:00Z"),
}


def assert_parked_alone(house, path: str = r"\$.*"):
    before, bad, after = states(house)
    assert before[0] == after[0] == "done"
    assert bad[0] == "parked"
    assert re.fullmatch(path, bad[1]), bad
    assert bad[2], "a person needs a reason"
    assert "Wang" not in bad[2], "and no personal value"
    assert list(house.stages().values()) == ["released", "released"]


@pytest.mark.parametrize("how", UNREADABLE)
def test_unreadable_document_is_parked_and_its_neighbours_are_not(shop, platform, how):
    first, second, third = GENUINE[platform]

    deliver(shop, first, UNREADABLE[how](second), third)

    assert_parked_alone(shop)


@pytest.mark.parametrize("how", SPOILED)
def test_spoiled_value_is_parked_with_its_path(shop, platform, how):
    first, second, third = GENUINE[platform]
    where, value = SPOILED[how]
    if where not in SPOTS[platform]:
        pytest.skip(f"{platform} has none")
    if platform == "taobao" and where == "placed" and str(value).endswith("Z"):
        value = "2027-02-29 08:00:00"

    deliver(shop, first, put(second, SPOTS[platform][where], value), third)

    exact = how != "lone surrogate"  # no JSON parser says where text cannot be decoded
    assert_parked_alone(shop, at(SPOTS[platform][where]) if exact else r"\$.*")


@pytest.mark.parametrize("platform", ["medusa", "saleor", "shopify", "vendure"], indirect=True)
def test_time_without_zone_is_never_guessed(shop, platform):
    """Times without zone by contract: Taobao's are Beijing's, WooCommerce's and Magento's are UTC."""
    first, second, third = GENUINE[platform]

    deliver(shop, first, put(second, SPOTS[platform]["placed"], "2026-03-02T08:00:00"), third)

    assert_parked_alone(shop, at(SPOTS[platform]["placed"]))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_fifty_megabytes_are_stored_and_parked(shop, platform):
    first, second, third = GENUINE[platform]
    padded = with_field(second, b'"padding":"' + b"x" * 50 * 2**20 + b'"')

    deliver(shop, first, padded, third)

    assert_parked_alone(shop)
    assert states(shop)[1][2] == f"is larger than {LARGEST_DOCUMENT // 2**20} MiB"
    assert shop.value("SELECT max(length(document)) FROM inbox") > len(padded)


def test_negative_total_never_ships(shop, platform):
    first, *_ = GENUINE[platform]
    value = -1 if platform == "vendure" else "-1.00"

    deliver(shop, put(first, SPOTS[platform]["total"], value))

    assert list(shop.stages().values()) in ([], ["on_hold"])


GOOD = {
    "emoji": "王 👩‍👩‍👧 小明",
    "right to left": "\u202bمحمد\u202c",
    "combining": "Z̵̢a̴l̶g̷o̸",
    "longest": "王" * 5000,
}


@pytest.mark.parametrize("name", GOOD.values(), ids=GOOD)
def test_names_of_all_scripts_are_read_stored_and_found_again(shop, platform, name):
    first, *_ = GENUINE[platform]

    deliver(shop, put(first, SPOTS[platform]["name"], name))

    assert list(shop.stages().values()) == ["released"]
    order_id = shop.value("SELECT id FROM orders")
    (stored,) = shop.run(lambda uow: shop.books.orders.by_ids(uow, [order_id])).values()
    assert stored.order.sales.ship_to.name == name.strip()


@pytest.mark.parametrize("platform", [it for it in PLATFORMS if "currency" in SPOTS[it]], indirect=True)
@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_currency_without_or_with_three_minor_digits_is_read(shop, platform, currency):
    first, *_ = GENUINE[platform]
    changed = put(first, SPOTS[platform]["currency"], currency)
    if platform == "shopify":
        changed = put(changed, ("presentmentCurrencyCode",), currency)

    deliver(shop, changed)

    assert shop.rows("SELECT currency, stage FROM orders") == [(currency, "released")]


TIMES = {
    "29 February": ("2028-02-29T08:00:00Z", "2028-02-29 16:00:00"),
    "first of both hours": ("2026-10-25T02:30:00+02:00", "2026-10-25 08:30:00"),
    "second of both hours": ("2026-10-25T02:30:00+01:00", "2026-10-25 09:30:00"),
    "hour that summer time skips": ("2026-03-29T02:30:00+01:00", "2026-03-29 09:30:00"),
}


@pytest.mark.parametrize("when", TIMES)
def test_odd_hours_are_the_instants_they_are(shop, platform, when):
    first, *_ = GENUINE[platform]
    with_zone, beijing = TIMES[when]
    moment = datetime.fromisoformat(with_zone)
    spelt = {
        "bigcommerce": format_datetime(moment),
        "magento": f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "douyin": int(moment.timestamp()),
        **dict.fromkeys(("jd", "pinduoduo", "taobao", "youzan"), beijing),
    }

    deliver(shop, put(first, SPOTS[platform]["placed"], spelt.get(platform, with_zone)))

    (micros,) = (row[0] for row in shop.rows("SELECT placed_at FROM orders"))
    assert micros == int(moment.timestamp()) * 1_000_000


class TestDrift:
    def test_unknown_fields_are_counted_by_path_and_park_nothing(self, shop, platform):
        first, second, third = GENUINE[platform]
        spot = (*SPOTS[platform]["quantity"][:-1], "brandNew")

        deliver(
            shop, put(first, ("surprise",), {"a": 1}), put(second, ("surprise",), []), put(third, spot, 1)
        )

        assert set(shop.stages().values()) == {"released"}
        counted = {path: n for _, path, n, _ in shop.rows("SELECT * FROM drift WHERE path LIKE '%surprise'")}
        assert counted == {"$.surprise": 2}
        assert shop.value("SELECT count(*) FROM drift WHERE path LIKE '%.brandNew'") == 1

    def test_radar_that_breaks_parks_nothing(self, shop, platform):
        class Broken:
            def __init__(self, mapping):
                self.read_order, self.read_listing = mapping.read_order, mapping.read_listing

            def unknown_order_fields(self, document):
                raise KeyError("radar")

        broken = {name: Broken(mapping) for name, mapping in REGISTRY.mappings.stores.items()}
        shop.mappings = Mappings(stores=broken, carriers={})

        deliver(shop, *GENUINE[platform])

        assert set(shop.stages().values()) == {"released"}


class Failing:
    """A mapping before it was mended."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read_order(self, document: bytes) -> Any:
        raise self._error

    read_listing = unknown_order_fields = read_order


@pytest.mark.parametrize(
    "error, path, reason",
    [
        (MappingError("$.x", "is missing"), "$.x", "is missing"),
        (ZeroDivisionError("secret"), "$", "failed with ZeroDivisionError"),
    ],
)
def test_parked_document_is_read_after_the_mapping_was_mended(shop, platform, error, path, reason):
    shop.mappings = Mappings(stores=dict.fromkeys(PLATFORMS, Failing(error)), carriers={})
    deliver(shop, *GENUINE[platform])
    assert {(state, where) for state, where, _ in states(shop)} == {("parked", path)}
    assert all(reason in why and "secret" not in why for _, _, why in states(shop))

    shop.mappings = REGISTRY.mappings
    ids = [row[0] for row in shop.rows("SELECT id FROM inbox")]
    shop.run(lambda uow: shop.books.inbox.replay(uow, ids))
    shop.run(lambda uow: work_inbox(shop.books, shop.mappings, uow, "live", 10, shop.now))

    assert set(shop.stages().values()) == {"released"}
    assert {state for state, _, _ in states(shop)} == {"done"}
