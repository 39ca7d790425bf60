"""The harness itself: what buyers do is visible to the administrator and outlives what it should outlive."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.vendure_server import Unobtainable, find_node, install, wait_until_gone
from tests.interop.vendure_shop import Refused, VendureShop


def test_an_order_of_the_shop_api_is_visible_in_the_admin_api(shop: VendureShop) -> None:
    before = shop.stock("ROPE-10")

    placed = shop.place_order([("HARBOUR-M", 1), ("ROPE-10", 2)])

    order = shop.order(placed.id)
    assert (order["code"], order["state"], order["active"]) == (placed.code, "PaymentSettled", False)
    wanted = {line["productVariant"]["sku"]: line["quantity"] for line in order["lines"]}
    assert wanted == {"HARBOUR-M": 1, "ROPE-10": 2}
    assert placed.id in shop.order_ids()
    assert shop.stock("ROPE-10").saleable == before.saleable - 2


def test_a_payment_can_stay_authorised_until_it_is_settled(shop: VendureShop) -> None:
    placed = shop.place_order([("ROPE-10", 3)], settled=False)
    assert shop.order(placed.id)["state"] == "PaymentAuthorized"

    shop.settle_payment(placed.id)

    assert shop.order(placed.id)["state"] == "PaymentSettled"


def test_a_cancelled_order_keeps_its_lines_with_nothing_wanted(shop: VendureShop) -> None:
    placed = shop.place_order([("ROPE-10", 3)])

    shop.cancel_order(placed.id)

    order = shop.order(placed.id)
    assert order["state"] == "Cancelled"
    assert [(line["quantity"], line["orderPlacedQuantity"]) for line in order["lines"]] == [(0, 3)]


def test_a_buyer_cannot_have_more_than_there_is(shop: VendureShop) -> None:
    with pytest.raises(Refused, match="INSUFFICIENT_STOCK_ERROR"):
        shop.place_order([("HARBOUR-L", 1)])


def test_servers_die_with_a_session_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCH_AND_WAIT, tmp_path],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as session:
        assert session.stdout
        processes = [int(number) for number in session.stdout.readline().split()]
        session.kill()

    assert len(processes) == 2
    wait_until_gone(processes)


LAUNCH_AND_WAIT = """
import pathlib, sys
from tests.interop.vendure_server import VendureServer
server = VendureServer(pathlib.Path(sys.argv[1]), database="postgres")
server.launch()
print(*server.process_ids, flush=True)
sys.stdin.read()
"""


def test_without_node_on_the_path_the_wheel_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    node = find_node()

    for command in ([node.node], node.npm):
        subprocess.run([*command, "--version"], check=True, capture_output=True)


def test_a_failed_installation_says_why_and_leaves_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ORDERHUB_PEER_CACHE", str(tmp_path))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "empty"))
    monkeypatch.setenv("npm_config_offline", "true")

    with pytest.raises(Unobtainable, match=r"npm could not install Vendure: .*ENOTCACHED"):
        install(find_node())

    assert not list(tmp_path.glob("vendure-*/"))
