"""The same command line on PostgreSQL: every statement that people read through."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.server


@pytest.fixture
def database_url(postgres_url: str) -> str:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS cli WITH (FORCE)")
        connection.execute("CREATE DATABASE cli")
    return postgres_url.replace("/postgres?", "/cli?")


def test_everything_that_is_read_on_sqlite_is_read_on_postgres(
    armed: Any, place_order: Callable[..., str], days_pass: Callable[[float], None]
) -> None:
    place_order()
    days_pass(4)
    (order,) = armed.json(
        "orders", "search", "--email", "b1@example.com", "--sku", "SKU-1", "--stage", "closed"
    )["orders"]
    (parcel,) = armed.json("orders", "show", order["number"])["parcels"]
    (same,) = armed.json("orders", "search", "--tracking", parcel["tracking_number"])["orders"]
    assert same["id"] == order["id"]
    assert armed.json("orders", "list", "--stage", "closed") == [order]
    story = armed.run("orders", "explain", order["number"], "--reveal")
    assert "told to the store: closed" in story
    for words in (
        ("connections", "list"),
        ("inbox", "list", "--state", "done", "--topic", "order"),
        ("outbox", "list", "--state", "done", "--verb", "book"),
        ("stock", "show", "SKU-1"),
        ("listings", "list", "shop"),
        ("stores", "list"),
        ("locations", "list"),
    ):
        assert armed.json(*words), words
    assert (
        armed.json("cases", "list") == armed.json("drift", "list") == armed.json("territories", "list") == []
    )
    assert armed.json("listings", "list", "--unlinked") == []


def test_deciding_works_on_postgres(connected: Any, place_order: Callable[..., str]) -> None:
    place_order()
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    connected.run("orders", "hold", order["id"], "--why", "call the buyer")
    connected.run("orders", "release", order["id"])
    assert "1 older orders" in connected.run("connections", "arm", "shop", "--from", "2030-01-01")
    assert "so it stays" in connected.fail("connections", "remove", "shop", "--yes")
    assert "answers" in connected.run("doctor")
