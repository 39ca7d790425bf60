"""Finding, showing, explaining and deciding about orders."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

PERSONAL = ("王小明", "13800001234", "南京西路", "b1@example.com")

LIST_FIELDS = {
    *("id", "number", "external_id", "store", "connection", "stage", "reasons", "placed_at", "received_at"),
    *("changed_at", "due_at", "currency", "total", "is_history"),
}


@pytest.fixture
def journey(armed: Any, place_order: Callable[..., str], days_pass: Callable[[float], None]) -> Any:
    """One order from the buyer's click to the doormat."""
    place_order()
    days_pass(8)
    return armed


def test_a_whole_journey_is_explained_from_the_first_byte_to_the_last(journey: Any) -> None:
    (order,) = journey.json("orders", "list")
    assert (order["stage"], order["reasons"]) == ("closed", [])
    said = journey.run("orders", "explain", order["number"])
    told = [
        "Now: closed. All",
        "shop sent order",
        "checked: may be fulfilled",
        "stock sought: stock reserved",
        "because from Warehouse [one_location]",
        "released for shipping",
        "planned: 2 × SKU-1, 1 × SKU-2 from wh",
        "to do: book parcel",
        "done: book parcel",
        "booked with the carrier",
        "left wh as sf-express",
        "picked up",
        "to do: tell shop that",
        "done: tell shop that",
        "sf sent tracking",
        "delivered",
        "told to the store: closed",
    ]
    for words in told:
        assert words in said, words
    assert said.index("shop sent order") < said.index("checked") < said.index("booked with")
    assert not any(value in journey.printed for value in PERSONAL)


def test_the_story_is_in_time_order_and_its_json_is_stable(journey: Any) -> None:
    (order,) = journey.json("orders", "list")
    story = journey.json("orders", "explain", order["id"])
    assert set(story) == {"id", "number", "story"}
    assert {frozenset(line) for line in story["story"]} == {
        frozenset({"at", "kind", "text", "actor", "reasons", "reference"})
    }
    times = [datetime.fromisoformat(line["at"]) for line in story["story"]]
    assert times == sorted(times)
    assert {line["kind"] for line in story["story"]} == {
        *("document", "decision", "parcel", "message", "tracking")
    }
    decisions = [line["text"] for line in story["story"] if line["kind"] == "decision"]
    assert decisions[:3] == [
        "checked: may be fulfilled",
        "stock sought: stock reserved",
        "released for shipping: waits for the carrier",
    ]


def test_an_order_has_three_names(journey: Any) -> None:
    (order,) = journey.json("orders", "list")
    shown = [journey.json("orders", "show", order[name]) for name in ("id", "external_id", "number")]
    assert shown[0] == shown[1] == shown[2]
    assert "no order is called" in journey.fail("orders", "show", "nothing")


def test_an_ambiguous_name_lists_the_candidates(armed: Any, place_order: Callable[..., str]) -> None:
    armed.twins["shop2"] = armed.twins["shop"]
    file = armed.settings_file("shop2")
    armed.run("connections", "add", "vendure", "--id", "shop2", "--secrets-file", file)
    place_order()
    armed.run("sync", "now")
    first, second = armed.json("orders", "list")
    said = armed.fail("orders", "explain", first["number"])
    assert "several orders" in said and first["id"] in said and second["id"] in said
    assert armed.json("orders", "show", first["id"])["store"] == first["store"]


def test_filters_find_orders_by_personal_values_without_showing_them(
    armed: Any, place_order: Callable[..., str]
) -> None:
    place_order("b1")
    armed.clock.advance(timedelta(hours=1))
    place_order("b2", units=3)
    armed.run("sync", "now")
    rows = armed.json("orders", "list")
    assert set(rows[0]) == LIST_FIELDS
    (tracking,) = {each["tracking_number"] for each in armed.json("orders", "show", rows[0]["id"])["parcels"]}
    for words, count in (
        (["--stage", "released"], 2),
        (["--stage", "closed"], 0),
        (["--store", "shop", "--connection", "shop"], 2),
        (["--limit", "1"], 1),
    ):
        assert len(armed.json("orders", "list", *words)) == count, words
        assert len(armed.json("orders", "search", *words)["orders"]) == count, words
    for words, count in (
        (["--email", "B1@example.com"], 1),
        (["--phone", "138 0000 1234"], 2),
        (["--email", "b3@example.com"], 0),
        (["--sku", "SKU-1"], 2),
        (["--sku", "SKU-9"], 0),
        (["--number", rows[1]["number"]], 1),
        (["--tracking", tracking], 1),
    ):
        assert len(armed.json("orders", "search", *words)["orders"]) == count, words
    armed.run("orders", "list")
    armed.run("inbox", "list")
    assert not any(value in armed.printed for value in PERSONAL)


