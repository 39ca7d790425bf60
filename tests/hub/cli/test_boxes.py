"""The inbox, the outbox, and running without a server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from connectors.kit.twin import Fault
from hub.cli import state
from hub.context import HubContext
from hub.domain.effects import CaseKind, OpenCase
from hub.jobs.sweep import due_work
from hub.registry import Registry
from hub.storage import drift
from hub.storage.database import UnitOfWork
from mappings.errors import MappingError


def test_a_new_connections_messages_wait_and_can_be_looked_at(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order()
    connected.run("sync", "now")
    rows = connected.json("outbox", "list", "--state", "open", "--verb", "book")
    assert [row["waits_for"] for row in rows] == ["shop observes until it is armed"]
    assert "made from the order when it is sent" in connected.run("outbox", "show", rows[0]["id"])
    assert connected.json("outbox", "show", rows[0]["id"])["verb"] == "book"
    assert "there is no message" in connected.fail("outbox", "show", "nothing")
    (sf,) = (row for row in connected.json("connections", "list") if row["id"] == "sf")
    assert sf["waiting"] == 1


def test_a_refused_message_is_parked_and_sent_again(armed: Any, place_order: Callable[..., str]) -> None:
    place_order()
    armed.twins["sf"].faults.chance[Fault.SERVER_ERROR] = 1.0
    for _ in range(9):
        armed.run("sync", "now")
        armed.clock.advance(timedelta(hours=7))
    armed.twins["sf"].faults.chance.clear()
    (row,) = armed.json("outbox", "list", "--state", "parked")
    assert row["attempts"] > 1 and row["last_error"]
    assert "none of them is parked" in armed.fail("outbox", "replay", "nothing")
    assert "name the messages" in armed.fail("outbox", "replay")
    assert "none of them can be set aside" in armed.fail("outbox", "dismiss", "nothing")
    assert "1 messages" in armed.run("outbox", "replay", "--parked")
    armed.run("sync", "now")
    assert armed.json("outbox", "show", row["id"])["outcome"] == "done"
    assert [each.kind for each in armed.twins["sf"].effects][:1] == ["booked"]


def test_a_document_that_cannot_be_read_is_parked_and_read_after_the_mapping_was_mended(
    connected: Any, place_order: Callable[..., str], monkeypatch: Any
) -> None:
    place_order()

    class Broken:
        def read_order(self, document: bytes) -> None:
            raise MappingError("$.lines[0].sku", "is missing")

    mended = Registry.mappings.fget  # type: ignore[attr-defined]

    def broken(registry: Registry) -> Any:
        found = mended(registry)
        return type(found)(stores={**found.stores, "vendure": Broken()}, carriers=found.carriers)

    with monkeypatch.context() as patched:
        patched.setattr(Registry, "mappings", property(broken))
        connected.run("sync", "now")
    (row,) = connected.json("inbox", "list", "--state", "parked")
    assert (row["topic"], row["path"], row["reason"]) == ("order", "$.lines[0].sku", "is missing")
    assert "--reveal" in connected.run("inbox", "show", row["id"])
    assert "王小明" in connected.run("inbox", "show", row["id"], "--reveal")
    assert "1 documents read again, 0 of them" in connected.run("inbox", "replay", "--parked")
    assert len(connected.json("orders", "list")) == 1
    assert "there is no document" in connected.fail("inbox", "show", "nothing")
    assert "can be read again" in connected.fail("inbox", "replay", "nothing")
    assert "none of them is parked" in connected.fail("inbox", "dismiss", "nothing")


def test_inbox_rows_have_stable_names(connected: Any, place_order: Callable[..., str]) -> None:
    place_order()
    connected.run("sync", "now")
    (row,) = connected.json("inbox", "list", "--topic", "order", "--connection", "shop")
    assert set(row) == {
        *("id", "received_at", "connection", "topic", "external_id", "revision", "state", "path", "reason"),
        *("lane", "done_at", "has_document"),
    }


def test_older_orders_are_read_beside_the_bookmark(connected: Any, place_order: Callable[..., str]) -> None:
    place_order("b1")
    connected.run("sync", "now")
    connected.clock.advance(timedelta(days=1))
    assert "0 documents were new" in connected.run("sync", "backfill", "--since", "2026-03-01")
    place_order("b2")
    assert "1 documents were new" in connected.run("sync", "backfill", "--since", "2026-03-01", "shop")
    assert len(connected.json("orders", "list")) == 2


def test_stock_is_told_to_the_store(armed: Any) -> None:
    armed.run("sync", "now")
    assert armed.twins["shop"].stock_shown() == {"SKU-1": 50, "SKU-2": 5}
    assert [row["told"] for row in armed.json("listings", "list")] == [50, 5]


def test_cases_and_drift_are_listed(connected: Any, place_order: Callable[..., str]) -> None:
    assert connected.json("cases", "list") == connected.json("drift", "list") == []
    place_order()
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    case = OpenCase(
        order_id=order["id"], kind=CaseKind.LOST, consignment_id=f"{order['id']}-1", reason="never came"
    )

    def happen(hub: HubContext, uow: UnitOfWork) -> None:
        hub.books.cases.apply(uow, [case], hub.now())
        drift.count(uow, {("vendure", "$.newField"): 3}, hub.now())

    state.with_hub(lambda hub: hub.database.run(lambda uow: happen(hub, uow)))
    (row,) = connected.json("cases", "list")
    assert (row["kind"], row["number"], row["status"]) == ("lost", order["number"], "open")
    assert "a person has to look (lost, open): never came" in connected.run("orders", "explain", order["id"])
    assert [(row["path"], row["seen"]) for row in connected.json("drift", "list")] == [("$.newField", 3)]


def test_territories_and_locations_are_listed(warehouse: Any) -> None:
    warehouse.run("stores", "add", "east", "--name", "East", "--currency", "cny", "--tell-at", "booked")
    warehouse.run("territories", "add", "t1", "--store", "east", "--country", "CN", "--province", "上海")
    assert warehouse.json("territories", "list")[0]["province"] == "上海"
    assert warehouse.json("locations", "list")[0]["address"]["city"] == "上海市"
    assert warehouse.json("stores", "list")[0]["policy"]["tell_at"] == "booked"
    warehouse.run("stores", "add", "east", "--ship-authorized")
    (store,) = warehouse.json("stores", "list")
    assert (store["name"], store["policy"]["tell_at"], store["policy_version"]) == ("East", "booked", 2)
    assert "there are: east" in warehouse.fail(
        "territories", "add", "t2", "--store", "west", "--country", "CN"
    )
    assert "no time zone" in warehouse.fail("stores", "add", "east", "--time-zone", "Mars/Base")
    assert "carrier connection" in warehouse.fail("stores", "add", "east", "--carrier", "dhl")
    for kind in ("stores", "locations", "territories"):
        assert warehouse.run(kind, "list")


def test_a_message_behind_one_that_is_not_due_is_not_due(armed: Any, place_order: Callable[..., str]) -> None:
    order_id = place_order()
    armed.twins["sf"].faults.forced.append(Fault.TIMEOUT_AFTER)
    armed.run("sync", "now")
    armed.twins["shop"].cancel_order(order_id)
    armed.clock.advance(timedelta(seconds=1))
    armed.run("sync", "now")
    cancel, book = armed.json("outbox", "list", "--connection", "sf")
    assert (book["verb"], book["waits_for"][:16]) == ("book", "the next attempt")
    assert (cancel["verb"], cancel["waits_for"]) == ("cancel_booking", f"message {book['id']} goes first")
    assert state.with_hub(due_work) == []
    armed.clock.advance(timedelta(hours=1))
    armed.run("sync", "now")
    assert [each.kind for each in armed.twins["sf"].effects] == ["booked", "cancelled"]
