"""Stock counts from CSV files as spreadsheets write them, and what is shown of them."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.twin import Product
from hub.cli.csv_file import UnreadableFile
from hub.cli.stock_file import read_counts
from hub.storage.stock import Count

HEAD = "sku,location,quantity\n"


def read(text: str | bytes) -> list[tuple[str, str, int]]:
    content = text.encode() if isinstance(text, str) else text
    return [(each.sku, each.location_id, each.on_hand) for each in read_counts(content, {"wh", "仓库1"})]


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(UnreadableFile) as caught:
        read(text)
    return caught.value.faults


@pytest.mark.parametrize(
    "content",
    [
        b"sku,location,quantity\nA-1,wh,3\n",
        b"\xef\xbb\xbfsku,location,quantity\r\nA-1,wh,3\r\n",
        b"sku;location;quantity\nA-1;wh;3\n",
        b"SKU\tLocation\tQuantity\nA-1\twh\t3",
        b"quantity, location ,note,sku\n 3 ,wh,x, A-1 \n\n,,,\n",
        b'"sku","location","quantity"\n"A-1","wh","3"\n',
        "sku\tlocation\tquantity\nA-1\twh\t3\n".encode("utf-16"),
        "商品编码,仓库,数量\nA-1,wh,3\n".encode("gb18030"),
    ],
)
def test_files_are_read_however_spreadsheets_write_them(content: bytes) -> None:
    assert read(content) == [("A-1", "wh", 3)]


def test_chinese_names_in_gb18030_are_read() -> None:
    assert read("sku,location,quantity\n绿茶,仓库1,7\n".encode("gb18030")) == [("绿茶", "仓库1", 7)]


def test_skus_that_look_like_numbers_stay_text() -> None:
    assert [sku for sku, _, _ in read(HEAD + "1E5,wh,1\n007,wh,1\n1.50,wh,1\n")] == ["1E5", "007", "1.50"]


@pytest.mark.parametrize(
    "text", ["-1", "1.5", "3.0", "1,000", "", "x", "1e3", "٣", "３", "99999999999", "+1", "NaN"]
)
def test_only_whole_quantities_from_0_on_are_taken(text: str) -> None:
    (fault,) = faults(f'{HEAD}A-1,wh,"{text}"\n')
    assert fault.startswith("line 2: the quantity")


def test_every_mistake_is_named_with_its_line() -> None:
    found = faults(HEAD + '"A\n1",wh,1\n,wh,1\nB,mars,1\nC,wh,1\nC,wh,2\nD,wh\n6.90123E+12,wh,1\n')
    assert [fault.partition(":")[0] for fault in found] == [f"line {n}" for n in (3, 4, 5, 7, 8, 9)]
    assert "already in line 6" in found[3]
    assert "spoilt by a spreadsheet" in found[5]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "lacks sku, location, quantity"),
        (b"A-1,wh,3\n", "lacks sku"),
        (b"sku,sku,location,quantity\n", "two columns"),
        (b"sku,location,quantity\n\xff\xff\x00", "neither UTF-8"),
        (b"sku,location,quantity\nA\x00,wh,1\n", "NUL"),
        (b'sku,location,quantity\n"A,wh,1\n', "is not CSV"),
    ],
)
def test_files_that_are_no_counts_are_refused(content: bytes, fault: str) -> None:
    assert fault in faults(content)[0]


@given(st.binary(max_size=200))
def test_no_file_whatever_makes_the_reader_fail_otherwise(content: bytes) -> None:
    try:
        counts = read_counts(HEAD.encode() + content, {"wh"})
    except UnreadableFile as error:
        assert error.faults
    else:
        assert all(isinstance(each, Count) and each.on_hand >= 0 for each in counts)


def test_nothing_is_applied_if_anything_is_wrong(warehouse: Any) -> None:
    Path("count.csv").write_text(HEAD + "A-1,wh,3\nB-1,mars,1\n", encoding="utf-8")
    said = warehouse.fail("stock", "import", "count.csv")
    assert "line 3: there is no location 'mars'" in said and "nothing of count.csv was applied" in said
    assert warehouse.json("stock", "show") == []
    assert "cannot be read" in warehouse.fail("stock", "import", "none.csv")


def test_importing_twice_changes_nothing(warehouse: Any) -> None:
    Path("count.csv").write_text(HEAD + "A-1,wh,3\n1E5,wh,0\n", encoding="utf-8")
    assert "2 of them changed" in warehouse.run("stock", "import", "count.csv")
    before = warehouse.json("stock", "show")
    assert "0 of them changed" in warehouse.run("stock", "import", "count.csv")
    assert warehouse.json("stock", "show") == before
    assert [row["sku"] for row in before] == ["1E5", "A-1"]


def test_a_count_below_what_is_promised_is_refused_whole(
    connected: Any, place_order: Callable[..., str]
) -> None:
    place_order(units=4)
    connected.run("sync", "now")
    Path("count.csv").write_text(HEAD + "SKU-1,wh,3\nSKU-2,wh,9\n", encoding="utf-8")
    assert "3 counted, 4 promised" in connected.fail("stock", "import", "count.csv")
    assert {row["sku"]: row["on_hand"] for row in connected.json("stock", "show")} == {
        "SKU-1": 50,
        "SKU-2": 5,
    }


def test_stock_that_was_never_counted_is_unknown_not_0(warehouse: Any) -> None:
    said = warehouse.run("stock", "show", "NEW")
    assert "unknown" in said and "0" not in said
    warehouse.run("stock", "set", "NEW", "wh", "0")
    assert warehouse.json("stock", "show", "NEW") == [
        {"sku": "NEW", "location": "wh", "on_hand": 0, "reserved": 0, "available": 0}
    ]
    assert "not a whole number" in warehouse.fail("stock", "set", "NEW", "wh", "1.5")
    assert "there are: wh" in warehouse.fail("stock", "set", "NEW", "mars", "1")


def test_an_equal_sku_links_itself_and_others_are_linked_by_hand(connected: Any) -> None:
    rows = connected.json("listings", "list")
    assert {row["platform_sku"]: row["sku"] for row in rows} == {"SKU-1": "SKU-1", "SKU-2": "SKU-2"}
    assert [row["told"] for row in rows] == [None, None]
    assert connected.run("listings", "list").count("unknown") == 4
    first = rows[0]["listing"]
    assert "never counted" in connected.fail("listings", "link", "shop", first, "OTHER")
    connected.run("stock", "set", "OTHER", "wh", "8")
    connected.run("listings", "link", "shop", first, "OTHER")
    assert connected.json("listings", "list")[0]["available"] == 8
    assert "has no listing" in connected.fail("listings", "link", "shop", "nothing", "OTHER")


def test_counting_a_sku_lets_the_orders_go_that_were_held_for_it(
    connected: Any, place_order: Callable[..., str]
) -> None:
    connected.twins["shop"].offer([Product(sku="NEW", title="New", price=Decimal("5.00"), stock=0)])
    connected.run("listings", "pull")
    (new,) = connected.json("listings", "list", "--unlinked")
    assert (new["platform_sku"], new["sku"], new["available"]) == ("NEW", None, None)
    place_order(also="NEW")
    connected.run("sync", "now")
    assert [each["code"] for each in connected.json("orders", "list")[0]["reasons"]] == ["unmapped_sku"]
    connected.run("stock", "set", "NEW", "wh", "3")
    assert connected.json("orders", "list")[0]["stage"] == "released"


class TestEscrow:
    def test_store_holds_all_of_a_sku_that_it_sells_alone(self, connected: Any) -> None:
        connected.run("stock", "escrow", "on", "SKU-1")

        assert connected.json("stock", "escrow", "list") == [
            {"sku": "SKU-1", "store": "shop", "quota": 50, "leaving": 0, "told": 0, "phase": "closing"}
        ]
        assert "decided" in connected.run("stock", "escrow", "adjust", "SKU-1")
        connected.run("stock", "escrow", "off", "SKU-1")
        assert connected.json("stock", "escrow", "list") == []

    def test_what_cannot_be_in_escrow_is_refused_with_a_remedy(self, connected: Any) -> None:
        assert "never counted: `orderhub stock set`" in connected.fail("stock", "escrow", "on", "NEW")
        assert "SKU-2 is not in escrow" in connected.fail("stock", "escrow", "off", "SKU-2")
        assert "Nothing is in escrow" in connected.run("stock", "escrow", "list")


def test_risk_of_a_shared_sku_ends_with_escrow(connected: Any) -> None:
    assert "No SKU is listed by several stores" in connected.run("stock", "risk")
    (shared,) = connected.json("stock", "risk", "SKU-1")
    assert (shared["mode"], shared["stores"], shared["available"]) == ("shared", 1, 50)

    connected.run("stock", "escrow", "on", "SKU-1")

    (held,) = connected.json("stock", "risk", "SKU-1", "--delay", "60")
    assert (held["mode"], held["worst"], held["expected"]) == ("escrow", 0, 0.0)


def test_movements_name_cause_actor_and_file(warehouse: Any) -> None:
    assert "ever came or went" in warehouse.run("stock", "movements", "A-1")
    Path("count.csv").write_text(HEAD + "A-1,wh,3\n", encoding="utf-8")
    warehouse.run("stock", "import", "count.csv")
    warehouse.run("stock", "set", "A-1", "wh", "1")

    rows = warehouse.json("stock", "movements", "A-1")

    assert [(row["delta"], row["kind"], row["reference"]) for row in rows] == [
        (-2, "counted", "by hand"),
        (3, "counted", "count.csv"),
    ]
    assert all(row["actor"] and row["order"] == "" for row in rows)


def test_a_store_is_told_no_more_than_its_limits_allow(connected: Any) -> None:
    connected.run("stock", "limit", "shop", "--keep-back", "2", "--most", "40")
    assert {row["sku"]: row["told"] for row in connected.json("listings", "list")} == {
        "SKU-1": 40,
        "SKU-2": 3,
    }

    connected.run("stock", "limit", "shop", "--least", "6")
    assert {row["sku"]: row["told"] for row in connected.json("listings", "list")} == {
        "SKU-1": 50,
        "SKU-2": 0,
    }
    assert "there are: shop" in connected.fail("stock", "limit", "mars")