def test_personal_values_are_masked_until_they_are_revealed(
    armed: Any, place_order: Callable[..., str]
) -> None:
    place_order()
    armed.run("sync", "now")
    (order,) = armed.json("orders", "list")
    hidden = armed.run("orders", "show", order["id"])
    assert not any(value in hidden for value in PERSONAL) and "b***@example.com" in hidden
    shown = armed.run("orders", "show", order["id"], "--reveal")
    assert all(value in shown for value in PERSONAL)
    assert set(armed.json("orders", "show", order["id"])) >= {"id", "lines", "parcels", "ship_to", "stage"}


def test_a_status_that_nobody_reported_is_unknown(armed: Any, place_order: Callable[..., str]) -> None:
    place_order()
    armed.run("sync", "now")
    (order,) = armed.json("orders", "list")
    (parcel,) = armed.json("orders", "show", order["id"])["parcels"]
    assert parcel["status"] is None and parcel["told"] is False
    assert "unknown" in armed.run("orders", "show", order["id"])


def test_a_person_stops_an_order_and_lets_it_go(connected: Any, place_order: Callable[..., str]) -> None:
    place_order()
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    assert "is not on hold" in connected.fail("orders", "release", order["number"])
    assert "on_hold: call the buyer" in connected.run(
        "orders", "hold", order["number"], "--why", "call the buyer"
    )
    assert {row["reserved"] for row in connected.json("stock", "show")} == {0}
    assert "released" in connected.run("orders", "release", order["id"], "--why", "buyer agreed")
    said = connected.run("orders", "explain", order["id"])
    assert "stopped by a person" in said and "let go by a person" in said
    assert "because buyer agreed [overruled]" in said and "(by cli" in said


