"""Labels as files, or as the address that the carrier gave."""

from pathlib import Path

import pytest

from hub.cli.labels import _written
from hub.cli.problem import Problem
from hub.cli.state import with_hub
from hub.storage import labels


def test_a_picture_becomes_a_file(tmp_path: Path) -> None:
    assert _written("p1", "data:application/pdf;base64,JVBERg==", tmp_path) == str(tmp_path / "p1.pdf")
    assert (tmp_path / "p1.pdf").read_bytes() == b"%PDF"


def test_an_address_stays_an_address(tmp_path: Path) -> None:
    assert _written("p1", "https://labels.example/1", tmp_path) == "https://labels.example/1"


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="label of parcel p1 is not readable"):
        _written("p1", "data:image/png;base64,!", tmp_path)


@pytest.fixture
def shared(connected, place_order):
    """(numbers of two orders, the parcel that both travel in, the one that the second had before)."""
    place_order("b1", 2)
    place_order("b1", 3)
    connected.run("sync", "now")
    numbers = [row["number"] for row in reversed(connected.json("orders", "list"))]
    connected.run("orders", "merge", *numbers)
    first, second = ([each["parcel"] for each in parcels_of(connected, number)] for number in numbers)
    return numbers, first[0], second[0]


def parcels_of(desk, number):
    return desk.json("orders", "show", number)["parcels"]


def test_order_in_another_ones_parcel_says_whose_label_to_print(connected, shared):
    (first, second), parcel, _ = shared

    said = connected.fail("orders", "label", second)

    assert f"its parcel travels as {parcel}: print the label of order {first}" in said
    assert "no carrier gave one" in connected.fail("orders", "label", first)


def test_label_from_before_a_parcel_was_shared_is_not_printed(connected, shared):
    (_, second), parcel, own = shared

    async def keep(hub):
        sealed = hub.books.connections.key("shop").seal(b"https://labels.example/1", labels.purpose(own))
        await hub.database.run(lambda uow: labels.keep(uow, {own: sealed}, hub.now()))

    with_hub(keep)

    assert f"travels as {parcel}" in connected.fail("orders", "label", second)
