"""`orderhub ship scan|hand-over|manifest|manifests|barcodes`: the packing table and the dock."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def desk(armed, place_order):
    """A booked parcel with two SKU-1 and one SKU-2, and their barcodes."""
    Path("codes.csv").write_text("条码,商品编码\n6901,SKU-1\n6902,SKU-2\n6903,SKU-3\n", encoding="utf-8")
    armed.run("ship", "barcodes", "codes.csv")
    place_order()
    armed.run("sync", "now")
    return armed


@pytest.fixture
def number(desk):
    """Its tracking number."""
    (row,) = json.loads(desk.run("ship", "hand-over", "sf", "wh", "--dry-run", "--json"))
    return row["tracking_number"]


def test_wrong_goods_are_refused_and_the_right_ones_verified(desk, number):
    assert "1 × SKU-2 is missing" in desk.fail("ship", "scan", number, "6901", "SKU-1")
    said = desk.fail("ship", "scan", number, "6901", "6901", "6901", "6903")
    for words in (
        "3 × SKU-1 is too many",
        "6903 is SKU-3, which does not belong",
        "1 × SKU-2 is missing",
        "3 mistakes",
    ):
        assert words in said

    assert "is verified: 3 units" in desk.run("ship", "scan", number, "6901", "6902", "6901")
    (row,) = json.loads(desk.run("ship", "hand-over", "sf", "wh", "--dry-run", "--json"))
    assert row["is_verified"]


def test_a_scanner_types_codes_up_to_an_empty_line(desk, number):
    result = desk.type("ship", "scan", number, input="6901\n6901\n6902\n\nnot read\n")

    assert "is verified: 3 units" in result.stdout


def test_parcels_are_handed_over_and_the_manifest_is_printed(desk, number):
    assert (
        "not verified, so they stay" in desk.type("ship", "hand-over", "sf", "wh", "--only-verified").stderr
    )

    assert "1 parcels were handed over to sf" in desk.run("ship", "hand-over", "sf", "wh")

    assert desk.json("ship", "manifests")[0]["parcels"] == 1
    assert "1 parcels, 3 units, unknown weight" in desk.run("ship", "manifest", "1")
    desk.run("ship", "manifest", "1", "--html", "out/manifest.html")
    page = Path("out/manifest.html").read_text()
    assert number in page and "Received by the carrier" in page and "unknown" in page
    assert "handed over to the carrier" in desk.run("orders", "explain", desk.json("orders", "list")[0]["id"])
    assert "is dispatched" in desk.fail("ship", "scan", number, "6901")


def test_what_is_not_there_is_refused(desk):
    for words, why in {
        "hand-over ups wh": "there is no carrier connection 'ups'; there are: sf",
        "hand-over sf moon": "there is no location 'moon'",
        "manifest 9": "there is no manifest 9",
        "scan nothing 1": "there is no parcel 'nothing'",
    }.items():
        assert why in desk.fail("ship", *words.split())


def test_every_mistake_in_a_file_of_barcodes_is_named(desk):
    Path("codes.csv").write_text("code,sku\n,A\n1,\n2,A\n2,B\n6.9E+12,A\n", encoding="utf-8")

    said = desk.fail("ship", "barcodes", "codes.csv")

    for why in (
        "line 2: the barcode is empty",
        "line 3: the SKU is empty",
        "line 5: 2 is A already",
        "spoilt",
    ):
        assert why in said