def test_an_order_without_address_is_not_released_and_the_remedy_is_named(
    connected: Any, place_order: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mappings.stores.vendure.order._address", lambda address: None)
    place_order()
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    assert "enter it on the platform" in connected.fail("orders", "release", order["number"])
    assert connected.json("orders", "show", order["id"])["overruled"] == []


def test_a_parcel_that_was_booked_elsewhere_is_entered(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order(units=2)
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    line = connected.json("orders", "show", order["id"])["lines"][0]["line"]
    ship = ("orders", "ship", order["number"], "--carrier", "ups", "--number", "1Z999", "--lines")
    assert "cannot be shipped so" in connected.fail(*ship, f"{line}=9")
    assert "LINE=QTY" in connected.fail(*ship, line)
    connected.run(*ship, f"{line}=1")
    parcels = connected.json("orders", "show", order["id"])["parcels"]
    assert [(each["carrier"], each["stage"]) for each in parcels] == [
        ("ups", "dispatched"),
        (None, "released"),
    ]
    renumber = ("orders", "renumber", order["number"], parcels[0]["parcel"], "--number")
    assert "has this number already" in connected.fail(*renumber, "1Z999")
    connected.run(*renumber, "1Z998")
    assert "1Z998 instead of 1Z999" in connected.run("orders", "explain", order["id"])
    rest = connected.json("orders", "show", order["id"])["parcels"][1]["parcel"]
    assert f"still to do: book parcel {rest} with sf" in connected.run("orders", "explain", order["id"])
    assert {row["sku"]: row["on_hand"] for row in connected.json("stock", "show")} == {
        "SKU-1": 49,
        "SKU-2": 5,
    }


def test_units_are_divided_into_parcels_and_put_together_again(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order(units=3)
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    line = connected.json("orders", "show", order["id"])["lines"][0]["line"]
    split = ("orders", "split", order["number"], "--parcel")
    assert "cannot be split so: no parcel" in connected.fail(*split, f"{line}=4")
    assert "--parcel takes LINE=QTY" in connected.fail(*split, line)
    connected.run(*split, f"{line}=1", "--parcel", f"{line}=1")
    assert _parcels(connected, order) == [
        ("1 × SKU-1, 1 × SKU-2", "released"),
        ("1 × SKU-1", "released"),
        ("1 × SKU-1", "released"),
    ]
    assert "divided into parcels" in connected.run("orders", "explain", order["id"])
    connected.run("orders", "join", order["number"])
    assert _parcels(connected, order)[0] == ("3 × SKU-1, 1 × SKU-2", "released")
    assert {stage for _, stage in _parcels(connected, order)[1:]} == {"cancelled"}
    assert "cannot be joined" in connected.fail("orders", "join", order["number"])
    refuse = ("orders", "refuse", order["number"])
    assert "it has no parcel 'x'" in connected.fail(*refuse, "x", "--why", "damaged")
    connected.run(*refuse, f"{order['id']}-1", "--why", "damaged")
    assert "cannot send it: damaged" in connected.run("orders", "explain", order["id"])
    (location,) = {each["location"] for each in connected.json("stock", "show")}
    connected.run("orders", "readmit", order["number"], location)
    assert _parcels(connected, order)[-1] == ("3 × SKU-1, 1 × SKU-2", "released")


def _parcels(connected: Any, order: Any) -> list[tuple[str, str]]:
    parcels = connected.json("orders", "show", order["id"])["parcels"]
    return [(each["contents"].partition(" from ")[0], each["stage"]) for each in parcels]


def test_a_store_says_what_one_parcel_may_hold(connected: Any, place_order: Callable[..., str]) -> None:
    assert "not an amount" in connected.fail("stores", "add", "main", "--parcel-worth", "much")
    (store,) = connected.json("stores", "list")
    connected.run("stores", "add", store["id"], "--parcel-units", "2", "--parcel-worth", "5000")
    place_order(units=3)
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    assert [goods for goods, _ in _parcels(connected, order)] == ["2 × SKU-1", "1 × SKU-1, 1 × SKU-2"]
    connected.run("stores", "add", store["id"], "--parcel-units", "0")
    (store,) = connected.json("stores", "list")
    assert store["policy"]["parcel_limits"] == {"most_units": None, "most_worth": "5000"}


def test_orders_that_must_leave_soon_are_listed_the_most_urgent_first(
    connected: Any, place_order: Callable[..., str]
) -> None:
    assert "no length of time" in connected.fail("stores", "add", "shop", "--ship-within", "soon")
    connected.run("stores", "add", "shop", "--ship-within", "1d")
    for buyer in ("b1", "b2"):
        place_order(buyer)
        connected.clock.advance(timedelta(hours=2))
    connected.run("sync", "now")
    assert connected.json("orders", "at-risk", "--within", "19h") == []
    (first,) = connected.json("orders", "at-risk", "--within", "21h")
    assert len(connected.json("orders", "at-risk", "--within", "2d", "--store", "shop")) == 2
    assert connected.json("orders", "at-risk", "--within", "2d", "--store", "other") == []
    connected.clock.advance(timedelta(hours=21))
    assert "late by 1 h" in connected.run("orders", "at-risk", "--within", "0h")
    connected.run("orders", "ship", first["number"], "--carrier", "ups", "--number", "1Z1")
    assert connected.json("orders", "at-risk", "--within", "0h") == []


def test_a_tracking_number_hints_at_its_carrier_and_refuses_nothing(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order()
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    ship = ("orders", "ship", order["number"], "--number")
    assert "looks like --carrier ups" in connected.fail(*ship, "1Z5R89390357567127")
    assert "no number that is known" in connected.fail(*ship, "X1")
    told = connected.type(*ship, "1Z5R89390357567127", "--carrier", "sf-express").stderr
    assert "looks like a number of ups, not of sf-express" in told
    (parcel,) = connected.json("orders", "show", order["id"])["parcels"]
    assert (parcel["carrier"], parcel["stage"]) == ("sf-express", "dispatched")


def test_words_are_put_on_orders_and_find_them_again(connected: Any, place_order: Callable[..., str]) -> None:
    for buyer in ("b1", "b2"):
        place_order(buyer)
    connected.run("sync", "now")
    first, second = (each["id"] for each in connected.json("orders", "list"))
    assert "say which" in connected.fail("orders", "tag", first)
    assert "is no word" in connected.fail("orders", "tag", first, "--put", "gift*")
    connected.run("orders", "tag", first, second, "--put", "gift", "--put", "VIP 客户")
    connected.run("orders", "tag", first, "--put", "gift")
    connected.run("orders", "tag", second, "--off", "gift")
    assert connected.json("orders", "show", first)["tags"] == ["VIP 客户", "gift"]
    for words, ids in (
        (["--tag", "gift"], [first]),
        (["--tag", "VIP*"], [first, second]),
        (["--tag", "gift", "--sku", "SKU-1"], [first]),
        (["--sku", "SKU-1", "--tag", "none"], []),
    ):
        found = connected.json("orders", "search", *words)["orders"]
        assert [each["id"] for each in found] == ids, words


def test_texts_from_outside_cannot_steer_the_terminal(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order()
    connected.run("sync", "now")
    (order,) = connected.json("orders", "list")
    connected.run("orders", "hold", order["id"], "--why", "\x1b[31mred\u202e")
    said = connected.run("orders", "list") + connected.run("orders", "explain", order["id"])
    assert "\x1b" not in said and "\u202e" not in said and "[31mred" in said


def test_orders_of_one_buyer_share_a_parcel_until_one_is_taken_out(connected, place_order):
    place_order("b1", 2)
    place_order("b1", 3)
    assert "No two orders wait" in connected.run("orders", "mergeable")
    connected.run("sync", "now")
    first, second = (row["number"] for row in reversed(connected.json("orders", "list")))
    assert [row["orders"] for row in connected.json("orders", "mergeable")] == [f"{first} {second}"]
    assert "name two orders or more" in connected.fail("orders", "merge", first)
    assert "named twice" in connected.fail("orders", "merge", first, first)
    connected.run("orders", "merge", first, second)
    (parcel,) = connected.json("orders", "show", first)["parcels"]
    (other,) = connected.json("orders", "show", second)["parcels"]
    assert parcel["travels_as"] == other["travels_as"] == parcel["parcel"]
    assert f"travels as {parcel['parcel']}" in connected.run("orders", "explain", second)
    connected.run("orders", "part", second)
    assert connected.json("orders", "show", second)["parcels"][0]["travels_as"] is None
    assert "shares no parcel" in connected.fail("orders", "part", second)
