"""`orderhub completeness`: a store behind its twin, an order that got lost, and what people see of it."""

from datetime import timedelta
from typing import Any

import pytest

from hub.cli import state
from hub.jobs.reconcile import reconcile


@pytest.fixture
def lost(armed: Any, place_order: Any) -> tuple[Any, str]:
    """One order is here, the other was lost on its way; both were placed in the last full hour."""
    armed.run("sync", "now")
    place_order("b1")
    lost = place_order("b2")
    armed.run("sync", "now")
    state.with_hub(lambda hub: hub.database.run(lambda uow: _lose(uow, lost)))
    armed.clock.advance(timedelta(minutes=80))
    return armed, lost


def _lose(uow: Any, external_id: str) -> None:
    rows = uow.all("SELECT id FROM orders WHERE external_id = :id", id=external_id)
    for table in ("decisions", "order_lines", "reservations", "outbox", "consignments"):
        column = "consignment_id" if table == "reservations" else "order_id"
        inner = "(SELECT id FROM consignments WHERE order_id = :id)" if table == "reservations" else "(:id)"
        uow.change(f"DELETE FROM {table} WHERE {column} IN {inner}", id=rows[0].id)
    uow.change("DELETE FROM orders WHERE external_id = :id", id=external_id)
    uow.change("DELETE FROM inbox WHERE external_id = :id", id=external_id)


def compare(desk: Any) -> dict[str, Any]:
    state.with_hub(lambda hub: reconcile(hub, "shop"))
    rows = desk.json("completeness", "shop")
    return next(row for row in rows if row["kind"] == "ids")


def test_lost_order_is_named_comes_back_and_the_certificate_says_when(lost: Any) -> None:
    desk, order_id = lost
    (gap,) = compare(desk)["gaps"]
    assert (gap["external_id"], gap["lack"], gap["healed_at"]) == (order_id, "missing", None)
    assert f"missing {order_id}" in desk.run("completeness")
    found = {each["check"]: each for each in desk.json("doctor")}
    assert found["completeness of shop"]["state"] == "warn"
    assert "about 1 order" in found["completeness of shop"]["detail"]

    desk.run("sync", "now")
    (gap,) = compare(desk)["gaps"]

    assert gap["healed_at"] is not None
    assert "(healed)" in desk.run("completeness", "shop", "--since", "2020-01-01")
    found = {each["check"]: each for each in desk.json("doctor")}
    assert found["completeness"]["detail"] == "1 of 1 stores compared"


def test_doctor_says_when_nobody_compares_any_more(lost: Any) -> None:
    desk, _ = lost
    compare(desk)
    desk.run("sync", "now")
    compare(desk)
    desk.clock.advance(timedelta(hours=5))
    found = {each["check"]: each for each in desk.json("doctor")}
    assert "lane bulk" in found["completeness of shop"]["remedy"]


def test_before_anything_was_compared_it_says_so(connected: Any) -> None:
    assert "Nothing was compared" in connected.run("completeness")
    assert "'nowhere'; there are: shop" in connected.fail("completeness", "nowhere")
