"""`orderhub history import`: what becomes of each row is said; broken and repeated imports end the same."""

import lzma
import os
from itertools import islice
from pathlib import Path

import pytest

HEADING = "invoice,sku,description,qty,ts,price,customer,country\n"
BOOKS = (
    HEADING
    + """\
536365,85123A,LIGHT HOLDER,6,2010-12-01T08:26:00,2.55,17850,United Kingdom
536366,71053,"LANTERN, WHITE",2,2010-12-01T08:26:00,3.39,12583,France
536365,POST,POSTAGE,1,2010-12-01T08:27:00,18.00,17850,United Kingdom
536367,22423,CAKESTAND,1,2010-12-01T08:30:00,12.75,,EIRE
C536379,85123A,LIGHT HOLDER,-1,2010-12-02T09:41:00,2.55,17850,United Kingdom
536414,22139,damaged,-56,2010-12-02T11:52:00,0,,United Kingdom
A563185,B,Adjust bad debt,1,2010-12-03T14:50:00,11062.06,,United Kingdom
536500,85123A,LIGHT HOLDER,six,2010-12-03T15:00:00,2.55,17850,United Kingdom
"""
)
REAL = Path(
    os.environ.get("ORDERHUB_ONLINE_RETAIL", Path(__file__).parents[4] / "shared" / "data" / "online_retail")
)
ROWS_OF_THE_REAL_FILE = 3_000


@pytest.fixture
def books(hub):
    def write(text=BOOKS, name="books.csv"):
        written = text.encode()
        Path(name).write_bytes(lzma.compress(written) if name.endswith(".xz") else written)
        return name

    return write


def test_each_row_is_in_an_order_or_set_aside_with_its_reason(hub, books):
    said = hub.json("history", "import", books(), "--aside", "aside.csv")

    assert (said["rows"], said["rows_in_orders"], said["rows_set_aside"]) == (8, 5, 3)
    assert (said["new_orders"], said["credit_notes"], said["orders_without_customer"]) == (4, 1, 1)
    lines = Path("aside.csv").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split(",")[0] for line in lines[1:]) == ["7", "8", "9"]
    assert "9,536500,qty is not a whole number" in lines


def test_stores_are_regions_with_their_countries(hub, books):
    hub.run("history", "import", books())

    orders = {each["number"]: each["store"] for each in hub.json("orders", "list")}
    assert orders == {"536365": "britain", "C536379": "britain", "536366": "west", "536367": "ireland"}
    areas = {(each["store_id"], each["country"]) for each in hub.json("territories", "list")}
    assert {("britain", "GB"), ("west", "FR"), ("west", "NL")} <= areas


def test_stores_may_be_countries(hub, books):
    hub.run("history", "import", books(), "--stores-by", "country")

    assert {each["store"] for each in hub.json("orders", "list")} == {"gb", "fr", "ie"}


def test_again_changes_nothing_and_packed_is_the_same(hub, books):
    hub.run("history", "import", books())
    before = hub.run("orders", "list", "--json")

    said = hub.json("history", "import", books(name="books.csv.xz"))

    assert (said["new_orders"], said["changed_orders"], said["known_orders"]) == (0, 0, 4)
    assert hub.run("orders", "list", "--json") == before


def test_broken_import_goes_on_from_the_mended_file(hub, books):
    whole = lzma.compress(BOOKS.encode())
    Path("broken.csv.xz").write_bytes(whole[:-20])
    assert "mend the file and import it again" in hub.fail("history", "import", "broken.csv.xz")

    assert hub.json("history", "import", books())["new_orders"] == 4


def test_rows_that_come_after_their_invoice_was_complete_do_not_replace_it(hub, books):
    late = "536365,22423,CAKESTAND,1,2010-12-05T08:00:00,12.75,17850,United Kingdom\n"

    said = hub.json("history", "import", books(BOOKS + late))

    assert said["aside"]["its invoice was complete an hour before"] == 1
    (order,) = hub.json("orders", "search", "--number", "536365")["orders"]
    assert order["total"] == "33.30"


def test_file_of_another_shape_is_refused(hub, books):
    assert "the heading lacks invoice, sku" in hub.fail("history", "import", books("a,b\n1,2\n"))
    assert "cannot be opened" in hub.fail("history", "import", "missing.csv")


def test_doctor_does_not_miss_a_plug_in(hub, books):
    hub.run("history", "import", books())

    assert "no plug-in" not in hub.type("doctor").output


@pytest.mark.skipif(not REAL.is_dir(), reason="the real transactions are not on this machine")
def test_real_transactions_are_taken_whole(hub, books):
    with lzma.open(REAL / "lines_2010-12_2011-12.csv.xz", "rt", encoding="utf-8") as lines:
        text = "".join(islice(lines, ROWS_OF_THE_REAL_FILE + 1))

    said = hub.json("history", "import", books(text))

    assert said["rows"] == ROWS_OF_THE_REAL_FILE == said["rows_in_orders"] + said["rows_set_aside"]
    assert said["new_orders"] > 100
    assert all("stock" in why for why in said["aside"])
