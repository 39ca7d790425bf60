"""Orders in another store's territory as a person decides about them."""

from collections.abc import Callable
from typing import Any


def stage(desk: Any, order: str) -> str:
    return str(desk.json("orders", "show", order)["stage"])


def elsewhere(desk: Any) -> Any:
    desk.run("stores", "add", "west")
    desk.run("territories", "add", "sh", "--store", "west", "--country", "CN", "--province", "上海")
    return desk


def test_brand_asks_and_a_person_answers(armed: Any, place_order: Callable[..., str]) -> None:
    elsewhere(armed).run("territories", "crossing", "set", "ships=ask")
    order = place_order()
    armed.run("sync", "now")

    assert stage(armed, order) == "on_hold"
    assert "2 is" not in armed.run("orders", "who-ships", "seller", order, "--why", "agreed by phone")
    assert stage(armed, order) == "released"
    story = armed.run("orders", "explain", order)
    assert "seller ships: agreed by phone" in story and "a person's word" in story
    assert "on hold or back-ordered" in armed.fail("orders", "who-ships", "owner", order)


def test_store_makes_an_exception_and_follows_again_each_under_a_new_version(armed: Any) -> None:
    def version() -> int:
        return int(armed.json("rules", "show", "shop")["policy_version"])

    elsewhere(armed)
    first = version()
    armed.run("territories", "crossing", "set", "ships=nearest", "shipper_percent=70")
    armed.run("territories", "crossing", "set", "ships=seller", "--store", "shop")
    armed.run("territories", "crossing", "set", "freight_percent=50")

    rows = {each["of"]: each for each in armed.json("territories", "crossing", "show")}
    assert rows["the brand"]["shipper_percent"] == "70" and rows["the brand"]["freight_percent"] == "50"
    assert rows["shop"]["ships"] == "seller"
    assert version() == first + 2
    armed.run("territories", "crossing", "follow", "shop")
    assert list({each["of"] for each in armed.json("territories", "crossing", "show")}) == ["the brand"]
    assert version() == first + 3
    assert "so already" in armed.run("territories", "crossing", "set", "freight_percent=50")


def test_mistakes_are_named_with_field_value_and_remedy(armed: Any) -> None:
    words = ("territories", "crossing", "set")

    assert "no parameter 'who'" in armed.fail(*words, "who=owner")
    assert "ships=them is refused" in armed.fail(*words, "ships=them")
    assert "territory_percent=101 is refused" in armed.fail(*words, "territory_percent=101")
    assert "more than 100" in armed.fail(*words, "territory_percent=60", "shipper_percent=50")
    assert "needs fee_currency" in armed.fail(*words, "parcel_fee=3")
    assert "no store 'nowhere'" in armed.fail(*words, "ships=ask", "--store", "nowhere")
